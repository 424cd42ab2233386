/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of how a session ends: all that came in is answered first, the last line is never
 * guessed at, `ended` is called once, closing is possible at any time and leaves no password.
 */
#include <config.h>

#include "tests/unit/own_memory.h"
#include "tests/unit/session_bench.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/core/session_private.h"

Suite *suite(void);

static struct bench bench;

static void open_basic(void)
{
    bench_open(&bench, SCHEME_BASIC, CONCURRENCY_AUTO);
}

static void close_bench(void)
{
    bench_close(&bench);
}

/* What ends the input of a session. */
static void by_end_of_input(void)
{
    bench_end(&bench);
}

static void by_finish(void)
{
    session_finish(bench.session);
    ck_assert_msg(bench.ended == 0, "ended from within session_finish()");
    bench_pump(&bench);
}

static void by_reset(void)
{
    bench.peer.read_errno = ECONNRESET;
    bench_pump(&bench);
}

static void (*const end_input[])(void) = {by_end_of_input, by_finish, by_reset};
enum { END_COUNT = sizeof end_input / sizeof end_input[0] };

/* ---- the end of input ---- */

START_TEST(an_idle_session_ends)
{
    end_input[_i]();
    ck_assert_uint_eq(bench.ended, 1);
    bench_expect(&bench, "");
    fake_loop_advance(bench.loop, 100000);
    session_finish(bench.session);
    bench_pump(&bench);
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

START_TEST(pending_requests_are_answered_first)
{
    bench.hold = true;
    bench_send(&bench, "1 a x\n2 b x\n3 c x\n");
    end_input[_i]();
    ck_assert_uint_eq(bench.ended, 0);
    bench_answer(&bench, 2, REPLY_OK);
    bench_answer(&bench, 0, REPLY_ERR);
    bench_pump(&bench);
    bench_expect(&bench, "3 OK\n1 ERR\n");
    ck_assert_uint_eq(bench.ended, 0);
    fake_loop_advance(bench.loop, BENCH_DEADLINE_MS);
    bench_expect(&bench, "2 BH no answer within 10 s\n");
    ck_assert_uint_eq(bench.ended, 1);
    ck_assert_uint_eq(bench.cancelled, 1);
}
END_TEST

static const struct {
    const char *rest;
    const char *reply;
} rests[] = {
    {"12 alice secre", "12 BH incomplete line\n"},
    {"12 ", "12 BH incomplete line\n"},
    {"12 alice secret\r", "12 BH incomplete line\n"},
    {"alice secret", "BH incomplete line\n"},
    {"a", "BH incomplete line\n"},
    {"\r", "BH incomplete line\n"},
    {"12", ""}, /* perhaps the beginning of 123, which is not ours to answer */
};
enum { REST_COUNT = sizeof rests / sizeof rests[0] };

START_TEST(a_last_line_without_its_end)
{
    const char *rest = rests[_i / END_COUNT].rest;
    const char *reply = rests[_i / END_COUNT].reply;

    fake_stream_send_text(&bench.peer, rest);
    bench_pump(&bench);
    bench_expect(&bench, "");
    end_input[_i % END_COUNT]();
    bench_expect(&bench, reply);
    bench_expect_seen(&bench, "");
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

START_TEST(the_end_right_behind_the_last_bytes)
{
    bench.peer.ended = true;
    bench_send(&bench, "1 a x\n2 b x\n3 c");
    bench_expect(&bench, "1 OK\n2 OK\n3 BH incomplete line\n");
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

START_TEST(without_concurrency_digits_are_no_id)
{
    bench_send(&bench, "a x\n12 se");
    bench_end(&bench);
    bench_expect(&bench, "OK\nBH incomplete line\n");
}
END_TEST

START_TEST(the_end_inside_of_a_long_line)
{
    char fill[4096];

    memset(fill, 'x', sizeof fill);
    fake_stream_send_text(&bench.peer, "9 ");
    for (int i = 0; i < 300; i++)
        fake_stream_send(&bench.peer, fill, sizeof fill);
    bench_pump(&bench);
    end_input[_i]();
    bench_expect(&bench, "9 BH the request is too long\n");
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

START_TEST(finish_from_within_a_request)
{
    bench.finish_in_request = true;
    bench_send(&bench, "1 a x\n2 b x\n3 c");
    bench_expect(&bench, "1 OK\n2 OK\n3 BH incomplete line\n");
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

static void send_numbered(unsigned count)
{
    char line[40];

    for (unsigned i = 1; i <= count; i++) {
        snprintf(line, sizeof line, "%u u p\n", i);
        fake_stream_send_text(&bench.peer, line);
    }
}

/* Whole lines that wait for room when the input ends are requests like any other. */
START_TEST(the_end_while_reading_is_stopped)
{
    const unsigned all = SESSION_IN_FLIGHT_MAX + 500;
    char reply[80];

    bench.hold = true;
    send_numbered(all);
    fake_stream_send_text(&bench.peer, "99999 half");
    bench_pump(&bench);
    ck_assert_uint_eq(bench.handed_up, SESSION_IN_FLIGHT_MAX);
    ck_assert_uint_eq(bytes_len(&bench.peer.input), 0); /* all of it was read, in one piece */
    end_input[_i]();
    for (unsigned i = 1; i <= all; i++) {
        /* The rest is looked at when there is room behind the last whole line. */
        bool room_for_rest = i == all - SESSION_IN_FLIGHT_MAX + 1;

        snprintf(reply, sizeof reply, "%u OK\n%s", i,
                 room_for_rest ? "99999 BH incomplete line\n" : "");
        if (bench.ended > 0)
            ck_abort_msg("ended before %u was answered", i);
        bench_answer(&bench, 0, REPLY_OK);
        bench_pump(&bench);
        bench_expect(&bench, reply);
    }
    ck_assert_uint_eq(bench.handed_up, all);
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

START_TEST(ended_only_when_all_is_written)
{
    bench.peer.room = 3;
    bench_send(&bench, "1 a x\n2 b x\n");
    end_input[_i]();
    ck_assert_uint_eq(bench.ended, 0);
    bench.peer.room = 6;
    bench_pump(&bench);
    ck_assert_uint_eq(bench.ended, 0);
    bench.peer.room = 1;
    bench_pump(&bench);
    bench_expect(&bench, "1 OK\n2 OK\n");
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

/* ---- a peer that is gone ---- */

static const int write_errors[] = {EPIPE, ECONNRESET, ENOSPC, EBADF};
enum { WRITE_ERROR_COUNT = sizeof write_errors / sizeof write_errors[0] };

START_TEST(a_broken_output_ends_the_session)
{
    bench.hold = true;
    bench_send(&bench, "1 a x\n2 b x\n3 c x\n");
    bench.peer.write_errno = write_errors[_i];
    bench_answer(&bench, 0, REPLY_OK);
    bench_pump(&bench);
    ck_assert_uint_eq(bench.ended, 1);
    ck_assert(!fake_loop_wants(bench.loop, FAKE_IN, LOOP_READ));
    ck_assert(!fake_loop_wants(bench.loop, FAKE_OUT, LOOP_WRITE));
    bench_answer(&bench, 0, REPLY_OK); /* late answers have nowhere to go */
    bench.peer.write_errno = 0;
    bench_pump(&bench);
    bench_send(&bench, "4 a x\n");
    fake_loop_advance(bench.loop, BENCH_DEADLINE_MS);
    bench_expect(&bench, "");
    ck_assert_uint_eq(bench.handed_up, 3);
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

static uint64_t no_time(void *context)
{
    (void)context;
    return 1;
}

/* Squid sees the connection end, and the administrator has to learn why. */
START_TEST(no_memory_for_replies)
{
    char text[128] = "";
    int ends[2];
    struct log *log;

    ck_assert_int_eq(pipe(ends), 0);
    log = log_open(ends[1], "test", LOG_ERROR, no_time, NULL);
    bench.session->log = log;
    bench.session->output.failed = true;
    bench_send(&bench, "1 alice x\n2 alice y\n");
    bench_expect(&bench, "");
    ck_assert_uint_eq(bench.ended, 1);
    ck_assert_int_gt(read(ends[0], text, sizeof text - 1), 0);
    ck_assert_str_eq(text, "test: error: out of memory: replies are lost\n");
    bench.session->log = NULL;
    log_close(log);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(a_broken_output_hands_up_no_more)
{
    bench.hold = true;
    send_numbered(SESSION_IN_FLIGHT_MAX + 500);
    bench_pump(&bench);
    bench.peer.write_errno = EPIPE;
    bench_answer(&bench, 0, REPLY_OK);
    bench_pump(&bench);
    ck_assert_uint_eq(bench.handed_up, SESSION_IN_FLIGHT_MAX);
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

START_TEST(a_peer_that_goes_while_output_waits)
{
    bench.peer.room = 2;
    bench_send(&bench, "1 a x\n");
    ck_assert_uint_eq(bench.ended, 0);
    bench.peer.write_errno = EPIPE;
    bench_pump(&bench);
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

/* ---- closing ---- */

START_TEST(closed_in_ended)
{
    bench.close_when_ended = true;
    bench_send(&bench, "1 a x\n2 b x");
    end_input[_i]();
    bench_expect(&bench, "1 OK\n2 BH incomplete line\n");
    ck_assert_uint_eq(bench.ended, 1);
    ck_assert_ptr_null(bench.session);
}
END_TEST

START_TEST(closed_in_ended_with_requests_in_flight)
{
    bench.close_when_ended = true;
    bench.hold = true;
    bench_send(&bench, "1 a x\n2 b x\n3 c x\n");
    bench.peer.write_errno = EPIPE;
    bench_answer(&bench, 1, REPLY_OK);
    bench_pump(&bench);
    ck_assert_ptr_null(bench.session);
    ck_assert_uint_eq(bench.cancelled, 2);
}
END_TEST

START_TEST(closed_with_requests_in_flight)
{
    bench.hold = true;
    bench_send(&bench, "1 a x\n2 b x\n3 c x\n");
    session_close(bench.session);
    bench.session = NULL;
    ck_assert_uint_eq(bench.cancelled, 3);
    fake_loop_advance(bench.loop, 100000);
    bench_expect(&bench, "");
    ck_assert_uint_eq(bench.ended, 0);
}
END_TEST

START_TEST(closed_while_a_turn_is_queued)
{
    bench.hold = true;
    bench_send(&bench, "1 a x\n2 b x\n");
    bench_answer(&bench, 0, REPLY_OK);
    session_close(bench.session);
    bench.session = NULL;
    fake_loop_settle(bench.loop);
    bench_expect(&bench, "");
    ck_assert_uint_eq(bench.cancelled, 1);
    ck_assert_uint_eq(bench.ended, 0);
}
END_TEST

START_TEST(a_request_without_cancel)
{
    bench.hold = true;
    bench_send(&bench, "1 a x\n2 b x\n");
    bench.held[0]->cancel = NULL;
    bench.held[1]->cancel = NULL;
    bench.held_count = 0;
    session_close(bench.session);
    bench.session = NULL;
}
END_TEST

/* ---- passwords ---- */

/* A password that stands nowhere in memory: made when it is sent, compared byte by byte. */
static char password_byte(size_t i)
{
    return (char)('A' + (i * 7 + 3) % 26);
}

enum { PASSWORD_LEN = 40 };

static bool is_password(const char *at)
{
    for (size_t i = 0; i < PASSWORD_LEN; i++)
        if (at[i] != password_byte(i))
            return false;
    return true;
}

static unsigned count_passwords(void)
{
    return own_memory_count(is_password, PASSWORD_LEN);
}

static void send_with_password(const char *head, const char *end)
{
    char password[PASSWORD_LEN];

    fake_stream_send_text(&bench.peer, head);
    for (size_t i = 0; i < PASSWORD_LEN; i++)
        password[i] = password_byte(i);
    fake_stream_send(&bench.peer, password, PASSWORD_LEN);
    explicit_bzero(password, sizeof password);
    fake_stream_send_text(&bench.peer, end);
    bench_pump(&bench);
}

START_TEST(no_password_stays_in_memory)
{
    bytes_put(&bench.seen, "", 1); /* a failed buffer takes nothing: the bench keeps no copy */
    bench.seen.failed = true;
    bench.hold = true;
    send_with_password("1 a-name-longer-than-what-free-overwrites ", "\n");
    ck_assert_uint_eq(count_passwords(), 1); /* the request itself */
    bench_answer(&bench, 0, REPLY_OK);
    ck_assert_uint_eq(count_passwords(), 0);
    send_with_password("2 alice ", "");
    ck_assert_uint_eq(count_passwords(), 1); /* a line that is not whole */
    send_with_password("", "\n");
    bench_answer(&bench, 0, REPLY_OK);
    ck_assert_uint_eq(count_passwords(), 0);
    send_with_password("3 a-name-longer-than-what-free-overwrites ", "");
    for (int i = 0; i < 4000; i++)
        fake_stream_send_text(&bench.peer, "makes the buffer grow");
    bench_pump(&bench);
    ck_assert_uint_eq(count_passwords(), 1);
    bench_send(&bench, "\n");
    bench_answer(&bench, 0, REPLY_OK);
    ck_assert_uint_eq(count_passwords(), 0);
}
END_TEST

START_TEST(no_password_stays_when_closed)
{
    bytes_put(&bench.seen, "", 1);
    bench.seen.failed = true;
    bench.hold = true;
    send_with_password("1 a-name-longer-than-what-free-overwrites ", "\n");
    send_with_password("2 a-name-longer-than-what-free-overwrites ", "");
    ck_assert_uint_eq(count_passwords(), 2);
    session_close(bench.session);
    bench.session = NULL;
    ck_assert_uint_eq(count_passwords(), 0);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("session_end");
    TCase *tc = tcase_create("session_end");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, open_basic, close_bench);
    tcase_add_loop_test(tc, an_idle_session_ends, 0, END_COUNT);
    tcase_add_loop_test(tc, pending_requests_are_answered_first, 0, END_COUNT);
    tcase_add_loop_test(tc, a_last_line_without_its_end, 0, REST_COUNT * END_COUNT);
    tcase_add_test(tc, the_end_right_behind_the_last_bytes);
    tcase_add_test(tc, without_concurrency_digits_are_no_id);
    tcase_add_loop_test(tc, the_end_inside_of_a_long_line, 0, END_COUNT);
    tcase_add_test(tc, finish_from_within_a_request);
    tcase_add_loop_test(tc, the_end_while_reading_is_stopped, 0, END_COUNT);
    tcase_add_loop_test(tc, ended_only_when_all_is_written, 0, END_COUNT);
    tcase_add_loop_test(tc, a_broken_output_ends_the_session, 0, WRITE_ERROR_COUNT);
    tcase_add_test(tc, no_memory_for_replies);
    tcase_add_test(tc, a_broken_output_hands_up_no_more);
    tcase_add_test(tc, a_peer_that_goes_while_output_waits);
    tcase_add_loop_test(tc, closed_in_ended, 0, END_COUNT);
    tcase_add_test(tc, closed_in_ended_with_requests_in_flight);
    tcase_add_test(tc, closed_with_requests_in_flight);
    tcase_add_test(tc, closed_while_a_turn_is_queued);
    tcase_add_test(tc, a_request_without_cancel);
    tcase_add_test(tc, no_password_stays_in_memory);
    tcase_add_test(tc, no_password_stays_when_closed);
    suite_add_tcase(s, tc);
    return s;
}
