/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_offload: core/offload.h without threads.
 *
 * A job runs in one go, while the loop's clock stands still and the job's own clock counts what
 * its waits take; `done` is posted when the loop has caught up with it. So a job sees its own
 * connection only, as in a thread, and the order of everything else is drawn.
 */
#ifndef PROXYAUTH_TESTS_SIM_OFFLOAD_H
#define PROXYAUTH_TESTS_SIM_OFFLOAD_H

#include "helpers/core/offload.h"
#include "tests/sim/sim_loop.h"

struct sim_offload {
    struct offload offload;
    struct sim_loop *loop;
    unsigned threads;
    unsigned running;
    unsigned jobs;     /* all that ever ran */
    struct job *first; /* waiting for a thread */
    struct job *last;
};

void sim_offload_init(struct sim_offload *offload, struct sim_loop *loop, unsigned threads);

/* Jobs queued or running. */
bool sim_offload_busy(const struct sim_offload *offload);

#endif
