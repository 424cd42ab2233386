/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests of those who look at a file again and again share: virtual time, an offload pool whose
 * one thread works when the test says so, and a log that can be read.
 */
#ifndef TESTS_UNIT_LOOK_BENCH_H
#define TESTS_UNIT_LOOK_BENCH_H

#include "helpers/core/log.h"
#include "helpers/core/offload.h"
#include "tests/unit/fake_loop.h"

struct look_bench {
    struct offload offload;
    struct loop *loop;
    struct log *log;
    int log_ends[2];
    struct job *job;    /* the one that was submitted and not run */
    unsigned submitted; /* all jobs */
};

extern struct look_bench look_bench;

void look_bench_open(void);

/* No job and nothing in the loop may be left. */
void look_bench_close(void);

/* The thread does its job. */
void bench_work(void);

/* Every look in the next MS, wherever they fall. */
void bench_look_for(uint64_t ms);

/* The log lines since the last call. */
const char *bench_told(void);
void bench_expect_told(const char *part);
void bench_expect_silence(void);

#endif
