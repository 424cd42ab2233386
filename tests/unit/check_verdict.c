/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/verdict.c. The tables are written from docs/architecture.md (what each
 * result code means for a login) and RFC 4511 section 4.1.9, in numbers and not in libldap's names.
 */
#include <config.h>

#include "helpers/directory/verdict.h"

#include <check.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

Suite *suite(void);

/* All codes that a byte can hold, and some that libldap gives by itself (negative) or nobody. */
enum { FIRST_CODE = -20, END_CODE = 256 };

static bool is_one_of(int code, const int *codes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (codes[i] == code)
            return true;
    return false;
}

#define IS_ONE_OF(code, ...)                                                                       \
    is_one_of(code, (const int[]){__VA_ARGS__}, sizeof(const int[]){__VA_ARGS__} / sizeof(int))

START_TEST(the_users_bind)
{
    for (int code = FIRST_CODE; code < END_CODE; code++) {
        enum verdict want = VERDICT_UNAVAILABLE;

        if (code == 0)
            want = VERDICT_OK;
        else if (IS_ONE_OF(code, 49, 48, 32, 34, 19, 53, 50))
            want = VERDICT_DENIED;
        ck_assert_msg(verdict_of_bind(code) == want, "code %d", code);
    }
    ck_assert_int_eq(verdict_of_bind(INT_MAX), VERDICT_UNAVAILABLE);
    ck_assert_int_eq(verdict_of_bind(INT_MIN), VERDICT_UNAVAILABLE);
}
END_TEST

START_TEST(a_search_below_the_configured_base)
{
    for (int code = FIRST_CODE; code < END_CODE; code++) {
        enum verdict none = code == 0 ? VERDICT_DENIED : VERDICT_UNAVAILABLE;
        enum verdict one = code == 0   ? VERDICT_OK
                           : code == 4 ? VERDICT_DENIED
                                       : VERDICT_UNAVAILABLE;

        ck_assert_msg(verdict_of_search(code, 0, true) == none, "code %d", code);
        ck_assert_msg(verdict_of_search(code, 1, true) == one, "code %d", code);
        ck_assert_msg(verdict_of_search(code, 2, true) == VERDICT_DENIED, "code %d", code);
        ck_assert_msg(verdict_of_search(code, UINT_MAX, true) == VERDICT_DENIED, "code %d", code);
    }
}
END_TEST

START_TEST(a_search_at_a_dn_made_of_the_name)
{
    for (int code = FIRST_CODE; code < END_CODE; code++) {
        bool no_such_user = code == 32 || code == 34;
        enum verdict none = code == 0 || no_such_user ? VERDICT_DENIED : VERDICT_UNAVAILABLE;
        enum verdict one = code == 0                   ? VERDICT_OK
                           : code == 4 || no_such_user ? VERDICT_DENIED
                                                       : VERDICT_UNAVAILABLE;

        ck_assert_msg(verdict_of_search(code, 0, false) == none, "code %d", code);
        ck_assert_msg(verdict_of_search(code, 1, false) == one, "code %d", code);
        ck_assert_msg(verdict_of_search(code, 2, false) == VERDICT_DENIED, "code %d", code);
    }
}
END_TEST

START_TEST(a_comparison)
{
    for (int code = FIRST_CODE; code < END_CODE; code++) {
        enum verdict want = VERDICT_UNAVAILABLE;

        if (code == 6)
            want = VERDICT_OK;
        else if (IS_ONE_OF(code, 5, 16, 32))
            want = VERDICT_DENIED;
        ck_assert_msg(verdict_of_compare(code) == want, "code %d", code);
    }
}
END_TEST

START_TEST(the_servers_health)
{
    for (int code = FIRST_CODE; code < END_CODE; code++)
        ck_assert_msg(verdict_hurts_server(code) == IS_ONE_OF(code, 51, 52, 80), "code %d", code);
}
END_TEST

START_TEST(advice)
{
    for (int code = FIRST_CODE; code < END_CODE; code++) {
        const char *text = verdict_advice(code, NULL);

        if (!text)
            continue;
        ck_assert_uint_gt(strlen(text), 10);
        ck_assert_uint_lt(strlen(text), 200);
        ck_assert_int_ne(text[strlen(text) - 1], '.');
    }
    ck_assert_ptr_null(verdict_advice(0, NULL));
    for (int i = 0; i < 2; i++) {
        const char *text = verdict_advice(i ? 8 : 13, i ? "" : NULL);

        ck_assert_ptr_nonnull(strstr(text, "the server wants TLS"));
        ck_assert_ptr_nonnull(strstr(text, "--starttls"));
    }
    ck_assert_ptr_nonnull(strstr(verdict_advice(10, NULL), "--uri"));
    ck_assert_ptr_nonnull(strstr(verdict_advice(32, "some text"), "--base"));
}
END_TEST

/* The texts of Samba 4.17 and of Windows Server, for binds that are not protected as they want. */
START_TEST(advice_about_protection)
{
    static const struct {
        int code;
        const char *diagnostic;
        const char *helps;
    } said[] = {
        {8, "BindSimple: Transport encryption required.", "--starttls"},
        {8,
         "00002028: LdapErr: DSID-0C090202, comment: The server requires binds to turn on "
         "integrity checking if SSL\\TLS are not already active on the connection, data 0, v3839",
         "--starttls"},
        {8, "SASL:[GSSAPI]: Sign or Seal are required.", "neither --starttls nor --sasl-in-tls"},
        {8, "SASL:[GSS-SPNEGO]: not allowed if TLS is used.", "neither --starttls nor"},
        {53, "SASL:[GSSAPI]: Sign or Seal are not allowed if TLS is used", "or --sasl-in-tls"},
        {49,
         "80090346: LdapErr: DSID-0C090597, comment: AcceptSecurityContext error, data "
         "80090346, v4563",
         "channel binding"},
        {49,
         "80090311: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 51f, v1db1",
         "could not try the password"},
    };

    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        const char *text = verdict_advice(said[i].code, said[i].diagnostic);

        ck_assert_ptr_nonnull(text);
        ck_assert_msg(strstr(text, said[i].helps) != NULL, "%s", text);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("verdict");
    TCase *tc = tcase_create("verdict");

    tcase_add_test(tc, the_users_bind);
    tcase_add_test(tc, a_search_below_the_configured_base);
    tcase_add_test(tc, a_search_at_a_dn_made_of_the_name);
    tcase_add_test(tc, a_comparison);
    tcase_add_test(tc, the_servers_health);
    tcase_add_test(tc, advice);
    tcase_add_test(tc, advice_about_protection);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return s;
}
