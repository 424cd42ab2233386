/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include <check.h>
#include <string.h>

#include "helpers/core/why.h"

Suite *suite(void);

START_TEST(formats_and_returns_false)
{
    struct why why;

    ck_assert(!why_set(&why, "%s, line %d", "x.conf", 7));
    ck_assert_str_eq(why.text, "x.conf, line 7");
    ck_assert(!why_set(NULL, "%s", "nobody listens"));
}
END_TEST

START_TEST(own_text_may_be_an_argument)
{
    struct why why;

    why_set(&why, "inner");
    why_set(&why, "outer: %s", why.text);
    ck_assert_str_eq(why.text, "outer: inner");
}
END_TEST

START_TEST(control_bytes_become_visible)
{
    struct why why;

    why_set(&why, "%s", "a\nb\x7f\x01\t\xc3\xa9\xff");
    ck_assert_str_eq(why.text, "a\\x0Ab\\x7F\\x01\\x09\xc3\xa9\xff");
}
END_TEST

/* 399 bytes fit. A character of LEN bytes that begins at AT and does not fit is left out whole. */
static void expect_cut(const char *character, size_t at, size_t expected_len)
{
    char long_text[600];
    struct why why;

    memset(long_text, 'a', sizeof long_text);
    memcpy(long_text + at, character, strlen(character));
    long_text[sizeof long_text - 1] = '\0';
    why_set(&why, "%s", long_text);
    ck_assert_uint_eq(strlen(why.text), expected_len);
    ck_assert_int_eq(strncmp(why.text, long_text, expected_len), 0);
}

START_TEST(is_cut_between_characters)
{
    expect_cut("a", 0, 399);
    expect_cut("\xc3\xa9", 397, 399);
    expect_cut("\xc3\xa9", 398, 398);
    expect_cut("\xe2\x82\xac", 396, 399);
    expect_cut("\xe2\x82\xac", 397, 397);
    expect_cut("\xe2\x82\xac", 398, 398);
    expect_cut("\xf0\x9f\x98\x80", 395, 399);
    expect_cut("\xf0\x9f\x98\x80", 396, 396);
    expect_cut("\xf0\x9f\x98\x80", 398, 398);
}
END_TEST

START_TEST(visible_bytes_are_not_cut)
{
    char text[400];
    struct why why;

    memset(text, 'a', sizeof text);
    text[396] = '\n'; /* needs four bytes, three are left */
    text[397] = '\0';
    why_set(&why, "%s", text);
    ck_assert_uint_eq(strlen(why.text), 396);
    text[395] = '\n';
    text[396] = '\0';
    why_set(&why, "%s", text);
    ck_assert_uint_eq(strlen(why.text), 399);
    ck_assert_str_eq(why.text + 395, "\\x0A");
}
END_TEST

START_TEST(not_utf8_survives_a_cut)
{
    char text[600];
    struct why why;

    memset(text, 0x80, sizeof text);
    text[sizeof text - 1] = '\0';
    why_set(&why, "%s", text);
    ck_assert_uint_ge(strlen(why.text), 395);
    ck_assert_uint_le(strlen(why.text), 399);
}
END_TEST

START_TEST(excerpts)
{
    char text[200];

    ck_assert_str_eq(why_excerpt("").text, "");
    memset(text, 'b', sizeof text);
    text[120] = '\0';
    ck_assert_str_eq(why_excerpt(text).text, text);
    text[120] = 'b';
    text[121] = '\0';
    ck_assert_uint_eq(strlen(why_excerpt(text).text), 123);
    ck_assert_str_eq(why_excerpt(text).text + 118, "bb...");
    memcpy(text + 119, "\xc3\xa9", 2);
    ck_assert_str_eq(why_excerpt(text).text + 117, "bb...");
}
END_TEST

Suite *suite(void)
{
    Suite *why = suite_create("why");
    TCase *tc = tcase_create("why");

    tcase_add_test(tc, formats_and_returns_false);
    tcase_add_test(tc, own_text_may_be_an_argument);
    tcase_add_test(tc, control_bytes_become_visible);
    tcase_add_test(tc, is_cut_between_characters);
    tcase_add_test(tc, visible_bytes_are_not_cut);
    tcase_add_test(tc, not_utf8_survives_a_cut);
    tcase_add_test(tc, excerpts);
    suite_add_tcase(why, tc);
    return why;
}
