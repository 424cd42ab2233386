/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/sasl_bind.c and of what setup.c makes of it, with a server that plays
 * SCRAM (RFC 5802, RFC 7677) badly: it knows no password, so nothing that it says may be believed.
 * Exchanges that succeed are in tests/e2e/test_sasl.py, with slapd.
 */
#include <config.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/sasl_bind.h"
#include "tests/unit/setup_bench.h"

Suite *suite(void);

/* libldap loses a list of priorities with each TLS context of a GnuTLS build. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:gnutls_priority_init\n";
}

static struct secret *password;

static void prepare(struct rig *rig)
{
    rig->purpose = PURPOSE_SERVICE;
    rig->plan.sasl_mech = "SCRAM-SHA-256";
    rig->plan.sasl_user = "proxy";
    rig->plan.bind_password = password;
    run_rig(rig);
}

/* ---- a server's side of SCRAM ---- */

static struct peer_request seen; /* the last bind */

static bool read_bind(struct server *server, int fd)
{
    if (!read_request(server, fd) || server->last.operation != LDAP_REQ_BIND)
        return false;
    seen = server->last;
    return true;
}

/* "r=" of the client's first message, which a server has to repeat. */
static void first_answer(const struct peer_request *request, char *to, size_t cap)
{
    const char *nonce = strstr(request->credentials, "r=");

    ck_assert_msg(nonce, "%s", request->credentials);
    snprintf(to, cap, "%sSERVER,s=c2FsdHNhbHQ=,i=4096", nonce);
}

/* Yes, at once. */
static void agree_at_once(struct server *server, int fd)
{
    while (read_bind(server, fd))
        send_message(fd, peer_sasl_result(server->last.id, LDAP_SUCCESS, NULL));
}

/* Yes, with what should have been half of the exchange. */
static void agree_half_way(struct server *server, int fd)
{
    char text[512];

    while (read_bind(server, fd)) {
        first_answer(&server->last, text, sizeof text);
        send_message(fd, peer_sasl_result(server->last.id, LDAP_SUCCESS, text));
    }
}

/* The whole exchange, with a signature that only a server could make that knows the password. */
static void sign_by_chance(struct server *server, int fd)
{
    char text[512];

    if (!read_bind(server, fd))
        return;
    first_answer(&server->last, text, sizeof text);
    send_message(fd, peer_sasl_result(server->last.id, LDAP_SASL_BIND_IN_PROGRESS, text));
    if (read_bind(server, fd))
        send_message(fd, peer_sasl_result(server->last.id, LDAP_SUCCESS,
                                          "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    wait_for_end(server, fd);
}

static void go_on_for_ever(struct server *server, int fd)
{
    char text[512];

    while (read_bind(server, fd)) {
        if (strstr(server->last.credentials, "n=proxy"))
            first_answer(&server->last, text, sizeof text);
        send_message(fd, peer_sasl_result(server->last.id, LDAP_SASL_BIND_IN_PROGRESS, text));
    }
}

static void talk_nonsense(struct server *server, int fd)
{
    while (read_bind(server, fd))
        send_message(fd, peer_sasl_result(server->last.id, LDAP_SASL_BIND_IN_PROGRESS, "r=,s,i"));
}

static serve_fn *const impostors[] = {agree_at_once, agree_half_way, sign_by_chance, go_on_for_ever,
                                      talk_nonsense};
enum { IMPOSTORS = sizeof impostors / sizeof impostors[0] };

START_TEST(a_server_that_does_not_know_the_password)
{
    struct rig rig = {.server.serve = impostors[_i]};

    prepare(&rig);
    expect(&rig, SETUP_SERVER, "service bind");
    end_rig(&rig);
    ck_assert_str_eq(seen.mechanism, "SCRAM-SHA-256");
    ck_assert_msg(!strstr(seen.credentials, "pencil"), "the password was sent");
}
END_TEST

START_TEST(half_an_exchange_is_named)
{
    struct rig rig = {.server.serve = agree_half_way};

    prepare(&rig);
    expect_words(&rig, "before it had proved who it is");
    end_rig(&rig);
}
END_TEST

static void say_nothing(struct server *server, int fd)
{
    wait_for_end(server, fd);
}

static void first_and_silence(struct server *server, int fd)
{
    char text[512];

    if (!read_bind(server, fd))
        return;
    first_answer(&server->last, text, sizeof text);
    send_message(fd, peer_sasl_result(server->last.id, LDAP_SASL_BIND_IN_PROGRESS, text));
    wait_for_end(server, fd);
}

START_TEST(silence_ends_at_the_deadline)
{
    struct rig rig = {.server.serve = _i == 0 ? say_nothing : first_and_silence};

    rig.plan.timeout_ms = _i == 0 ? SILENT_MS : LATER_SILENT_MS;
    prepare(&rig);
    expect(&rig, SETUP_SERVER, "service bind");
    expect_words(&rig, "no answer within");
    expect_idle(&rig);
    end_rig(&rig);
}
END_TEST

/* ---- result codes, as for a simple bind ---- */

static const struct {
    int code;
    enum setup_outcome outcome;
    const char *words;
} codes[] = {
    {LDAP_INVALID_CREDENTIALS, SETUP_CREDENTIAL, "password"},
    {LDAP_AUTH_METHOD_NOT_SUPPORTED, SETUP_SERVER, "--sasl-mech"},
    {LDAP_INAPPROPRIATE_AUTH, SETUP_SERVER, "--sasl-mech"},
    {LDAP_STRONG_AUTH_REQUIRED, SETUP_SERVER, "--starttls"},
    {LDAP_CONFIDENTIALITY_REQUIRED, SETUP_SERVER, "--starttls"},
    {LDAP_UNWILLING_TO_PERFORM, SETUP_SERVER, "(53)"},
    {LDAP_BUSY, SETUP_SERVER, "(51)"},
    {LDAP_INSUFFICIENT_ACCESS, SETUP_SERVER, "(50)"},
};
enum { CODES = sizeof codes / sizeof codes[0] };

START_TEST(a_code)
{
    struct rig rig = {.server = {.serve = answer_all, .code = codes[_i].code}};

    prepare(&rig);
    expect(&rig, codes[_i].outcome, "service bind");
    expect_words(&rig, codes[_i].words);
    end_rig(&rig);
}
END_TEST

/* ---- what is not sent at all ---- */

START_TEST(in_clear_to_elsewhere)
{
    struct rig rig = {.server.serve = say_nothing, .dialler.far = true};

    prepare(&rig);
    expect(&rig, SETUP_LOCAL, "cleartext");
    end_rig(&rig);
    ck_assert_uint_eq(rig.server.bytes, 0);
}
END_TEST

START_TEST(external_without_an_identity)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};

    rig.plan.sasl_mech = "EXTERNAL";
    run_rig(&rig);
    expect(&rig, SETUP_SERVER, "service bind");
    expect_words(&rig, "ldapi:// or a client certificate");
    end_rig(&rig);
}
END_TEST

START_TEST(a_mechanism_that_this_machine_does_not_have)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};

    rig.plan.sasl_mech = "SCRAM-MD2";
    run_rig(&rig);
    expect(&rig, SETUP_LOCAL, "SASL");
    expect_words(&rig, "SCRAM-MD2");
    ck_assert_uint_eq(rig.dialler.dials, 0);
    end_rig(&rig);
}
END_TEST

START_TEST(bind_connections_need_no_proof)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_BIND};

    rig.plan.sasl_mech = "GSSAPI";
    rig.plan.bind_keytab = "/no/such/keytab";
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    end_rig(&rig);
}
END_TEST

/* ---- whose, for the log and the guard ---- */

START_TEST(what_proves_the_account)
{
    struct setup_plan plan = {.bind_dn = "cn=proxy", .bind_password_file = "/secret"};

    ck_assert_str_eq(setup_account(&plan), "cn=proxy");
    ck_assert_str_eq(setup_secret_file(&plan), "/secret");
    plan = (struct setup_plan){
        .sasl_mech = "SCRAM-SHA-1", .sasl_user = "proxy", .bind_password_file = "/secret"};
    ck_assert_str_eq(setup_account(&plan), "proxy");
    ck_assert_str_eq(setup_secret_file(&plan), "/secret");
    plan = (struct setup_plan){.sasl_mech = "GSSAPI", .bind_keytab = "/keytab"};
    ck_assert_str_eq(setup_account(&plan), "/keytab");
    ck_assert_str_eq(setup_secret_file(&plan), "/keytab");
    plan.bind_principal = "svc";
    ck_assert_str_eq(setup_account(&plan), "svc");
    plan = (struct setup_plan){.sasl_mech = "EXTERNAL"};
    ck_assert_str_eq(setup_account(&plan), "EXTERNAL");
    ck_assert_ptr_null(setup_secret_file(&plan));
    plan = (struct setup_plan){0};
    ck_assert_str_eq(setup_account(&plan), "anonymous");
    ck_assert_ptr_null(setup_secret_file(&plan));
}
END_TEST

static bool has_scram(void)
{
    struct why why = {{0}};

    tls_prepare_process();
    return sasl_bind_possible("SCRAM-SHA-256", &why);
}

Suite *suite(void)
{
    Suite *made = suite_create("sasl_bind");
    TCase *scram = tcase_create("SCRAM");
    TCase *others = tcase_create("others");

    password = secret_copy("pencil", 6);
    if (has_scram()) {
        tcase_add_loop_test(scram, a_server_that_does_not_know_the_password, 0, IMPOSTORS);
        tcase_add_test(scram, half_an_exchange_is_named);
        tcase_add_loop_test(scram, silence_ends_at_the_deadline, 0, 2);
        tcase_add_loop_test(scram, a_code, 0, CODES);
        tcase_add_test(scram, in_clear_to_elsewhere);
        tcase_set_timeout(scram, 60);
        suite_add_tcase(made, scram);
        tcase_add_test(others, external_without_an_identity);
        tcase_add_test(others, a_mechanism_that_this_machine_does_not_have);
    }
    tcase_add_test(others, bind_connections_need_no_proof);
    tcase_add_test(others, what_proves_the_account);
    tcase_set_timeout(others, 60);
    suite_add_tcase(made, others);
    return made;
}
