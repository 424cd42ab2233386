/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * turns: jobs for offload threads, taken round-robin by user name.
 *
 * At most as many jobs as there are workers are with the offload at once; the others wait here, in
 * one queue a name, and the names take turns. So a flood for one user delays another by at most one
 * job for each worker. Loop's thread only.
 */
#ifndef PROXYAUTH_VERIFY_TURNS_H
#define PROXYAUTH_VERIFY_TURNS_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/offload.h"

struct turns;
struct turn_line; /* those who wait under one name */

/* Embedded by its owner, who frees it in `done` or after turn_cancel(). `run` is called in an
 * offload thread, `done` in the loop's. */
struct turn {
    struct job job; /* turns' own, as all until `run` */
    struct turn *next;
    struct turn *previous;
    struct turn_line *line;
    struct turns *turns;
    bool running;
    void (*run)(struct turn *turn);
    void (*done)(struct turn *turn);
};

/* NULL when memory is out. OFFLOAD has at least WORKERS threads and serves nobody else. */
struct turns *turns_new(struct offload *offload, unsigned workers);

/* Queues TURN under NAME (copied). False when memory is out: nothing is queued. */
bool turns_add(struct turns *turns, struct turn *turn, struct pxa_span name);

/* Takes TURN back. True: it had not begun, `done` will not be called, the owner frees it. False: it
 * is running, and `done` will be called. */
bool turn_cancel(struct turn *turn);

/* How many wait, and how many are running. */
unsigned turns_waiting(const struct turns *turns);
unsigned turns_running(const struct turns *turns);

/* Only when nothing waits and nothing is running. NULL is allowed. */
void turns_free(struct turns *turns);

#endif
