/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_loop: the loop of a simulated world.
 *
 * It knows what a real loop cannot: that code spins (too much work without the clock moving), that
 * a job touched it from "another thread", and what was never freed.
 */
#include <config.h>

#include "tests/sim/sim_loop.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    START_MS = 1000,
    SPIN_TURNS = 300000, /* far more than the work of any single instant */
};

struct timer {
    struct sim_loop *loop;
    timer_fn expired;
    void *context;
    uint64_t at_ms;
    uint64_t tie;
    size_t place; /* in the heap, from 1; 0: off */
};

struct watch {
    struct sim_loop *loop;
    struct sim_source *source;
    struct watch *next; /* on the same source: Squid's socket is input and output */
    watch_fn ready;
    void *context;
    enum loop_events wanted;
    size_t place;      /* among the hot ones, from 1; 0: not */
    struct timer wake; /* when the source may change by itself */
};

static struct sim_loop *self(struct loop *loop)
{
    struct sim_loop *sim = (struct sim_loop *)loop;

    if (sim->in_job) {
        fprintf(stderr, "a job of the offload used the loop\n");
        abort();
    }
    return sim;
}

static void *grow(void *array, size_t *cap, size_t needed, size_t size)
{
    if (needed <= *cap)
        return array;
    *cap = needed * 2;
    array = realloc(array, *cap * size);
    if (!array)
        abort();
    return array;
}

/* ---- The heap of timers ---- */

static bool before(const struct timer *a, const struct timer *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->tie < b->tie;
}

static void heap_put(struct sim_loop *loop, size_t place, struct timer *timer)
{
    loop->heap[place - 1] = timer;
    timer->place = place;
}

static void heap_settle(struct sim_loop *loop, struct timer *timer)
{
    size_t place = timer->place;

    for (; place > 1 && before(timer, loop->heap[place / 2 - 1]); place /= 2)
        heap_put(loop, place, loop->heap[place / 2 - 1]);
    for (;;) {
        size_t child = place * 2;

        if (child > loop->timers_set)
            break;
        if (child < loop->timers_set && before(loop->heap[child], loop->heap[child - 1]))
            child++;
        if (!before(loop->heap[child - 1], timer))
            break;
        heap_put(loop, place, loop->heap[child - 1]);
        place = child;
    }
    heap_put(loop, place, timer);
}

static void heap_set(struct sim_loop *loop, struct timer *timer, uint64_t at_ms)
{
    timer->at_ms = at_ms;
    timer->tie = sim_draw(&loop->random);
    if (!timer->place) {
        size_t place = ++loop->timers_set;

        loop->heap = grow(loop->heap, &loop->heap_cap, place, sizeof(struct timer *));
        heap_put(loop, place, timer);
    }
    heap_settle(loop, timer);
}

static void heap_unset(struct sim_loop *loop, struct timer *timer)
{
    size_t place = timer->place;
    struct timer *last;

    if (!place)
        return;
    timer->place = 0;
    last = loop->heap[--loop->timers_set];
    if (last == timer)
        return;
    heap_put(loop, place, last);
    heap_settle(loop, last);
}

/* ---- Watches ---- */

static void watch_cool(struct watch *watch)
{
    struct sim_loop *loop = watch->loop;

    if (!watch->place)
        return;
    loop->hot[watch->place - 1] = loop->hot[--loop->hot_count];
    loop->hot[watch->place - 1]->place = watch->place;
    watch->place = 0;
}

/* Looks at the source again: is it ready, and when to look next? */
static void watch_look(struct watch *watch)
{
    struct sim_loop *loop = watch->loop;
    enum loop_events ready = watch->source->ready(watch->source, loop->now_ms) & watch->wanted;
    uint64_t next_ms = watch->source->next_ms(watch->source);

    if (!ready) {
        watch_cool(watch);
    } else if (!watch->place) {
        watch->place = ++loop->hot_count;
        loop->hot = grow(loop->hot, &loop->hot_cap, watch->place, sizeof(struct watch *));
        loop->hot[watch->place - 1] = watch;
    }
    if (next_ms == SIM_NEVER || watch->wanted == LOOP_NONE)
        heap_unset(loop, &watch->wake);
    else if (!watch->wake.place || watch->wake.at_ms != next_ms)
        heap_set(loop, &watch->wake, next_ms);
}

static void watch_wake(void *context)
{
    watch_look(context);
}

static struct watch *op_watch(struct loop *base, int fd, watch_fn ready, void *context)
{
    struct sim_loop *loop = self(base);
    struct sim_source *source = loop->sources;
    struct watch *watch;

    while (source && source->fd != fd)
        source = source->next;
    if (!source) {
        sim_breach(loop->log, "descriptor %d is watched and belongs to nobody", fd);
        return NULL;
    }
    watch = calloc(1, sizeof(*watch));
    if (!watch)
        abort();
    *watch = (struct watch){.loop = loop, .source = source, .ready = ready, .context = context};
    watch->wake = (struct timer){.loop = loop, .expired = watch_wake, .context = watch};
    watch->next = source->watches;
    source->watches = watch;
    loop->things++;
    return watch;
}

static void op_want(struct watch *watch, enum loop_events events)
{
    self(&watch->loop->loop);
    if (watch->wanted == events)
        return;
    watch->wanted = events;
    watch_look(watch);
}

static void op_unwatch(struct watch *watch)
{
    struct watch **at;

    if (!watch)
        return;
    self(&watch->loop->loop);
    watch_cool(watch);
    heap_unset(watch->loop, &watch->wake);
    for (at = &watch->source->watches; *at != watch;)
        at = &(*at)->next;
    *at = watch->next;
    watch->loop->things--;
    free(watch);
}

/* ---- The other operations ---- */

static uint64_t op_now_ms(struct loop *base)
{
    return self(base)->now_ms;
}

static struct timer *op_timer(struct loop *base, timer_fn expired, void *context)
{
    struct sim_loop *loop = self(base);
    struct timer *timer = calloc(1, sizeof(*timer));

    if (!timer)
        abort();
    *timer = (struct timer){.loop = loop, .expired = expired, .context = context};
    loop->things++;
    return timer;
}

static void op_timer_at(struct timer *timer, uint64_t at_ms)
{
    struct sim_loop *loop = self(&timer->loop->loop);

    heap_set(loop, timer, at_ms);
}

static void op_timer_off(struct timer *timer)
{
    heap_unset(self(&timer->loop->loop), timer);
}

static void op_timer_free(struct timer *timer)
{
    if (!timer)
        return;
    heap_unset(self(&timer->loop->loop), timer);
    timer->loop->things--;
    free(timer);
}

static void queue_put(struct sim_queue *queue, struct posted *posted)
{
    posted->next = NULL;
    if (queue->first)
        queue->last->next = posted;
    else
        queue->first = posted;
    queue->last = posted;
}

static void queue_run(struct sim_queue *queue)
{
    struct posted *posted = queue->first;

    queue->first = posted->next;
    posted->run(posted);
}

/* The one operation that any thread may use. */
static void op_post(struct loop *base, struct posted *posted)
{
    queue_put(&((struct sim_loop *)base)->posted, posted);
}

static void op_later(struct loop *base, struct posted *posted)
{
    queue_put(&self(base)->later, posted);
}

static const struct loop_ops sim_loop_ops = {
    .now_ms = op_now_ms,
    .watch = op_watch,
    .want = op_want,
    .unwatch = op_unwatch,
    .timer = op_timer,
    .timer_at = op_timer_at,
    .timer_off = op_timer_off,
    .timer_free = op_timer_free,
    .post = op_post,
    .later = op_later,
};

void sim_loop_init(struct sim_loop *loop, uint64_t seed, struct sim_log *log)
{
    *loop = (struct sim_loop){
        .loop = {&sim_loop_ops}, .log = log, .random = {seed}, .now_ms = START_MS};
}

uint64_t sim_loop_clock(const struct sim_loop *loop)
{
    return loop->in_job ? loop->job_ms : loop->now_ms;
}

void sim_loop_add(struct sim_loop *loop, struct sim_source *source)
{
    source->watches = NULL;
    source->next = loop->sources;
    loop->sources = source;
}

void sim_loop_remove(struct sim_loop *loop, struct sim_source *source)
{
    struct sim_source **at = &loop->sources;

    if (source->watches)
        sim_breach(loop->log, "descriptor %d was closed while it was watched", source->fd);
    while (*at && *at != source)
        at = &(*at)->next;
    if (*at)
        *at = source->next;
}

void sim_loop_touch(struct sim_loop *loop, struct sim_source *source)
{
    if (loop->in_job)
        return;
    for (struct watch *watch = source->watches; watch; watch = watch->next)
        watch_look(watch);
}

/* ---- Turns ---- */

static void run_posted(struct sim_loop *loop)
{
    queue_run(&loop->posted);
}

/* In the same instant, but in no certain order with what else is due then. */
static void run_later(struct sim_loop *loop)
{
    queue_run(&loop->later);
}

static void run_timer(struct sim_loop *loop)
{
    struct timer *timer = loop->heap[0];

    heap_unset(loop, timer);
    timer->expired(timer->context);
}

/* Level-triggered: the next look finds it hot again unless the callback changed that. */
static void run_watch(struct sim_loop *loop)
{
    struct watch *watch = loop->hot[sim_draw(&loop->random) % loop->hot_count];
    struct sim_source *source = watch->source;
    enum loop_events ready = source->ready(source, loop->now_ms) & watch->wanted;

    if (ready)
        watch->ready(watch->context, ready);
    else
        watch_look(watch);
}

static bool spins(struct sim_loop *loop)
{
    if (++loop->turns_at_once < SPIN_TURNS)
        return false;
    if (loop->turns_at_once == SPIN_TURNS)
        sim_breach(loop->log, "%u turns of the loop in one instant: it spins", SPIN_TURNS);
    return true;
}

bool sim_loop_turn(struct sim_loop *loop, uint64_t until_ms)
{
    void (*run[4])(struct sim_loop *);
    unsigned count = 0;

    if (loop->posted.first)
        run[count++] = run_posted;
    if (loop->later.first)
        run[count++] = run_later;
    if (loop->timers_set > 0 && loop->heap[0]->at_ms <= loop->now_ms)
        run[count++] = run_timer;
    if (loop->hot_count > 0)
        run[count++] = run_watch;
    if (count > 0) {
        if (spins(loop))
            return false;
        run[count > 1 ? sim_draw(&loop->random) % count : 0](loop);
        return true;
    }
    loop->turns_at_once = 0;
    if (loop->timers_set == 0 || loop->heap[0]->at_ms > until_ms) {
        if (until_ms != SIM_NEVER && loop->now_ms < until_ms)
            loop->now_ms = until_ms;
        return false;
    }
    loop->now_ms = loop->heap[0]->at_ms;
    return true;
}

void sim_loop_end(struct sim_loop *loop)
{
    if (loop->things > 0)
        sim_breach(loop->log, "%zu watches and timers were left behind", loop->things);
    if (loop->posted.first || loop->later.first)
        sim_breach(loop->log, "posted work was left behind");
    free(loop->heap);
    free(loop->hot);
}
