/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/user_options.c: what is refused at start-up (exit 2) names the option
 * and what would be right; what follows from what was said.
 */
#include <config.h>

#include "helpers/directory/user_options.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/facts.h"

Suite *suite(void);

static char base[] = "DC=corp,DC=example,DC=com";
static char domain[] = "corp.example.com";

#define SAY(text) ((char[]){text})

static struct user_options options_with_presets(void)
{
    static char forms[100];
    struct user_options options;

    ck_assert(user_options_init(&options));
    snprintf(forms, sizeof forms, "%s", options.login_names);
    free(options.login_names);
    options.login_names = forms;
    return options;
}

static bool check(struct user_options *options, bool ad, struct why *why)
{
    struct directory_options directory = {.base = base, .domain = ad ? domain : NULL};

    return user_options_check(options, &directory, why);
}

START_TEST(presets)
{
    struct user_options options = options_with_presets();
    struct why why = {""};

    ck_assert(check(&options, true, &why));
    ck_assert_uint_eq(options.names, NAME_SAM | NAME_UPN | NAME_DOWN_LEVEL);
    ck_assert(!options.accept_aliases && !options.strip_realm);
    ck_assert(check(&options, false, &why));
}
END_TEST

START_TEST(forms)
{
    struct user_options options = options_with_presets();
    struct why why = {""};

    options.login_names = SAY("upn");
    ck_assert(check(&options, true, &why));
    ck_assert_uint_eq(options.names, NAME_UPN);
    options.login_names = SAY("down-level,sam");
    ck_assert(check(&options, true, &why));
    ck_assert_uint_eq(options.names, NAME_SAM | NAME_DOWN_LEVEL);
    for (size_t i = 0; i < 4; i++) {
        char *const bad[] = {SAY(""), SAY("sam,"), SAY("sam,email"), SAY("Sam")};

        options.login_names = bad[i];
        ck_assert(!check(&options, true, &why));
        ck_assert_ptr_nonnull(strstr(why.text, "--login-names"));
    }
}
END_TEST

START_TEST(refused)
{
    const struct {
        struct user_options said;
        bool ad;
        const char *word;
    } rows[] = {
        {{.charset = SAY("latin")}, true, "--charset: \"latin\""},
        {{.charset = SAY("CP1252//IGNORE")}, true, "--charset"},
        {{.login_attr = SAY("mail ")}, true, "--login-attr: \"mail \""},
        {{.login_attr = SAY("mail;lang-en")}, true, "--login-attr"},
        {{.login_attr = SAY("")}, true, "--login-attr"},
        {{.login_attr = SAY("mail")}, false, "--login-attr needs --directory ad"},
        {{.login_attr = SAY("mail"), .filter = SAY("(uid=%s)")}, true, "--login-attr"},
        {{.default_domain = SAY("@corp")}, true, "--default-domain"},
        {{.default_domain = SAY("CORP\\")}, true, "--default-domain"},
        {{.default_domain = SAY("")}, true, "--default-domain"},
        {{.default_domain = SAY("CORP")}, false, "--default-domain needs --directory ad"},
        {{.default_domain = SAY("CORP"), .user_attr = SAY("cn")}, true, "--default-domain"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct user_options options = rows[i].said;
        struct why why = {""};

        options.login_names = SAY("sam");
        ck_assert_msg(!check(&options, rows[i].ad, &why), "row %zu", i);
        ck_assert_msg(strstr(why.text, rows[i].word) != NULL, "row %zu: %s", i, why.text);
    }
}
END_TEST

START_TEST(dn_without_base)
{
    struct directory_options directory = {.domain = domain};
    struct user_options options = options_with_presets();
    struct why why = {""};

    ck_assert(user_options_check(&options, &directory, &why));
    options.user_attr = SAY("cn");
    ck_assert(!user_options_check(&options, &directory, &why));
    ck_assert_ptr_nonnull(strstr(why.text, "--base"));
    options.base = base;
    ck_assert(user_options_check(&options, &directory, &why));
}
END_TEST

START_TEST(charsets)
{
    struct user_options options = {0};

    ck_assert_str_eq(user_options_charset(&options, true), "CP1252");
    ck_assert_ptr_null(user_options_charset(&options, false));
    options.charset = SAY("KOI8-R");
    ck_assert_str_eq(user_options_charset(&options, true), "KOI8-R");
    ck_assert_str_eq(user_options_charset(&options, false), "KOI8-R");
    options.charset = SAY("utf-8");
    ck_assert_ptr_null(user_options_charset(&options, true));
    options.charset = SAY("UTF8");
    ck_assert_ptr_null(user_options_charset(&options, true));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("user_options");
    TCase *tc = tcase_create("user_options");

    tcase_add_test(tc, presets);
    tcase_add_test(tc, forms);
    tcase_add_test(tc, refused);
    tcase_add_test(tc, dn_without_base);
    tcase_add_test(tc, charsets);
    suite_add_tcase(s, tc);
    return s;
}
