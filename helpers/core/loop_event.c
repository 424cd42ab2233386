/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop of real life, on libevent. Work posted by other threads arrives through an eventfd, and
 * timers through a timerfd (loop_timers.c).
 * What epoll refuses to watch (regular files, /dev/null) is served by an event that is made active
 * anew in each turn while something is wanted of it.
 */
#include <config.h>

#include "helpers/core/loop.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>

#include "helpers/core/loop_timers.h"

struct event_signal {
    struct event *event;
    signal_fn caught;
    void *context;
    struct event_signal *next;
};

struct event_loop {
    struct loop loop;
    struct event_base *base;
    int wake_fd;
    struct event *wake;
    pthread_mutex_t lock; /* guards the list of posted work, the only thing that is shared */
    struct posted *first;
    struct posted **last;
    struct timers timers;
    struct event *timer_due;
    struct posted *later;
    struct posted **later_last;
    struct event_signal *signals;
    bool stop;
};

struct watch {
    struct event_loop *loop;
    struct event *event;
    int fd;
    bool always; /* a regular file or the like */
    enum loop_events wanted;
    watch_fn ready;
    void *context;
};

static const struct timeval soon = {0, 0};

static uint64_t event_now_ms(struct loop *loop)
{
    (void)loop;
    return timers_now_ms();
}

static short to_libevent(enum loop_events events)
{
    short what = EV_PERSIST;

    if (events & LOOP_READ)
        what |= EV_READ;
    if (events & LOOP_WRITE)
        what |= EV_WRITE;
    return what;
}

static void watch_fired(evutil_socket_t fd, short what, void *context)
{
    struct watch *watch = context;
    unsigned ready = LOOP_NONE;

    (void)fd;
    if (watch->always) {
        ready = watch->wanted;
        if (ready != LOOP_NONE)
            event_add(watch->event, &soon);
    } else {
        if (what & EV_READ)
            ready |= LOOP_READ;
        if (what & EV_WRITE)
            ready |= LOOP_WRITE;
        ready &= watch->wanted;
    }
    if (ready != LOOP_NONE)
        watch->ready(watch->context, (enum loop_events)ready);
}

/* Asks a throw-away epoll: libevent writes to standard error when its own is refused. False, with
 * *ALWAYS, when FD cannot be watched at all. */
static bool probe(int fd, bool *always)
{
    struct epoll_event none = {.events = 0};
    int probe_fd = epoll_create1(EPOLL_CLOEXEC);
    bool watched;

    if (probe_fd < 0)
        return false;
    watched = epoll_ctl(probe_fd, EPOLL_CTL_ADD, fd, &none) == 0;
    *always = !watched && errno == EPERM;
    close(probe_fd);
    return watched || *always;
}

static struct watch *event_watch(struct loop *loop, int fd, watch_fn ready, void *context)
{
    struct event_loop *self = (struct event_loop *)loop;
    struct watch *watch;
    bool always;

    if (!probe(fd, &always))
        return NULL;
    watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    watch->loop = self;
    watch->fd = fd;
    watch->always = always;
    watch->ready = ready;
    watch->context = context;
    watch->event =
        event_new(self->base, watch->always ? -1 : fd, to_libevent(LOOP_NONE), watch_fired, watch);
    if (!watch->event) {
        free(watch);
        return NULL;
    }
    return watch;
}

static void event_want(struct watch *watch, enum loop_events events)
{
    if (watch->wanted == events)
        return;
    watch->wanted = events;
    event_del(watch->event);
    if (events == LOOP_NONE)
        return;
    if (watch->always) {
        event_add(watch->event, &soon);
        return;
    }
    event_assign(watch->event, watch->loop->base, watch->fd, to_libevent(events), watch_fired,
                 watch);
    if (event_add(watch->event, NULL) != 0) {
        /* Out of memory, or the owner closed it too early: the read or write that follows tells. */
        watch->always = true;
        event_assign(watch->event, watch->loop->base, -1, to_libevent(LOOP_NONE), watch_fired,
                     watch);
        event_add(watch->event, &soon);
    }
}

static void event_unwatch(struct watch *watch)
{
    if (!watch)
        return;
    event_free(watch->event);
    free(watch);
}

static void timer_due(evutil_socket_t fd, short what, void *context)
{
    struct event_loop *self = context;

    (void)fd;
    (void)what;
    timers_run(&self->timers);
}

static struct timer *event_timer(struct loop *loop, timer_fn expired, void *context)
{
    struct event_loop *self = (struct event_loop *)loop;

    return timers_new(&self->timers, expired, context);
}

static void event_post(struct loop *loop, struct posted *posted)
{
    struct event_loop *self = (struct event_loop *)loop;
    const uint64_t one = 1;

    posted->next = NULL;
    pthread_mutex_lock(&self->lock);
    *self->last = posted;
    self->last = &posted->next;
    pthread_mutex_unlock(&self->lock);
    /* The counter can only be full when the loop has been woken already. Where a library has closed
     * it the loop would wait for ever, and the process stay. */
    if (write(self->wake_fd, &one, sizeof one) < 0 && errno == EBADF)
        abort();
}

static void run_posted(evutil_socket_t fd, short what, void *context)
{
    struct event_loop *self = context;
    struct posted *posted;
    uint64_t count;
    ssize_t ignored = read(fd, &count, sizeof count);

    (void)ignored;
    (void)what;
    pthread_mutex_lock(&self->lock);
    posted = self->first;
    self->first = NULL;
    self->last = &self->first;
    pthread_mutex_unlock(&self->lock);
    while (posted) {
        struct posted *next = posted->next;

        posted->run(posted);
        posted = next;
    }
}

static void event_later(struct loop *loop, struct posted *posted)
{
    struct event_loop *self = (struct event_loop *)loop;

    posted->next = NULL;
    *self->later_last = posted;
    self->later_last = &posted->next;
}

/* With what is put off meanwhile. */
static void run_later(struct event_loop *self)
{
    while (self->later) {
        struct posted *posted = self->later;

        self->later = posted->next;
        if (!self->later)
            self->later_last = &self->later;
        posted->run(posted);
    }
}

static const struct loop_ops event_loop_ops = {
    .now_ms = event_now_ms,
    .watch = event_watch,
    .want = event_want,
    .unwatch = event_unwatch,
    .timer = event_timer,
    .timer_at = timers_set,
    .timer_off = timers_off,
    .timer_free = timers_free,
    .post = event_post,
    .later = event_later,
};

static struct event_base *open_base(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;

    if (config) {
        event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
        base = event_base_new_with_config(config);
        event_config_free(config);
    }
    return base;
}

struct loop *loop_open(void)
{
    struct event_loop *self = calloc(1, sizeof *self);

    if (!self)
        return NULL;
    self->loop.ops = &event_loop_ops;
    self->last = &self->first;
    self->later_last = &self->later;
    pthread_mutex_init(&self->lock, NULL);
    self->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    self->base = open_base();
    if (timers_open(&self->timers) && self->base && self->wake_fd >= 0) {
        self->timer_due =
            event_new(self->base, self->timers.fd, EV_READ | EV_PERSIST, timer_due, self);
        self->wake = event_new(self->base, self->wake_fd, EV_READ | EV_PERSIST, run_posted, self);
    }
    if (!self->timer_due || !self->wake || event_add(self->timer_due, NULL) != 0 ||
        event_add(self->wake, NULL) != 0) {
        loop_close(&self->loop);
        return NULL;
    }
    return &self->loop;
}

static void signal_fired(evutil_socket_t signo, short what, void *context)
{
    struct event_signal *signal = context;

    (void)what;
    signal->caught(signal->context, (int)signo);
}

bool loop_on_signal(struct loop *loop, int signo, signal_fn caught, void *context)
{
    struct event_loop *self = (struct event_loop *)loop;
    struct event_signal *signal = calloc(1, sizeof *signal);

    if (!signal)
        return false;
    signal->caught = caught;
    signal->context = context;
    signal->event = evsignal_new(self->base, signo, signal_fired, signal);
    if (!signal->event || event_add(signal->event, NULL) != 0) {
        if (signal->event)
            event_free(signal->event);
        free(signal);
        return false;
    }
    signal->next = self->signals;
    self->signals = signal;
    return true;
}

bool loop_run(struct loop *loop)
{
    struct event_loop *self = (struct event_loop *)loop;
    bool works = true;

    while (!self->stop && works) {
        run_later(self);
        if (!self->stop)
            works = event_base_loop(self->base, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY) >= 0;
    }
    self->stop = false;
    return works;
}

void loop_stop(struct loop *loop)
{
    struct event_loop *self = (struct event_loop *)loop;

    self->stop = true;
    event_base_loopbreak(self->base);
}

void loop_close(struct loop *loop)
{
    struct event_loop *self = (struct event_loop *)loop;

    run_later(self);
    while (self->signals) {
        struct event_signal *signal = self->signals;

        self->signals = signal->next;
        event_free(signal->event);
        free(signal);
    }
    if (self->timer_due)
        event_free(self->timer_due);
    if (self->wake)
        event_free(self->wake);
    if (self->base)
        event_base_free(self->base);
    if (self->wake_fd >= 0)
        close(self->wake_fd);
    timers_close(&self->timers);
    pthread_mutex_destroy(&self->lock);
    free(self);
}
