/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests of key_watch share: a watch of a real file (file_bench.h) and real credentials, with
 * virtual time, and an offload pool whose one thread works when the test says so. Programs with it
 * are linked with key_watch_wrap_flags (tests/Makefile.am.inc).
 */
#ifndef TESTS_UNIT_KEY_WATCH_BENCH_H
#define TESTS_UNIT_KEY_WATCH_BENCH_H

#include "helpers/kerberos/key_watch.h"
#include "tests/unit/fake_loop.h"
#include "tests/unit/file_bench.h"
#include "tests/unit/keytab_build.h"

struct key_watch_bench {
    struct offload offload; /* first */
    struct loop *loop;
    struct log *log;
    int log_ends[2];
    struct key_watch *watch;
    struct job *job; /* the one that was submitted and not run */
    unsigned submitted;
    unsigned looked; /* calls of the watch's `looked` */
    struct spn_rule *rule;
    struct replay replay;
};

extern struct key_watch_bench key_watch_bench;

/* libgssapi gives no credential; it has no mechanism for NTLM. */
extern bool bench_refuses;
extern bool bench_hides_ntlm;

/* The folder, loop and log; and their end. */
void bench_setup(void);
void bench_teardown(void);

/* For the file PATH and any HTTP/ name, without NTLM. */
struct key_watch_config bench_config(const char *path);

/* Opens the watch: its first look is submitted. */
void bench_begin_with(const struct key_watch_config *config);
void bench_begin(void);

/* The thread does its job. */
void bench_work(void);

/* Lets the time of one look pass, and takes it. */
void bench_look(void);

/* Every look in the next MS. */
void bench_look_for(uint64_t ms);

/* The log lines since the last call. */
const char *bench_told(void);
void bench_expect_told(const char *part);
void bench_expect_silence(void);

/* A keytab with a key of HTTP/a.test for each kvno FROM to TO; as the file, written in place or
 * beside and renamed. */
struct keytab_build bench_keytab(uint32_t from, uint32_t to);
void bench_write(uint32_t from, uint32_t to);
void bench_replace(uint32_t from, uint32_t to);

/* How many keys hold; -1: none, as there has been no good file. */
int bench_keys(void);

#endif
