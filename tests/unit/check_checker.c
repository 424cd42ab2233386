/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/verify/checker: from lines to replies, with a fake loop, a scripted peer, an
 * offload that runs a job when the test says so, and a backend that knows alice's password. What
 * is to happen is the rules of checker.h, turns.h and unsettled.h, worked out by hand.
 */
#include <config.h>

#include "helpers/verify/checker.h"

#include <check.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helpers/core/session.h"
#include "helpers/verify/unsettled.h"
#include "tests/unit/fake_loop.h"
#include "tests/unit/fake_stream.h"

Suite *suite(void);

#define ERR "ERR message=\"Invalid credentials\" Invalid credentials\n"
#define LATE "BH PAM gave no answer in time\n"
#define BUSY "BH too many logins at once\n"
#define UNUSABLE "BH PAM gave no usable answer\n"
#define AGAIN "BH PAM gave no usable answer a moment ago\n"

enum { JOBS_MAX = 64, DEADLINE_MS = 10000 };

/* ---- the bench ---- */

struct bench {
    struct loop *loop;
    struct fake_stream peer;
    struct session *session;
    struct checker *checker;
    struct offload offload;
    struct job *jobs[JOBS_MAX];
    unsigned job_count;
    unsigned verified; /* calls of the backend */
    bool down;
    int log_ends[2];
    struct log *log;
};

static void keep(struct offload *offload, struct job *job)
{
    struct bench *bench =
        (struct bench *)(void *)((char *)offload - offsetof(struct bench, offload));

    ck_assert_uint_lt(bench->job_count, JOBS_MAX);
    bench->jobs[bench->job_count++] = job;
}

static const struct offload_ops scripted = {.submit = keep};

static bool is(struct pxa_span span, const char *text)
{
    /* The NUL behind the name is promised. */
    return span.len == strlen(text) && strcmp(span.at, text) == 0;
}

static void check_locked(struct check *check)
{
    check->verdict = CHECK_DENIED;
    check->reason = "The account is locked";
    check->reason_word = "locked";
    snprintf(check->detail, sizeof check->detail, "too many failures");
}

static void verify(void *context, struct check *check)
{
    struct bench *bench = context;

    bench->verified++;
    if (bench->down) {
        check->verdict = CHECK_UNAVAILABLE;
    } else if (is(check->user, "halfway")) {
        check->verdict = CHECK_UNAVAILABLE;
        check->reason = "the disk is full";
    } else if (is(check->user, "locked")) {
        check_locked(check);
    } else if (is(check->user, "everybody")) {
        check->verdict = CHECK_DENIED;
        check->setup = CHECK_SETUP_DOUBTFUL;
        snprintf(check->detail, sizeof check->detail, "nobody asked");
    } else if (is(check->user, "expired")) {
        check->verdict = CHECK_DENIED;
        check->setup = CHECK_SETUP_WORKS;
    } else if (is(check->user, "renamed")) {
        check->verdict = CHECK_OK;
        snprintf(check->name, sizeof check->name, "alice");
    } else {
        bool fits = strcmp(check->password->bytes, "right") == 0 && check->password->len == 5;

        check->verdict = fits ? CHECK_OK : CHECK_DENIED;
    }
}

static void on_request(void *context, struct request *request)
{
    struct bench *bench = context;

    checker_request(bench->checker, request);
}

static void on_ended(void *context)
{
    (void)context;
}

static uint64_t log_now(void *context)
{
    return loop_now_ms(((struct bench *)context)->loop);
}

static void open_log(struct bench *bench)
{
    ck_assert_int_eq(pipe2(bench->log_ends, O_CLOEXEC | O_NONBLOCK), 0);
    bench->log = log_open(bench->log_ends[1], "prog", LOG_NOTICE, log_now, bench);
    ck_assert_ptr_nonnull(bench->log);
}

static void close_log(struct bench *bench)
{
    log_close(bench->log);
    close(bench->log_ends[0]);
    close(bench->log_ends[1]);
}

/* All that has been logged since the last time. */
static void expect_logged(struct bench *bench, const char *lines)
{
    char text[4096];
    ssize_t len = read(bench->log_ends[0], text, sizeof text - 1);

    text[len < 0 ? 0 : len] = '\0';
    ck_assert_str_eq(text, lines);
}

static void begin_mode(struct bench *bench, unsigned workers, enum concurrency concurrency)
{
    const struct session_config session = {
        .scheme = SCHEME_BASIC,
        .concurrency = concurrency,
        .deadline_ms = DEADLINE_MS,
        .request = on_request,
        .ended = on_ended,
        .context = bench,
    };
    struct checker_config config = {
        .offload = &bench->offload,
        .backend = "PAM",
        .doubt = "perhaps the set-up is wrong",
        .workers = workers,
        .threads = 2 * workers,
        .seed = 1,
        .verify = verify,
        .context = bench,
    };
    struct why why = {{0}};

    memset(bench, 0, sizeof *bench);
    bench->loop = config.loop = fake_loop_open();
    bench->offload.ops = &scripted;
    open_log(bench);
    config.log = bench->log;
    bench->checker = checker_open(&config, &why);
    ck_assert_msg(bench->checker != NULL, "%s", why.text);
    fake_stream_init(&bench->peer);
    bench->session = session_open(bench->loop, &bench->peer.stream, &session, NULL);
    ck_assert_ptr_nonnull(bench->session);
}

static void begin(struct bench *bench, unsigned workers)
{
    begin_mode(bench, workers, CONCURRENCY_ON);
}

/* The session is closed. */
static void close_checker(struct bench *bench)
{
    ck_assert(checker_close(bench->checker));
    fake_loop_settle(bench->loop);
    close_log(bench);
    fake_loop_close(bench->loop);
    fake_stream_free(&bench->peer);
}

static void end(struct bench *bench)
{
    session_close(bench->session);
    ck_assert_uint_eq(bench->job_count, 0);
    close_checker(bench);
}

static void settle(struct bench *bench)
{
    fake_stream_pump(&bench->peer, bench->loop);
}

static struct job *take(struct bench *bench)
{
    struct job *job = bench->jobs[0];

    ck_assert_uint_gt(bench->job_count, 0);
    bench->job_count--;
    memmove(bench->jobs, bench->jobs + 1, bench->job_count * sizeof *bench->jobs);
    return job;
}

static void finish_one(struct bench *bench)
{
    struct job *job = take(bench);

    job->run(job);
    job->done(job);
    settle(bench);
}

static void send(struct bench *bench, const char *lines)
{
    fake_stream_send_text(&bench->peer, lines);
    settle(bench);
}

static void expect(struct bench *bench, const char *replies)
{
    settle(bench);
    ck_assert_msg(fake_stream_got(&bench->peer, replies), "got \"%.*s\", not \"%s\"",
                  (int)bytes_len(&bench->peer.output),
                  bytes_len(&bench->peer.output) ? bench->peer.output.at + bench->peer.output.start
                                                 : "",
                  replies);
    bytes_consume(&bench->peer.output, strlen(replies));
}

static void ask(struct bench *bench, const char *line, const char *reply)
{
    send(bench, line);
    while (bench->job_count > 0)
        finish_one(bench);
    expect(bench, reply);
}

static void pass(struct bench *bench, uint64_t ms)
{
    fake_loop_advance(bench->loop, ms);
    settle(bench);
}

/* ---- memory ---- */

static bool memory_is_out;

struct secret *__real_secret_new(size_t cap);
struct secret *__wrap_secret_new(size_t cap);

struct secret *__wrap_secret_new(size_t cap)
{
    return memory_is_out ? NULL : __real_secret_new(cap);
}

/* Squid is not to blame for that. */
START_TEST(no_room_for_a_password)
{
    struct bench bench;

    begin(&bench, 1);
    memory_is_out = true;
    ask(&bench, "1 alice right\n", "1 BH out of memory\n");
    memory_is_out = false;
    ask(&bench, "2 alice right\n", "2 OK\n");
    ask(&bench, "3 alice %zz\n", "3 BH malformed request\n");
    end(&bench);
}
END_TEST

/* ---- verdicts ---- */

START_TEST(every_verdict_has_its_reply)
{
    struct bench bench;

    begin(&bench, 1);
    ask(&bench, "1 alice right\n", "1 OK\n");
    ask(&bench, "2 alice wrong\n", "2 " ERR);
    ask(&bench, "3 renamed right\n", "3 OK user=\"alice\"\n");
    ask(&bench, "4 locked right\n",
        "4 ERR message=\"The account is locked\" reason_=\"locked\" The account is locked\n");
    ask(&bench, "5 halfway right\n", "5 BH the disk is full\n");
    bench.down = true;
    ask(&bench, "6 alice right\n", "6 " UNUSABLE);
    ck_assert_uint_eq(bench.verified, 6);
    end(&bench);
}
END_TEST

/* Once, until it has been seen to work: what tells nothing of it changes nothing. */
START_TEST(a_doubtful_set_up_is_told_once)
{
    static const char told[] =
        "prog: notice: everybody: nobody asked: perhaps the set-up is wrong\n";
    struct bench bench;

    begin(&bench, 1);
    ask(&bench, "1 alice right\n2 expired x\n3 everybody x\n", "1 OK\n2 " ERR "3 " ERR);
    expect_logged(&bench, told);
    ask(&bench, "4 everybody y\n5 alice wrong\n6 everybody x\n", "4 " ERR "5 " ERR "6 " ERR);
    expect_logged(&bench, "");
    ask(&bench, "7 expired x\n8 expired y\n", "7 " ERR "8 " ERR);
    expect_logged(&bench, "");
    ask(&bench, "9 everybody x\n", "9 " ERR);
    expect_logged(&bench, told);
    end(&bench);
}
END_TEST

/* Squid escapes as RFC 1738 has it, and never writes a NUL: libraries that take strings would
 * verify less than came. */
START_TEST(bytes_are_verified_as_they_came)
{
    struct bench bench;

    begin(&bench, 1);
    ask(&bench, "1 %61lice r%69ght\n", "1 OK\n");
    ask(&bench, "2 alice right%00\n", "2 BH malformed request\n");
    ask(&bench, "3 alice right%00x\n", "3 BH malformed request\n");
    ask(&bench, "4 alice%00x right\n", "4 BH malformed request\n");
    ck_assert_uint_eq(bench.verified, 1);
    end(&bench);
}
END_TEST

START_TEST(without_ids_one_follows_the_other)
{
    struct bench bench;

    begin_mode(&bench, 2, CONCURRENCY_OFF);
    send(&bench, "alice right\nbob wrong\nalice right\n");
    ck_assert_uint_eq(bench.job_count, 1);
    finish_one(&bench);
    ck_assert_uint_eq(bench.job_count, 1);
    finish_one(&bench);
    finish_one(&bench);
    expect(&bench, "OK\n" ERR "OK\n");
    end(&bench);
}
END_TEST

/* ---- the same at the same time ---- */

START_TEST(the_same_is_verified_once)
{
    struct bench bench;

    begin(&bench, 4);
    send(&bench, "1 alice right\n2 alice right\n3 alice wrong\n4 alicer ight\n5 alice right\n");
    ck_assert_uint_eq(bench.job_count, 3);
    finish_one(&bench);
    expect(&bench, "5 OK\n2 OK\n1 OK\n");
    finish_one(&bench);
    expect(&bench, "3 " ERR);
    finish_one(&bench);
    expect(&bench, "4 " ERR);
    ask(&bench, "6 alice right\n", "6 OK\n"); /* nothing is remembered */
    ck_assert_uint_eq(bench.verified, 4);
    end(&bench);
}
END_TEST

START_TEST(trouble_reaches_all_who_wait)
{
    struct bench bench;

    begin(&bench, 1);
    bench.down = true;
    send(&bench, "1 alice right\n2 alice right\n");
    finish_one(&bench);
    expect(&bench, "2 " UNUSABLE "1 " UNUSABLE);
    end(&bench);
}
END_TEST

/* Who joined later has a later deadline, and gets the verdict. */
START_TEST(each_waits_until_its_own_deadline)
{
    struct bench bench;

    begin(&bench, 1);
    send(&bench, "1 alice right\n");
    pass(&bench, DEADLINE_MS - 1000);
    send(&bench, "2 alice right\n");
    pass(&bench, 1000);
    expect(&bench, "1 " LATE);
    finish_one(&bench);
    expect(&bench, "2 OK\n");
    ck_assert_uint_eq(bench.verified, 1);
    end(&bench);
}
END_TEST

/* One job of 9 s: the next are taken to last 1.7 s (turns.c), which bob's first request does not
 * have left, but the second has. */
START_TEST(who_joins_brings_time_along)
{
    struct bench bench;

    begin(&bench, 1);
    send(&bench, "1 ann right\n2 bob right\n");
    pass(&bench, 7000);
    send(&bench, "3 bob right\n");
    pass(&bench, 2000);
    finish_one(&bench);
    expect(&bench, "1 OK\n");
    pass(&bench, 1000);
    expect(&bench, "2 " LATE);
    finish_one(&bench);
    expect(&bench, "3 OK\n");
    end(&bench);
}
END_TEST

/* ---- trouble is remembered for UNSETTLED_MS ---- */

START_TEST(repeats_of_a_bh_do_not_reach_the_backend)
{
    struct bench bench;

    begin(&bench, 1);
    bench.down = true;
    ask(&bench, "1 alice right\n", "1 " UNUSABLE);
    bench.down = false;
    ask(&bench, "2 alice right\n", "2 " AGAIN);
    ask(&bench, "3 alice wrong\n", "3 " ERR); /* another login */
    pass(&bench, UNSETTLED_MS - 1);
    ask(&bench, "4 alice right\n", "4 " AGAIN);
    pass(&bench, 1);
    ask(&bench, "5 alice right\n", "5 OK\n");
    ck_assert_uint_eq(bench.verified, 3);
    end(&bench);
}
END_TEST

START_TEST(repeats_at_the_deadline_do_not_wait_again)
{
    struct bench bench;

    begin(&bench, 1);
    send(&bench, "1 alice right\n");
    pass(&bench, DEADLINE_MS);
    expect(&bench, "1 " LATE);
    send(&bench, "2 alice right\n");
    expect(&bench, "2 " AGAIN);
    finish_one(&bench);
    end(&bench);
}
END_TEST

/* ---- threads that hang ---- */

/* Two workers and two to stand in: four hang, the fifth is not begun. */
START_TEST(all_hang_and_come_back)
{
    struct bench bench;

    begin(&bench, 2);
    send(&bench, "1 ann right\n2 bob right\n3 cid right\n4 dan right\n5 eve right\n");
    ck_assert_uint_eq(bench.job_count, 2);
    pass(&bench, DEADLINE_MS - 1);
    expect(&bench, "");
    pass(&bench, 1);
    expect(&bench, "3 " BUSY "4 " BUSY "5 " BUSY "1 " LATE "2 " LATE);
    send(&bench, "6 fay right\n7 gus right\n8 hal right\n");
    ck_assert_uint_eq(bench.job_count, 4);
    pass(&bench, DEADLINE_MS);
    expect(&bench, "6 " LATE "7 " LATE "8 " LATE);
    ck_assert(!checker_close(bench.checker)); /* threads are inside the backend */

    send(&bench, "9 ida right\n");
    while (bench.job_count > 0)
        finish_one(&bench);
    expect(&bench, "9 OK\n");
    pass(&bench, UNSETTLED_MS);
    ask(&bench, "10 ann right\n", "10 OK\n");
    end(&bench);
}
END_TEST

/* What a thread finds after everybody has left is thrown away: who asks then is verified anew. */
START_TEST(a_verdict_that_comes_too_late_is_thrown_away)
{
    struct bench bench;

    begin(&bench, 1);
    send(&bench, "1 alice right\n");
    pass(&bench, DEADLINE_MS);
    expect(&bench, "1 " LATE);
    pass(&bench, UNSETTLED_MS);
    send(&bench, "2 alice right\n");
    ck_assert_uint_eq(bench.job_count, 1); /* a name that hangs gets no second thread */
    finish_one(&bench);
    expect(&bench, "");
    finish_one(&bench);
    expect(&bench, "2 OK\n");
    ck_assert_uint_eq(bench.verified, 2);
    end(&bench);
}
END_TEST

/* Jobs last 8 s: with 3 s left nobody would make it. */
START_TEST(who_cannot_be_in_time_is_not_begun)
{
    struct bench bench;

    begin(&bench, 1);
    for (int i = 0; i < 12; i++) {
        send(&bench, "1 ann right\n");
        pass(&bench, 8000);
        finish_one(&bench);
        expect(&bench, "1 OK\n");
    }
    send(&bench, "3 ann right\n4 bob right\n5 bob right\n");
    pass(&bench, 7000);
    finish_one(&bench);
    expect(&bench, "5 " BUSY "4 " BUSY "3 OK\n");
    send(&bench, "6 bob right\n");
    expect(&bench, "6 " AGAIN);
    end(&bench);
}
END_TEST

/* The user and the password of a request that is gone are not read any more (the sanitizers see
 * it), and the session may end while a thread is at work. */
START_TEST(the_session_may_go_first)
{
    struct bench bench;

    begin(&bench, 1);
    send(&bench, "1 alice right\n2 alice right\n3 bob right\n");
    session_close(bench.session);
    ck_assert(!checker_close(bench.checker));
    while (bench.job_count > 0)
        finish_one(&bench);
    close_checker(&bench);
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("checker");
    TCase *verdicts = tcase_create("verdicts");
    TCase *time = tcase_create("time");

    tcase_add_test(verdicts, every_verdict_has_its_reply);
    tcase_add_test(verdicts, no_room_for_a_password);
    tcase_add_test(verdicts, a_doubtful_set_up_is_told_once);
    tcase_add_test(verdicts, bytes_are_verified_as_they_came);
    tcase_add_test(verdicts, without_ids_one_follows_the_other);
    tcase_add_test(verdicts, the_same_is_verified_once);
    tcase_add_test(verdicts, trouble_reaches_all_who_wait);
    suite_add_tcase(suite, verdicts);
    tcase_add_test(time, each_waits_until_its_own_deadline);
    tcase_add_test(time, who_joins_brings_time_along);
    tcase_add_test(time, repeats_of_a_bh_do_not_reach_the_backend);
    tcase_add_test(time, repeats_at_the_deadline_do_not_wait_again);
    tcase_add_test(time, all_hang_and_come_back);
    tcase_add_test(time, a_verdict_that_comes_too_late_is_thrown_away);
    tcase_add_test(time, who_cannot_be_in_time_is_not_begun);
    tcase_add_test(time, the_session_may_go_first);
    suite_add_tcase(suite, time);
    return suite;
}
