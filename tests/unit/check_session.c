/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/session.c and request.c: every line gets one reply with its own id and
 * nothing else is ever written. How a session ends is in check_session_end.c.
 */
#include <config.h>

#include "tests/unit/session_bench.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/lines.h"

Suite *suite(void);

#define MALFORMED "BH malformed request (do --concurrency and --key-extras fit squid.conf?)\n"

static struct bench bench;

static void open_basic(void)
{
    bench_open(&bench, SCHEME_BASIC, CONCURRENCY_AUTO);
}

static void close_bench(void)
{
    bench_close(&bench);
}

/* ---- lines ---- */

START_TEST(nothing_is_written_unasked)
{
    bench_pump(&bench);
    fake_loop_advance(bench.loop, 100000);
    bench_expect(&bench, "");
    bench_send(&bench, "1 us");
    fake_loop_advance(bench.loop, 100000);
    bench_expect(&bench, "");
}
END_TEST

START_TEST(answers_with_ids)
{
    bench_send(&bench, "1 alice secret\n2 bob hidden\n");
    bench_expect(&bench, "1 OK\n2 OK\n");
    bench_expect_seen(&bench, "alice secret\nbob hidden\n");
}
END_TEST

START_TEST(answers_without_ids)
{
    bench_send(&bench, "1 secret\n");
    bench_send(&bench, "2 hidden\n");
    bench_expect(&bench, "OK\nOK\n");
    bench_expect_seen(&bench, "1 secret\n2 hidden\n");
}
END_TEST

/* Without ids only the order tells whose reply it is, so there is one at a time. */
START_TEST(without_ids_one_at_a_time)
{
    bench.hold = true;
    bench_send(&bench, "a x\n");
    bench_send(&bench, "b x\n"); /* all that comes meanwhile waits */
    bench_send(&bench, "c x\nd");
    bench_expect_seen(&bench, "a x\n");
    ck_assert_uint_eq(session_in_flight(bench.session), 1);
    bench_answer(&bench, 0, REPLY_ERR);
    bench_pump(&bench);
    bench_expect_seen(&bench, "b x\n");
    bench_end(&bench);
    fake_loop_advance(bench.loop, BENCH_DEADLINE_MS);
    bench_expect_seen(&bench, "c x\n");
    bench_expect(&bench, "ERR\nBH no answer within 10 s\n");
    bench_answer(&bench, 0, REPLY_OK);
    bench_pump(&bench);
    bench_expect(&bench, "OK\nBH incomplete line\n");
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

START_TEST(answers_in_any_order)
{
    bench.hold = true;
    bench_send(&bench, "1 a x\n2 b x\n3 c x\n");
    ck_assert_uint_eq(session_in_flight(bench.session), 3);
    bench_expect(&bench, "");
    bench_answer(&bench, 1, REPLY_ERR);
    bench_answer(&bench, 1, REPLY_OK);
    bench_answer(&bench, 0, REPLY_BH);
    bench_pump(&bench);
    bench_expect(&bench, "2 ERR\n3 OK\n1 BH\n");
    ck_assert_uint_eq(session_in_flight(bench.session), 0);
}
END_TEST

static const char mixed[] = "1 a x\n2 b\\ x\r\n\n3 c %20\n4 d x y\n5  e\n\r\n6 f ";
static const char mixed_replies[] = "1 OK\n2 OK\n" MALFORMED "3 OK\n4 OK\n5 OK\n" MALFORMED;
static const char mixed_seen[] = "a x\nb\\ x\nc %20\nd x y\n e\n";

START_TEST(cut_at_every_byte)
{
    for (size_t at = 0; at < sizeof mixed; at++) {
        fake_stream_send(&bench.peer, mixed, at);
        bench_pump(&bench);
        fake_stream_send(&bench.peer, mixed + at, strlen(mixed) - at);
        bench_pump(&bench);
        bench_expect(&bench, mixed_replies);
        bench_expect_seen(&bench, mixed_seen);
        bench_end(&bench);
        bench_expect(&bench, "6 BH incomplete line\n");
        bench_close(&bench);
        open_basic();
    }
}
END_TEST

START_TEST(pieces_of_any_size)
{
    for (size_t piece = 1; piece <= sizeof mixed; piece++) {
        bench.peer.read_max = piece;
        bench.peer.write_max = piece;
        bench_send(&bench, mixed);
        bench_expect(&bench, mixed_replies);
        bench_expect_seen(&bench, mixed_seen);
        bench_close(&bench);
        open_basic();
    }
}
END_TEST

START_TEST(interrupted_calls_are_made_again)
{
    bench.peer.interrupts = 1;
    bench_send(&bench, "1 a x\n");
    bench_expect(&bench, "1 OK\n");
    bench.hold = true;
    bench_send(&bench, "2 a x\n");
    bench_answer(&bench, 0, REPLY_OK);
    bench.peer.interrupts = 3;
    bench_pump(&bench);
    bench_expect(&bench, "2 OK\n");
}
END_TEST

/* ---- lines that are no requests ---- */

START_TEST(nul_bytes)
{
    static const char lines[] = "\0\n1 a\0 x\n2 a x\0\n3\0 a x\n\0004 a x\n5 a x\n";

    fake_stream_send(&bench.peer, lines, sizeof lines - 1);
    bench_pump(&bench);
    bench_expect(&bench, "BH NUL byte in the request\n1 BH NUL byte in the request\n"
                         "2 BH NUL byte in the request\nBH NUL byte in the request\n"
                         "BH NUL byte in the request\n5 OK\n");
    bench_expect_seen(&bench, "a x\n");
}
END_TEST

START_TEST(lines_that_fit_neither_way)
{
    bench_send(&bench, "user\n12 user pass extra\n12\n1 user pass\n");
    bench_expect(&bench, MALFORMED "12 " MALFORMED MALFORMED "1 OK\n");
    bench_expect_seen(&bench, "user pass\n");
}
END_TEST

/* Sends HEAD, then LEN bytes, then END. */
static void send_long(const char *head, size_t len, const char *end)
{
    char *fill = malloc(len);

    ck_assert_ptr_nonnull(fill);
    memset(fill, 'x', len);
    fake_stream_send_text(&bench.peer, head);
    fake_stream_send(&bench.peer, fill, len);
    fake_stream_send_text(&bench.peer, end);
    free(fill);
}

static const size_t read_sizes[] = {4096, 5000, 32768, 65536, (size_t)-1};
enum { READ_SIZE_COUNT = sizeof read_sizes / sizeof read_sizes[0] };

START_TEST(the_longest_line)
{
    bench.peer.read_max = read_sizes[_i];
    send_long("1 user ", LINES_MAX - 7, "\n");
    send_long("2 user ", LINES_MAX - 6, "\n");
    send_long("3 user ", 3 * LINES_MAX, "\n");
    bench_send(&bench, "4 user pass\n");
    bench_expect(&bench, "1 OK\n2 BH the request is too long\n3 BH the request is too long\n"
                         "4 OK\n");
    ck_assert_uint_eq(bytes_len(&bench.seen), LINES_MAX - 2 + 1 + strlen("user pass\n"));
    ck_assert_int_eq(memcmp(bench.seen.at + LINES_MAX - 1, "user pass\n", 10), 0);
}
END_TEST

START_TEST(a_long_line_is_answered_before_it_ends)
{
    send_long("77 user ", LINES_MAX, "");
    bench_pump(&bench);
    bench_expect(&bench, "77 BH the request is too long\n");
    bench_send(&bench, "\n78 user pass\n");
    bench_expect(&bench, "78 OK\n");
}
END_TEST

START_TEST(a_long_line_without_id)
{
    send_long("", 2 * LINES_MAX, "\n");
    bench_send(&bench, "user pass\n");
    bench_expect(&bench, "BH the request is too long\nOK\n");
}
END_TEST

/* It comes while a request without an id is in flight, and has to wait like any other line. */
START_TEST(a_long_line_behind_one_in_flight)
{
    bench.hold = true;
    bench.peer.read_max = read_sizes[_i];
    bench_send(&bench, "user pass\n");
    send_long("", 2 * LINES_MAX, "\nuser word\n");
    bench_pump(&bench);
    bench_expect(&bench, "");
    bench_answer(&bench, 0, REPLY_OK);
    bench_pump(&bench);
    bench_expect(&bench, "OK\nBH the request is too long\n");
    bench_answer(&bench, 0, REPLY_OK);
    bench_pump(&bench);
    bench_expect(&bench, "OK\n");
    bench_expect_seen(&bench, "user pass\nuser word\n");
}
END_TEST

START_TEST(group_lines_have_no_ids_unless_told)
{
    bench_close(&bench);
    bench_open(&bench, SCHEME_GROUP, CONCURRENCY_AUTO);
    fake_stream_send(&bench.peer, "12 a\0b\n", 7);
    bench_send(&bench, "12 group");
    bench_end(&bench);
    bench_expect(&bench, "BH NUL byte in the request\nBH incomplete line\n");
}
END_TEST

/* ---- an answer that is not whole ---- */

START_TEST(an_incomplete_ok_becomes_bh)
{
    static const enum scheme schemes[] = {SCHEME_NEGOTIATE, SCHEME_NTLM, SCHEME_DIGEST};

    bench_close(&bench);
    for (size_t i = 0; i < 3; i++) {
        bench_open(&bench, schemes[i], CONCURRENCY_AUTO);
        bench_send(&bench, "\"YR\":\"AA==\"\n");
        bench_expect(&bench, "BH the answer was incomplete\n");
        bench_close(&bench);
    }
    open_basic();
}
END_TEST

/* Squid 5.7 takes 1,048,576 bytes of a negotiate helper, and ends itself over one more. A value of
 * quotes takes twice its length. */
START_TEST(an_answer_that_squid_would_die_of_becomes_bh)
{
    static char quotes[512 * 1024];
    struct reply_note note = {"group", {quotes, 500 * 1000}};
    const struct reply ok = {.word = REPLY_OK, .notes = &note, .note_count = 1};

    memset(quotes, '"', sizeof quotes);
    bench.hold = true;
    bench_send(&bench, "1 a x\n");
    request_answer(bench.held[0], &ok);
    bench.held_count = 0;
    bench_pump(&bench);
    ck_assert_uint_eq(bytes_len(&bench.peer.output),
                      strlen("1 OK group=\"\"\n") + 2 * note.value.len);
    bytes_consume(&bench.peer.output, bytes_len(&bench.peer.output));

    note.value.len = sizeof quotes;
    bench_send(&bench, "2 a x\n");
    request_answer(bench.held[0], &ok);
    bench.held_count = 0;
    bench_pump(&bench);
    bench_expect(&bench, "2 BH the answer was too long for Squid\n");
}
END_TEST

START_TEST(a_token_for_a_scheme_that_knows_none_becomes_bh)
{
    static const struct reply tt = {.word = REPLY_TT, .token = {"AAAA", 4}};

    bench.hold = true;
    bench_send(&bench, "1 a x\n");
    request_answer(bench.held[0], &tt);
    bench.held_count = 0;
    bench_pump(&bench);
    bench_expect(&bench, "1 BH the answer was incomplete\n");
}
END_TEST

START_TEST(a_token_goes_out_bare)
{
    static const struct reply tt = {.word = REPLY_TT, .token = {"AAAA", 4}};

    bench_close(&bench);
    bench_open(&bench, SCHEME_NTLM, CONCURRENCY_AUTO);
    bench.hold = true;
    bench_send(&bench, "YR\nKK AAAA\n");
    bench_expect_seen(&bench, "YR\n");
    request_answer(bench.held[0], &tt);
    bench.held_count = 0;
    bench_pump(&bench);
    bench_expect(&bench, "TT AAAA\n");
    bench_expect_seen(&bench, "KK AAAA\n");
    bench_answer(&bench, 0, REPLY_ERR);
    bench_pump(&bench);
    bench_expect(&bench, "ERR\n");
}
END_TEST

/* ---- digest requests that Squid cut ---- */

#define CUT " ERR message=\"the user name or realm is too long\"\n"

/* What Squid sends for a user name of LEN letters (src/auth/digest/UserRequest.cc,
 * src/helper.cc): the request from a buffer of 8192 bytes, behind the id. */
static void send_digest(const char *id, size_t len)
{
    char *user = malloc(len + 1);
    char buffer[8192];

    ck_assert_ptr_nonnull(user);
    memset(user, 'u', len);
    user[len] = '\0';
    fake_stream_send_text(&bench.peer, id);
    if (snprintf(buffer, sizeof buffer, "\"%s\":\"realm\"\n", user) < 0)
        ck_abort_msg("snprintf");
    fake_stream_send_text(&bench.peer, buffer);
    free(user);
}

/* The longest name with which a request and its newline fit. */
enum { FITS = 8191 - 11 };

static void open_digest(void)
{
    bench_close(&bench);
    bench_open(&bench, SCHEME_DIGEST, CONCURRENCY_AUTO);
    bench.hold = true;
}

static void deny_all(void)
{
    while (bench.held_count > 0)
        bench_answer(&bench, 0, REPLY_ERR);
    bench_pump(&bench);
}

START_TEST(a_cut_request_is_answered_at_once)
{
    open_digest();
    send_digest("1 ", FITS + 1);
    bench_pump(&bench);
    bench_expect(&bench, "1" CUT);
    bench_send(&bench, "2 \"a\":\"realm\"\n");
    bench_expect_seen(&bench, "\"a\":\"realm\"\n");
    deny_all();
    bench_expect(&bench, "2 ERR\n");
}
END_TEST

START_TEST(a_cut_request_harms_none_behind_it)
{
    open_digest();
    bench.peer.read_max = read_sizes[_i];
    bench_send(&bench, "1 \"a\":\"realm\"\n");
    send_digest("22 ", FITS + 1);
    send_digest("23 ", 60000);
    send_digest("18446744073709551615 ", FITS + 2);
    bench_send(&bench, "25 \"b\":\"realm\"\n");
    bench_expect(&bench, "22" CUT "23" CUT "18446744073709551615" CUT);
    bench_expect_seen(&bench, "\"a\":\"realm\"\n\"b\":\"realm\"\n");
    deny_all();
    bench_expect(&bench, "1 ERR\n25 ERR\n");
}
END_TEST

START_TEST(the_longest_request_is_not_cut)
{
    open_digest();
    send_digest("1 ", FITS);
    send_digest("2 ", FITS - 1);
    bench_pump(&bench);
    ck_assert_uint_eq(bench.handed_up, 2);
    ck_assert_uint_eq(bytes_len(&bench.seen), 8191 + 8190);
    deny_all();
    bench_expect(&bench, "1 ERR\n2 ERR\n");
}
END_TEST

/* Without ids it waits for its turn, and needs no further byte from Squid then. */
START_TEST(a_cut_request_without_id)
{
    open_digest();
    bench_send(&bench, "\"a\":\"realm\"\n");
    send_digest("", 9000);
    bench_pump(&bench);
    bench_expect(&bench, "");
    bench_answer(&bench, 0, REPLY_ERR);
    bench_pump(&bench);
    bench_expect(&bench, "ERR\nERR message=\"the user name or realm is too long\"\n");
    ck_assert(fake_loop_wants(bench.loop, FAKE_IN, LOOP_READ));
    send_digest("", 9000);
    bench_send(&bench, "\"b\":\"realm\"\n");
    bench_expect(&bench, "ERR message=\"the user name or realm is too long\"\n");
    deny_all();
    bench_expect(&bench, "ERR\n");
}
END_TEST

/* It is one line, though Squid would not have sent it so, and gets one reply. */
START_TEST(a_long_line_that_was_not_cut)
{
    static const char *const ids[] = {"1 ", ""};

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        open_digest();
        fake_stream_send_text(&bench.peer, ids[i]);
        send_long("\"", 30000, "\":\"realm\"\n");
        bench_pump(&bench);
        bench_expect(&bench, *ids[i] ? "1" CUT : &CUT[1]);
        fake_stream_send_text(&bench.peer, ids[i]);
        bench_send(&bench, "\"a\":\"realm\"\n");
        bench_expect_seen(&bench, "\"a\":\"realm\"\n");
        deny_all();
        bench_expect(&bench, *ids[i] ? "1 ERR\n" : "ERR\n");
    }
}
END_TEST

START_TEST(a_cut_request_is_the_last)
{
    open_digest();
    send_digest("1 ", 9000);
    bench_end(&bench);
    bench_expect(&bench, "1" CUT);
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

/* No other scheme's requests are cut, however long they are. */
START_TEST(only_digest_requests_are_cut)
{
    send_long("1 user ", 20000, "\n");
    bench_pump(&bench);
    bench_expect(&bench, "1 OK\n");
}
END_TEST

/* ---- limits ---- */

static void send_numbered(unsigned from, unsigned to)
{
    char line[40];

    for (unsigned i = from; i <= to; i++) {
        snprintf(line, sizeof line, "%u user pass\n", i);
        fake_stream_send_text(&bench.peer, line);
    }
}

/* The replies are exactly those to FROM..TO, in order. */
static void expect_numbered(unsigned from, unsigned to)
{
    struct bytes wanted = {0};
    char line[40];

    for (unsigned i = from; i <= to; i++) {
        snprintf(line, sizeof line, "%u OK\n", i);
        bytes_put_text(&wanted, line);
    }
    bytes_put(&wanted, "", 1);
    bench_expect(&bench, wanted.at);
    bytes_free(&wanted);
}

START_TEST(thousands_of_lines_in_one_read)
{
    send_numbered(1, 20000);
    bench_pump(&bench);
    ck_assert_uint_eq(bench.handed_up, 20000);
    expect_numbered(1, 20000);
}
END_TEST

START_TEST(reading_stops_above_the_most_in_flight)
{
    bench.hold = true;
    send_numbered(1, 10000);
    bench_pump(&bench);
    ck_assert_uint_eq(bench.handed_up, SESSION_IN_FLIGHT_MAX);
    ck_assert(!fake_loop_wants(bench.loop, FAKE_IN, LOOP_READ));
    bench_answer(&bench, 0, REPLY_OK);
    bench_pump(&bench);
    ck_assert_uint_eq(bench.handed_up, SESSION_IN_FLIGHT_MAX + 1);
    ck_assert(!fake_loop_wants(bench.loop, FAKE_IN, LOOP_READ));
    while (bench.held_count > 0) {
        bench_answer(&bench, 0, REPLY_OK);
        if (bench.held_count % 7 == 0)
            bench_pump(&bench);
    }
    bench_pump(&bench);
    while (bench.held_count > 0) {
        bench_answer(&bench, 0, REPLY_OK);
        bench_pump(&bench);
    }
    expect_numbered(1, 10000);
    ck_assert(fake_loop_wants(bench.loop, FAKE_IN, LOOP_READ));
}
END_TEST

/* Else one slow answer would let the buffer grow as long as lines come. */
START_TEST(without_ids_reading_stops_at_the_next_line)
{
    bench.hold = true;
    bench.peer.read_max = 1000;
    bench_send(&bench, "user pass\n");
    for (int i = 0; i < 10000; i++)
        fake_stream_send_text(&bench.peer, "user pass\n");
    bench_pump(&bench);
    ck_assert(!fake_loop_wants(bench.loop, FAKE_IN, LOOP_READ));
    ck_assert_uint_ge(bytes_len(&bench.peer.input), 10000 * strlen("user pass\n") - 5000);
    bench.hold = false;
    bench_answer(&bench, 0, REPLY_OK);
    bench_pump(&bench);
    ck_assert_uint_eq(bench.handed_up, 10001);
    ck_assert_uint_eq(bytes_len(&bench.peer.output), 10001 * strlen("OK\n"));
}
END_TEST

START_TEST(reading_stops_while_nobody_takes_replies)
{
    const unsigned all = 100000;

    bench.peer.room = 0;
    send_numbered(1, all);
    bench_pump(&bench);
    ck_assert_uint_ge(bench.handed_up, SESSION_OUTPUT_MAX / strlen("100000 OK\n"));
    ck_assert_uint_le(bench.handed_up, SESSION_OUTPUT_MAX / strlen("1 OK\n"));
    ck_assert(!fake_loop_wants(bench.loop, FAKE_IN, LOOP_READ));
    ck_assert(fake_loop_wants(bench.loop, FAKE_OUT, LOOP_WRITE));
    bench.peer.room = 1; /* the peer takes a byte: still nothing is read */
    bench_pump(&bench);
    while (bytes_len(&bench.peer.input) > 0) {
        bench.peer.room = 1000;
        bench_pump(&bench);
    }
    bench.peer.room = (size_t)-1;
    bench_pump(&bench);
    ck_assert_uint_eq(bench.handed_up, all);
    expect_numbered(1, all);
    ck_assert(!fake_loop_wants(bench.loop, FAKE_OUT, LOOP_WRITE));
}
END_TEST

static size_t taken(void)
{
    return bytes_len(&bench.peer.output);
}

static void answer_some(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        bench_answer(&bench, 0, REPLY_OK);
}

/* The peer need not wait for the end of the turn; where it takes nothing it is not asked again and
 * again, and once it takes all they leave early again. */
START_TEST(many_replies_leave_before_the_turn_ends)
{
    const unsigned all = 4000, some = 1000;
    size_t before;

    bench.hold = true;
    send_numbered(1, all);
    bench_pump(&bench);
    ck_assert_uint_eq(bench.held_count, all);
    answer_some(some);
    ck_assert_uint_gt(taken(), 0);
    ck_assert_uint_lt(taken(), some * strlen("1000 OK\n"));
    bench.peer.room = 0;
    before = taken();
    answer_some(some);
    ck_assert_uint_eq(taken(), before);
    bench.peer.room = (size_t)-1;
    answer_some(some); /* it is not known yet that there is room */
    ck_assert_uint_eq(taken(), before);
    bench_pump(&bench);
    expect_numbered(1, 3 * some);
    answer_some(some);
    ck_assert_uint_gt(taken(), 0);
    bench_pump(&bench);
    expect_numbered(3 * some + 1, all);
}
END_TEST

START_TEST(refused_lines_stop_at_the_output_cap_too)
{
    bench.peer.room = 0;
    for (int i = 0; i < 20000; i++)
        fake_stream_send(&bench.peer, "\n", 1);
    bench_pump(&bench);
    ck_assert(!fake_loop_wants(bench.loop, FAKE_IN, LOOP_READ));
    bench.peer.room = (size_t)-1;
    bench_pump(&bench);
    ck_assert_uint_eq(bytes_len(&bench.peer.output), 20000 * strlen(MALFORMED));
}
END_TEST

/* ---- deadlines ---- */

START_TEST(answered_at_the_deadline)
{
    bench.hold = true;
    bench_send(&bench, "1 a x\n");
    fake_loop_advance(bench.loop, 4000);
    bench_send(&bench, "2 a x\n3 a x\n");
    fake_loop_advance(bench.loop, BENCH_DEADLINE_MS - 4001);
    bench_expect(&bench, "");
    fake_loop_advance(bench.loop, 1);
    bench_expect(&bench, "1 BH no answer within 10 s\n");
    ck_assert_uint_eq(bench.cancelled, 1);
    bench_answer(&bench, 0, REPLY_OK);
    fake_loop_advance(bench.loop, 3999);
    bench_expect(&bench, "2 OK\n");
    fake_loop_advance(bench.loop, 1);
    bench_expect(&bench, "3 BH no answer within 10 s\n");
    ck_assert_uint_eq(bench.cancelled, 2);
    fake_loop_advance(bench.loop, 100000);
    bench_expect(&bench, "");
}
END_TEST

START_TEST(words_of_its_own_at_the_deadline)
{
    bench.hold = true;
    bench_send(&bench, "1 a x\n");
    bench.held[0]->late_text = "the directory is silent";
    fake_loop_advance(bench.loop, BENCH_DEADLINE_MS);
    bench_expect(&bench, "1 BH the directory is silent\n");
}
END_TEST

START_TEST(an_answer_in_time_meets_no_deadline)
{
    bench.hold = true;
    for (int i = 0; i < 100; i++) {
        bench_send(&bench, "1 a x\n");
        fake_loop_advance(bench.loop, BENCH_DEADLINE_MS - 1);
        bench_answer(&bench, 0, REPLY_OK);
        bench_pump(&bench);
        bench_expect(&bench, "1 OK\n");
    }
    ck_assert_uint_eq(bench.cancelled, 0);
}
END_TEST

/* A line of LEN bytes, which are not those of the one before. */
static void ask_once(const char *id, size_t len)
{
    char *line = malloc(len + 2);
    char reply[16];

    ck_assert_ptr_nonnull(line);
    memset(line, (int)('a' + len % 26), len);
    strcpy(line + len - 2, " x\n");
    bench_send(&bench, id);
    bench_send(&bench, line);
    (void)snprintf(reply, sizeof reply, "%sOK\n", id);
    bench_expect(&bench, reply);
    bench_expect_seen(&bench, line);
    free(line);
}

/* The memory of requests that are not too long is used again: each is whole, whatever was there
 * before. */
START_TEST(requests_of_all_lengths_one_after_the_other)
{
    for (int i = 0; i < 3; i++)
        for (size_t len = 300; len > 200; len--)
            ask_once("1 ", len);
}
END_TEST

START_TEST(requests_without_id_of_all_lengths)
{
    static const size_t lengths[] = {20000, 16386, 16385, 16384, 16383, 300, 256, 255, 3};

    bench_close(&bench);
    bench_open(&bench, SCHEME_BASIC, CONCURRENCY_OFF);
    for (int i = 0; i < 3; i++)
        for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++)
            ask_once("", lengths[j]);
}
END_TEST

/* ---- requests that are answered together ---- */

START_TEST(those_that_come_together_are_answered_together)
{
    bench.gather = true;
    bench_send(&bench, "1 a x\n2 b\\ x\nmalformed\n3 c x\n4 d");
    bench_expect(&bench, MALFORMED "1 OK\n2 OK\n3 OK\n");
    ck_assert_uint_eq(bench.gathered_most, 3);
    bench_send(&bench, " x\n");
    bench_expect(&bench, "4 OK\n");
    bench_end(&bench);
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

/* Without ids there is one at a time, however many lines are there. */
START_TEST(one_by_one_where_there_are_no_ids)
{
    bench.gather = true;
    bench_send(&bench, "a x\nb x\nc x\nd");
    bench_expect(&bench, "OK\nOK\nOK\n");
    bench_expect_seen(&bench, "a x\nb x\nc x\n");
    ck_assert_uint_eq(bench.gathered_most, 1);
    bench_end(&bench);
    bench_expect(&bench, "BH incomplete line\n");
    ck_assert_uint_eq(bench.ended, 1);
}
END_TEST

START_TEST(more_than_may_be_in_flight_are_gathered_in_turns)
{
    bench.gather = true;
    send_numbered(1, 10000);
    bench_pump(&bench);
    ck_assert_uint_eq(bench.handed_up, 10000);
    ck_assert_uint_le(bench.gathered_most, SESSION_IN_FLIGHT_MAX);
    expect_numbered(1, 10000);
}
END_TEST

/* The output is full: no more are handed up than what is there to be answered. */
START_TEST(gathered_ones_stop_at_the_output_cap)
{
    bench.gather = true;
    bench.peer.room = 0;
    send_numbered(1, 100000);
    bench_pump(&bench);
    ck_assert(!fake_loop_wants(bench.loop, FAKE_IN, LOOP_READ));
    ck_assert_uint_eq(session_in_flight(bench.session), 0);
    bench.peer.room = (size_t)-1;
    bench_pump(&bench);
    expect_numbered(1, 100000);
}
END_TEST

static unsigned count_lines(const struct bytes *text)
{
    unsigned lines = 0;

    for (size_t i = 0; i < bytes_len(text); i++)
        lines += text->at[text->start + i] == '\n';
    return lines;
}

START_TEST(thousands_of_deadlines_at_once)
{
    bench.hold = true;
    send_numbered(1, 4000);
    bench_pump(&bench);
    fake_loop_advance(bench.loop, BENCH_DEADLINE_MS);
    ck_assert_uint_eq(bench.cancelled, 4000);
    ck_assert_uint_eq(session_in_flight(bench.session), 0);
    ck_assert_uint_eq(bench.held_count, 0);
    fake_loop_advance(bench.loop, BENCH_DEADLINE_MS);
    ck_assert_uint_eq(count_lines(&bench.peer.output), 4000);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("session");
    TCase *tc = tcase_create("session");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, open_basic, close_bench);
    tcase_add_test(tc, nothing_is_written_unasked);
    tcase_add_test(tc, answers_with_ids);
    tcase_add_test(tc, answers_without_ids);
    tcase_add_test(tc, without_ids_one_at_a_time);
    tcase_add_test(tc, answers_in_any_order);
    tcase_add_test(tc, cut_at_every_byte);
    tcase_add_test(tc, pieces_of_any_size);
    tcase_add_test(tc, interrupted_calls_are_made_again);
    tcase_add_test(tc, nul_bytes);
    tcase_add_test(tc, lines_that_fit_neither_way);
    tcase_add_loop_test(tc, the_longest_line, 0, READ_SIZE_COUNT);
    tcase_add_test(tc, a_long_line_is_answered_before_it_ends);
    tcase_add_test(tc, a_long_line_without_id);
    tcase_add_loop_test(tc, a_long_line_behind_one_in_flight, 0, READ_SIZE_COUNT);
    tcase_add_test(tc, group_lines_have_no_ids_unless_told);
    tcase_add_test(tc, an_incomplete_ok_becomes_bh);
    tcase_add_test(tc, an_answer_that_squid_would_die_of_becomes_bh);
    tcase_add_test(tc, a_token_for_a_scheme_that_knows_none_becomes_bh);
    tcase_add_test(tc, a_token_goes_out_bare);
    tcase_add_test(tc, a_cut_request_is_answered_at_once);
    tcase_add_loop_test(tc, a_cut_request_harms_none_behind_it, 0, READ_SIZE_COUNT);
    tcase_add_test(tc, the_longest_request_is_not_cut);
    tcase_add_test(tc, a_cut_request_without_id);
    tcase_add_test(tc, a_long_line_that_was_not_cut);
    tcase_add_test(tc, a_cut_request_is_the_last);
    tcase_add_test(tc, only_digest_requests_are_cut);
    tcase_add_test(tc, requests_of_all_lengths_one_after_the_other);
    tcase_add_test(tc, requests_without_id_of_all_lengths);
    tcase_add_test(tc, those_that_come_together_are_answered_together);
    tcase_add_test(tc, one_by_one_where_there_are_no_ids);
    tcase_add_test(tc, more_than_may_be_in_flight_are_gathered_in_turns);
    tcase_add_test(tc, gathered_ones_stop_at_the_output_cap);
    tcase_add_test(tc, thousands_of_lines_in_one_read);
    tcase_add_test(tc, reading_stops_above_the_most_in_flight);
    tcase_add_test(tc, without_ids_reading_stops_at_the_next_line);
    tcase_add_test(tc, reading_stops_while_nobody_takes_replies);
    tcase_add_test(tc, many_replies_leave_before_the_turn_ends);
    tcase_add_test(tc, refused_lines_stop_at_the_output_cap_too);
    tcase_add_test(tc, answered_at_the_deadline);
    tcase_add_test(tc, words_of_its_own_at_the_deadline);
    tcase_add_test(tc, an_answer_in_time_meets_no_deadline);
    tcase_add_test(tc, thousands_of_deadlines_at_once);
    suite_add_tcase(s, tc);
    return s;
}
