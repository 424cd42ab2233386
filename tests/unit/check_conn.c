/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/conn.c: a connection in memory under a real libldap, in a loop whose
 * events the test makes. Tasks are searches and binds that only note what becomes of them.
 */
#include <config.h>

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openldap.h>

#include "helpers/directory/conn.h"
#include "tests/unit/fake_carrier.h"
#include "tests/unit/fake_loop.h"

Suite *suite(void);

enum { TASKS = 80 };

/* A task that notes its answers. */
struct noted {
    struct task task;
    unsigned answers;
    int code;
    int entries;
};

struct rig {
    struct loop *loop;
    struct fake_carrier *fake;
    struct conn *conn;
    int fd;
    unsigned lost;
    unsigned writable;
    bool close_on_answer;
    struct noted tasks[TASKS];
};

static struct rig rig; /* tests run in processes of their own */

/* ---- what the connection tells ---- */

static void on_answer(struct conn *conn, struct task *task, LDAPMessage *answer)
{
    struct noted *noted = (struct noted *)task;

    ck_assert_msg(task->state == TASK_IDLE && !task->conn, "it has left the connection");
    noted->answers++;
    noted->entries = ldap_count_entries(conn->ld, answer);
    ck_assert_int_eq(
        ldap_parse_result(conn->ld, answer, &noted->code, NULL, NULL, NULL, NULL, 0), 0);
    if (rig.close_on_answer) {
        conn_close(conn);
        rig.conn = NULL;
    }
}

static void on_lost(struct conn *conn)
{
    ck_assert_ptr_eq(conn, rig.conn);
    rig.lost++;
    while (conn->tasks.first)
        conn_detach(conn, conn->tasks.first);
    conn_close(conn);
    rig.conn = NULL;
}

static void on_writable(struct conn *conn)
{
    ck_assert(conn->purpose == PURPOSE_BIND || conn_has_room(conn));
    rig.writable++;
}

static const struct conn_events events = {on_answer, on_lost, on_writable};

/* ---- the rig ---- */

static void open_rig(enum purpose purpose)
{
    struct setup setup = {.purpose = purpose};
    const int version = LDAP_VERSION3;

    rig = (struct rig){.loop = fake_loop_open(), .fake = fake_carrier_new()};
    rig.fd = rig.fake->carrier.fd;
    setup.wire = wire_new(&rig.fake->carrier, 1);
    ck_assert_ptr_nonnull(setup.wire);
    ck_assert_int_eq(ldap_init_fd(rig.fd, LDAP_PROTO_EXT, "ldap://dc1.example.test", &setup.ld),
                     LDAP_SUCCESS);
    ck_assert(wire_attach(setup.wire, setup.ld));
    ck_assert_int_eq(ldap_set_option(setup.ld, LDAP_OPT_PROTOCOL_VERSION, &version), 0);
    ck_assert_int_eq(ldap_set_option(setup.ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF), 0);
    wire_make_ready(setup.wire);
    rig.conn = conn_new(rig.loop, &setup, &events);
    ck_assert_ptr_nonnull(rig.conn);
    ck_assert(!setup.ld && !setup.wire);
}

static void open_service(void)
{
    open_rig(PURPOSE_SERVICE);
}

static void open_bind(void)
{
    open_rig(PURPOSE_BIND);
}

static void close_rig(void)
{
    if (rig.conn) {
        while (rig.conn->tasks.first)
            conn_detach(rig.conn, rig.conn->tasks.first);
        conn_close(rig.conn);
    }
    fake_loop_close(rig.loop);
}

static int send_search(struct task *task, LDAP *ld, int *msgid)
{
    (void)task;
    return ldap_search_ext(ld, "dc=example,dc=test", LDAP_SCOPE_SUBTREE, "(uid=user)", NULL, 0,
                           NULL, NULL, NULL, 2, msgid);
}

static int send_bind(struct task *task, LDAP *ld, int *msgid)
{
    static char password[] = "secret";
    struct berval value = {sizeof password - 1, password};

    (void)task;
    return ldap_sasl_bind(ld, "uid=user,dc=example,dc=test", LDAP_SASL_SIMPLE, &value, NULL, NULL,
                          msgid);
}

static enum conn_sent try_send(unsigned number)
{
    struct noted *noted = &rig.tasks[number];
    int code = 0;

    noted->task.send = rig.conn->purpose == PURPOSE_BIND ? send_bind : send_search;
    noted->task.purpose = rig.conn->purpose;
    return conn_send(rig.conn, &noted->task, &code);
}

static void send_task(unsigned number)
{
    ck_assert_int_eq(try_send(number), CONN_SENT);
    ck_assert_int_eq(rig.tasks[number].task.state, TASK_SENT);
}

static int id_of(unsigned number)
{
    return rig.tasks[number].task.msgid;
}

static void give_result(int id, int code)
{
    ber_tag_t kind = rig.conn->purpose == PURPOSE_BIND ? LDAP_RES_BIND : LDAP_RES_SEARCH_RESULT;

    fake_give_message(rig.fake, peer_result(id, kind, code));
}

static void give_entry(int id)
{
    static char name[] = "uid=user,dc=example,dc=test";
    const struct berval dn = {sizeof name - 1, name};

    fake_give_message(rig.fake, peer_entry(id, &dn, "uid", "user"));
}

static void readable(void)
{
    fake_loop_ready(rig.loop, rig.fd, LOOP_READ);
}

static void writable(void)
{
    fake_loop_ready(rig.loop, rig.fd, LOOP_WRITE);
}

static void expect_answer(unsigned number, int code, int entries)
{
    ck_assert_uint_eq(rig.tasks[number].answers, 1);
    ck_assert_int_eq(rig.tasks[number].code, code);
    ck_assert_int_eq(rig.tasks[number].entries, entries);
}

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
    {0, true, false},          {ECONNRESET, true, false}, {EPIPE, true, false},
    {EHOSTUNREACH, true, false}, {ETIMEDOUT, false, false}, {ETIMEDOUT, true, true},
};
enum { ENDINGS = sizeof endings / sizeof endings[0] };

START_TEST(a_swallowed_request_cannot_have_been_processed)
{
    send_task(0);
    rig.conn->wire->broken = endings[_i].broken;
    rig.fake->unacknowledged = rig.fake->out_len - (endings[_i].all ? 0 : 1);
    ck_assert_int_eq(conn_cannot_have_processed(rig.conn, &rig.tasks[0].task),
                     endings[_i].certain);
}
END_TEST

/* ---- requests that do not go out ---- */

static int refuse(struct task *task, LDAP *ld, int *msgid)
{
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

static TCase *answers_case(void)
{
    TCase *answers = tcase_create("answers");

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
    tcase_add_loop_test(answers, an_end_is_told_once, 0, ENDS);
    tcase_add_test(answers, an_idle_connection_ends);
    tcase_add_test(answers, answers_before_the_end_count);
    tcase_add_test(answers, closing_says_good_bye);
    tcase_add_test(answers, one_connection_does_not_take_all_of_a_turn);
    tcase_add_test(answers, a_flood_without_an_answer_is_ended);
    tcase_add_test(answers, a_library_that_asks_for_ever_is_ended);
    tcase_set_timeout(answers, 60);
    return answers;
}

static TCase *writing_case(void)
{
    TCase *writing = tcase_create("writing");

    tcase_add_checked_fixture(writing, open_service, close_rig);
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
    Suite *made = suite_create("conn");

    suite_add_tcase(made, answers_case());
    suite_add_tcase(made, writing_case());
    suite_add_tcase(made, binds_case());
    return made;
}
