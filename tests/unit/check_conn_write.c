/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/conn.c: requests that do not fit, are refused or fail, what is known
 * about them when a connection ends, and connections for binds.
 */
#include <config.h>

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/conn_bench.h"

Suite *suite(void);

/* What had been sent when the carrier was closed. */
static struct {
    size_t len;
    char bytes[1024];
} sent;

static void note_sent(struct fake_carrier *fake)
{
    ck_assert_uint_le(fake->out_len, sizeof sent.bytes);
    sent.len = fake->out_len;
    memcpy(sent.bytes, fake->out, sent.len);
}

static void close_and_note(void)
{
    rig.fake->closed = note_sent;
    while (rig.conn->tasks.first)
        conn_detach(rig.conn, rig.conn->tasks.first);
    conn_close(rig.conn);
    rig.conn = NULL;
}

START_TEST(closing_says_good_bye)
{
    struct peer_request request;

    send_task(0);
    close_and_note();
    request = peer_parse(sent.bytes, sent.len);
    ck_assert_uint_eq(request.operation, LDAP_REQ_SEARCH);
    request = peer_parse(sent.bytes + request.len, sent.len - request.len);
    ck_assert_uint_eq(request.operation, LDAP_REQ_UNBIND);
}
END_TEST

/* ---- bytes that do not fit ---- */

/* The first 20 bytes of a request; returns how many have been sent in all. */
static size_t send_half(void)
{
    size_t before = rig.fake->out_len;

    rig.fake->room = 20;
    send_task(0);
    ck_assert_uint_eq(rig.fake->out_len, before + 20);
    ck_assert(!conn_has_room(rig.conn));
    return before + 20;
}

START_TEST(a_request_that_does_not_fit_is_finished)
{
    struct peer_request request;

    send_half();
    ck_assert(fake_loop_wants(rig.loop, rig.fd, LOOP_WRITE));
    for (int i = 0; i < 5; i++) { /* a little room each time */
        rig.fake->room = 2;
        writable();
        ck_assert_uint_eq(rig.fake->out_len, 20 + 2 * (size_t)(i + 1));
        ck_assert(!conn_has_room(rig.conn));
        ck_assert_uint_eq(rig.writable, 0);
    }
    rig.fake->room = SIZE_MAX;
    writable();
    ck_assert_uint_eq(rig.writable, 1);
    ck_assert(!fake_loop_wants(rig.loop, rig.fd, LOOP_WRITE));
    request = peer_parse(rig.fake->out, rig.fake->out_len);
    ck_assert_uint_eq(request.len, rig.fake->out_len);
    give_result(id_of(0), 0);
    readable();
    expect_answer(0, 0, 0);
}
END_TEST

/* Both at once: the answer to an earlier request, and room. */
START_TEST(it_is_finished_when_there_is_also_something_to_read)
{
    send_task(1);
    rig.fake->room = 20;
    send_task(0);
    rig.fake->room = SIZE_MAX;
    give_result(id_of(1), 0);
    fake_loop_ready(rig.loop, rig.fd, LOOP_READ_WRITE);
    expect_answer(1, 0, 0);
    ck_assert_uint_eq(rig.writable, 1);
    ck_assert_uint_eq(peer_parse(rig.fake->out, rig.fake->out_len).len * 2, rig.fake->out_len);
}
END_TEST

START_TEST(no_room_at_all_is_waited_for)
{
    rig.fake->room = 0;
    send_task(0);
    ck_assert(fake_loop_wants(rig.loop, rig.fd, LOOP_WRITE));
    for (int i = 0; i < 10; i++)
        writable();
    ck_assert_uint_eq(rig.writable, 0);
    ck_assert(fake_loop_wants(rig.loop, rig.fd, LOOP_WRITE));
    rig.fake->room = SIZE_MAX;
    writable();
    ck_assert_uint_eq(rig.writable, 1);
}
END_TEST

START_TEST(another_request_waits_meanwhile)
{
    send_half();
    ck_assert_int_eq(try_send(1), CONN_BUSY);
    ck_assert_int_eq(rig.tasks[1].task.state, TASK_IDLE);
    ck_assert_uint_eq(rig.fake->out_len, 20);
    ck_assert_uint_eq(rig.conn->outstanding, 1);
    rig.fake->room = SIZE_MAX;
    writable();
    ck_assert_uint_eq(rig.writable, 1);
    send_task(1);
}
END_TEST

/* libldap's good-bye would complete the message, with a password that nobody typed. */
START_TEST(closing_adds_nothing_to_half_a_request)
{
    size_t half = send_half();

    rig.fake->room = SIZE_MAX;
    close_and_note();
    ck_assert_uint_eq(sent.len, half);
}
END_TEST

/* ---- what cannot have been processed ---- */

START_TEST(half_a_request_cannot_have_been_processed)
{
    send_half();
    ck_assert(conn_cannot_have_processed(rig.conn, &rig.tasks[0].task));
    rig.fake->room = SIZE_MAX;
    writable();
    ck_assert(!conn_cannot_have_processed(rig.conn, &rig.tasks[0].task));
}
END_TEST

START_TEST(nothing_of_it_cannot_have_been_processed)
{
    rig.fake->room = 0;
    send_task(0);
    ck_assert(conn_cannot_have_processed(rig.conn, &rig.tasks[0].task));
}
END_TEST

START_TEST(an_earlier_request_is_whole)
{
    send_task(1);
    send_half();
    ck_assert(!conn_cannot_have_processed(rig.conn, &rig.tasks[1].task));
    ck_assert(conn_cannot_have_processed(rig.conn, &rig.tasks[0].task));
}
END_TEST

/* How a connection ended, how much of the request was not acknowledged (all or all but one byte),
 * and what is known then. */
static const struct {
    int broken;
    bool all;
    bool certain;
} endings[] = {
    {0, true, false},          {ECONNRESET, true, false},
    {EPIPE, true, false},      {EHOSTUNREACH, true, false},
    {ETIMEDOUT, false, false}, {ETIMEDOUT, true, true},
};
enum { ENDINGS = sizeof endings / sizeof endings[0] };

START_TEST(a_swallowed_request_cannot_have_been_processed)
{
    send_task(0);
    rig.conn->wire->broken = endings[_i].broken;
    rig.fake->unacknowledged = rig.fake->out_len - (endings[_i].all ? 0 : 1);
    ck_assert_int_eq(conn_cannot_have_processed(rig.conn, &rig.tasks[0].task), endings[_i].certain);
}
END_TEST

/* ---- requests that do not go out ---- */

static int refuse(struct task *task, LDAP *ld, const struct facts *facts, int *msgid)
{
    (void)facts;
    (void)task;
    return ldap_search_ext(ld, "", LDAP_SCOPE_SUBTREE, "(uid=", NULL, 0, NULL, NULL, NULL, 2,
                           msgid);
}

START_TEST(a_request_that_libldap_refuses)
{
    struct task task = {.send = refuse};
    int code = 0;

    ck_assert_int_eq(conn_send(rig.conn, &task, &code), CONN_REFUSED);
    ck_assert_int_eq(code, LDAP_FILTER_ERROR);
    ck_assert_uint_eq(rig.conn->outstanding, 0);
    send_task(0);
    give_result(id_of(0), 0);
    readable();
    expect_answer(0, 0, 0);
}
END_TEST

START_TEST(a_write_that_fails_is_the_end)
{
    rig.fake->error = EPIPE;
    ck_assert_int_eq(try_send(0), CONN_BROKEN);
    ck_assert_int_eq(rig.tasks[0].task.state, TASK_IDLE);
    ck_assert(!conn_has_room(rig.conn));
    ck_assert_uint_eq(rig.lost, 0);
}
END_TEST

/* ---- binds ---- */

START_TEST(one_bind_at_a_time)
{
    ck_assert(conn_has_room(rig.conn));
    send_task(0);
    ck_assert(!conn_has_room(rig.conn));
    give_result(id_of(0), LDAP_INVALID_CREDENTIALS);
    readable();
    expect_answer(0, LDAP_INVALID_CREDENTIALS, 0);
    ck_assert(conn_has_room(rig.conn));
}
END_TEST

START_TEST(an_idle_connection_that_was_closed_is_stale)
{
    ck_assert(!conn_is_stale(rig.conn));
    fake_loop_advance(rig.loop, 1000);
    ck_assert(!conn_is_stale(rig.conn));
    rig.fake->gone = true;
    ck_assert(conn_is_stale(rig.conn));
}
END_TEST

static TCase *writing_case(void)
{
    TCase *writing = tcase_create("writing");

    tcase_add_checked_fixture(writing, open_service, close_rig);
    tcase_add_test(writing, closing_says_good_bye);
    tcase_add_test(writing, a_request_that_does_not_fit_is_finished);
    tcase_add_test(writing, it_is_finished_when_there_is_also_something_to_read);
    tcase_add_test(writing, no_room_at_all_is_waited_for);
    tcase_add_test(writing, another_request_waits_meanwhile);
    tcase_add_test(writing, closing_adds_nothing_to_half_a_request);
    tcase_add_test(writing, an_earlier_request_is_whole);
    tcase_add_test(writing, a_request_that_libldap_refuses);
    tcase_add_test(writing, a_write_that_fails_is_the_end);
    return writing;
}

static TCase *binds_case(void)
{
    TCase *binds = tcase_create("binds");

    tcase_add_checked_fixture(binds, open_bind, close_rig);
    tcase_add_test(binds, one_bind_at_a_time);
    tcase_add_test(binds, half_a_request_cannot_have_been_processed);
    tcase_add_test(binds, nothing_of_it_cannot_have_been_processed);
    tcase_add_loop_test(binds, a_swallowed_request_cannot_have_been_processed, 0, ENDINGS);
    tcase_add_test(binds, closing_adds_nothing_to_half_a_request);
    tcase_add_test(binds, an_idle_connection_that_was_closed_is_stale);
    return binds;
}

Suite *suite(void)
{
    Suite *made = suite_create("conn, writing");

    suite_add_tcase(made, writing_case());
    suite_add_tcase(made, binds_case());
    return made;
}
