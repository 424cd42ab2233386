/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/pam/outcome.c. The expected verdicts are read off pam(3), pam_authenticate(3)
 * and pam_acct_mgmt(3): what they say of the user is a refusal, what they say of the system is
 * trouble. The words are those that basic-ldap.8 has.
 */
#include <config.h>

#include "helpers/pam/outcome.h"

#include <check.h>
#include <stddef.h>
#include <string.h>

#include <security/pam_appl.h>

Suite *suite(void);

/* As Linux-PAM numbers them. */
enum { CODES = PAM_INCOMPLETE + 1 };

static const struct {
    int code;
    const char *word;   /* told behind a right password, by account management */
    const char *before; /* by authentication, behind a password that was asked for */
} of_the_user[] = {
    {PAM_PERM_DENIED, "denied", NULL},
    {PAM_AUTH_ERR, "denied", NULL},
    {PAM_USER_UNKNOWN, "denied", NULL},
    {PAM_MAXTRIES, "locked", "locked"},
    {PAM_NEW_AUTHTOK_REQD, "must-change", "must-change"},
    {PAM_ACCT_EXPIRED, "account-expired", NULL},
    {PAM_CRED_EXPIRED, "expired", "expired"},
    {PAM_AUTHTOK_EXPIRED, "expired", "expired"},
};

enum { OF_THE_USER = sizeof of_the_user / sizeof *of_the_user };

static bool is_of_the_user(int code)
{
    for (size_t i = 0; i < OF_THE_USER; i++)
        if (of_the_user[i].code == code)
            return true;
    return false;
}

static void assert_denied(struct outcome outcome, const char *word)
{
    ck_assert_int_eq(outcome.verdict, OUTCOME_DENIED);
    ck_assert_pstr_eq(outcome.word, word);
    ck_assert_int_eq(outcome.reason != NULL, word != NULL);
}

START_TEST(success_is_ok)
{
    ck_assert_int_eq(outcome_of(OUTCOME_AUTHENTICATION, PAM_SUCCESS, true).verdict, OUTCOME_OK);
    ck_assert_int_eq(outcome_of(OUTCOME_ACCOUNT, PAM_SUCCESS, false).verdict, OUTCOME_OK);
    ck_assert_ptr_null(outcome_of(OUTCOME_ACCOUNT, PAM_SUCCESS, true).word);
}
END_TEST

START_TEST(what_pam_says_of_the_user)
{
    for (size_t i = 0; i < OF_THE_USER; i++) {
        int code = of_the_user[i].code;

        assert_denied(outcome_of(OUTCOME_ACCOUNT, code, true), of_the_user[i].word);
        assert_denied(outcome_of(OUTCOME_AUTHENTICATION, code, true), of_the_user[i].before);
    }
}
END_TEST

/* PAM_MUST_FAIL_CODE of libpam's pam_private.h, for lines that it does not understand. */
START_TEST(what_libpam_says_by_itself_is_doubtful)
{
    for (int code = 0; code < CODES; code++) {
        bool libpams = code == PAM_PERM_DENIED;

        ck_assert(outcome_of(OUTCOME_AUTHENTICATION, code, false).doubtful == libpams);
        ck_assert(outcome_of(OUTCOME_AUTHENTICATION, code, true).doubtful == libpams);
        ck_assert(!outcome_of(OUTCOME_ACCOUNT, code, true).doubtful);
        ck_assert(!outcome_of(OUTCOME_START, code, false).doubtful);
    }
}
END_TEST

/* Whoever has shown no password learns nothing, but that an account is locked. */
START_TEST(nothing_is_told_to_strangers)
{
    for (size_t i = 0; i < OF_THE_USER; i++) {
        int code = of_the_user[i].code;
        const char *word = code == PAM_MAXTRIES ? "locked" : NULL;

        assert_denied(outcome_of(OUTCOME_ACCOUNT, code, false), word);
        assert_denied(outcome_of(OUTCOME_AUTHENTICATION, code, false), word);
    }
}
END_TEST

static void assert_trouble(struct outcome outcome)
{
    ck_assert_int_eq(outcome.verdict, OUTCOME_UNAVAILABLE);
    ck_assert_ptr_nonnull(outcome.reason);
    ck_assert_ptr_null(outcome.word);
}

START_TEST(all_else_is_trouble)
{
    static const int strange[] = {-1, CODES, 1000, -2147483647 - 1, 2147483647};

    for (int code = 0; code < CODES; code++) {
        if (code == PAM_SUCCESS || is_of_the_user(code))
            continue;
        assert_trouble(outcome_of(OUTCOME_AUTHENTICATION, code, true));
        assert_trouble(outcome_of(OUTCOME_ACCOUNT, code, false));
    }
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
        assert_trouble(outcome_of(OUTCOME_ACCOUNT, strange[i], true));
        ck_assert_str_eq(outcome_code_name(strange[i]), "an unknown code");
    }
}
END_TEST

/* Before there is a module to ask nothing is about the user. */
START_TEST(a_start_that_fails_is_trouble)
{
    for (int code = 1; code < CODES; code++)
        assert_trouble(outcome_of(OUTCOME_START, code, false));
}
END_TEST

START_TEST(codes_have_their_names)
{
    ck_assert_str_eq(outcome_code_name(PAM_SUCCESS), "PAM_SUCCESS");
    ck_assert_str_eq(outcome_code_name(PAM_AUTHINFO_UNAVAIL), "PAM_AUTHINFO_UNAVAIL");
    ck_assert_str_eq(outcome_code_name(PAM_INCOMPLETE), "PAM_INCOMPLETE");
    for (int code = 0; code < CODES; code++)
        ck_assert_int_eq(strncmp(outcome_code_name(code), "PAM_", 4), 0);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("pam_outcome");
    TCase *tc = tcase_create("pam_outcome");

    tcase_add_test(tc, success_is_ok);
    tcase_add_test(tc, what_pam_says_of_the_user);
    tcase_add_test(tc, what_libpam_says_by_itself_is_doubtful);
    tcase_add_test(tc, nothing_is_told_to_strangers);
    tcase_add_test(tc, all_else_is_trouble);
    tcase_add_test(tc, a_start_that_fails_is_trouble);
    tcase_add_test(tc, codes_have_their_names);
    suite_add_tcase(s, tc);
    return s;
}
