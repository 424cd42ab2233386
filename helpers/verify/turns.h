/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * turns: jobs for offload threads, taken round-robin by user name.
 *
 * At most as many jobs as there are workers are with the offload at once; the others wait here, in
 * one queue a name, and the names take turns. So a flood for one user delays another by at most one
 * job for each worker. Who could not be done before its deadline, as long as jobs last lately, is
 * not begun. A job that is cancelled while it runs takes no worker any more, and until it ends its
 * name gets none. Loop's thread only.
 */
#ifndef PROXYAUTH_VERIFY_TURNS_H
#define PROXYAUTH_VERIFY_TURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/proxyauth.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"

struct turns;
struct turn_line; /* those who wait under one name */

/* Embedded by its owner, who frees it in `done`, in `late` or after turn_cancel(). `run` is called
 * in an offload thread, the others in the loop's; `late` instead of both others. */
struct turn {
    struct job job; /* turns' own, as all until `deadline_ms` */
    struct turn *next;
    struct turn *previous;
    struct turn_line *line;
    struct turns *turns;
    uint64_t added_ms;
    uint64_t begun_ms;
    bool running;
    bool overdue;
    uint64_t deadline_ms; /* on the loop's clock */
    void (*run)(struct turn *turn);
    void (*done)(struct turn *turn);
    void (*late)(struct turn *turn);
};

struct turns_config {
    struct loop *loop;
    struct offload *offload; /* serves nobody else */
    unsigned workers;
    unsigned threads; /* of OFFLOAD; those beyond WORKERS stand in where a job is given up */
};

/* NULL when memory is out. */
struct turns *turns_new(const struct turns_config *config);

/* Queues TURN under NAME (copied). False when memory is out: nothing is queued. True: one of the
 * callbacks follows; `late` perhaps before this returns. */
bool turns_add(struct turns *turns, struct turn *turn, struct pxa_span name);

/* Takes TURN back. True: it had not begun, no callback follows, the owner frees it. False: it is
 * running, and `done` will be called. */
bool turn_cancel(struct turn *turn);

/* How many wait, and how many are running. */
unsigned turns_waiting(const struct turns *turns);
unsigned turns_running(const struct turns *turns);

/* Only when nothing waits and nothing is running. NULL is allowed. */
void turns_free(struct turns *turns);

#endif
