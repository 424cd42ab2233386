/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/pac.c. The PACs are written by hand from [MS-PAC] sections 2.3 and 2.4;
 * of one, ms-pac-3.pac, the annotated dump in section 3 says what it holds.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/vector.h"

Suite *suite(void);

/* Two buffers, of 3 bytes at 40 and of 1 byte at 44, the second one first in the table. */
static const char two[] = "02000000 00000000"
                          "0a000000 01000000 2c00000000000000"
                          "ff000000 03000000 2800000000000000"
                          "616263 00 7a";
enum { TWO_LEN = 45, FIRST_AT = 8, SECOND_AT = 24, TABLE_END = 40 };

/* Reads to the first status other than PXA_OK, which must come again. Returns it. */
static enum pxa_status walk(struct pxa_cursor *cursor, size_t *count)
{
    struct pxa_pac_buffer buffer;
    enum pxa_status status;
    size_t at;

    for (*count = 0; (status = pxa_pac_next(cursor, &buffer)) == PXA_OK; ++*count)
        ck_assert(buffer.data.at >= cursor->text.at &&
                  buffer.data.at + buffer.data.len <= cursor->text.at + cursor->text.len);
    at = cursor->at;
    for (int again = 0; again < 2; again++) {
        memset(&buffer, BLOCK_FILL, sizeof buffer);
        ck_assert_int_eq(pxa_pac_next(cursor, &buffer), status);
        ck_assert_uint_eq(cursor->at, at);
        ck_assert_uint_eq(buffer.type, 0);
        ck_assert_uint_eq(buffer.data.len, 0);
    }
    return status;
}

START_TEST(two_buffers)
{
    struct block pac = vector_hex(two);
    struct pxa_cursor cursor = {block_span(pac), 0};
    struct pxa_pac_buffer buffer;
    size_t count;

    ck_assert_uint_eq(pac.len, TWO_LEN);
    ck_assert_int_eq(pxa_pac_next(&cursor, &buffer), PXA_OK);
    ck_assert_uint_eq(buffer.type, PXA_PAC_CLIENT_INFO);
    ck_assert(span_is(buffer.data, "z", 1));
    ck_assert_int_eq(pxa_pac_next(&cursor, &buffer), PXA_OK);
    ck_assert_uint_eq(buffer.type, 255);
    ck_assert(span_is(buffer.data, "abc", 3) && buffer.data.at == pac.at + TABLE_END);
    ck_assert_int_eq(walk(&cursor, &count), PXA_END);
    ck_assert_uint_eq(cursor.at, TABLE_END);
    block_free(pac);
}
END_TEST

START_TEST(of_the_specification)
{
    struct block pac = vector_file("pac/ms-pac-3.pac");
    static const struct {
        unsigned type;
        size_t at, len;
    } expected[] = {{1, 0x48, 0x4b0}, {10, 0x4f8, 0x12}, {6, 0x510, 0x14}, {7, 0x528, 0x14}};
    struct pxa_cursor cursor = {block_span(pac), 0};
    struct pxa_pac_buffer buffer;
    size_t count;

    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pxa_pac_next(&cursor, &buffer), PXA_OK);
        ck_assert_uint_eq(buffer.type, expected[i].type);
        ck_assert(buffer.data.at == pac.at + expected[i].at);
        ck_assert_uint_eq(buffer.data.len, expected[i].len);
    }
    ck_assert_int_eq(walk(&cursor, &count), PXA_END);
    block_free(pac);
}
END_TEST

START_TEST(no_buffers)
{
    struct block pac = vector_hex("00000000 00000000");
    struct pxa_cursor cursor = {block_span(pac), 0};
    size_t count;

    ck_assert_int_eq(walk(&cursor, &count), PXA_END);
    ck_assert_uint_eq(cursor.at, 8);
    block_free(pac);
}
END_TEST

START_TEST(nothing_is_cut)
{
    struct pxa_cursor cursor = {{NULL, 0}, 0};
    size_t count;

    ck_assert_int_eq(walk(&cursor, &count), PXA_CUT);
    ck_assert_uint_eq(cursor.at, 0);
}
END_TEST

/* Without its table a PAC is cut; without a buffer's end, that buffer is bad: the first of
 * them is the last in the PAC. */
START_TEST(cut_anywhere)
{
    struct block whole = vector_hex(two);

    for (size_t len = 0; len < TWO_LEN; len++) {
        struct block pac = block_of(whole.at, len);
        struct pxa_cursor cursor = {block_span(pac), 0};
        size_t count;
        enum pxa_status status = walk(&cursor, &count);

        ck_assert_int_eq(status, len < TABLE_END ? PXA_CUT : PXA_BAD_PAC_BUFFER);
        ck_assert_uint_eq(cursor.at, len < TABLE_END ? len : FIRST_AT);
        ck_assert_uint_eq(count, 0);
        block_free(pac);
    }
    block_free(whole);
}
END_TEST

static const struct {
    size_t at, width;
    uint64_t value;
    enum pxa_status status;
    size_t fault_at, count;
} patches[] = {
    {0, 4, 3, PXA_CUT, TWO_LEN, 0},          /* buffers in the table */
    {0, 4, 0x10000002, PXA_CUT, TWO_LEN, 0}, /* times 16 is 2 in 32 bits */
    {0, 4, 0xffffffff, PXA_CUT, TWO_LEN, 0},
    {0, 4, 1, PXA_END, SECOND_AT, 1},
    {4, 4, 1, PXA_NDR_HEADER, 4, 0}, /* version */
    {4, 4, 0x80000000, PXA_NDR_HEADER, 4, 0},
    {28, 4, 5, PXA_END, TABLE_END, 2},            /* to the very end */
    {28, 4, 6, PXA_BAD_PAC_BUFFER, SECOND_AT, 1}, /* one byte more */
    {28, 4, 0xffffffff, PXA_BAD_PAC_BUFFER, SECOND_AT, 1},
    {28, 4, 0xffffffd8, PXA_BAD_PAC_BUFFER, SECOND_AT, 1},         /* + 0x28 is 0 in 32 bits */
    {32, 8, 0xfffffffffffffffe, PXA_BAD_PAC_BUFFER, SECOND_AT, 1}, /* + 3 is 1 in 64 bits */
    {32, 8, 0x100000028, PXA_BAD_PAC_BUFFER, SECOND_AT, 1},        /* in range in 32 bits */
    {32, 8, 43, PXA_BAD_PAC_BUFFER, SECOND_AT, 1},
    {32, 8, 42, PXA_END, TABLE_END, 2}, /* overlaps the other one */
    {32, 8, 0, PXA_END, TABLE_END, 2},  /* overlaps the header */
    {16, 8, 45, PXA_BAD_PAC_BUFFER, FIRST_AT, 0},
};
enum { PATCH_COUNT = sizeof patches / sizeof patches[0] };

START_TEST(wrong_numbers)
{
    struct block pac = vector_hex(two);
    struct pxa_cursor cursor = {block_span(pac), 0};
    size_t count;

    vector_patch(pac, patches[_i].at, patches[_i].width, patches[_i].value);
    ck_assert_int_eq(walk(&cursor, &count), patches[_i].status);
    ck_assert_uint_eq(cursor.at, patches[_i].fault_at);
    ck_assert_uint_eq(count, patches[_i].count);
    block_free(pac);
}
END_TEST

/* An empty buffer may stand at the end, not behind it. */
START_TEST(empty_buffers)
{
    struct block pac = vector_hex("01000000 00000000 06000000 00000000 1800000000000000");
    struct pxa_cursor cursor = {block_span(pac), 0};
    size_t count;

    ck_assert_int_eq(walk(&cursor, &count), PXA_END);
    ck_assert_uint_eq(count, 1);
    vector_patch(pac, 16, 8, 25);
    cursor.at = 0;
    ck_assert_int_eq(walk(&cursor, &count), PXA_BAD_PAC_BUFFER);
    ck_assert_uint_eq(cursor.at, 8);
    block_free(pac);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("pac");
    TCase *tc = tcase_create("pac");

    tcase_add_test(tc, two_buffers);
    tcase_add_test(tc, of_the_specification);
    tcase_add_test(tc, no_buffers);
    tcase_add_test(tc, nothing_is_cut);
    tcase_add_test(tc, cut_anywhere);
    tcase_add_loop_test(tc, wrong_numbers, 0, PATCH_COUNT);
    tcase_add_test(tc, empty_buffers);
    suite_add_tcase(s, tc);
    return s;
}
