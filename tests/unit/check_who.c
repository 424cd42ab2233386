/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/who.c. Expected: RFC 1964, section 2.1.1 (escaping), RFC 8062 (the
 * anonymous principal), and what the options promise.
 */
#include <config.h>

#include <check.h>
#include <string.h>

#include "helpers/kerberos/mechanisms.h"
#include "helpers/kerberos/who.h"

Suite *suite(void);

static char first[] = "EXAMPLE.TEST";
static char second[] = "B";
static char *values[] = {first, second};
static const struct option_list listed = {values, 2};
static const struct option_list none;

enum rule_bits { STRIP = 1, LOCAL = 2, LISTED = 4, NTLM = 8, STRIP_DOMAIN = 16, LOCAL_NUL = 32 };

#define TEXT(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static const struct {
    struct pxa_span name;
    unsigned bits;
    const char *local; /* NULL: none */
    const char *user;  /* NULL: refused */
    const char *words; /* of the reason */
    struct pxa_span account;
} cases[] = {
    {TEXT("alice@EXAMPLE.TEST"), 0, NULL, "alice@EXAMPLE.TEST", NULL, {0}},
    {TEXT("alice@EXAMPLE.TEST"), STRIP, NULL, "alice", NULL, {0}},
    {TEXT("alice@EXAMPLE.TEST"), LISTED, NULL, "alice@EXAMPLE.TEST", NULL, {0}},
    {TEXT("alice@B"), LISTED | STRIP, NULL, "alice", NULL, {0}},
    {TEXT("alice@example.test"), LISTED, NULL, NULL, "realm", {0}},
    {TEXT("alice@EXAMPLE.TES"), LISTED, NULL, NULL, "realm", {0}},
    {TEXT("alice@EXAMPLE.TEST2"), LISTED, NULL, NULL, "realm", {0}},
    {TEXT("alice"), LISTED, NULL, NULL, "realm", {0}},
    {TEXT("alice"), STRIP, NULL, "alice", NULL, {0}},
    /* An '@' of the name is no realm's. */
    {TEXT("alice\\@EXAMPLE.TEST@C"), LISTED, NULL, NULL, "realm", {0}},
    {TEXT("alice\\@c@EXAMPLE.TEST"), LISTED | STRIP, NULL, "alice\\@c", NULL, {0}},
    {TEXT("alice\\\\@EXAMPLE.TEST"), LISTED | STRIP, NULL, "alice\\\\", NULL, {0}},
    {TEXT("alice\\\\\\@EXAMPLE.TEST"), LISTED, NULL, NULL, "realm", {0}},
    {TEXT("alice\\"), STRIP, NULL, "alice\\", NULL, {0}},
    {TEXT("host/x@EXAMPLE.TEST"), STRIP, NULL, "host/x", NULL, {0}},
    {TEXT("@EXAMPLE.TEST"), 0, NULL, NULL, "no user name", {0}},
    {TEXT(""), 0, NULL, NULL, "no user name", {0}},
    {TEXT("WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS"), 0, NULL, NULL, "anonymous", {0}},
    {TEXT("WELLKNOWN/ANONYMOUS@EXAMPLE.TEST"), STRIP, NULL, NULL, "anonymous", {0}},
    {TEXT("WELLKNOWN/ANONYMOUS2@B"), 0, NULL, "WELLKNOWN/ANONYMOUS2@B", NULL, {0}},
    {TEXT("WELLKNOWN/ANONYMOU@B"), 0, NULL, "WELLKNOWN/ANONYMOU@B", NULL, {0}},
    {TEXT("a\0b@EXAMPLE.TEST"), 0, NULL, NULL, "NUL", {0}},
    {TEXT("alice@EXAMPLE.TEST"), LOCAL, "al", "al", NULL, {0}},
    {TEXT("alice@EXAMPLE.TEST"), LOCAL | STRIP, "al", "al", NULL, {0}},
    {TEXT("alice@C"), LOCAL | LISTED, "al", NULL, "realm", {0}},
    {TEXT("alice@EXAMPLE.TEST"), LOCAL, NULL, NULL, "local name", {0}},
    /* Whoever maps names may give out any bytes. */
    {TEXT("alice@EXAMPLE.TEST"), LOCAL | LOCAL_NUL, NULL, NULL, "NUL", {0}},
    /* Realms are not for NTLM, nor domains for Kerberos: see the test. */
    {TEXT("B\\alice"), NTLM, NULL, "B\\alice", NULL, {0}},
    {TEXT("B\\alice"), NTLM | STRIP, NULL, "alice", NULL, {0}},
    {TEXT("b\\alice"), NTLM | LISTED, NULL, "b\\alice", NULL, {0}},
    {TEXT("C\\alice"), NTLM | LISTED, NULL, NULL, "domain", {0}},
    {TEXT("alice"), NTLM | LISTED, NULL, NULL, "domain", {0}},
    {TEXT("C\\alice@B"), NTLM | LISTED, NULL, NULL, "domain", {0}},
    {TEXT("B\\"), NTLM, NULL, NULL, "no user name", {0}},
    {TEXT("B\\alice"), NTLM | STRIP_DOMAIN, NULL, "alice", NULL, {0}},
    {TEXT("alice"), NTLM | STRIP_DOMAIN, NULL, "alice", NULL, {0}},
    {TEXT("alice@EXAMPLE.TEST"), STRIP_DOMAIN, NULL, "alice@EXAMPLE.TEST", NULL, {0}},
    {TEXT("B\\a\0b"), NTLM, NULL, NULL, "NUL", {0}},
    /* The PAC's account, whatever the ticket calls its user. */
    {TEXT("ALICE@EXAMPLE.TEST"), 0, NULL, "alice@EXAMPLE.TEST", NULL, TEXT("alice")},
    {TEXT("rob\\@c@EXAMPLE.TEST"), 0, NULL, "b o@EXAMPLE.TEST", NULL, TEXT("b o")},
    {TEXT("rob\\@c@EXAMPLE.TEST"), STRIP, NULL, "bob", NULL, TEXT("bob")},
    {TEXT("alice@B"), LISTED, NULL, "a\\@b\\/c\\\\@B", NULL, TEXT("a@b/c\\")},
    {TEXT("alice@C"), LISTED, NULL, NULL, "realm", TEXT("alice")},
    {TEXT("alice@B"), LOCAL, "al", "al", NULL, TEXT("alice")},
    {TEXT("alice@B"), 0, NULL, NULL, "NUL", TEXT("a\0b")},
};

/* What the administrator is told to look at, by a word of the reason. */
static const char *cure_of(const char *words)
{
    if (strcmp(words, "realm") == 0)
        return "--krb5-realm";
    if (strcmp(words, "domain") == 0)
        return "--ntlm-domain";
    return strcmp(words, "local name") == 0 ? "auth_to_local" : NULL;
}

static void expect_refusal(const struct who_refusal *refusal, const char *words)
{
    const char *cure = cure_of(words);

    ck_assert_msg(strstr(refusal->reason, words), "%s", refusal->reason);
    ck_assert((refusal->cure != NULL) == (cure != NULL));
    if (cure)
        ck_assert_msg(strstr(refusal->cure, cure), "%s", refusal->cure);
}

START_TEST(a_name)
{
    unsigned bits = cases[_i].bits;
    struct who_rule rule = {.realms = bits & LISTED && !(bits & NTLM) ? &listed : &none,
                            .domains = bits & LISTED && bits & NTLM ? &listed : &none,
                            .strip_realm = bits & STRIP,
                            .strip_domain = bits & STRIP_DOMAIN,
                            .local_name = bits & LOCAL};
    struct exchange_outcome outcome = {.result = EXCHANGE_DONE,
                                       .mechanism = bits & NTLM ? &mechanism_ntlm : &mechanism_krb5,
                                       .name = cases[_i].name,
                                       .local_name = {"a\0b", bits & LOCAL_NUL ? 3 : 0},
                                       .account = cases[_i].account};
    struct bytes user = {0};
    struct who_refusal refusal;
    bool in;

    if (cases[_i].local)
        outcome.local_name = (struct pxa_span){cases[_i].local, strlen(cases[_i].local)};
    in = who_is(&rule, &outcome, &user, &refusal);
    ck_assert(in == (cases[_i].user != NULL));
    if (in) {
        ck_assert_uint_eq(bytes_len(&user), strlen(cases[_i].user));
        ck_assert_mem_eq(user.at + user.start, cases[_i].user, bytes_len(&user));
    } else {
        ck_assert_uint_eq(bytes_len(&user), 0);
        expect_refusal(&refusal, cases[_i].words);
    }
    bytes_free(&user);
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("who");
    TCase *tests = tcase_create("who");

    tcase_add_loop_test(tests, a_name, 0, sizeof cases / sizeof *cases);
    suite_add_tcase(suite, tests);
    return suite;
}
