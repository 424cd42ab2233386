/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/spn.c. What is a name is as spn.h says; service names of GSSAPI are
 * those of RFC 2743, section 4.1, names of Kerberos those of RFC 1964, section 2.1.1, with its
 * escapes.
 */
#include <config.h>

#include "helpers/kerberos/spn.h"

#include <check.h>
#include <string.h>

Suite *suite(void);

enum { NAMES_MAX = 4 };

static struct spn_rule *rule_of(const char *const *names, struct why *why)
{
    char *values[NAMES_MAX];
    struct option_list list = {.values = values};

    for (; names[list.count]; list.count++)
        values[list.count] = (char *)(uintptr_t)names[list.count]; /* NOLINT: nobody writes */
    return spn_rule_new(&list, why);
}

/* Whether the rule of NAMES takes PRINCIPAL. */
static bool takes(const char *const *names, const char *principal)
{
    struct why why = {""};
    struct spn_rule *rule = rule_of(names, &why);
    bool taken;

    ck_assert_msg(rule != NULL, "%s", why.text);
    taken = spn_rule_takes(rule, (struct pxa_span){principal, strlen(principal)});
    spn_rule_free(rule);
    return taken;
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
static const char *const none[] = {NULL};

START_TEST(any_http_by_default)
{
    ck_assert(takes(none, "HTTP/proxy.example.com@EXAMPLE.COM"));
    ck_assert(takes(none, "HTTP/10.0.0.1@OTHER.COM"));
    ck_assert(takes(none, "http/proxy.example.com@EXAMPLE.COM"));
    ck_assert(!takes(none, "HTTPS/proxy.example.com@EXAMPLE.COM"));
    ck_assert(!takes(none, "host/proxy.example.com@EXAMPLE.COM"));
    ck_assert(!takes(none, "PROXY$@EXAMPLE.COM"));
    ck_assert(!takes(none, "HTTP@EXAMPLE.COM"));
    ck_assert(!takes(none, "HTTP/@EXAMPLE.COM"));
    ck_assert(!takes(none, ""));
}
END_TEST

START_TEST(any_at_all)
{
    ck_assert(takes(NAMES("any"), "host/x@R"));
    ck_assert(takes(NAMES("GSS_C_NO_NAME"), "PROXY$@R"));
    ck_assert(takes(NAMES("gss_c_no_name"), "PROXY$@R"));
    ck_assert(takes(NAMES("HTTP/a", "any"), "host/x@R"));
}
END_TEST

START_TEST(a_name_of_kerberos)
{
    const char *const *names = NAMES("HTTP/proxy.example.com@EXAMPLE.COM");

    ck_assert(takes(names, "HTTP/proxy.example.com@EXAMPLE.COM"));
    ck_assert(takes(names, "HTTP/PROXY.Example.com@EXAMPLE.COM"));
    ck_assert(!takes(names, "HTTP/proxy.example.com@example.com"));
    ck_assert(!takes(names, "HTTP/proxy.example.com@EXAMPLE.CO"));
    ck_assert(!takes(names, "HTTP/proxy.example.com"));
    ck_assert(!takes(names, "HTTP/proxy.example.co@EXAMPLE.COM"));
    ck_assert(!takes(names, "HTTP/proxy.example.com.@EXAMPLE.COM"));
    ck_assert(!takes(names, "host/proxy.example.com@EXAMPLE.COM"));
    ck_assert(!takes(names, "HTTP/proxy.example.com/x@EXAMPLE.COM"));
}
END_TEST

START_TEST(a_name_of_any_realm)
{
    const char *const *names = NAMES("HTTP/proxy.example.com");

    ck_assert(takes(names, "HTTP/proxy.example.com@A"));
    ck_assert(takes(names, "HTTP/proxy.example.com@B"));
    ck_assert(!takes(names, "HTTP/proxy@A"));
}
END_TEST

START_TEST(a_name_of_gssapi)
{
    ck_assert(takes(NAMES("HTTP@proxy.example.com"), "HTTP/proxy.example.com@A"));
    ck_assert(!takes(NAMES("HTTP@proxy.example.com"), "HTTP/proxy@A"));
    ck_assert(takes(NAMES("ldap"), "ldap/anything@A"));
    ck_assert(!takes(NAMES("ldap"), "HTTP/anything@A"));
}
END_TEST

START_TEST(one_of_several)
{
    const char *const *names = NAMES("HTTP/a", "HTTP@b", "squid/c@R");

    ck_assert(takes(names, "HTTP/a@R"));
    ck_assert(takes(names, "HTTP/b@R"));
    ck_assert(takes(names, "squid/c@R"));
    ck_assert(!takes(names, "squid/c@S"));
    ck_assert(!takes(names, "HTTP/c@R"));
}
END_TEST

/* A slash or an '@' behind a backslash is a part of a name. */
START_TEST(escapes)
{
    ck_assert(takes(NAMES("HTTP/a\\@b@R"), "HTTP/a\\@b@R"));
    ck_assert(!takes(NAMES("HTTP/a"), "HTTP/a\\@b@R"));
    ck_assert(!takes(none, "HTTP\\/a@R"));
    ck_assert(takes(none, "HTTP/a\\/b@R"));
}
END_TEST

static const char *const bad[] = {
    "",      "/",     "HTTP/",    "/host",    "HTTP/host@", "HTTP/a/b",
    "@host", "HTTP@", "HTTP/a b", "HTTP/a\n", "@",          "proxy.example.com",
};

START_TEST(no_names)
{
    struct why why = {""};

    ck_assert_ptr_null(rule_of(NAMES("HTTP/good", bad[_i]), &why));
    ck_assert_msg(strstr(why.text, "--spn") && strstr(why.text, "HTTP/proxy.example.com"), "%s",
                  why.text);
    ck_assert_msg(!strchr(bad[_i], 'o') || strstr(why.text, bad[_i]), "%s", why.text);
}
END_TEST

START_TEST(strict)
{
    static const struct {
        const char *names[NAMES_MAX];
        bool strict;
    } cases[] = {{{NULL}, false}, {{"any"}, false}, {{"HTTP/a"}, true}, {{"HTTP/a", "any"}, false}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct why why = {""};
        struct spn_rule *rule = rule_of(cases[i].names, &why);

        ck_assert_ptr_nonnull(rule);
        ck_assert_msg(spn_rule_is_strict(rule) == cases[i].strict, "case %zu", i);
        spn_rule_free(rule);
    }
    spn_rule_free(NULL);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("spn");
    TCase *tc = tcase_create("spn");

    tcase_add_test(tc, any_http_by_default);
    tcase_add_test(tc, any_at_all);
    tcase_add_test(tc, a_name_of_kerberos);
    tcase_add_test(tc, a_name_of_any_realm);
    tcase_add_test(tc, a_name_of_gssapi);
    tcase_add_test(tc, one_of_several);
    tcase_add_test(tc, escapes);
    tcase_add_loop_test(tc, no_names, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(tc, strict);
    suite_add_tcase(s, tc);
    return s;
}
