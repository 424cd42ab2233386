/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watches and timers live in fixed tables; queues are lists. It cannot stand in for the kernel:
 * which descriptor is ready is what the test says.
 */
#include <config.h>

#include "tests/unit/fake_loop.h"

#include <check.h>
#include <stdlib.h>

enum { SLOTS = 16, TURNS_MAX = 100000 };

struct fake_loop {
    struct loop loop;
    uint64_t now_ms;
    struct watch *watches[SLOTS];
    struct timer *timers[SLOTS];
    struct posted *posted;
    struct posted *later;
};

struct watch {
    struct fake_loop *loop;
    int fd;
    enum loop_events wanted;
    watch_fn ready;
    void *context;
};

struct timer {
    struct fake_loop *loop;
    bool set;
    uint64_t at_ms;
    timer_fn expired;
    void *context;
};

static struct fake_loop *of(struct loop *loop)
{
    return (struct fake_loop *)loop;
}

static uint64_t now_ms(struct loop *loop)
{
    return of(loop)->now_ms;
}

static struct watch *watch(struct loop *loop, int fd, watch_fn ready, void *context)
{
    struct watch *made = calloc(1, sizeof *made);

    ck_assert_ptr_nonnull(made);
    *made = (struct watch){of(loop), fd, LOOP_NONE, ready, context};
    for (int i = 0; i < SLOTS; i++) {
        if (!of(loop)->watches[i]) {
            of(loop)->watches[i] = made;
            return made;
        }
    }
    ck_abort_msg("too many watches");
    return NULL;
}

static void want(struct watch *watched, enum loop_events events)
{
    watched->wanted = events;
}

static void unwatch(struct watch *watched)
{
    if (!watched)
        return;
    for (int i = 0; i < SLOTS; i++)
        if (watched->loop->watches[i] == watched)
            watched->loop->watches[i] = NULL;
    free(watched);
}

static struct timer *timer(struct loop *loop, timer_fn expired, void *context)
{
    struct timer *made = calloc(1, sizeof *made);

    ck_assert_ptr_nonnull(made);
    *made = (struct timer){of(loop), false, 0, expired, context};
    for (int i = 0; i < SLOTS; i++) {
        if (!of(loop)->timers[i]) {
            of(loop)->timers[i] = made;
            return made;
        }
    }
    ck_abort_msg("too many timers");
    return NULL;
}

static void timer_at(struct timer *set, uint64_t at_ms)
{
    set->at_ms = at_ms;
    set->set = true;
}

static void timer_off(struct timer *set)
{
    set->set = false;
}

static void timer_free(struct timer *freed)
{
    if (!freed)
        return;
    for (int i = 0; i < SLOTS; i++)
        if (freed->loop->timers[i] == freed)
            freed->loop->timers[i] = NULL;
    free(freed);
}

static void append(struct posted **list, struct posted *posted)
{
    while (*list) {
        if (*list == posted)
            ck_abort_msg("queued twice");
        list = &(*list)->next;
    }
    posted->next = NULL;
    *list = posted;
}

static void post(struct loop *loop, struct posted *posted)
{
    append(&of(loop)->posted, posted);
}

static void later(struct loop *loop, struct posted *posted)
{
    append(&of(loop)->later, posted);
}

static const struct loop_ops fake_ops = {
    .now_ms = now_ms,
    .watch = watch,
    .want = want,
    .unwatch = unwatch,
    .timer = timer,
    .timer_at = timer_at,
    .timer_off = timer_off,
    .timer_free = timer_free,
    .post = post,
    .later = later,
};

struct loop *fake_loop_open(void)
{
    struct fake_loop *self = calloc(1, sizeof *self);

    ck_assert_ptr_nonnull(self);
    self->loop.ops = &fake_ops;
    self->now_ms = FAKE_LOOP_START_MS;
    return &self->loop;
}

void fake_loop_close(struct loop *loop)
{
    for (int i = 0; i < SLOTS; i++) {
        ck_assert_msg(!of(loop)->watches[i], "a watch is left");
        ck_assert_msg(!of(loop)->timers[i], "a timer is left");
    }
    ck_assert_msg(!of(loop)->posted && !of(loop)->later, "something is still queued");
    free(loop);
}

static bool run_first(struct posted **list)
{
    struct posted *first = *list;

    if (!first)
        return false;
    *list = first->next;
    first->run(first);
    return true;
}

void fake_loop_settle(struct loop *loop)
{
    for (int i = 0; i < TURNS_MAX; i++)
        if (!run_first(&of(loop)->later) && !run_first(&of(loop)->posted))
            return;
    ck_abort_msg("it never comes to rest");
}

bool fake_loop_wants(struct loop *loop, int fd, enum loop_events events)
{
    for (int i = 0; i < SLOTS; i++) {
        struct watch *one = of(loop)->watches[i];

        if (one && one->fd == fd && (one->wanted & events))
            return true;
    }
    return false;
}

void fake_loop_ready(struct loop *loop, int fd, enum loop_events events)
{
    for (int i = 0; i < SLOTS; i++) {
        struct watch *one = of(loop)->watches[i];

        if (one && one->fd == fd && (one->wanted & events))
            one->ready(one->context, one->wanted & events);
    }
    fake_loop_settle(loop);
}

/* The timer that expires first, up to UNTIL_MS. */
static struct timer *next_timer(struct fake_loop *self, uint64_t until_ms)
{
    struct timer *next = NULL;

    for (int i = 0; i < SLOTS; i++) {
        struct timer *one = self->timers[i];

        if (one && one->set && one->at_ms <= until_ms && (!next || one->at_ms < next->at_ms))
            next = one;
    }
    return next;
}

void fake_loop_advance(struct loop *loop, uint64_t by_ms)
{
    struct fake_loop *self = of(loop);
    uint64_t until_ms = self->now_ms + by_ms;
    struct timer *next;

    fake_loop_settle(loop);
    while ((next = next_timer(self, until_ms)) != NULL) {
        if (next->at_ms > self->now_ms)
            self->now_ms = next->at_ms;
        next->set = false;
        next->expired(next->context);
        fake_loop_settle(loop);
    }
    self->now_ms = until_ms;
}
