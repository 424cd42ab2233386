/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of common/base64.c. Vectors: RFC 4648 section 10, and Python's base64. */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

Suite *suite(void);

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const struct {
    const char *bytes;
    const char *text;
} vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};
enum { VECTOR_COUNT = sizeof vectors / sizeof vectors[0] };

/* The bytes 0 to 255 in Base64, as Python's base64.b64encode() writes them. */
static const char all_bytes_text[] =
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1"
    "Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWpr"
    "bG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6Ch"
    "oqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX"
    "2Nna29zd3t/g4eLj5OXm5+jp6uvs7e7v8PHy8/T19vf4+fr7/P3+/w==";

/* Decodes with the given capacity and expects `status` and the bytes. After an
 * error the length must be 0, and the buffer hold what it held, or zeros. */
static void expect_decoded(const char *text, size_t text_len, size_t cap,
                           enum pxa_status status, const char *bytes, size_t len,
                           size_t fault_at)
{
    struct block in = block_of(text, text_len);
    struct block out = block_filled(cap);
    struct pxa_written got_done = {12345, 12345};
    enum pxa_status got = pxa_base64_decode(block_span(in), out.at, out.len, &got_done);

    if (got != status)
        ck_abort_msg("'%.*s' gives status %d, not %d", (int)text_len, text, got, status);
    ck_assert_uint_eq(got_done.len, len);
    ck_assert_uint_eq(got_done.fault_at, fault_at);
    ck_assert(len == 0 || memcmp(out.at, bytes, len) == 0);
    for (size_t i = len; i < out.len; i++)
        ck_assert(out.at[i] == BLOCK_FILL || (out.at[i] == 0 && status != PXA_OK));
    block_free(out);
    block_free(in);
}

static void expect_fault(const char *text, size_t text_len, enum pxa_status status,
                         size_t fault_at)
{
    expect_decoded(text, text_len, PXA_BASE64_DECODED_MAX(text_len) + 8, status, NULL, 0,
                   fault_at);
}

START_TEST(decodes_rfc4648)
{
    const char *text = vectors[_i].text;
    const char *bytes = vectors[_i].bytes;
    size_t text_len = strlen(text);
    size_t len = strlen(bytes);

    ck_assert_uint_le(len, PXA_BASE64_DECODED_MAX(text_len));
    expect_decoded(text, text_len, PXA_BASE64_DECODED_MAX(text_len), PXA_OK, bytes, len,
                   0);
    expect_decoded(text, text_len, len, PXA_OK, bytes, len, 0);
    for (size_t cap = 0; cap < len; cap++)
        expect_decoded(text, text_len, cap, PXA_SMALL_BUFFER, NULL, 0, 0);
}
END_TEST

START_TEST(encodes_rfc4648)
{
    struct block in = block_of(vectors[_i].bytes, strlen(vectors[_i].bytes));
    size_t want_len = strlen(vectors[_i].text);
    struct pxa_written done = {12345, 12345};

    ck_assert_uint_eq(PXA_BASE64_ENCODED_LEN(in.len), want_len);
    for (size_t cap = 0; cap <= want_len + 1; cap++) {
        struct block out = block_filled(cap);
        enum pxa_status status = pxa_base64_encode(block_span(in), out.at, out.len, &done);

        ck_assert_int_eq(status, cap < want_len ? PXA_SMALL_BUFFER : PXA_OK);
        ck_assert_uint_eq(done.len, cap < want_len ? 0 : want_len);
        ck_assert_uint_eq(done.fault_at, 0);
        ck_assert(done.len == 0 || memcmp(out.at, vectors[_i].text, done.len) == 0);
        ck_assert(block_is_all(out, done.len, BLOCK_FILL));
        block_free(out);
    }
    block_free(in);
}
END_TEST

START_TEST(cut_anywhere_is_told)
{
    const char *text = vectors[_i].text;
    size_t text_len = strlen(text);

    for (size_t len = 1; len < text_len; len++) {
        if (len % 4 != 0)
            expect_fault(text, len, PXA_BASE64_LENGTH, len);
        else /* a whole number of groups is the Base64 of a shorter text */
            expect_decoded(text, len, len, PXA_OK, vectors[_i].bytes, len / 4 * 3,
                           0);
    }
}
END_TEST

START_TEST(all_byte_values_both_ways)
{
    char bytes[256];
    struct block in = block_filled(sizeof bytes);
    struct block out = block_filled(PXA_BASE64_ENCODED_LEN(sizeof bytes));
    struct pxa_written done;

    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    memcpy(in.at, bytes, sizeof bytes);
    ck_assert_int_eq(pxa_base64_encode(block_span(in), out.at, out.len, &done), PXA_OK);
    ck_assert_uint_eq(done.len, strlen(all_bytes_text));
    ck_assert_mem_eq(out.at, all_bytes_text, done.len);
    expect_decoded(all_bytes_text, done.len, sizeof bytes, PXA_OK, bytes, sizeof bytes, 0);
    block_free(out);
    block_free(in);
}
END_TEST

/* White space, '-' and '_' of the other alphabet, NUL and everything else, at
 * each place of a text of two groups. */
START_TEST(foreign_bytes_are_refused)
{
    char text[8];

    for (size_t place = 0; place < sizeof text; place++) {
        for (int byte = 0; byte < 256; byte++) {
            if (byte == '=' || (byte != 0 && strchr(alphabet, byte) != NULL))
                continue;
            memcpy(text, "Zm9vYmFy", sizeof text);
            text[place] = (char)byte;
            expect_fault(text, sizeof text, PXA_NOT_BASE64, place);
        }
    }
    expect_fault("Zm9v\nYmFy", 9, PXA_NOT_BASE64, 4);
    expect_fault("Zm9vYmFy\n", 9, PXA_NOT_BASE64, 8);
    expect_fault(" Zm9vYmFy", 9, PXA_NOT_BASE64, 0);
    expect_fault("Zm9v YmFy\r\n\t", 12, PXA_NOT_BASE64, 4);
    expect_fault("Zm9v    ", 8, PXA_NOT_BASE64, 4);
    expect_fault("    Zm9v", 8, PXA_NOT_BASE64, 0);
    expect_fault("Zg==\0\0\0\0", 8, PXA_NOT_BASE64, 4);
}
END_TEST

START_TEST(padding_stands_at_the_end_only)
{
    static const char *const wrong[] = {
        "====",     "Z===",     "=Zg=",     "Z=g=",     "Zg=v",     "Zm=v",
        "=m9v",     "Zg==Zg==", "Zg=====Z", "Zm9v====", "Zm8=Zm9v", "Zm9vZ===",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_fault(wrong[i], strlen(wrong[i]), PXA_BASE64_PADDING, strcspn(wrong[i], "="));
    expect_fault("=", 1, PXA_BASE64_LENGTH, 1);
    expect_fault("Zg=", 3, PXA_BASE64_LENGTH, 3);
    expect_fault("Zg", 2, PXA_BASE64_LENGTH, 2);
    expect_fault("Zm8", 3, PXA_BASE64_LENGTH, 3);
    expect_fault("Zg===", 5, PXA_BASE64_LENGTH, 5);
}
END_TEST

/* RFC 4648 section 3.5. Of the last character, four bits are unused before "=="
 * and two before "=": they must be 0, so its value is a multiple of 16 or 4. */
START_TEST(trailing_bits_are_zero)
{
    char one[5] = "A?==";
    char two[5] = "AA?=";
    char bytes[2] = {0, 0};

    for (int value = 0; value < 64; value++) {
        one[1] = alphabet[value];
        two[2] = alphabet[value];
        bytes[0] = (char)(value / 16);
        if (value % 16 == 0)
            expect_decoded(one, 4, 1, PXA_OK, bytes, 1, 0);
        else
            expect_fault(one, 4, PXA_BASE64_TRAILING_BITS, 1);
        bytes[0] = 0;
        bytes[1] = (char)(value / 4);
        if (value % 4 == 0)
            expect_decoded(two, 4, 2, PXA_OK, bytes, 2, 0);
        else
            expect_fault(two, 4, PXA_BASE64_TRAILING_BITS, 2);
    }
}
END_TEST

START_TEST(long_texts_come_back)
{
    enum { LEN = 1000003 };
    struct block in = block_filled(LEN);
    struct block text = block_filled(PXA_BASE64_ENCODED_LEN(LEN));
    struct block out = block_filled(LEN);
    struct pxa_written done;

    for (size_t i = 0; i < LEN; i++)
        in.at[i] = (char)(i * 2654435761u >> 13);
    ck_assert_int_eq(pxa_base64_encode(block_span(in), text.at, text.len, &done), PXA_OK);
    ck_assert_uint_eq(done.len, text.len);
    ck_assert_int_eq(pxa_base64_decode(block_span(text), out.at, out.len, &done), PXA_OK);
    ck_assert_uint_eq(done.len, LEN);
    ck_assert(memcmp(in.at, out.at, LEN) == 0);
    block_free(out);
    block_free(text);
    block_free(in);
}
END_TEST

START_TEST(nothing_is_fine)
{
    struct pxa_span nothing = {NULL, 0};
    struct pxa_written done = {12345, 12345};

    ck_assert_int_eq(pxa_base64_decode(nothing, NULL, 0, &done), PXA_OK);
    ck_assert_uint_eq(done.len, 0);
    done.len = 12345;
    ck_assert_int_eq(pxa_base64_encode(nothing, NULL, 0, &done), PXA_OK);
    ck_assert_uint_eq(done.len, 0);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("base64");
    TCase *tc = tcase_create("base64");

    tcase_add_loop_test(tc, decodes_rfc4648, 0, VECTOR_COUNT);
    tcase_add_loop_test(tc, encodes_rfc4648, 0, VECTOR_COUNT);
    tcase_add_loop_test(tc, cut_anywhere_is_told, 0, VECTOR_COUNT);
    tcase_add_test(tc, all_byte_values_both_ways);
    tcase_add_test(tc, foreign_bytes_are_refused);
    tcase_add_test(tc, padding_stands_at_the_end_only);
    tcase_add_test(tc, trailing_bits_are_zero);
    tcase_add_test(tc, long_texts_come_back);
    tcase_add_test(tc, nothing_is_fine);
    suite_add_tcase(s, tc);
    return s;
}
