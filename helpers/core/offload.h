/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * offload: a small pool of threads for what can block.
 *
 * Name resolution, connecting, TLS handshakes, Kerberos, crypt(3): a job goes in, `run` is called
 * in one of the threads, then `done` in the loop's thread. A job owns all that `run` touches; the
 * threads share nothing with the loop but the two queues. All signals are blocked in the threads.
 *
 * Like the loop, the pool is an interface: the simulator puts a scripted one behind it.
 */
#ifndef PROXYAUTH_CORE_OFFLOAD_H
#define PROXYAUTH_CORE_OFFLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/loop.h"
#include "helpers/core/why.h"

struct offload;

/* Embedded by its owner, who may free it in `done`. */
struct job {
    struct posted posted; /* the pool's own */
    struct job *next;     /* the pool's own */
    struct offload *pool; /* the pool's own */
    void (*run)(struct job *job);
    void (*done)(struct job *job);
};

struct offload_ops {
    void (*submit)(struct offload *offload, struct job *job);
};

struct offload {
    const struct offload_ops *ops;
};

/* Queues JOB (first come, first served). Loop's thread. */
static inline void offload_submit(struct offload *offload, struct job *job)
{
    offload->ops->submit(offload, job);
}

/* Starts up to THREADS threads (1 to 64), each when a job first needs it. NULL with WHY. */
struct offload *offload_open(struct loop *loop, unsigned threads, struct why *why);

/* The same for libraries that load what an administrator wants (PAM): with STACK_SIZE bytes of
 * stack a thread. Only what is used of it takes memory. */
struct offload *offload_open_with_stack(struct loop *loop, unsigned threads, size_t stack_size,
                                        struct why *why);

/* How many jobs are queued or running. */
unsigned offload_busy(const struct offload *offload);

/* Ends the idle threads and frees the pool. False, and nothing is freed, while a job is queued or
 * running: a thread inside a library call cannot be ended, so the caller leaves with _exit(). */
bool offload_close(struct offload *offload);

#endif
