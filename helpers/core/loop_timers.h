/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop_timers: the timers of loop_event.c, on one timerfd.
 *
 * The timerfd is set when a timer comes before all others, not each turn and not for each timer.
 * (libevent's own timers are coarse by the kernel's tick, up to 4 ms, or cost a system call in each
 * turn.)
 */
#ifndef PROXYAUTH_CORE_LOOP_TIMERS_H
#define PROXYAUTH_CORE_LOOP_TIMERS_H

#include "helpers/core/loop.h"
#include "helpers/core/timer_heap.h"

struct timers {
    int fd; /* readable when timers_run() is due */
    struct timer_heap heap;
    uint64_t aimed_ms; /* what fd is set for; 0: it is not */
};

/* The clock of loop_now_ms(): monotonic milliseconds and one, so that it is never 0. */
uint64_t timers_now_ms(void);

/* False when the system gives no descriptor; to be closed all the same. */
bool timers_open(struct timers *timers);

/* Every timer is gone. */
void timers_close(struct timers *timers);

/* Calls those whose time has come, in the order of their times. One that is set meanwhile comes in
 * a later turn. */
void timers_run(struct timers *timers);

/* As loop.h says of loop_timer() and the others. */
struct timer *timers_new(struct timers *timers, timer_fn expired, void *context);
void timers_set(struct timer *timer, uint64_t at_ms);
void timers_off(struct timer *timer);
void timers_free(struct timer *timer);

#endif
