/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests of key_watch share: a watch (look_bench.h) of a real file (file_bench.h) and real
 * credentials, unless there are none (no_credentials.h).
 */
#ifndef TESTS_UNIT_KEY_WATCH_BENCH_H
#define TESTS_UNIT_KEY_WATCH_BENCH_H

#include "helpers/kerberos/key_watch.h"
#include "tests/unit/file_bench.h"
#include "tests/unit/keytab_build.h"
#include "tests/unit/look_bench.h"
#include "tests/unit/no_credentials.h"

struct key_watch_bench {
    struct key_watch *watch;
    unsigned looked; /* calls of the watch's `looked` */
    struct spn_rule *rule;
    struct replay replay;
};

extern struct key_watch_bench key_watch_bench;

/* All that a watch needs, and its end. */
void bench_setup(void);
void bench_teardown(void);

/* For the file PATH and any HTTP/ name, without NTLM. */
struct key_watch_config bench_config(const char *path);

/* Opens the watch: its first look is submitted. */
void bench_begin_with(const struct key_watch_config *config);
void bench_begin(void);

/* Lets the time of one look pass, and takes it. */
void bench_look(void);

/* A keytab with a key of HTTP/a.test for each kvno FROM to TO; as the file, written in place or
 * beside and renamed. */
struct keytab_build bench_keytab(uint32_t from, uint32_t to);
void bench_write(uint32_t from, uint32_t to);
void bench_replace(uint32_t from, uint32_t to);

/* How many keys hold; -1: none, as there has been no good file. */
int bench_keys(void);

#endif
