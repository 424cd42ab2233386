/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/span.c and of pxa_name_is(). The classes are written down here once more as
 * RFC 9110 lists them, in sections 5.6.2 (tchar) and 11.2 (token68).
 */
#include <config.h>

#include "common/span.h"
#include "tests/unit/block.h"

Suite *suite(void);

static const char letters_and_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static bool is_one_of(int byte, const char *set)
{
    return byte != 0 && strchr(set, byte) != NULL;
}

START_TEST(classes_of_every_byte)
{
    for (int byte = 0; byte < 256; byte++) {
        bool plain = is_one_of(byte, letters_and_digits);

        ck_assert_int_eq(is_token_byte((char)byte), plain || is_one_of(byte, "!#$%&'*+-.^_`|~"));
        ck_assert_int_eq(is_token68_byte((char)byte), plain || is_one_of(byte, "-._~+/"));
        ck_assert_int_eq(is_blank((char)byte), byte == ' ' || byte == '\t');
        ck_assert_int_eq(is_control((char)byte), byte < 0x20 || byte == 0x7f);
    }
}
END_TEST

START_TEST(hex_digits_of_every_byte)
{
    static const char lower[] = "0123456789abcdef";
    static const char upper[] = "0123456789ABCDEF";

    for (int byte = 0; byte < 256; byte++) {
        int want = -1;

        for (int i = 0; i < 16; i++)
            if (byte == lower[i] || byte == upper[i])
                want = i;
        ck_assert_int_eq(hex_value((char)byte), want);
    }
}
END_TEST

START_TEST(runs_end_at_the_text)
{
    struct block text = block_of("ab\t  ", 5);

    ck_assert_uint_eq(token_len(block_span(text), 0), 2);
    ck_assert_uint_eq(token_len(block_span(text), 1), 1);
    ck_assert_uint_eq(token_len(block_span(text), 2), 0);
    ck_assert_uint_eq(token_len(block_span(text), 5), 0);
    ck_assert_uint_eq(token_len(block_span(text), 6), 0); /* behind the end */
    ck_assert_uint_eq(blanks_len(block_span(text), 0), 0);
    ck_assert_uint_eq(blanks_len(block_span(text), 2), 3);
    ck_assert_uint_eq(blanks_len(block_span(text), 6), 0);
    block_free(text);
}
END_TEST

START_TEST(finds_the_first_control_byte)
{
    for (int byte = 0; byte < 256; byte++) {
        char bytes[] = "ab?\x01";
        size_t fault_at = 99;
        struct block text;
        enum pxa_status status;

        bytes[2] = (char)byte;
        text = block_of(bytes, 4);
        status = find_control(block_span(text), &fault_at);
        ck_assert_int_eq(status, byte == 0 ? PXA_NUL : PXA_CONTROL);
        ck_assert_uint_eq(fault_at, byte < 0x20 || byte == 0x7f ? 2 : 3);
        fault_at = 99;
        ck_assert_int_eq(find_control(span_of(text.at, 2), &fault_at), PXA_OK);
        ck_assert_uint_eq(fault_at, 99);
        block_free(text);
    }
}
END_TEST

static const struct {
    const char *name;
    size_t len;
    const char *expected;
    bool same;
} names[] = {
    {"realm", 5, "realm", true}, {"REALM", 5, "realm", true},   {"realm", 5, "ReAlM", true},
    {"", 0, "", true},           {"", 0, "a", false},           {"a", 1, "", false},
    {"real", 4, "realm", false}, {"realms", 6, "realm", false}, {"realm\0", 6, "realm", false},
    {"rea\0m", 5, "rea", false}, {"realm", 5, "realn", false},  {"AZaz", 4, "azAZ", true},
    {"@", 1, "`", false},       /* beside the letters, 32 apart */
    {"[", 1, "{", false},       /* likewise */
    {"\xc4", 1, "\xe4", false}, /* letters of Latin-1 */
    {"-_", 2, "-_", true},
};
enum { NAME_COUNT = sizeof names / sizeof names[0] };

START_TEST(compares_names)
{
    struct block name = block_of(names[_i].name, names[_i].len);

    ck_assert_int_eq(pxa_name_is(block_span(name), names[_i].expected), names[_i].same);
    block_free(name);
}
END_TEST

START_TEST(compares_texts_exactly)
{
    struct block text = block_of("MD5", 3);

    ck_assert(span_is_text(block_span(text), "MD5"));
    ck_assert(!span_is_text(block_span(text), "md5"));
    ck_assert(!span_is_text(block_span(text), "MD"));
    ck_assert(!span_is_text(block_span(text), "MD5-"));
    ck_assert(span_is_text(span_of(NULL, 0), ""));
    block_free(text);
}
END_TEST

START_TEST(cuts)
{
    struct block text = block_of("abc", 3);
    struct pxa_span cut = span_cut(block_span(text), 1, 3);

    ck_assert_ptr_eq(cut.at, text.at + 1);
    ck_assert_uint_eq(cut.len, 2);
    ck_assert_uint_eq(span_cut(block_span(text), 2, 2).len, 0);
    ck_assert_uint_eq(span_cut(block_span(text), 3, 1).len, 0);
    block_free(text);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("span");
    TCase *tc = tcase_create("span");

    tcase_add_test(tc, classes_of_every_byte);
    tcase_add_test(tc, hex_digits_of_every_byte);
    tcase_add_test(tc, runs_end_at_the_text);
    tcase_add_test(tc, finds_the_first_control_byte);
    tcase_add_loop_test(tc, compares_names, 0, NAME_COUNT);
    tcase_add_test(tc, compares_texts_exactly);
    tcase_add_test(tc, cuts);
    suite_add_tcase(s, tc);
    return s;
}
