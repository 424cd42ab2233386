/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/loop_event.c, the loop of real life: who is called, in which order, in
 * which thread, and never too early.
 */
#include <config.h>

#include "helpers/core/loop.h"

#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

Suite *suite(void);

static struct loop *loop;
static char calls[256]; /* a letter for each call */

static void note(char letter)
{
    size_t len = strlen(calls);

    if (len + 1 < sizeof calls)
        calls[len] = letter;
}

static void open_loop(void)
{
    memset(calls, 0, sizeof calls);
    loop = loop_open();
    ck_assert_ptr_nonnull(loop);
}

static void close_loop(void)
{
    loop_close(loop);
}

static void stop(void *context)
{
    (void)context;
    loop_stop(loop);
}

/* Runs until AFTER_MS have passed, or the loop is stopped. */
static void run_for(uint64_t after_ms)
{
    struct timer *timer = loop_timer(loop, stop, NULL);

    ck_assert_ptr_nonnull(timer);
    loop_timer_at(loop, timer, loop_now_ms(loop) + after_ms);
    loop_run(loop);
    loop_timer_free(loop, timer);
}

/* ---- time ---- */

enum { TIMER_COUNT = 200 };

struct alarm_clock {
    struct timer *timer;
    uint64_t at_ms;
    unsigned expired;
    bool early;
};

static unsigned rung;

static void ring(void *context)
{
    struct alarm_clock *clock = context;

    clock->early |= loop_now_ms(loop) < clock->at_ms;
    clock->expired++;
    if (++rung == TIMER_COUNT)
        loop_stop(loop);
}

START_TEST(timers_are_never_early)
{
    static struct alarm_clock clocks[TIMER_COUNT];
    uint64_t now_ms = loop_now_ms(loop);

    ck_assert_uint_gt(now_ms, 0);
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        clocks[i].timer = loop_timer(loop, ring, &clocks[i]);
        ck_assert_ptr_nonnull(clocks[i].timer);
        clocks[i].at_ms = now_ms + i * 3 % 50;
        loop_timer_at(loop, clocks[i].timer, clocks[i].at_ms);
    }
    loop_run(loop);
    for (unsigned i = 0; i < TIMER_COUNT; i++) {
        ck_assert_uint_eq(clocks[i].expired, 1);
        ck_assert(!clocks[i].early);
        loop_timer_free(loop, clocks[i].timer);
    }
}
END_TEST

static void do_nothing(struct posted *posted)
{
    (void)posted;
}

/* The loop may look at its clock once a turn only, and this is a long one; another follows. */
static void set_late_in_a_turn(void *context)
{
    static struct posted next_turn = {do_nothing, NULL};
    struct alarm_clock *late = context;
    uint64_t now_ms = loop_now_ms(loop);

    while (loop_now_ms(loop) < now_ms + 12)
        ;
    late->at_ms = loop_now_ms(loop) + 10;
    loop_timer_at(loop, late->timer, late->at_ms);
    loop_post(loop, &next_turn);
    rung = TIMER_COUNT - 1;
}

START_TEST(not_early_when_set_late_in_a_turn)
{
    struct alarm_clock late = {.early = false};
    struct timer *timer = loop_timer(loop, set_late_in_a_turn, &late);

    late.timer = loop_timer(loop, ring, &late);
    loop_timer_at(loop, timer, loop_now_ms(loop) + 1);
    loop_run(loop);
    ck_assert_uint_eq(late.expired, 1);
    ck_assert(!late.early);
    loop_timer_free(loop, timer);
    loop_timer_free(loop, late.timer);
}
END_TEST

static void note_letter(void *context)
{
    note(*(char *)context);
}

START_TEST(timers_move_and_go)
{
    char letters[] = "abc";
    uint64_t now_ms = loop_now_ms(loop);
    struct timer *moved = loop_timer(loop, note_letter, &letters[0]);
    struct timer *past = loop_timer(loop, note_letter, &letters[1]);
    struct timer *off = loop_timer(loop, note_letter, &letters[2]);

    loop_timer_at(loop, moved, now_ms + 1);
    loop_timer_at(loop, moved, now_ms + 1000000);
    loop_timer_at(loop, moved, now_ms + 20);
    loop_timer_at(loop, past, 1);
    loop_timer_at(loop, off, now_ms + 1);
    loop_timer_off(loop, off);
    loop_timer_off(loop, off);
    run_for(60);
    ck_assert_str_eq(calls, "ba");
    loop_timer_free(loop, moved);
    loop_timer_free(loop, past);
    loop_timer_free(loop, off);
    loop_timer_free(loop, NULL);
}
END_TEST

static struct timer *self_freed;

static void free_itself(void *context)
{
    (void)context;
    loop_timer_free(loop, self_freed);
    loop_stop(loop);
}

START_TEST(a_timer_frees_itself)
{
    self_freed = loop_timer(loop, free_itself, NULL);
    loop_timer_at(loop, self_freed, loop_now_ms(loop) + 1);
    loop_run(loop);
}
END_TEST

enum { TIMES_AGAIN = 1000 };

/* A timer that is due again as soon as it has expired. */
static struct {
    struct timer *timer;
    struct posted posted;
    unsigned expired;
    unsigned when_posted; /* how often it had expired by then */
} eager;

static void expire_again(void *context)
{
    (void)context;
    if (++eager.expired < TIMES_AGAIN)
        loop_timer_at(loop, eager.timer, 1);
    else
        loop_stop(loop);
}

static void note_eager(struct posted *posted)
{
    (void)posted;
    eager.when_posted = eager.expired;
}

/* All else gets its turn in between. */
START_TEST(a_timer_that_is_always_due)
{
    eager.timer = loop_timer(loop, expire_again, NULL);
    eager.posted.run = note_eager;
    eager.when_posted = TIMES_AGAIN;
    loop_timer_at(loop, eager.timer, 1);
    loop_post(loop, &eager.posted);
    loop_run(loop);
    ck_assert_uint_eq(eager.expired, TIMES_AGAIN);
    ck_assert_uint_lt(eager.when_posted, 10);
    loop_timer_free(loop, eager.timer);
}
END_TEST

START_TEST(stopped_before_it_runs)
{
    loop_stop(loop);
    loop_run(loop); /* else it would wait for ever */
    run_for(1);
}
END_TEST

/* ---- descriptors ---- */

struct seen {
    struct watch *watch;
    struct watch *other;
    enum { LEAVE, SILENCE_OTHER, END_OTHER, END_ITSELF } what; /* to do in the first call */
    unsigned called;
    unsigned stop_at;
    enum loop_events ready;
};

static void see(void *context, enum loop_events ready)
{
    struct seen *seen = context;

    int what = seen->what;

    seen->called++;
    seen->ready = ready;
    seen->what = LEAVE;
    if (seen->called == seen->stop_at)
        loop_stop(loop);
    switch (what) {
    case LEAVE:
        break;
    case SILENCE_OTHER:
        loop_want(loop, seen->other, LOOP_NONE);
        break;
    case END_OTHER:
        loop_unwatch(loop, seen->other);
        break;
    case END_ITSELF:
        loop_unwatch(loop, seen->watch);
        break;
    }
}

static void watch(struct seen *seen, int fd, enum loop_events events)
{
    seen->watch = loop_watch(loop, fd, see, seen);
    ck_assert_ptr_nonnull(seen->watch);
    loop_want(loop, seen->watch, events);
}

static int ends[2];

static void open_sockets(void)
{
    open_loop();
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
}

static void close_sockets(void)
{
    close(ends[0]);
    close(ends[1]);
    close_loop();
}

START_TEST(readiness_is_told_until_it_ends)
{
    struct seen seen = {.stop_at = 3};

    watch(&seen, ends[0], LOOP_READ);
    run_for(1);
    ck_assert_uint_eq(seen.called, 0);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    loop_run(loop);
    ck_assert_uint_eq(seen.called, 3);
    ck_assert_int_eq(seen.ready, LOOP_READ);
    loop_want(loop, seen.watch, LOOP_READ);
    loop_want(loop, seen.watch, LOOP_WRITE);
    seen.stop_at = 4;
    loop_run(loop);
    ck_assert_int_eq(seen.ready, LOOP_WRITE);
    loop_want(loop, seen.watch, LOOP_READ_WRITE);
    seen.stop_at = 5;
    loop_run(loop);
    ck_assert_int_eq(seen.ready, LOOP_READ_WRITE);
    loop_want(loop, seen.watch, LOOP_NONE);
    run_for(1);
    ck_assert_uint_eq(seen.called, 5);
    loop_unwatch(loop, seen.watch);
    loop_unwatch(loop, NULL);
}
END_TEST

START_TEST(two_watches_of_one_descriptor)
{
    struct seen reading = {.stop_at = 1}, writing = {.stop_at = 1};

    watch(&reading, ends[0], LOOP_READ);
    watch(&writing, ends[0], LOOP_WRITE);
    loop_run(loop);
    ck_assert_uint_eq(reading.called, 0);
    ck_assert_int_eq(writing.ready, LOOP_WRITE);
    loop_want(loop, writing.watch, LOOP_NONE);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    loop_run(loop);
    ck_assert_int_eq(reading.ready, LOOP_READ);
    ck_assert_uint_eq(writing.called, 1);
    loop_unwatch(loop, reading.watch);
    loop_unwatch(loop, writing.watch);
}
END_TEST

/* Both are ready in one turn; the one that comes first silences or ends the other. */
START_TEST(no_call_after_the_end)
{
    struct seen first = {.what = _i ? END_OTHER : SILENCE_OTHER, .stop_at = 1};
    struct seen second = {.what = _i ? END_OTHER : SILENCE_OTHER, .stop_at = 1};
    bool first_came;

    watch(&first, ends[0], LOOP_READ);
    watch(&second, ends[1], LOOP_READ);
    first.other = second.watch;
    second.other = first.watch;
    ck_assert_int_eq(write(ends[0], "x", 1), 1);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    loop_run(loop);
    run_for(5);
    first_came = first.called > 0;
    ck_assert_uint_eq(first_came ? second.called : first.called, 0);
    if (_i == 0 || first_came)
        loop_unwatch(loop, first.watch);
    if (_i == 0 || !first_came)
        loop_unwatch(loop, second.watch);
}
END_TEST

START_TEST(a_watch_ends_itself)
{
    struct seen seen = {.what = END_ITSELF, .stop_at = 1};

    watch(&seen, ends[0], LOOP_WRITE);
    loop_run(loop);
    run_for(1);
    ck_assert_uint_eq(seen.called, 1);
}
END_TEST

START_TEST(a_hang_up_shows_as_what_was_asked)
{
    static const enum loop_events asked[] = {LOOP_READ, LOOP_WRITE, LOOP_READ_WRITE};
    struct seen seen = {.stop_at = 1};

    close(ends[1]);
    watch(&seen, ends[0], asked[_i]);
    loop_run(loop);
    ck_assert_int_eq(seen.ready, asked[_i]);
    loop_unwatch(loop, seen.watch);
    ends[1] = dup(ends[0]);
}
END_TEST

/* The kernel refuses to watch these. They are ready at any time, and nothing is said about it on
 * standard error, which is Squid's cache.log. */
static void expect_always_ready(int fd)
{
    int before = dup(STDERR_FILENO);
    struct seen seen = {.stop_at = 3}, reading = {.what = END_ITSELF, .stop_at = 1};
    char noise;

    ck_assert_int_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    watch(&seen, fd, LOOP_READ);
    loop_run(loop);
    ck_assert_int_eq(seen.ready, LOOP_READ);
    loop_want(loop, seen.watch, LOOP_READ_WRITE);
    seen.stop_at = 6;
    loop_run(loop);
    ck_assert_int_eq(seen.ready, LOOP_READ_WRITE);
    loop_want(loop, seen.watch, LOOP_NONE);
    run_for(5);
    ck_assert_uint_eq(seen.called, 6);
    loop_unwatch(loop, seen.watch);
    watch(&reading, fd, LOOP_READ);
    loop_run(loop);
    run_for(5);
    ck_assert_uint_eq(reading.called, 1);
    ck_assert_int_eq(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    ck_assert_int_eq(recv(ends[0], &noise, 1, MSG_DONTWAIT), -1);
}

START_TEST(regular_files_and_devices)
{
    char name[] = "loop-XXXXXX";
    int file = mkostemp(name, O_CLOEXEC);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(unlink(name), 0);
    expect_always_ready(file);
    expect_always_ready(null);
    close(file);
    close(null);
}
END_TEST

START_TEST(what_is_not_open)
{
    struct seen seen = {0};

    ck_assert_ptr_null(loop_watch(loop, -1, see, &seen));
    ck_assert_ptr_null(loop_watch(loop, 1000, see, &seen));
}
END_TEST

/* ---- posted work ---- */

struct work {
    struct posted posted;
    char letter;
    struct work *next; /* queued by this one */
    bool stop;
};

static void do_work(struct posted *posted)
{
    struct work *work = (struct work *)(void *)posted;

    note(work->letter);
    if (work->next)
        loop_later(loop, &work->next->posted);
    if (work->stop)
        loop_stop(loop);
}

static void put_off(void *context, enum loop_events ready)
{
    struct work *work = context;

    (void)ready;
    note((char)(work->letter - 'a' + 'A'));
    loop_later(loop, &work->posted);
}

/* What is put off comes behind all that is due, in its order, and before the next turn. */
START_TEST(put_off_to_the_end_of_the_turn)
{
    struct work last = {{do_work, NULL}, 'z', NULL, true};
    struct work first = {{do_work, NULL}, 'a', NULL, false};
    struct work second = {{do_work, NULL}, 'b', &last, false};
    struct watch *one = loop_watch(loop, ends[0], put_off, &first);
    struct watch *two = loop_watch(loop, ends[1], put_off, &second);

    loop_want(loop, one, LOOP_WRITE);
    loop_want(loop, two, LOOP_WRITE);
    loop_run(loop);
    ck_assert_uint_eq(strlen(calls), 5);
    ck_assert(strncmp(calls, "ABabz", 5) == 0 || strncmp(calls, "BAbaz", 5) == 0);
    loop_unwatch(loop, one);
    loop_unwatch(loop, two);
}
END_TEST

START_TEST(put_off_before_the_loop_runs)
{
    struct work second = {{do_work, NULL}, 'b', NULL, true};
    struct work first = {{do_work, NULL}, 'a', &second, false};

    loop_later(loop, &first.posted);
    loop_run(loop);
    ck_assert_str_eq(calls, "ab");
}
END_TEST

START_TEST(put_off_until_the_loop_is_closed)
{
    struct work second = {{do_work, NULL}, 'b', NULL, false};
    struct work first = {{do_work, NULL}, 'a', &second, false};

    loop_later(loop, &first.posted);
    close_loop();
    ck_assert_str_eq(calls, "ab");
    open_loop();
}
END_TEST

START_TEST(posted_from_the_loop_itself)
{
    struct work third = {{do_work, NULL}, 'c', NULL, true};
    struct work second = {{do_work, NULL}, 'b', NULL, false};
    struct work first = {{do_work, NULL}, 'a', NULL, false};

    loop_post(loop, &first.posted);
    loop_post(loop, &second.posted);
    loop_post(loop, &third.posted);
    ck_assert_str_eq(calls, "");
    loop_run(loop);
    ck_assert_str_eq(calls, "abc");
}
END_TEST

enum { POSTERS = 4, POSTS = 5000 };

struct letter {
    struct posted posted;
    unsigned poster;
    unsigned number;
};

static unsigned arrived[POSTERS];
static bool disorder;
static pthread_t loop_thread;

static void arrive(struct posted *posted)
{
    struct letter *letter = (struct letter *)(void *)posted;

    disorder |= letter->number != arrived[letter->poster]++;
    disorder |= !pthread_equal(pthread_self(), loop_thread);
    if (letter->number == POSTS - 1 &&
        arrived[0] + arrived[1] + arrived[2] + arrived[3] == POSTERS * POSTS)
        loop_stop(loop);
    free(letter);
}

static void *post_many(void *context)
{
    for (unsigned i = 0; i < POSTS; i++) {
        struct letter *letter = malloc(sizeof *letter);

        if (!letter)
            abort();
        *letter = (struct letter){{arrive, NULL}, *(unsigned *)context, i};
        loop_post(loop, &letter->posted);
    }
    return NULL;
}

START_TEST(posted_by_many_threads)
{
    static unsigned numbers[POSTERS] = {0, 1, 2, 3};
    pthread_t threads[POSTERS];

    loop_thread = pthread_self();
    for (unsigned i = 0; i < POSTERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, post_many, &numbers[i]), 0);
    loop_run(loop);
    for (unsigned i = 0; i < POSTERS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_uint_eq(arrived[i], POSTS);
    }
    ck_assert(!disorder);
}
END_TEST

/* ---- signals ---- */

static int caught_signo;

static void catch_it(void *context, int signo)
{
    ck_assert_ptr_eq(context, &caught_signo);
    caught_signo = signo;
    loop_stop(loop);
}

START_TEST(signals_come_as_calls)
{
    ck_assert(loop_on_signal(loop, SIGUSR1, catch_it, &caught_signo));
    ck_assert(loop_on_signal(loop, SIGTERM, catch_it, &caught_signo));
    raise(SIGUSR1);
    ck_assert_int_eq(caught_signo, 0);
    loop_run(loop);
    ck_assert_int_eq(caught_signo, SIGUSR1);
    raise(SIGTERM);
    loop_run(loop);
    ck_assert_int_eq(caught_signo, SIGTERM);
}
END_TEST

/* ---- what others close ---- */

/* The descriptors of this KIND, of which this process has no others. */
static unsigned close_all(const char *kind)
{
    unsigned closed = 0;

    for (int fd = 0; fd < 256; fd++) {
        char link[64], target[64] = "";

        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (readlink(link, target, sizeof target - 1) > 0 && strstr(target, kind))
            closed += close(fd) == 0;
    }
    return closed;
}

static void close_it(struct posted *posted)
{
    (void)posted;
    ck_assert_uint_eq(close_all("[eventpoll]"), 1);
}

/* As a library would that closes all descriptors, and not in a child alone. */
START_TEST(it_ends_when_nothing_can_be_awaited)
{
    struct posted closer = {close_it, NULL};

    loop_post(loop, &closer);
    ck_assert(!loop_run(loop));
}
END_TEST

/* A process that nobody can wake would stay, for each that Squid starts anew. */
START_TEST(it_aborts_when_nobody_can_wake_it)
{
    struct posted unheard = {do_nothing, NULL};

    ck_assert_uint_eq(close_all("[eventfd]"), 1);
    loop_post(loop, &unheard);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("loop");
    TCase *time = tcase_create("time");
    TCase *watches = tcase_create("watches");

    tcase_add_checked_fixture(time, open_loop, close_loop);
    tcase_set_timeout(time, 60);
    tcase_add_test(time, timers_are_never_early);
    tcase_add_test(time, not_early_when_set_late_in_a_turn);
    tcase_add_test(time, timers_move_and_go);
    tcase_add_test(time, a_timer_frees_itself);
    tcase_add_test(time, a_timer_that_is_always_due);
    tcase_add_test(time, stopped_before_it_runs);
    tcase_add_test(time, put_off_before_the_loop_runs);
    tcase_add_test(time, put_off_until_the_loop_is_closed);
    tcase_add_test(time, posted_from_the_loop_itself);
    tcase_add_test(time, posted_by_many_threads);
    tcase_add_test(time, signals_come_as_calls);
    tcase_add_test(time, it_ends_when_nothing_can_be_awaited);
    tcase_add_test_raise_signal(time, it_aborts_when_nobody_can_wake_it, SIGABRT);
    suite_add_tcase(s, time);
    tcase_add_checked_fixture(watches, open_sockets, close_sockets);
    tcase_set_timeout(watches, 60);
    tcase_add_test(watches, readiness_is_told_until_it_ends);
    tcase_add_test(watches, two_watches_of_one_descriptor);
    tcase_add_loop_test(watches, no_call_after_the_end, 0, 2);
    tcase_add_test(watches, a_watch_ends_itself);
    tcase_add_loop_test(watches, a_hang_up_shows_as_what_was_asked, 0, 3);
    tcase_add_test(watches, regular_files_and_devices);
    tcase_add_test(watches, what_is_not_open);
    tcase_add_test(watches, put_off_to_the_end_of_the_turn);
    suite_add_tcase(s, watches);
    return s;
}
