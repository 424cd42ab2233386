/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of the keeper share: a keeper (look_bench.h) of a real file (file_bench.h). */
#ifndef TESTS_UNIT_KEEPER_BENCH_H
#define TESTS_UNIT_KEEPER_BENCH_H

#include "helpers/files/keeper.h"
#include "tests/unit/file_bench.h"
#include "tests/unit/look_bench.h"

struct keeper_bench {
    struct keeper *keeper;
    unsigned changes; /* calls of the keeper's `changed` */
};

extern struct keeper_bench keeper_bench;

/* user:value lines. */
extern const struct file_format bench_format;

/* All that a keeper needs, and its end. */
void bench_setup(void);
void bench_teardown(void);

/* Opens the keeper: its first look is submitted. */
void bench_begin(void);

/* The same for a file with TEXT, and takes that look. */
void bench_begin_with(const char *text);

/* Lets the time of one look pass, and takes it. */
void bench_look(void);

/* Whether USER is in the keeper's table, with VALUE. */
bool bench_has(const char *user, const char *value);

#endif
