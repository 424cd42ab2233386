/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/conn.c: answers in any order and in any pieces, how a connection ends,
 * and peers that never stop. Requests that do not fit are in check_conn_write.c.
 */
#include <config.h>

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/conn_bench.h"

Suite *suite(void);

/* ---- answers ---- */

START_TEST(an_answer_comes_to_its_task)
{
    send_task(0);
    ck_assert_uint_eq(rig.conn->outstanding, 1);
    give_entry(id_of(0));
    give_result(id_of(0), 0);
    readable();
    expect_answer(0, 0, 1);
    ck_assert_uint_eq(rig.conn->outstanding, 0);
    ck_assert_ptr_null(rig.conn->tasks.first);
}
END_TEST

START_TEST(answers_come_in_any_order)
{
    for (unsigned i = 0; i < CONN_SEARCHES_MAX; i++)
        send_task(i);
    ck_assert_msg(!conn_has_room(rig.conn), "slapd closes it when there are too many");
    for (unsigned i = 0; i < CONN_SEARCHES_MAX; i += 2)
        give_entry(id_of(i));
    for (unsigned i = CONN_SEARCHES_MAX; i > 0; i--)
        give_result(id_of(i - 1), (int)i);
    readable();
    for (unsigned i = 0; i < CONN_SEARCHES_MAX; i++)
        expect_answer(i, (int)i + 1, i % 2 == 0);
    ck_assert(conn_has_room(rig.conn));
}
END_TEST

START_TEST(an_answer_comes_byte_by_byte)
{
    struct peer_message answer;

    send_task(0);
    give_entry(id_of(0));
    readable();
    answer = peer_result(id_of(0), LDAP_RES_SEARCH_RESULT, 0);
    for (size_t i = 0; i < answer.len; i++) {
        ck_assert_uint_eq(rig.tasks[0].answers, 0);
        fake_give(rig.fake, answer.bytes + i, 1);
        readable();
    }
    expect_answer(0, 0, 1);
}
END_TEST

/* The read-ahead of the wire is 4 KiB: what is left in it must not wait for the kernel. */
START_TEST(many_answers_come_at_once)
{
    for (unsigned i = 0; i < CONN_SEARCHES_MAX; i++)
        send_task(i);
    for (unsigned i = 0; i < CONN_SEARCHES_MAX; i++) {
        for (int entry = 0; entry < 10; entry++)
            give_entry(id_of(i));
        give_result(id_of(i), 0);
    }
    ck_assert_uint_gt(rig.fake->in_len, 2 * WIRE_AHEAD);
    readable();
    for (unsigned i = 0; i < CONN_SEARCHES_MAX; i++)
        expect_answer(i, 0, 10);
}
END_TEST

START_TEST(foreign_ids_are_passed_over)
{
    send_task(0);
    give_result(4711, 0);
    give_entry(4712);
    readable();
    ck_assert_uint_eq(rig.tasks[0].answers, 0);
    ck_assert_uint_eq(rig.conn->outstanding, 1);
    give_result(id_of(0), 0);
    give_result(id_of(0), 0);
    readable();
    expect_answer(0, 0, 0);
    ck_assert_uint_eq(rig.conn->outstanding, 0);
    ck_assert_uint_eq(rig.lost, 0);
}
END_TEST

START_TEST(a_reference_is_no_entry)
{
    send_task(0);
    fake_give_message(rig.fake, peer_reference(id_of(0), "ldap://other.example.test/"));
    give_entry(id_of(0));
    give_result(id_of(0), 0);
    readable();
    expect_answer(0, 0, 1);
}
END_TEST

/* libldap would connect there by itself, and wait. */
START_TEST(a_referral_is_an_answer)
{
    send_task(0);
    fake_give_message(rig.fake, peer_referral(id_of(0), LDAP_RES_SEARCH_RESULT,
                                              "ldap://127.0.0.1:9/dc=other"));
    readable();
    expect_answer(0, LDAP_REFERRAL, 0);
}
END_TEST

START_TEST(a_detached_search_is_let_finish)
{
    send_task(0);
    send_task(1);
    conn_detach(rig.conn, &rig.tasks[0].task);
    ck_assert_uint_eq(rig.conn->outstanding, 2);
    give_result(id_of(0), 0);
    give_result(id_of(1), 0);
    readable();
    ck_assert_uint_eq(rig.tasks[0].answers, 0);
    expect_answer(1, 0, 0);
    ck_assert_uint_eq(rig.conn->outstanding, 0);
}
END_TEST

START_TEST(closing_while_an_answer_is_given)
{
    send_task(0);
    send_task(1);
    give_result(id_of(0), 0);
    give_result(id_of(1), 0);
    conn_detach(rig.conn, &rig.tasks[1].task);
    rig.close_on_answer = true;
    readable();
    expect_answer(0, 0, 0);
    ck_assert_uint_eq(rig.lost, 0);
}
END_TEST

/* ---- its end ---- */

static void peer_ends(void)
{
    rig.fake->ended = true;
}

static void peer_resets(void)
{
    rig.fake->error = ECONNRESET;
}

static void peer_sends_notice(void)
{
    peer_notice_will_leak();
    fake_give_message(rig.fake, peer_notice());
}

static void peer_sends_noise(void)
{
    static const char noise[] = "\x55\x03no\x00\x30\x30\x30\x30";

    fake_give(rig.fake, noise, sizeof noise);
}

static void peer_sends_no_id(void)
{
    fake_give(rig.fake, "\x30\x03\x0a\x05\x01\x30\x00\x00\x00", 9);
}

static void peer_ends_within_an_answer(void)
{
    struct peer_message answer = peer_result(id_of(0), LDAP_RES_SEARCH_RESULT, 0);

    fake_give(rig.fake, answer.bytes, answer.len - 1);
    rig.fake->ended = true;
}

static void (*const ends[])(void) = {
    peer_ends, peer_resets, peer_sends_notice, peer_sends_noise, peer_sends_no_id,
    peer_ends_within_an_answer,
};
enum { ENDS = sizeof ends / sizeof ends[0] };

START_TEST(an_end_is_told_once)
{
    send_task(0);
    ends[_i]();
    readable();
    readable();
    ck_assert_uint_eq(rig.lost, 1);
    ck_assert_uint_eq(rig.tasks[0].answers, 0);
}
END_TEST

START_TEST(an_idle_connection_ends)
{
    rig.fake->ended = true;
    readable();
    ck_assert_uint_eq(rig.lost, 1);
}
END_TEST

START_TEST(answers_before_the_end_count)
{
    send_task(0);
    send_task(1);
    give_result(id_of(1), 0);
    rig.fake->ended = true;
    readable();
    expect_answer(1, 0, 0);
    readable(); /* the kernel says so again while there is an end to be read */
    ck_assert_uint_eq(rig.tasks[0].answers, 0);
    ck_assert_uint_eq(rig.lost, 1);
}
END_TEST

/* ---- peers that never stop ---- */

/* Bytes that libldap drops by itself. */
static void fill_with_foreign_answers(void)
{
    static char name[3000];
    const struct berval dn = {sizeof name, name};
    struct peer_message answer = peer_entry(4711, &dn, "uid", "user");

    ck_assert_uint_eq(rig.fake->in_at, rig.fake->in_len);
    rig.fake->in_at = rig.fake->in_len = 0;
    while (rig.fake->in_len + answer.len <= FAKE_IN_MAX)
        fake_give_message(rig.fake, answer);
}

START_TEST(one_connection_does_not_take_all_of_a_turn)
{
    send_task(0);
    fill_with_foreign_answers();
    readable();
    ck_assert_uint_gt(rig.fake->in_at, 0);
    ck_assert_uint_le(rig.fake->in_at, WIRE_TURN + WIRE_AHEAD);
    ck_assert(fake_loop_wants(rig.loop, rig.fd, LOOP_READ));
    for (int i = 0; i < 4; i++)
        readable();
    ck_assert_uint_eq(rig.fake->in_at, rig.fake->in_len);
    give_result(id_of(0), 0);
    readable();
    expect_answer(0, 0, 0);
}
END_TEST

START_TEST(a_flood_without_an_answer_is_ended)
{
    send_task(0);
    for (int i = 0; i < 17 && rig.lost == 0; i++) {
        fill_with_foreign_answers();
        for (int turn = 0; turn < 5 && rig.lost == 0; turn++)
            readable();
    }
    ck_assert_uint_eq(rig.lost, 1);
}
END_TEST

/* As GnuTLS builds of libldap do when a server begins another handshake. */
static ber_slen_t read_until_there_is_something(Sockbuf_IO_Desc *io, void *to, ber_len_t cap)
{
    ber_slen_t got;

    do
        got = LBER_SBIOD_READ_NEXT(io, to, cap);
    while (got < 0 && errno == EAGAIN);
    return got;
}

static ber_slen_t pass_write(Sockbuf_IO_Desc *io, void *from, ber_len_t len)
{
    return LBER_SBIOD_WRITE_NEXT(io, from, len);
}

static int pass_control(Sockbuf_IO_Desc *io, int option, void *argument)
{
    return LBER_SBIOD_CTRL_NEXT(io, option, argument);
}

START_TEST(a_library_that_asks_for_ever_is_ended)
{
    static Sockbuf_IO impatient = {
        .sbi_ctrl = pass_control,
        .sbi_read = read_until_there_is_something,
        .sbi_write = pass_write,
    };

    send_task(0);
    ck_assert_int_eq(
        ber_sockbuf_add_io(rig.conn->buffer, &impatient, LBER_SBIOD_LEVEL_TRANSPORT, NULL), 0);
    readable();
    ck_assert_uint_eq(rig.lost, 1);
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("conn");
    TCase *answers = tcase_create("answers");
    TCase *ending = tcase_create("ending");

    tcase_add_checked_fixture(answers, open_service, close_rig);
    tcase_add_test(answers, an_answer_comes_to_its_task);
    tcase_add_test(answers, answers_come_in_any_order);
    tcase_add_test(answers, an_answer_comes_byte_by_byte);
    tcase_add_test(answers, many_answers_come_at_once);
    tcase_add_test(answers, foreign_ids_are_passed_over);
    tcase_add_test(answers, a_reference_is_no_entry);
    tcase_add_test(answers, a_referral_is_an_answer);
    tcase_add_test(answers, a_detached_search_is_let_finish);
    tcase_add_test(answers, closing_while_an_answer_is_given);
    suite_add_tcase(made, answers);
    tcase_add_checked_fixture(ending, open_service, close_rig);
    tcase_add_loop_test(ending, an_end_is_told_once, 0, ENDS);
    tcase_add_test(ending, an_idle_connection_ends);
    tcase_add_test(ending, answers_before_the_end_count);
    tcase_add_test(ending, one_connection_does_not_take_all_of_a_turn);
    tcase_add_test(ending, a_flood_without_an_answer_is_ended);
    tcase_add_test(ending, a_library_that_asks_for_ever_is_ended);
    tcase_set_timeout(ending, 60);
    suite_add_tcase(made, ending);
    return made;
}
