/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/charset.c. What must come out is counted by hand from RFC 3629:
 * n code points of a length make n sequences, and no others are valid.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

Suite *suite(void);

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct {
    const char *bytes;
    size_t len;
    enum pxa_charset charset;
} cases[] = {
    {TEXT(""), PXA_ASCII},
    {TEXT("test:123"), PXA_ASCII},
    {TEXT("\0\x01\x1f\x7f"), PXA_ASCII},
    {TEXT("test:123\xc2\xa3"), PXA_UTF8}, /* RFC 7617 section 2.1 */
    {TEXT("test:123\xa3"), PXA_OTHER_CHARSET},
    {TEXT("\xe7\x94\xa8\xe6\x88\xb7:\xf0\x9f\x98\x80"), PXA_UTF8},
    {TEXT("j\xfcrgen"), PXA_OTHER_CHARSET},
    {TEXT("\xe8\xe2\xe0\xed"), PXA_OTHER_CHARSET}, /* CP1251 */

    /* RFC 3629 section 7 */
    {TEXT("A\xe2\x89\xa2\xce\x91."), PXA_UTF8},
    {TEXT("\xef\xbb\xbf\xf0\xa3\x8e\xb4"), PXA_UTF8},

    /* the ends of each range, and one beyond */
    {TEXT("\xc2\x80"), PXA_UTF8},
    {TEXT("\xdf\xbf"), PXA_UTF8},
    {TEXT("\xe0\xa0\x80"), PXA_UTF8},
    {TEXT("\xed\x9f\xbf"), PXA_UTF8},
    {TEXT("\xee\x80\x80"), PXA_UTF8},
    {TEXT("\xef\xbf\xbf"), PXA_UTF8},
    {TEXT("\xf0\x90\x80\x80"), PXA_UTF8},
    {TEXT("\xf4\x8f\xbf\xbf"), PXA_UTF8},
    {TEXT("\xf4\x90\x80\x80"), PXA_OTHER_CHARSET},         /* U+110000 */
    {TEXT("\xf8\x88\x80\x80\x80"), PXA_OTHER_CHARSET},     /* five bytes */
    {TEXT("\xed\xa0\x80"), PXA_OTHER_CHARSET},             /* U+D800 */
    {TEXT("\xed\xbf\xbf"), PXA_OTHER_CHARSET},             /* U+DFFF */
    {TEXT("\xed\xa0\x80\xed\xb0\x80"), PXA_OTHER_CHARSET}, /* a pair of them */

    /* overlong: a slash, a NUL */
    {TEXT("\xc0\xaf"), PXA_OTHER_CHARSET},
    {TEXT("\xc1\xbf"), PXA_OTHER_CHARSET},
    {TEXT("\xe0\x80\xaf"), PXA_OTHER_CHARSET},
    {TEXT("\xe0\x9f\xbf"), PXA_OTHER_CHARSET},
    {TEXT("\xf0\x80\x80\xaf"), PXA_OTHER_CHARSET},
    {TEXT("\xf0\x8f\xbf\xbf"), PXA_OTHER_CHARSET},
    {TEXT("\xc0\x80"), PXA_OTHER_CHARSET},

    /* a continuation without a lead, a lead without a continuation */
    {TEXT("a\x80"), PXA_OTHER_CHARSET},
    {TEXT("\xc3" "a"), PXA_OTHER_CHARSET},
    {TEXT("\xc3\xc3\xbc"), PXA_OTHER_CHARSET},
    {TEXT("\xe2\x82" "a"), PXA_OTHER_CHARSET},
    {TEXT("\xf0\x9f\x98" "a"), PXA_OTHER_CHARSET},
    {TEXT("\xc3\xbc\xfc"), PXA_OTHER_CHARSET},
};
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

static enum pxa_charset charset_of(const char *bytes, size_t len)
{
    struct block block = block_of(bytes, len);
    enum pxa_charset charset = pxa_charset_of(block_span(block));

    block_free(block);
    return charset;
}

START_TEST(known_texts)
{
    ck_assert_int_eq(charset_of(cases[_i].bytes, cases[_i].len), cases[_i].charset);
}
END_TEST

START_TEST(cut_sequences_are_not_utf8)
{
    static const char *const whole[] = {"\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};

    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        for (size_t len = 1; len < strlen(whole[i]); len++)
            ck_assert_int_eq(charset_of(whole[i], len), PXA_OTHER_CHARSET);
}
END_TEST

static enum pxa_charset guess(const char *bytes, size_t len)
{
    struct block block = block_of(bytes, len);
    enum pxa_charset charset = pxa_charset_guess(block_span(block));

    block_free(block);
    return charset;
}

/* Where UTF-8 or ASCII is possible, there is nothing to guess. */
START_TEST(guesses_only_what_is_not_utf8)
{
    enum pxa_charset charset = guess(cases[_i].bytes, cases[_i].len);

    if (cases[_i].charset == PXA_OTHER_CHARSET)
        ck_assert(charset == PXA_OTHER_CHARSET || charset == PXA_LATIN1 || charset == PXA_CP1252);
    else
        ck_assert_int_eq(charset, cases[_i].charset);
}
END_TEST

START_TEST(guesses)
{
    ck_assert_int_eq(guess(TEXT("j\xfcrgen:stra\xdf" "e")), PXA_LATIN1);
    ck_assert_int_eq(guess(TEXT("\xa0")), PXA_LATIN1);
    ck_assert_int_eq(guess(TEXT("\xff\x7f\x01")), PXA_LATIN1);
    ck_assert_int_eq(guess(TEXT("\xfc 5 \x80")), PXA_CP1252);
    ck_assert_int_eq(guess(TEXT("\x93quoted\x94")), PXA_CP1252);
    ck_assert_int_eq(guess(TEXT("\x80\x81")), PXA_OTHER_CHARSET);
    ck_assert_int_eq(guess(TEXT("\x9d\x80")), PXA_OTHER_CHARSET);
    ck_assert_int_eq(guess(TEXT("\xe8\xe2\xe0\xed")), PXA_LATIN1); /* Cyrillic: cannot be told */
    ck_assert_int_eq(pxa_charset_guess((struct pxa_span){NULL, 0}), PXA_ASCII);
}
END_TEST

/* The bytes that CP1252 leaves out, by Unicode's CP1252.TXT. */
START_TEST(guesses_single_bytes)
{
    for (int byte = 0x80; byte < 0x100; byte++) {
        enum pxa_charset expected = byte < 0xa0 ? PXA_CP1252 : PXA_LATIN1;
        char c = (char)byte;

        if (byte == 0x81 || byte == 0x8d || byte == 0x8f || byte == 0x90 || byte == 0x9d)
            expected = PXA_OTHER_CHARSET;
        ck_assert_int_eq(guess(&c, 1), expected);
    }
}
END_TEST

struct counts {
    unsigned long of[3]; /* by enum pxa_charset */
};

/* All 2^(8 * len) texts of a length. */
static struct counts count_all(size_t len)
{
    struct counts counts = {{0, 0, 0}};
    char bytes[4];
    struct pxa_span span = {bytes, len};

    for (unsigned long number = 0; number < 1ul << (8 * len); number++) {
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)(number >> (8 * i));
        counts.of[pxa_charset_of(span)]++;
    }
    return counts;
}

START_TEST(all_texts_of_one_byte)
{
    struct counts counts = count_all(1);

    ck_assert_uint_eq(counts.of[PXA_ASCII], 128);
    ck_assert_uint_eq(counts.of[PXA_UTF8], 0);
    ck_assert_uint_eq(counts.of[PXA_OTHER_CHARSET], 128);
}
END_TEST

START_TEST(all_texts_of_two_bytes)
{
    struct counts counts = count_all(2);

    ck_assert_uint_eq(counts.of[PXA_ASCII], 128UL * 128);
    ck_assert_uint_eq(counts.of[PXA_UTF8], 0x800 - 0x80); /* U+0080 to U+07FF */
}
END_TEST

/* One code point from U+0800 to U+FFFF without the 2048 surrogates, or one from
 * U+0080 to U+07FF with an ASCII byte before or after it. */
START_TEST(all_texts_of_three_bytes)
{
    struct counts counts = count_all(3);

    ck_assert_uint_eq(counts.of[PXA_ASCII], 128UL * 128 * 128);
    ck_assert_uint_eq(counts.of[PXA_UTF8], (0x10000 - 0x800 - 2048) + (0x800 - 0x80) * 128 * 2);
}
END_TEST

/* Every lead and second byte, with the outermost and the first wrong values of
 * the third and fourth. U+10000 to U+10FFFF have 2^20 / 2^12 = 256 such pairs. */
START_TEST(texts_of_four_bytes)
{
    static const unsigned char ends[] = {0x7f, 0x80, 0xbf, 0xc0};
    char bytes[4];
    struct pxa_span span = {bytes, sizeof bytes};
    int utf8 = 0;

    for (int pair = 0; pair < 0x10000; pair++) {
        if (pair >> 8 < 0xe0)
            continue; /* shorter sequences */
        bytes[0] = (char)(pair >> 8);
        bytes[1] = (char)pair;
        for (int i = 0; i < 16; i++) {
            bytes[2] = (char)ends[i / 4];
            bytes[3] = (char)ends[i % 4];
            if (bytes[3] != 0x7f || pair >> 8 >= 0xf0) /* not three bytes and DEL */
                utf8 += pxa_charset_of(span) == PXA_UTF8;
        }
    }
    ck_assert_int_eq(utf8, 256L * 2 * 2);
}
END_TEST

START_TEST(nothing_is_ascii)
{
    ck_assert_int_eq(pxa_charset_of((struct pxa_span){NULL, 0}), PXA_ASCII);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("charset");
    TCase *tc = tcase_create("charset");

    tcase_set_timeout(tc, 300); /* the exhaustive counts, under valgrind */
    tcase_add_loop_test(tc, known_texts, 0, CASE_COUNT);
    tcase_add_test(tc, cut_sequences_are_not_utf8);
    tcase_add_loop_test(tc, guesses_only_what_is_not_utf8, 0, CASE_COUNT);
    tcase_add_test(tc, guesses);
    tcase_add_test(tc, guesses_single_bytes);
    tcase_add_test(tc, all_texts_of_one_byte);
    tcase_add_test(tc, all_texts_of_two_bytes);
    tcase_add_test(tc, all_texts_of_three_bytes);
    tcase_add_test(tc, texts_of_four_bytes);
    tcase_add_test(tc, nothing_is_ascii);
    suite_add_tcase(s, tc);
    return s;
}
