/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/tls_fault.c: which sentence is made of what the libraries say, and
 * whose trace goes where. Numbers are those of gnutls/gnutls.h, words those of libldap's and
 * OpenSSL's messages. Real handshakes are an e2e test.
 */
#include <config.h>

#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/tls.h"
#include "helpers/directory/tls_fault.h"

Suite *suite(void);

static LDAP *new_handle(void)
{
    LDAP *ld = NULL;

    ck_assert_int_eq(ldap_create(&ld), LDAP_SUCCESS);
    return ld;
}

/* ---- sentences ---- */

struct fault_case {
    const char *trace;
    const char *diagnostic;
    const char *says;
};

static const struct fault_case faults[] = {
    {"TLS: peer cert untrusted or revoked (0x42)", "(unknown error code)", "issuer is not among"},
    {"TLS: peer cert untrusted or revoked (0x82)", NULL, "issuer is not among"},
    {"TLS: peer cert untrusted or revoked (0x402)", NULL, "has expired"},
    {"TLS: peer cert untrusted or revoked (0x442)", NULL, "has expired"},
    {"TLS: peer cert untrusted or revoked (0x202)", NULL, "not valid yet"},
    {"TLS: peer cert untrusted or revoked (0x22)", NULL, "revoked"},
    {"TLS: peer cert untrusted or revoked (0x102)", NULL, "too weak"},
    {"TLS: peer cert untrusted or revoked (0x2)", NULL, "not trusted"},
    {"TLS: hostname (a.test) does not match common name in certificate (b.test).", NULL,
     "for another name"},
    {"TLS: unable to get common name from peer certificate.", NULL, "for another name"},
    {"", "TLS: hostname does not match name in peer certificate", "for another name"},
    {"", "TLS: unable to get CN from peer certificate", "for another name"},
    {"", "error:0A000086:SSL routines::certificate verify failed (certificate has expired)",
     "has expired"},
    {"", "certificate verify failed (certificate is not yet valid)", "not valid yet"},
    {"", "certificate verify failed (certificate revoked)", "revoked"},
    {"", "certificate verify failed (self-signed certificate in certificate chain)",
     "issuer is not among"},
    {"", "certificate verify failed (self signed certificate)", "issuer is not among"},
    {"", "certificate verify failed (unable to get local issuer certificate)",
     "issuer is not among"},
    {"", "certificate verify failed (CA signature digest algorithm too weak)", "too weak"},
    {"", "A TLS fatal alert has been received.", "--tls-min"},
    {"", "error:0A00042E:SSL routines::tlsv1 alert protocol version", "--tls-min"},
    {"TLS: something new", NULL, "TLS: something new"},
    {"", NULL, "no reason given"},
};
enum { FAULTS = sizeof faults / sizeof faults[0] };

START_TEST(each_fault_has_its_sentence)
{
    const struct fault_case *one = &faults[_i];
    struct tls_fault fault;
    struct why why = {{0}};
    LDAP *ld = new_handle();

    snprintf(fault.text, sizeof fault.text, "%s", one->trace);
    if (one->diagnostic)
        ck_assert_int_eq(ldap_set_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, one->diagnostic), 0);
    tls_fault_explain(&fault, ld, "dc1.example.test", "CA file /etc/ca.pem", &why);
    ck_assert_msg(strstr(why.text, one->says), "%s", why.text);
    ck_assert_msg(strstr(why.text, "dc1.example.test"), "the expected name: %s", why.text);
    ck_assert_msg(strstr(why.text, "CA file /etc/ca.pem"), "where the CAs are: %s", why.text);
    ldap_unbind_ext(ld, NULL, NULL);
}
END_TEST

/* ---- the trace ---- */

static int trace_level(void)
{
    int level = -1;

    ck_assert_int_eq(ldap_get_option(NULL, LDAP_OPT_DEBUG_LEVEL, &level), LDAP_OPT_SUCCESS);
    return level;
}

/* Makes libldap complain of FILE, in the calling thread. */
static void complain(const char *file)
{
    const int client = 0;
    LDAP *ld = NULL;

    if (ldap_create(&ld) != LDAP_SUCCESS)
        return;
    ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, file);
    ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client);
    ldap_unbind_ext(ld, NULL, NULL);
}

static void prepare(void)
{
    tls_prepare_process();
}

START_TEST(complaints_are_collected)
{
    struct tls_fault fault;

    tls_fault_begin(&fault);
    complain("/no/such/ca-one.pem");
    tls_fault_end(&fault);
    ck_assert_msg(strstr(fault.text, "/no/such/ca-one.pem"), "%s", fault.text);
    ck_assert_msg(!strchr(fault.text, '\n'), "one line: %s", fault.text);
}
END_TEST

START_TEST(nothing_is_collected_before_and_after)
{
    struct tls_fault fault;

    complain("/no/such/before.pem");
    tls_fault_begin(&fault);
    tls_fault_end(&fault);
    complain("/no/such/after.pem");
    ck_assert_str_eq(fault.text, "");
}
END_TEST

START_TEST(the_trace_is_off_afterwards)
{
    struct tls_fault fault;

    ck_assert_int_eq(trace_level(), 0);
    tls_fault_begin(&fault);
    ck_assert_msg(trace_level() == 1, "no level that shows packets");
    tls_fault_end(&fault);
    ck_assert_int_eq(trace_level(), 0);
}
END_TEST

START_TEST(too_many_lines_are_cut)
{
    struct tls_fault fault;

    memset(&fault, 'x', sizeof fault);
    tls_fault_begin(&fault);
    for (int i = 0; i < 100; i++)
        complain("/no/such/certificates/of/an/authority/with/a/name/that/is/rather/long.pem");
    tls_fault_end(&fault);
    ck_assert_uint_lt(strnlen(fault.text, sizeof fault.text), sizeof fault.text);
    ck_assert_ptr_nonnull(strstr(fault.text, "long.pem"));
}
END_TEST

/* ---- several threads ---- */

enum { THREADS = 4, ROUNDS = 50 };

struct collector {
    pthread_t thread;
    unsigned number;
    unsigned own;     /* rounds in which the own complaint came */
    unsigned strange; /* rounds in which another's came */
};

static void *collect_own(void *argument)
{
    struct collector *self = argument;
    char file[64];

    snprintf(file, sizeof file, "/no/such/of-thread-%u.pem", self->number);
    for (int i = 0; i < ROUNDS; i++) {
        struct tls_fault fault;

        tls_fault_begin(&fault);
        complain(file);
        tls_fault_end(&fault);
        self->own += strstr(fault.text, file) != NULL;
        for (unsigned other = 0; other < THREADS; other++) {
            snprintf(file, sizeof file, "/no/such/of-thread-%u.pem", other);
            self->strange += other != self->number && strstr(fault.text, file);
        }
        snprintf(file, sizeof file, "/no/such/of-thread-%u.pem", self->number);
    }
    return NULL;
}

START_TEST(each_thread_gets_its_own_trace)
{
    struct collector collectors[THREADS] = {0};

    complain("/no/such/first.pem"); /* libldap's TLS initialises itself, which is not for threads */
    for (unsigned i = 0; i < THREADS; i++) {
        collectors[i].number = i;
        ck_assert_int_eq(pthread_create(&collectors[i].thread, NULL, collect_own, &collectors[i]),
                         0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(collectors[i].thread, NULL), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        ck_assert_uint_eq(collectors[i].own, ROUNDS);
        ck_assert_uint_eq(collectors[i].strange, 0);
    }
    ck_assert_int_eq(trace_level(), 0);
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("tls_fault");
    TCase *sentences = tcase_create("sentences");
    TCase *trace = tcase_create("trace");

    tcase_add_loop_test(sentences, each_fault_has_its_sentence, 0, FAULTS);
    suite_add_tcase(made, sentences);
    tcase_add_checked_fixture(trace, prepare, NULL);
    tcase_add_test(trace, complaints_are_collected);
    tcase_add_test(trace, nothing_is_collected_before_and_after);
    tcase_add_test(trace, the_trace_is_off_afterwards);
    tcase_add_test(trace, too_many_lines_are_cut);
    tcase_add_test(trace, each_thread_gets_its_own_trace);
    suite_add_tcase(made, trace);
    return made;
}
