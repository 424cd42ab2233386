/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_loop: core/loop.h with virtual time.
 *
 * Nothing waits: when no work is left for this instant, the clock jumps to the next one. What
 * is ready at the same instant runs in an order that the seed draws. A descriptor is the number
 * of a sim_source, which says when it is ready and when that may change.
 */
#ifndef PROXYAUTH_TESTS_SIM_LOOP_H
#define PROXYAUTH_TESTS_SIM_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "helpers/core/loop.h"
#include "tests/sim/sim_log.h"
#include "tests/sim/sim_random.h"

#define SIM_NEVER UINT64_MAX

/* One simulated descriptor. */
struct sim_source {
    int fd;
    /* What is ready at NOW_MS, which never goes back. */
    enum loop_events (*ready)(struct sim_source *source, uint64_t now_ms);
    /* When `ready` may say something else by itself; SIM_NEVER when only calls change it. */
    uint64_t (*next_ms)(const struct sim_source *source);
    struct watch *watches; /* the loop's own, as is what follows */
    struct sim_source *next;
};

/* Work in order. */
struct sim_queue {
    struct posted *first;
    struct posted *last;
};

struct sim_loop {
    struct loop loop;
    struct sim_log *log;
    struct sim_random random;
    uint64_t now_ms;
    bool in_job;     /* a job of the offload runs: nobody may touch the loop */
    uint64_t job_ms; /* that job's own clock, ahead of now_ms */
    struct sim_source *sources;
    struct timer **heap; /* by time, then by draw */
    size_t timers_set;
    size_t heap_cap;
    struct watch **hot; /* watches with a wanted event that is ready */
    size_t hot_count;
    size_t hot_cap;
    struct sim_queue posted;
    struct sim_queue later;
    size_t things;          /* watches and timers that exist: none at the end */
    unsigned turns_at_once; /* without progress of the clock */
};

void sim_loop_init(struct sim_loop *loop, uint64_t seed, struct sim_log *log);

/* The job's clock inside a job, else the loop's. */
uint64_t sim_loop_clock(const struct sim_loop *loop);

/* A source must be known before its number is watched, and be taken away after that. */
void sim_loop_add(struct sim_loop *loop, struct sim_source *source);
void sim_loop_remove(struct sim_loop *loop, struct sim_source *source);

/* SOURCE has changed by a call (not by time). */
void sim_loop_touch(struct sim_loop *loop, struct sim_source *source);

/* Runs one piece of work, after a jump of the clock if there is none now. False when nothing is
 * left, the next thing is after UNTIL_MS (the clock then stands there), or it spins. */
bool sim_loop_turn(struct sim_loop *loop, uint64_t until_ms);

/* Reports what was left behind and frees the loop's memory. */
void sim_loop_end(struct sim_loop *loop);

#endif
