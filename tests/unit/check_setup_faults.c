/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/setup.c: what a server can do wrong must be found at once, or end at
 * the deadline without burning processor time, with the right outcome and the phase named.
 */
#include <config.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/setup_bench.h"

Suite *suite(void);

/* libldap loses a list of priorities with each TLS context of a GnuTLS build. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:gnutls_priority_init\n";
}

/* ---- scripts ---- */

static void say_nothing(struct server *server, int fd)
{
    wait_for_end(server, fd);
}

static void read_and_close(struct server *server, int fd)
{
    read_request(server, fd);
}

static void reset(struct server *server, int fd)
{
    const struct linger at_once = {.l_onoff = 1};

    read_request(server, fd);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static void half_an_answer(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        struct peer_message answer = good_answer(server);

        send_all(fd, answer.bytes, answer.len / 2);
        wait_for_end(server, fd);
    }
}

static void half_an_answer_and_end(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        struct peer_message answer = good_answer(server);

        send_all(fd, answer.bytes, answer.len / 2);
    }
}

static void two_gigabytes(struct server *server, int fd)
{
    static const char announcement[] = "\x30\x84\x7f\xff\xff\xff\x02\x01\x01\x61";

    if (read_request(server, fd)) {
        send_all(fd, announcement, sizeof announcement - 1);
        wait_for_end(server, fd);
    }
}

/* As BER, "HT" announces 84 bytes. */
static void other_protocol(struct server *server, int fd)
{
    static const char text[] = "HTTP/1.1 400 Bad Request\r\nServer: example\r\n"
                               "Content-Type: text/html\r\nConnection: close\r\n\r\n"
                               "<html><body>Bad Request</body></html>";

    if (read_request(server, fd)) {
        send_all(fd, text, sizeof text - 1);
        wait_for_end(server, fd);
    }
}

static void answer_with_another_kind(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        bool bind = server->last.operation == LDAP_REQ_BIND;

        send_message(fd, peer_result(server->last.id,
                                     bind ? LDAP_RES_SEARCH_RESULT : LDAP_RES_BIND, 0));
        wait_for_end(server, fd);
    }
}

static void notice(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        send_message(fd, peer_notice());
        wait_for_end(server, fd);
    }
}

static void foreign_answers_first(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        for (int i = 0; i < 100; i++)
            send_message(fd, peer_result(server->last.id + 1000 + i, LDAP_RES_BIND, 49));
        send_message(fd, good_answer(server));
        wait_for_end(server, fd);
    }
}

/* Never lets the client wait, and never answers. */
static void foreign_answers_for_ever(struct server *server, int fd)
{
    struct peer_message answer = peer_result(4711, LDAP_RES_BIND, 0);
    char many[4096];
    size_t len = 0;

    while (len + answer.len <= sizeof many) {
        memcpy(many + len, answer.bytes, answer.len);
        len += answer.len;
    }
    if (read_request(server, fd))
        while (send(fd, many, len, MSG_NOSIGNAL) > 0)
            ;
}

static void entries_for_ever(struct server *server, int fd)
{
    static char name[] = "o=example";
    const struct berval dn = {sizeof name - 1, name};

    if (read_request(server, fd)) {
        struct peer_message entry = peer_entry(server->last.id, &dn, "o", "example");

        while (send(fd, entry.bytes, entry.len, MSG_NOSIGNAL) > 0)
            ;
    }
}

static const char *phase_of(enum purpose purpose)
{
    return purpose == PURPOSE_SERVICE ? "service bind" : "root entry";
}

/* ---- found at once ---- */

START_TEST(answers_to_others_are_passed_over)
{
    struct rig rig = {.server.serve = foreign_answers_first, .purpose = (enum purpose)_i};

    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    end_rig(&rig);
}
END_TEST

static serve_fn *const wrongs[] = {
    close_at_once, read_and_close, reset,  half_an_answer_and_end,  two_gigabytes,
    other_protocol, echo,          notice, answer_with_another_kind,
};
enum { WRONGS = sizeof wrongs / sizeof wrongs[0] };

START_TEST(a_wrong_is_found_at_once)
{
    struct rig rig = {.server.serve = wrongs[_i / 2], .purpose = (enum purpose)(_i % 2)};
    uint64_t began_ms = real_now_ms(NULL);

    if (rig.server.serve == notice)
        peer_notice_will_leak();
    run_rig(&rig);
    expect(&rig, SETUP_SERVER, phase_of(rig.purpose));
    ck_assert_msg(real_now_ms(NULL) - began_ms < AMPLE_MS, "it waited for the deadline");
    end_rig(&rig);
}
END_TEST

START_TEST(nobody_listens)
{
    struct rig rig = {.server.serve = close_at_once};

    prepare_rig(&rig);
    rig.setup = (struct setup){.plan = &rig.plan, .address = &rig.address};
    rig.address.port = 1; /* tcpmux: nobody has it */
    setup_run(&rig.setup);
    expect(&rig, SETUP_SERVER, "connect");
    end_rig(&rig);
}
END_TEST

/* ---- waited for ---- */

/* How a server can keep one waiting, and in which phase that is. */
struct wait_case {
    serve_fn *serve;
    enum transport transport;
    bool starttls;
    enum purpose purpose;
    const char *phase;
    bool busy; /* bytes come all the time, which is work */
};

static const struct wait_case waits[] = {
    {say_nothing, TRANSPORT_LDAP, false, PURPOSE_SERVICE, "service bind", false},
    {say_nothing, TRANSPORT_LDAP, false, PURPOSE_BIND, "root entry", false},
    {say_nothing, TRANSPORT_LDAP, true, PURPOSE_SERVICE, "StartTLS", false},
    {say_nothing, TRANSPORT_LDAPS, false, PURPOSE_SERVICE, "TLS handshake", false},
    {half_an_answer, TRANSPORT_LDAP, false, PURPOSE_SERVICE, "service bind", false},
    {half_an_answer, TRANSPORT_LDAP, false, PURPOSE_BIND, "root entry", false},
    {half_an_answer, TRANSPORT_LDAP, true, PURPOSE_BIND, "StartTLS", false},
    {half_a_handshake, TRANSPORT_LDAPS, false, PURPOSE_BIND, "TLS handshake", false},
    {foreign_answers_for_ever, TRANSPORT_LDAP, false, PURPOSE_SERVICE, "service bind", true},
    {foreign_answers_for_ever, TRANSPORT_LDAP, true, PURPOSE_SERVICE, "StartTLS", true},
    {entries_for_ever, TRANSPORT_LDAP, false, PURPOSE_BIND, "root entry", true},
};
enum { WAITS = sizeof waits / sizeof waits[0] };

START_TEST(waiting_ends_at_the_deadline)
{
    const struct wait_case *one = &waits[_i];
    struct rig rig = {.server.serve = one->serve,
                      .transport = one->transport,
                      .purpose = one->purpose};

    rig.plan.timeout_ms = SILENT_MS;
    rig.plan.starttls = one->starttls;
    run_rig(&rig);
    expect(&rig, SETUP_SERVER, one->phase);
    expect_words(&rig, "no answer within 150 ms");
    ck_assert_uint_ge(real_now_ms(NULL) - rig.began_ms, SILENT_MS);
    if (!one->busy)
        expect_idle(&rig);
    end_rig(&rig);
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("setup faults");
    TCase *faults = tcase_create("faults");

    tcase_add_loop_test(faults, answers_to_others_are_passed_over, 0, 2);
    tcase_add_loop_test(faults, a_wrong_is_found_at_once, 0, 2 * WRONGS);
    tcase_add_test(faults, nobody_listens);
    tcase_add_loop_test(faults, waiting_ends_at_the_deadline, 0, WAITS);
    tcase_set_timeout(faults, 60);
    suite_add_tcase(made, faults);
    return made;
}
