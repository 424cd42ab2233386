/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop: the only door to time, descriptors and other threads.
 *
 * One thread owns all state of a helper and runs the loop. Everything else reaches the loop
 * through this interface, so that tests can put a simulator with virtual time behind it
 * (loop_event.c is the one for real life, on libevent). Every function but loop_post() is for
 * the loop's own thread.
 */
#ifndef PROXYAUTH_CORE_LOOP_H
#define PROXYAUTH_CORE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct watch;
struct timer;

/* What may be awaited on a descriptor, and what a callback is told. An error or a hang-up shows
 * as every event that was asked for: the read or write that follows finds it. */
enum loop_events { LOOP_NONE = 0, LOOP_READ = 1, LOOP_WRITE = 2, LOOP_READ_WRITE = 3 };

/* Called with the subset of the wanted events that is ready. Level-triggered. */
typedef void (*watch_fn)(void *context, enum loop_events ready);
typedef void (*timer_fn)(void *context);
typedef void (*signal_fn)(void *context, int signo);

/* A piece of work handed to the loop from any thread. The owner embeds it; it must live until
 * `run` has been called, and `run` may free it. */
struct posted {
    void (*run)(struct posted *self);
    struct posted *next;
};

struct loop_ops {
    uint64_t (*now_ms)(struct loop *loop);
    struct watch *(*watch)(struct loop *loop, int fd, watch_fn ready, void *context);
    void (*want)(struct watch *watch, enum loop_events events);
    void (*unwatch)(struct watch *watch);
    struct timer *(*timer)(struct loop *loop, timer_fn expired, void *context);
    void (*timer_at)(struct timer *timer, uint64_t at_ms);
    void (*timer_off)(struct timer *timer);
    void (*timer_free)(struct timer *timer);
    void (*post)(struct loop *loop, struct posted *posted);
    void (*later)(struct loop *loop, struct posted *posted);
};

struct loop {
    const struct loop_ops *ops;
};

/* Monotonic milliseconds; never 0. */
static inline uint64_t loop_now_ms(struct loop *loop)
{
    return loop->ops->now_ms(loop);
}

/* Watches FD (not owned) and wants nothing yet. A regular file, which the kernel refuses to
 * watch, counts as always ready. NULL when the descriptor cannot be watched or memory is out. */
static inline struct watch *loop_watch(struct loop *loop, int fd, watch_fn ready, void *context)
{
    return loop->ops->watch(loop, fd, ready, context);
}

/* Replaces the set of wanted events; asking for the same set again costs nothing. */
static inline void loop_want(struct loop *loop, struct watch *watch, enum loop_events events)
{
    loop->ops->want(watch, events);
}

/* Ends a watch; its callback is not called again. NULL is allowed. */
static inline void loop_unwatch(struct loop *loop, struct watch *watch)
{
    loop->ops->unwatch(watch);
}

/* A timer that is off. NULL when memory is out. */
static inline struct timer *loop_timer(struct loop *loop, timer_fn expired, void *context)
{
    return loop->ops->timer(loop, expired, context);
}

/* Expires once at AT_MS or later, never before (in the next turn if that has passed); set again, it
 * moves. */
static inline void loop_timer_at(struct loop *loop, struct timer *timer, uint64_t at_ms)
{
    loop->ops->timer_at(timer, at_ms);
}

static inline void loop_timer_off(struct loop *loop, struct timer *timer)
{
    loop->ops->timer_off(timer);
}

/* NULL is allowed. */
static inline void loop_timer_free(struct loop *loop, struct timer *timer)
{
    loop->ops->timer_free(timer);
}

/* Runs POSTED in the loop's thread, in a later turn, in the order of posting. Any thread. */
static inline void loop_post(struct loop *loop, struct posted *posted)
{
    loop->ops->post(loop, posted);
}

/* Runs POSTED once the callbacks that are due now have run, without asking the system again: for
 * what many callbacks of a turn need done once, such as writing their output. Loop's thread only;
 * a posted that is queued must not be queued again before it has run. */
static inline void loop_later(struct loop *loop, struct posted *posted)
{
    loop->ops->later(loop, posted);
}

/* The loop of real life (loop_event.c). loop_open() returns NULL when the system gives no
 * descriptors for it. loop_run() returns when loop_stop() was called, before it or meanwhile,
 * or false, when the system does not tell any more what happens: a library has closed what is not
 * its own. loop_close() may be called only when every watch and timer is gone; it runs what
 * loop_later() put off, and drops what was posted. */
struct loop *loop_open(void);
bool loop_on_signal(struct loop *loop, int signo, signal_fn caught, void *context);
bool loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
void loop_close(struct loop *loop);

#endif
