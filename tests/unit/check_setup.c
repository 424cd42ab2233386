/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/setup.c: what works, what a result code means, what is said in clear,
 * and several at once. What a server can do wrong is in check_setup_faults.c; TLS that works is an
 * e2e test.
 */
#include <config.h>

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "tests/unit/setup_bench.h"

Suite *suite(void);

/* libldap loses a list of priorities with each TLS context of a GnuTLS build. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:gnutls_priority_init\n";
}

/* ---- what works ---- */

START_TEST(an_anonymous_service_connection)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};

    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert(rig.setup.local);
    ck_assert(!rig.setup.tls_on);
    end_rig(&rig);
    ck_assert_uint_eq(rig.server.requests, 2); /* bind and unbind */
}
END_TEST

START_TEST(a_connection_for_binds_only_reads)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_BIND};

    rig.plan.bind_dn = "cn=service";
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert_uint_eq(rig.server.last.operation, LDAP_REQ_SEARCH);
    ck_assert_str_eq(rig.server.last.dn, "");
    end_rig(&rig);
}
END_TEST

START_TEST(the_service_account_is_named)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};
    struct secret *password = secret_copy("se\xc3\xa7ret", 7);

    rig.plan.bind_dn = "cn=service,dc=example,dc=test";
    rig.plan.bind_password = password;
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert_str_eq(rig.server.last.dn, "cn=service,dc=example,dc=test");
    ck_assert_str_eq(rig.server.last.password, "se\xc3\xa7ret");
    end_rig(&rig);
    secret_free(&password);
}
END_TEST

/* RFC 4513 5.1.1: without a name there is no password either. */
START_TEST(a_password_alone_is_not_sent)
{
    static const char *const names[] = {NULL, ""};

    for (int i = 0; i < 2; i++) {
        struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};
        struct secret *password = secret_copy("secret", 6);

        rig.plan.bind_dn = names[i];
        rig.plan.bind_password = password;
        rig.plan.bind_password_file = i > 0 ? "/no/such/secret" : NULL;
        run_rig(&rig);
        expect(&rig, SETUP_READY, NULL);
        ck_assert_uint_eq(rig.server.last.password_len, 0);
        ck_assert_str_eq(rig.server.last.dn, "");
        end_rig(&rig);
        secret_free(&password);
    }
}
END_TEST

static void write_secret(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

START_TEST(the_password_file_is_read_each_time)
{
    static const char *const passwords[] = {"first", "second"};
    char path[] = "check_setup.XXXXXX";

    close(mkstemp(path));
    for (int i = 0; i < 2; i++) {
        struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};

        write_secret(path, passwords[i]);
        rig.plan.bind_dn = "cn=service";
        rig.plan.bind_password_file = path;
        run_rig(&rig);
        expect(&rig, SETUP_READY, NULL);
        ck_assert_str_eq(rig.server.last.password, passwords[i]);
        end_rig(&rig);
    }
    unlink(path);
}
END_TEST

START_TEST(a_missing_password_file_is_trouble_of_ours)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};

    rig.plan.bind_dn = "cn=service";
    rig.plan.bind_password_file = "/no/such/secret";
    run_rig(&rig);
    expect(&rig, SETUP_LOCAL, "password file");
    expect_words(&rig, "/no/such/secret");
    ck_assert_uint_eq(rig.dialler.dials, 0);
    end_rig(&rig);
}
END_TEST

START_TEST(a_connection_for_binds_needs_no_password_file)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_BIND};

    rig.plan.bind_password_file = "/no/such/secret";
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    end_rig(&rig);
}
END_TEST

/* libldap 2.5 spins inside the TLS handshake of a silent server when it has one. */
START_TEST(network_timeout_is_off_whatever_the_environment_says)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_BIND};
    struct timeval *timeout = NULL;

    setenv("LDAPNETWORK_TIMEOUT", "7", 1);
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert_int_eq(ldap_get_option(rig.setup.ld, LDAP_OPT_NETWORK_TIMEOUT, &timeout), 0);
    ck_assert_msg(!timeout || timeout->tv_sec < 0, "it is set");
    ldap_memfree(timeout);
    end_rig(&rig);
}
END_TEST

/* ---- result codes (house rules: 49 is about the account, all others about the server) ---- */

struct code_case {
    int code;
    enum setup_outcome service;
    enum setup_outcome bind;
};

static const struct code_case codes[] = {
    {LDAP_SUCCESS, SETUP_READY, SETUP_READY},
    {LDAP_INVALID_CREDENTIALS, SETUP_CREDENTIAL, SETUP_READY},
    {LDAP_OPERATIONS_ERROR, SETUP_SERVER, SETUP_READY},
    {LDAP_STRONG_AUTH_REQUIRED, SETUP_SERVER, SETUP_READY},
    {LDAP_REFERRAL, SETUP_SERVER, SETUP_READY},
    {LDAP_CONFIDENTIALITY_REQUIRED, SETUP_SERVER, SETUP_READY},
    {LDAP_NO_SUCH_OBJECT, SETUP_SERVER, SETUP_READY},
    {LDAP_INSUFFICIENT_ACCESS, SETUP_SERVER, SETUP_READY},
    {LDAP_BUSY, SETUP_SERVER, SETUP_SERVER},
    {LDAP_UNAVAILABLE, SETUP_SERVER, SETUP_SERVER},
    {LDAP_UNWILLING_TO_PERFORM, SETUP_SERVER, SETUP_READY},
    {LDAP_OTHER, SETUP_SERVER, SETUP_SERVER},
    {-1, SETUP_SERVER, SETUP_SERVER},
    {12345, SETUP_SERVER, SETUP_READY},
};
enum { CODES = sizeof codes / sizeof codes[0] };

START_TEST(a_code_of_the_service_bind)
{
    struct rig rig = {.server = {.serve = answer_all, .code = codes[_i].code},
                      .purpose = PURPOSE_SERVICE};

    run_rig(&rig);
    expect(&rig, codes[_i].service, "service bind");
    end_rig(&rig);
}
END_TEST

START_TEST(a_code_of_the_root_entry)
{
    struct rig rig = {.server = {.serve = answer_all, .code = codes[_i].code},
                      .purpose = PURPOSE_BIND};

    run_rig(&rig);
    expect(&rig, codes[_i].bind, "root entry");
    end_rig(&rig);
}
END_TEST

START_TEST(a_server_that_wants_tls_is_said_to)
{
    struct rig rig = {.server = {.serve = answer_all, .code = LDAP_CONFIDENTIALITY_REQUIRED},
                      .purpose = PURPOSE_SERVICE};

    run_rig(&rig);
    expect_words(&rig, "TLS");
    end_rig(&rig);
}
END_TEST

/* ---- TLS and clear text ---- */

static void say_nothing(struct server *server, int fd)
{
    wait_for_end(server, fd);
}

START_TEST(starttls_that_is_refused_ends_it)
{
    static const int refusals[] = {LDAP_PROTOCOL_ERROR, LDAP_UNAVAILABLE, LDAP_UNWILLING_TO_PERFORM,
                                   LDAP_REFERRAL};
    struct rig rig = {.server = {.serve = answer_all, .code = refusals[_i]},
                      .purpose = PURPOSE_SERVICE};

    rig.plan.starttls = true;
    rig.plan.bind_dn = "cn=service";
    run_rig(&rig);
    expect(&rig, SETUP_SERVER, "StartTLS");
    end_rig(&rig);
    ck_assert_str_ne(rig.server.last.dn, "cn=service");
    ck_assert_msg(rig.server.requests <= 2, "StartTLS, and perhaps good-bye");
}
END_TEST

START_TEST(a_ca_file_that_cannot_be_read_is_trouble_of_ours)
{
    static char missing[] = "/no/such/ca.pem";
    struct rig rig = {.server.serve = answer_all, .transport = TRANSPORT_LDAPS};

    prepare_rig(&rig);
    tls_profile_free(rig.plan.tls);
    rig.options.ca_file = missing;
    rig.plan.tls = tls_profile_new(&rig.options);
    rig.setup = (struct setup){.plan = &rig.plan, .address = &rig.address};
    setup_run(&rig.setup);
    expect(&rig, SETUP_LOCAL, "TLS set-up");
    expect_words(&rig, missing);
    end_rig(&rig);
}
END_TEST

START_TEST(clear_text_to_elsewhere_is_refused_before_the_first_byte)
{
    struct rig rig = {
        .server.serve = say_nothing, .purpose = (enum purpose)_i, .dialler.far = true};

    run_rig(&rig);
    expect(&rig, SETUP_LOCAL, "cleartext");
    expect_words(&rig, "--allow-cleartext");
    end_rig(&rig);
    ck_assert_uint_eq(rig.server.bytes, 0);
}
END_TEST

START_TEST(clear_text_that_is_allowed_passes)
{
    struct rig rig = {.server.serve = answer_all, .dialler.far = true};

    rig.plan.cleartext_allowed = true;
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert(!rig.setup.local);
    end_rig(&rig);
}
END_TEST

/* Accepts StartTLS, then says nothing. */
static void agree_and_say_nothing(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        send_message(fd, good_answer(server));
        wait_for_end(server, fd);
    }
}

/* What the server sees of a password before TLS is on: nothing. */
START_TEST(nothing_is_said_before_tls)
{
    struct secret *password = secret_copy("secret", 6);
    uint64_t timeout_ms = LATER_SILENT_MS;
    struct rig rig;
    bool again;

    do {
        rig = (struct rig){
            .server.serve = agree_and_say_nothing, .purpose = PURPOSE_SERVICE, .dialler.far = true};
        rig.plan.timeout_ms = timeout_ms;
        rig.plan.starttls = true;
        rig.plan.bind_dn = "cn=service";
        rig.plan.bind_password = password;
        run_rig(&rig);
        again = ended_before(&rig, "TLS handshake");
        if (!again) {
            expect(&rig, SETUP_SERVER, "TLS handshake");
            expect_idle(&rig);
        }
        end_rig(&rig);
        timeout_ms *= 4;
    } while (again);
    ck_assert_uint_eq(rig.server.requests, 1);
    ck_assert_uint_eq(rig.server.last.operation, LDAP_REQ_EXTENDED);
    secret_free(&password);
}
END_TEST

/* ---- as jobs, several at once ---- */

enum { JOBS = 8, JOB_THREADS = 4 };

struct crowd {
    struct loop *loop;
    struct setup done[JOBS];
    unsigned count;
};

static void one_is_done(struct setup *setup)
{
    struct crowd *crowd = setup->context;

    crowd->done[crowd->count++] = *setup;
    setup->ld = NULL;
    setup->wire = NULL;
    free(setup);
    if (crowd->count == JOBS)
        loop_stop(crowd->loop);
}

/* One client is enough to keep a thread of the server busy, so each job has its own server. */
START_TEST(jobs_share_nothing_but_the_plan)
{
    static serve_fn *const scripts[] = {answer_all, close_at_once, echo, half_a_handshake};
    static struct rig rigs[JOBS];
    struct crowd crowd = {.loop = loop_open()};
    struct why why = {{0}};
    struct offload *offload = offload_open(crowd.loop, JOB_THREADS, &why);

    ck_assert_msg(offload, "%s", why.text);
    for (int i = 0; i < JOBS; i++) {
        rigs[i].server.serve = scripts[i % 4];
        if (i % 4 == 3) {
            rigs[i].transport = TRANSPORT_LDAPS;
            rigs[i].plan.timeout_ms = SILENT_MS;
        }
        prepare_rig(&rigs[i]);
    }
    for (int i = 0; i < JOBS; i++) {
        struct setup order = {.plan = &rigs[i % 4].plan,
                              .address = &rigs[i].address,
                              .purpose = (enum purpose)(i / 4 % 2),
                              .done = one_is_done,
                              .context = &crowd};

        ck_assert(setup_start(offload, &order));
    }
    loop_run(crowd.loop);
    for (int i = 0; i < JOBS; i++) {
        bool good =
            crowd.done[i].address == &rigs[0].address || crowd.done[i].address == &rigs[4].address;

        ck_assert_msg(crowd.done[i].outcome == (good ? SETUP_READY : SETUP_SERVER), "%s: %s",
                      crowd.done[i].address->uri, crowd.done[i].why.text);
        setup_discard(&crowd.done[i]);
    }
    ck_assert(offload_close(offload));
    loop_close(crowd.loop);
    for (int i = 0; i < JOBS; i++)
        end_rig(&rigs[i]);
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("setup");
    TCase *working = tcase_create("working");
    TCase *safe = tcase_create("safe");

    tcase_add_test(working, an_anonymous_service_connection);
    tcase_add_test(working, a_connection_for_binds_only_reads);
    tcase_add_test(working, the_service_account_is_named);
    tcase_add_test(working, a_password_alone_is_not_sent);
    tcase_add_test(working, the_password_file_is_read_each_time);
    tcase_add_test(working, a_missing_password_file_is_trouble_of_ours);
    tcase_add_test(working, a_connection_for_binds_needs_no_password_file);
    tcase_add_test(working, network_timeout_is_off_whatever_the_environment_says);
    tcase_add_loop_test(working, a_code_of_the_service_bind, 0, CODES);
    tcase_add_loop_test(working, a_code_of_the_root_entry, 0, CODES);
    tcase_add_test(working, a_server_that_wants_tls_is_said_to);
    tcase_add_test(working, jobs_share_nothing_but_the_plan);
    tcase_set_timeout(working, 60);
    suite_add_tcase(made, working);
    tcase_add_loop_test(safe, starttls_that_is_refused_ends_it, 0, 4);
    tcase_add_test(safe, a_ca_file_that_cannot_be_read_is_trouble_of_ours);
    tcase_add_loop_test(safe, clear_text_to_elsewhere_is_refused_before_the_first_byte, 0, 2);
    tcase_add_test(safe, clear_text_that_is_allowed_passes);
    tcase_add_test(safe, nothing_is_said_before_tls);
    tcase_set_timeout(safe, 60);
    suite_add_tcase(made, safe);
    return made;
}
