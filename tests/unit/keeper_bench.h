/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests of the keeper share: a keeper of a real file (file_bench.h) with virtual time, and an
 * offload pool whose one thread works when the test says so.
 */
#ifndef TESTS_UNIT_KEEPER_BENCH_H
#define TESTS_UNIT_KEEPER_BENCH_H

#include "helpers/files/keeper.h"
#include "tests/unit/fake_loop.h"
#include "tests/unit/file_bench.h"

struct keeper_bench {
    struct offload offload; /* first */
    struct loop *loop;
    struct log *log;
    int log_ends[2];
    struct keeper *keeper;
    struct job *job;    /* the one that was submitted and not run */
    unsigned submitted; /* all jobs */
    unsigned changes;   /* calls of the keeper's `changed` */
};

extern struct keeper_bench keeper_bench;

/* user:value lines. */
extern const struct file_format bench_format;

/* The folder, loop and log; and their end. */
void bench_setup(void);
void bench_teardown(void);

/* Opens the keeper: its first look is submitted. */
void bench_begin(void);

/* The same for a file with TEXT, and takes that look. */
void bench_begin_with(const char *text);

/* The thread does its job. */
void bench_work(void);

/* Lets the time of one look pass, and takes it. */
void bench_look(void);

/* Every look in the next MS, wherever they fall. */
void bench_look_for(uint64_t ms);

/* The log lines since the last call. */
const char *bench_told(void);
void bench_expect_told(const char *part);
void bench_expect_silence(void);

/* Whether USER is in the keeper's table, with VALUE. */
bool bench_has(const char *user, const char *value);

#endif
