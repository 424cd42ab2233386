/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of negotiate-stub's options.c: what cannot be used, and the names in a challenge. A NetBIOS
 * name has at most 15 characters ([MS-NBTE] 2.2.1).
 */
#include <config.h>

#include "helpers/negotiate-stub/options.h"

#include <check.h>
#include <string.h>

Suite *suite(void);

static struct stub_names made(struct stub_options *options, const char *host)
{
    struct stub_names names;
    struct why why;

    ck_assert_msg(stub_names_make(options, host, &names, &why), "%s", why.text);
    return names;
}

START_TEST(from_the_host)
{
    static const struct {
        const char *host, *computer, *dns_name;
    } hosts[] = {
        {"proxy", "PROXY", "proxy"},
        {"proxy1.example.test", "PROXY1", "proxy1.example.test"},
        {"a-name-that-is-too-long.example.test", "A-NAME-THAT-IS-",
         "a-name-that-is-too-long.example.test"},
        {"", "PROXY", ""},
        {"\xc3\xbc", "PROXY", ""},
        {".x", "PROXY", ".x"},
    };

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct stub_options options = {0};
        struct stub_names names = made(&options, hosts[i].host);

        ck_assert_str_eq(names.computer, hosts[i].computer);
        ck_assert_str_eq(names.domain, hosts[i].computer);
        ck_assert_str_eq(names.dns_name, hosts[i].dns_name);
    }
}
END_TEST

START_TEST(from_the_options)
{
    char computer[] = "lab_1", dns_name[] = "lab.test";
    char dotted[] = "lab.test", domain[] = "lab", other[] = "other";
    char *values[] = {dotted, domain, other};
    struct stub_options options = {
        .computer = computer, .dns_name = dns_name, .domains = {values, 3}};
    struct stub_names names = made(&options, "host.example.test");

    ck_assert_str_eq(names.computer, "LAB_1");
    ck_assert_str_eq(names.domain, "LAB");
    ck_assert_str_eq(names.dns_name, "lab.test");
    dns_name[0] = '\0';
    ck_assert_str_eq(made(&options, "host.example.test").dns_name, "");
    options.domains.count = 1;
    ck_assert_str_eq(made(&options, "host.example.test").domain, "LAB_1");
}
END_TEST

START_TEST(refuses_what_is_no_name)
{
    char bad[] = "sixteen-letters-", dns_name[] = "a b";
    struct stub_options options = {.computer = bad};
    struct stub_names names;
    struct why why;

    ck_assert(!stub_names_make(&options, "host", &names, &why));
    ck_assert_ptr_nonnull(strstr(why.text, "--computer"));
    bad[15] = '\0';
    ck_assert(stub_names_make(&options, "host", &names, &why));
    bad[0] = '\0';
    ck_assert(!stub_names_make(&options, "host", &names, &why));
    options = (struct stub_options){.dns_name = dns_name};
    ck_assert(!stub_names_make(&options, "host", &names, &why));
    ck_assert_ptr_nonnull(strstr(why.text, "--dns-name"));
}
END_TEST

START_TEST(refuses_what_is_empty)
{
    char empty[] = "", named[] = "x";
    char *values[] = {named, empty};
    struct stub_options options = {.ntlm_file = named, .domains = {values, 1}};
    struct why why;

    ck_assert(stub_options_check(&options, &why));
    options.domains.count = 2;
    ck_assert(!stub_options_check(&options, &why));
    ck_assert_ptr_nonnull(strstr(why.text, "--ntlm-domain"));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("stub_names");
    TCase *tc = tcase_create("stub_names");

    tcase_add_test(tc, from_the_host);
    tcase_add_test(tc, from_the_options);
    tcase_add_test(tc, refuses_what_is_no_name);
    tcase_add_test(tc, refuses_what_is_empty);
    suite_add_tcase(s, tc);
    return s;
}
