/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/group-ldap/line.c. Lines are as Squid 5.7 writes them; what they mean is worked
 * out by hand from src/external_acl.cc and ext_ldap_group_acl of Squid.
 */
#include <config.h>

#include "helpers/core/field.h"
#include "helpers/group-ldap/line.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

/* What a line is read as: `user|base|group|group...`, blanks and all, or the verdict. */
static const char *read_as(const char *text, const struct group_line_rules *rules)
{
    static const char *const verdicts[] = {"read",    "NOBODY", "NO_GROUP",
                                           "NO_BASE", "MANY",   "NO_MEMORY"};
    static char shown[512];
    char *copy = strdup(text);
    struct group_line line;
    enum group_line_verdict verdict = group_line_read(copy, strlen(copy), rules, &line);
    int len;

    if (verdict == LINE_READ) {
        len = snprintf(shown, sizeof shown, "%.*s|%.*s", (int)line.user.len, line.user.at,
                       (int)line.base_extension.len,
                       line.base_extension.len ? line.base_extension.at : "");
        for (size_t i = 0; i < line.group_count; i++)
            len += snprintf(shown + len, sizeof shown - (size_t)len, "|%.*s",
                            (int)line.groups[i].len, line.groups[i].at);
        free(line.groups);
    } else {
        ck_assert_ptr_null(line.groups);
        snprintf(shown, sizeof shown, "%s", verdicts[verdict]);
    }
    free(copy);
    return shown;
}

static const struct group_line_rules usual;

START_TEST(user_and_groups)
{
    ck_assert_str_eq(read_as("alice staff", &usual), "alice||staff");
    ck_assert_str_eq(read_as("alice staff web%20users", &usual), "alice||staff|web users");
    ck_assert_str_eq(read_as("CORP%5Calice staff", &usual), "CORP\\alice||staff");
    ck_assert_str_eq(read_as("CORP\\alice staff", &usual), "CORP\\alice||staff");
    ck_assert_str_eq(read_as("j%C3%BCrgen gr%C3%BCppe", &usual), "j\xc3\xbcrgen||gr\xc3\xbcppe");
    ck_assert_str_eq(read_as("alice CN=Staff,%20all,OU=Groups", &usual),
                     "alice||CN=Staff, all,OU=Groups");
}
END_TEST

/* %DATA in the format leaves a blank at the end. */
START_TEST(blanks_around_fields_do_not_count)
{
    ck_assert_str_eq(read_as("alice staff ", &usual), "alice||staff");
    ck_assert_str_eq(read_as("alice  staff   web ", &usual), "alice||staff|web");
    ck_assert_str_eq(read_as(" alice staff", &usual), "alice||staff");
}
END_TEST

START_TEST(a_hyphen_is_no_value)
{
    ck_assert_str_eq(read_as("- staff", &usual), "NOBODY");
    ck_assert_str_eq(read_as("alice -", &usual), "NO_GROUP");
    ck_assert_str_eq(read_as("alice - ", &usual), "NO_GROUP");
    ck_assert_str_eq(read_as("alice - staff", &usual), "alice||staff");
    ck_assert_str_eq(read_as("alice --", &usual), "alice||--");
    ck_assert_str_eq(read_as("-a -b", &usual), "-a||-b");
}
END_TEST

START_TEST(lines_that_say_nothing)
{
    ck_assert_str_eq(read_as("", &usual), "NOBODY");
    ck_assert_str_eq(read_as("   ", &usual), "NOBODY");
    ck_assert_str_eq(read_as("alice", &usual), "NO_GROUP");
    ck_assert_str_eq(read_as("alice ", &usual), "NO_GROUP");
}
END_TEST

/* %LOGIN may hold any of these. */
START_TEST(what_is_no_escape_stays)
{
    ck_assert_str_eq(read_as("100% a%zz%41%4", &usual), "100%||a%zzA%4");
    ck_assert_str_eq(read_as("a%00b c%00", &usual), "a%00b||c%00");
    ck_assert_str_eq(read_as("a%%41 %", &usual), "a%A||%");
    ck_assert_str_eq(read_as("%c3%A4 x", &usual), "\xc3\xa4||x");
}
END_TEST

START_TEST(an_escaped_blank_or_hyphen_is_part_of_a_name)
{
    ck_assert_str_eq(read_as("two%20words a%20", &usual), "two words||a ");
    ck_assert_str_eq(read_as("%2D %2D", &usual), "-||-");
    ck_assert_str_eq(read_as("%20 %20", &usual), " || ");
}
END_TEST

START_TEST(a_raw_user_is_not_unescaped)
{
    const struct group_line_rules rules = {.login = LINE_LOGIN_RAW};

    ck_assert_str_eq(read_as("100%41 web%20users", &rules), "100%41||web users");
}
END_TEST

START_TEST(the_number_of_groups_says_where_the_user_ends)
{
    const struct group_line_rules one = {.login = LINE_LOGIN_RAW, .groups_count = 1};
    const struct group_line_rules two = {.login = LINE_LOGIN_RAW, .groups_count = 2};

    ck_assert_str_eq(read_as("two words staff", &one), "two words||staff");
    ck_assert_str_eq(read_as("two words staff ", &one), "two words||staff");
    ck_assert_str_eq(read_as("two words staff", &two), "two||words|staff");
    ck_assert_str_eq(read_as("a  b c d", &two), "a  b||c|d");
    ck_assert_str_eq(read_as(" a b", &one), " a||b");
    ck_assert_str_eq(read_as("a  b", &one), "a ||b");
    ck_assert_str_eq(read_as("alice staff", &two), "NOBODY");
    ck_assert_str_eq(read_as("staff", &one), "NOBODY");
    ck_assert_str_eq(read_as(" staff", &one), "NOBODY");
    ck_assert_str_eq(read_as("- staff", &one), "NOBODY");
    ck_assert_str_eq(read_as("", &one), "NOBODY");
    ck_assert_str_eq(read_as("alice -", &one), "NO_GROUP");
}
END_TEST

START_TEST(a_base_extension_stands_before_the_groups)
{
    const struct group_line_rules rules = {.base_extension = true};
    const struct group_line_rules counted = {.base_extension = true, .groups_count = 1};

    ck_assert_str_eq(read_as("alice ou=web,%20ou=x staff", &rules), "alice|ou=web, ou=x|staff");
    ck_assert_str_eq(read_as("alice - staff", &rules), "alice||staff");
    ck_assert_str_eq(read_as("alice ou=web", &rules), "NO_GROUP");
    ck_assert_str_eq(read_as("alice", &rules), "NO_BASE");
    ck_assert_str_eq(read_as("two words ou=web staff", &counted), "two words|ou=web|staff");
}
END_TEST

/* In this order: unescape, domain, realm. */
START_TEST(domains_and_realms_are_cut_off)
{
    const struct group_line_rules domain = {.strip_nt_domain = true};
    const struct group_line_rules realm = {.strip_kerberos_realm = true};
    const struct group_line_rules both = {.strip_nt_domain = true, .strip_kerberos_realm = true};

    ck_assert_str_eq(read_as("CORP%5Calice g", &domain), "alice||g");
    ck_assert_str_eq(read_as("A\\B\\alice g", &domain), "alice||g");
    ck_assert_str_eq(read_as("CORP/alice g", &domain), "alice||g");
    ck_assert_str_eq(read_as("CORP+alice g", &domain), "alice||g");
    ck_assert_str_eq(read_as("a+b/c g", &domain), "c||g");
    ck_assert_str_eq(read_as("a/b\\c+d g", &domain), "c+d||g");
    ck_assert_str_eq(read_as("alice\\ g", &domain), "alice\\||g");
    ck_assert_str_eq(read_as("a/b\\ g", &domain), "a/b\\||g");
    ck_assert_str_eq(read_as("alice@CORP@X g", &realm), "alice||g");
    ck_assert_str_eq(read_as("@CORP g", &realm), "NOBODY");
    ck_assert_str_eq(read_as("CORP\\alice@CORP g", &realm), "CORP\\alice||g");
    ck_assert_str_eq(read_as("CORP\\alice@CORP g", &both), "alice||g");
    ck_assert_str_eq(read_as("a@b\\c g", &both), "c||g");
}
END_TEST

static char *repeat(const char *piece, size_t count)
{
    size_t len = strlen(piece);
    char *text = malloc(len * count + 1);

    for (size_t i = 0; i < count; i++)
        memcpy(text + i * len, piece, len);
    text[len * count] = '\0';
    return text;
}

START_TEST(long_lines)
{
    char *user = repeat("u", FIELD_USER_MAX);
    char *groups = repeat(" g", LINE_GROUPS_MAX);
    char *text = malloc(3 * strlen(groups) + 2 * strlen(user));
    struct group_line line;

    sprintf(text, "%s%s", user, groups);
    ck_assert_int_eq(group_line_read(text, strlen(text), &usual, &line), LINE_READ);
    ck_assert_uint_eq(line.group_count, LINE_GROUPS_MAX);
    ck_assert_uint_eq(line.user.len, FIELD_USER_MAX);
    free(line.groups);
    sprintf(text, "%s%s g", user, groups);
    ck_assert_str_eq(read_as(text, &usual), "MANY");
    sprintf(text, "%su g", user);
    ck_assert_str_eq(read_as(text, &usual), "NOBODY");
    free(text);
    free(user);
    free(groups);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("group_line");
    TCase *tc = tcase_create("group_line");

    tcase_add_test(tc, user_and_groups);
    tcase_add_test(tc, blanks_around_fields_do_not_count);
    tcase_add_test(tc, a_hyphen_is_no_value);
    tcase_add_test(tc, lines_that_say_nothing);
    tcase_add_test(tc, what_is_no_escape_stays);
    tcase_add_test(tc, an_escaped_blank_or_hyphen_is_part_of_a_name);
    tcase_add_test(tc, a_raw_user_is_not_unescaped);
    tcase_add_test(tc, the_number_of_groups_says_where_the_user_ends);
    tcase_add_test(tc, a_base_extension_stands_before_the_groups);
    tcase_add_test(tc, domains_and_realms_are_cut_off);
    tcase_add_test(tc, long_lines);
    suite_add_tcase(s, tc);
    return s;
}
