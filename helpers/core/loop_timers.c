/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When the timer that comes next is moved or goes, the timerfd stays as it is set: a turn for
 * nothing is cheaper than a system call each time.
 */
#include <config.h>

#include "helpers/core/loop_timers.h"

#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct timer {
    struct timer_node node; /* the first: a node of the heap is a timer */
    struct timers *timers;
    timer_fn expired;
    void *context;
};

uint64_t timers_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 + 1;
}

bool timers_open(struct timers *timers)
{
    *timers = (struct timers){.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)};
    return timers->fd >= 0;
}

void timers_close(struct timers *timers)
{
    if (timers->fd >= 0)
        close(timers->fd);
    timer_heap_free(&timers->heap);
}

/* A time of timers_now_ms() on the kernel's clock. Zero would mean: never. */
static struct timespec kernel_time(uint64_t at_ms)
{
    uint64_t clock_ms = at_ms > 1 ? at_ms - 1 : 1;

    return (struct timespec){(time_t)(clock_ms / 1000), (long)(clock_ms % 1000) * 1000000};
}

static void aim(struct timers *timers)
{
    const struct timer_node *first = timer_heap_first(&timers->heap);
    struct itimerspec at = {0};

    if (!first || (timers->aimed_ms != 0 && timers->aimed_ms <= first->at_ms))
        return;
    timers->aimed_ms = first->at_ms;
    at.it_value = kernel_time(first->at_ms);
    timerfd_settime(timers->fd, TFD_TIMER_ABSTIME, &at, NULL);
}

void timers_run(struct timers *timers)
{
    uint64_t order = timers->heap.order;
    uint64_t now_ms = timers_now_ms();
    struct timer_node *first;
    uint64_t count;
    ssize_t ignored = read(timers->fd, &count, sizeof count);

    (void)ignored;
    while ((first = timer_heap_first(&timers->heap)) && first->at_ms <= now_ms &&
           first->order <= order) {
        struct timer *timer = (struct timer *)(void *)first;

        timer_heap_remove(&timers->heap, first);
        timer->expired(timer->context);
    }
    timers->aimed_ms = 0;
    aim(timers);
}

struct timer *timers_new(struct timers *timers, timer_fn expired, void *context)
{
    struct timer *timer = calloc(1, sizeof *timer);

    if (!timer || !timer_heap_know(&timers->heap)) {
        free(timer);
        return NULL;
    }
    timer->timers = timers;
    timer->expired = expired;
    timer->context = context;
    return timer;
}

void timers_set(struct timer *timer, uint64_t at_ms)
{
    timer_heap_set(&timer->timers->heap, &timer->node, at_ms);
    aim(timer->timers);
}

void timers_off(struct timer *timer)
{
    timer_heap_remove(&timer->timers->heap, &timer->node);
}

void timers_free(struct timer *timer)
{
    if (!timer)
        return;
    timers_off(timer);
    timer_heap_forget(&timer->timers->heap);
    free(timer);
}
