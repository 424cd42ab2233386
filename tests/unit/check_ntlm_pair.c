/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/ntlm_pair.c. The list of [MS-NLMP] section 4.2.4 is taken from there, the
 * others are made by hand along section 2.2.2.1.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/vector.h"

Suite *suite(void);

static const char spec_pairs[] = "02000c00 44006f006d00610069006e00" /* "Domain" */
                                 "01000c00 530065007200760065007200" /* "Server" */
                                 "00000000 00000000";
enum { SPEC_END_AT = 32 };

static const struct {
    const char *hex;
    enum pxa_status status;
    size_t at, count;
} cases[] = {
    {"", PXA_END, 0, 0}, /* a message without any */
    {"00000000", PXA_END, 0, 0},
    {"00000000 01000000 00000000", PXA_END, 0, 0}, /* nothing counts behind the end */
    {"0000ffff", PXA_END, 0, 0},                   /* nor what the end has as a length */
    {"0a000000 00000000", PXA_END, 4, 1},
    {"ffff0100 61 00000000", PXA_END, 5, 1}, /* an id that nobody knows */
    {"00", PXA_BAD_NTLM_PAIRS, 0, 0},
    {"000000", PXA_BAD_NTLM_PAIRS, 0, 0},
    {"01000200 6100", PXA_BAD_NTLM_PAIRS, 6, 1}, /* no end */
    {"01000200 6100 000000", PXA_BAD_NTLM_PAIRS, 6, 1},
    {"01000300 6100", PXA_BAD_NTLM_PAIRS, 0, 0},
    {"0100ffff 6100 00000000", PXA_BAD_NTLM_PAIRS, 0, 0},
    {"01000200 6100 0200fcff 00000000", PXA_BAD_NTLM_PAIRS, 6, 1}, /* -4 in 16 bits */
};
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

/* Reads to the first status other than PXA_OK, which must come again. Returns it. */
static enum pxa_status walk(struct pxa_cursor *cursor, size_t *count)
{
    struct pxa_ntlm_pair pair;
    enum pxa_status status;
    size_t at;

    for (*count = 0; (status = pxa_ntlm_pair_next(cursor, &pair)) == PXA_OK; ++*count)
        ck_assert(pair.value.at >= cursor->text.at + 4 &&
                  pair.value.at + pair.value.len == cursor->text.at + cursor->at);
    at = cursor->at;
    for (int again = 0; again < 2; again++) {
        memset(&pair, BLOCK_FILL, sizeof pair);
        ck_assert_int_eq(pxa_ntlm_pair_next(cursor, &pair), status);
        ck_assert_uint_eq(cursor->at, at);
        ck_assert_uint_eq(pair.id + pair.value.len, 0);
    }
    return status;
}

START_TEST(of_the_specification)
{
    struct block list = vector_hex(spec_pairs);
    struct pxa_cursor cursor = {block_span(list), 0};
    struct pxa_ntlm_pair pair;
    size_t count;

    ck_assert_int_eq(pxa_ntlm_pair_next(&cursor, &pair), PXA_OK);
    ck_assert_uint_eq(pair.id, PXA_PAIR_DOMAIN);
    ck_assert(span_is(pair.value, "D\0o\0m\0a\0i\0n", 12));
    ck_assert_int_eq(pxa_ntlm_pair_next(&cursor, &pair), PXA_OK);
    ck_assert_uint_eq(pair.id, PXA_PAIR_COMPUTER);
    ck_assert(span_is(pair.value, "S\0e\0r\0v\0e\0r", 12));
    ck_assert_int_eq(walk(&cursor, &count), PXA_END);
    ck_assert_uint_eq(cursor.at, SPEC_END_AT);
    block_free(list);
}
END_TEST

START_TEST(cut_anywhere)
{
    struct block whole = vector_hex(spec_pairs);

    for (size_t len = 1; len < whole.len; len++) {
        struct block list = block_of(whole.at, len);
        struct pxa_cursor cursor = {block_span(list), 0};
        size_t count, whole_pairs = len / 16;
        enum pxa_status status = walk(&cursor, &count);

        ck_assert_int_eq(status, len < SPEC_END_AT + 4 ? PXA_BAD_NTLM_PAIRS : PXA_END);
        ck_assert_uint_eq(count, whole_pairs);
        ck_assert_uint_eq(cursor.at, whole_pairs * 16);
        block_free(list);
    }
    block_free(whole);
}
END_TEST

START_TEST(lists)
{
    struct block list = vector_hex(cases[_i].hex);
    struct pxa_cursor cursor = {block_span(list), 0};
    size_t count;

    ck_assert_int_eq(walk(&cursor, &count), cases[_i].status);
    ck_assert_uint_eq(cursor.at, cases[_i].at);
    ck_assert_uint_eq(count, cases[_i].count);
    block_free(list);
}
END_TEST

START_TEST(nothing)
{
    struct pxa_cursor cursor = {{NULL, 0}, 0};
    struct pxa_ntlm_pair pair;

    ck_assert_int_eq(pxa_ntlm_pair_next(&cursor, &pair), PXA_END);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("ntlm_pair");
    TCase *tc = tcase_create("ntlm_pair");

    tcase_add_test(tc, of_the_specification);
    tcase_add_test(tc, cut_anywhere);
    tcase_add_loop_test(tc, lists, 0, CASE_COUNT);
    tcase_add_test(tc, nothing);
    suite_add_tcase(s, tc);
    return s;
}
