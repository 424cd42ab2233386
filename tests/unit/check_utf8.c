/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/utf8.c. Code points are encoded here by the formulas of RFC 3629 section
 * 3 and RFC 2781 section 2.1, written once more; the table of CP1252 is what Python's codec
 * of that name decodes.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/vector.h"

Suite *suite(void);

/* Converts with exactly as much room as `expected` needs, and with one byte less. */
static void expect(enum pxa_charset from, struct pxa_span in, struct pxa_span expected)
{
    for (size_t less = 0; less <= (expected.len > 0 ? 1 : 0); less++) {
        struct block out = block_filled(expected.len - less);
        struct pxa_written done = {77, 77};
        enum pxa_status status = pxa_to_utf8(from, in, out.at, out.len, &done);

        ck_assert_int_eq(status, less > 0 ? PXA_SMALL_BUFFER : PXA_OK);
        ck_assert_uint_eq(done.len, out.len - (less > 0 ? out.len : 0));
        if (less > 0)
            ck_assert(block_is_all(out, 0, BLOCK_FILL));
        else
            ck_assert(span_is(expected, out.at, done.len));
        block_free(out);
    }
}

/* The same for C strings. */
#define TEXT(literal) ((struct pxa_span){literal, sizeof(literal) - 1})

static const struct {
    enum pxa_charset from;
    const char *hex;
    enum pxa_status status;
    size_t fault_at;
} bad[] = {
    {PXA_ASCII, "80", PXA_NOT_ASCII, 0},
    {PXA_ASCII, "617fff", PXA_NOT_ASCII, 2},
    {PXA_UTF8, "61c3", PXA_NOT_UTF8, 1},
    {PXA_UTF8, "c3bcfc", PXA_NOT_UTF8, 2},
    {PXA_UTF8, "c0af", PXA_NOT_UTF8, 0},
    {PXA_UTF8, "61eda080", PXA_NOT_UTF8, 1},
    {PXA_UTF8, "f4908080", PXA_NOT_UTF8, 0},
    {PXA_CP1252, "61620081", PXA_UNASSIGNED, 3},
    {PXA_CP1252, "8d", PXA_UNASSIGNED, 0},
    {PXA_CP1252, "8f", PXA_UNASSIGNED, 0},
    {PXA_CP1252, "80908d", PXA_UNASSIGNED, 1},
    {PXA_CP1252, "9d80", PXA_UNASSIGNED, 0},
    {PXA_UTF16LE, "61", PXA_UTF16_ODD, 0},
    {PXA_UTF16LE, "6100fc00ac", PXA_UTF16_ODD, 4},
    {PXA_UTF16LE, "3dd8", PXA_UTF16_SURROGATE, 0},         /* the first half at the end */
    {PXA_UTF16LE, "3dd800", PXA_UTF16_SURROGATE, 0},       /* cut within the second half */
    {PXA_UTF16LE, "61003dd86100", PXA_UTF16_SURROGATE, 2}, /* something else behind it */
    {PXA_UTF16LE, "61003dd83dd800de", PXA_UTF16_SURROGATE, 2},
    {PXA_UTF16LE, "00de3dd8", PXA_UTF16_SURROGATE, 0}, /* the second half first */
    {PXA_UTF16LE, "3dd800de00de", PXA_UTF16_SURROGATE, 4},
    {PXA_UTF16LE, "ffdb00e0", PXA_UTF16_SURROGATE, 0},
    {PXA_UTF16LE, "ffdbffdb", PXA_UTF16_SURROGATE, 0},
    {PXA_UTF16LE, "ffdf", PXA_UTF16_SURROGATE, 0},
    {PXA_UTF16LE, "00d861", PXA_UTF16_SURROGATE, 0},
    {PXA_OTHER_CHARSET, "61", PXA_UNSUPPORTED, 0},
    {PXA_OTHER_CHARSET, "", PXA_UNSUPPORTED, 0},
    {(enum pxa_charset)99, "61", PXA_UNSUPPORTED, 0},
};
enum { BAD_COUNT = sizeof bad / sizeof bad[0] };

START_TEST(refuses)
{
    struct block in = vector_hex(bad[_i].hex);
    struct block out = block_filled(PXA_UTF8_MAX(in.len));
    struct pxa_written done = {77, 77};

    ck_assert_int_eq(pxa_to_utf8(bad[_i].from, block_span(in), out.at, out.len, &done),
                     bad[_i].status);
    ck_assert_uint_eq(done.len, 0);
    ck_assert_uint_eq(done.fault_at, bad[_i].fault_at);
    ck_assert(block_is_all(out, 0, BLOCK_FILL));
    block_free(out);
    block_free(in);
}
END_TEST

START_TEST(texts)
{
    expect(PXA_ASCII, TEXT("a:\0\x1f\x7f"), TEXT("a:\0\x1f\x7f"));
    expect(PXA_UTF8, TEXT("a:\0"), TEXT("a:\0"));
    expect(PXA_UTF8, TEXT("j\xc3\xbcrgen \xe2\x82\xac \xf0\x9f\x98\x80"),
           TEXT("j\xc3\xbcrgen \xe2\x82\xac \xf0\x9f\x98\x80"));
    expect(PXA_LATIN1, TEXT("j\xfcrgen\x80\x9f\xa0"),
           TEXT("j\xc3\xbcrgen\xc2\x80\xc2\x9f\xc2\xa0"));
    expect(PXA_CP1252, TEXT("\x80 \xfc\0"), TEXT("\xe2\x82\xac \xc3\xbc\0"));
    expect(PXA_UTF16LE, TEXT("j\0\xfc\0\xac\x20\x3d\xd8\x00\xde\0\0"),
           TEXT("j\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\0"));
    expect(PXA_UTF16LE, TEXT("\xff\xfe"), TEXT("\xef\xbb\xbf")); /* U+FEFF is a character */
}
END_TEST

/* What does not fit is found where it stands, before a fault further to the right, but
 * after one to the left. */
START_TEST(the_first_from_the_left)
{
    char out[3];
    struct pxa_written done;

    ck_assert_int_eq(pxa_to_utf8(PXA_LATIN1,
                                 TEXT("ab\xfc"
                                      "c"),
                                 out, 3, &done),
                     PXA_SMALL_BUFFER);
    ck_assert_uint_eq(done.fault_at, 2);
    ck_assert_int_eq(pxa_to_utf8(PXA_CP1252, TEXT("abcd\x81"), out, 3, &done), PXA_SMALL_BUFFER);
    ck_assert_uint_eq(done.fault_at, 3);
    ck_assert_int_eq(pxa_to_utf8(PXA_CP1252, TEXT("abc\x81"), out, 3, &done), PXA_UNASSIGNED);
    ck_assert_uint_eq(done.fault_at, 3);
    ck_assert_int_eq(pxa_to_utf8(PXA_UTF16LE,
                                 TEXT("\xac\x20"
                                      "a\0b"),
                                 out, 3, &done),
                     PXA_SMALL_BUFFER);
    ck_assert_uint_eq(done.fault_at, 2);
}
END_TEST

START_TEST(nothing)
{
    static const enum pxa_charset sets[] = {PXA_ASCII, PXA_UTF8, PXA_LATIN1, PXA_CP1252,
                                            PXA_UTF16LE};

    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct pxa_written done = {77, 77};

        ck_assert_int_eq(pxa_to_utf8(sets[i], (struct pxa_span){NULL, 0}, NULL, 0, &done), PXA_OK);
        ck_assert_uint_eq(done.len + done.fault_at, 0);
    }
}
END_TEST

/* RFC 3629 section 3, a case for each row of its table. Returns the length. */
static size_t utf8_of(uint32_t code, char *to)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 + code / 64);
        to[1] = (char)(0x80 + code % 64);
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xe0 + code / 4096);
        to[1] = (char)(0x80 + code / 64 % 64);
        to[2] = (char)(0x80 + code % 64);
        return 3;
    }
    to[0] = (char)(0xf0 + code / 262144);
    to[1] = (char)(0x80 + code / 4096 % 64);
    to[2] = (char)(0x80 + code / 64 % 64);
    to[3] = (char)(0x80 + code % 64);
    return 4;
}

/* RFC 2781 section 2.1. */
static size_t utf16_of(uint32_t code, char *to)
{
    uint32_t units[2] = {code, 0};
    size_t count = 1;

    if (code >= 0x10000) {
        units[0] = 0xd800 + (code - 0x10000) / 1024;
        units[1] = 0xdc00 + (code - 0x10000) % 1024;
        count = 2;
    }
    for (size_t i = 0; i < count; i++) {
        to[2 * i] = (char)(units[i] % 256);
        to[2 * i + 1] = (char)(units[i] / 256);
    }
    return 2 * count;
}

START_TEST(every_code_point)
{
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        char utf16[4], utf8[4], out[4];
        struct pxa_span in = {utf16, utf16_of(code, utf16)};
        size_t len = utf8_of(code, utf8);
        struct pxa_written done;
        enum pxa_status status = pxa_to_utf8(PXA_UTF16LE, in, out, sizeof out, &done);

        if (code >= 0xd800 && code <= 0xdfff) {
            ck_assert_int_eq(status, PXA_UTF16_SURROGATE);
            continue;
        }
        if (status != PXA_OK || done.len != len || memcmp(out, utf8, len) != 0)
            ck_abort_msg("U+%04X", (unsigned)code);
        if (pxa_to_utf8(PXA_UTF8, (struct pxa_span){utf8, len}, out, len, &done) != PXA_OK ||
            memcmp(out, utf8, len) != 0)
            ck_abort_msg("U+%04X as UTF-8", (unsigned)code);
    }
}
END_TEST

/* Half a pair at every place of a text of whole pairs and single units. */
START_TEST(half_a_pair_everywhere)
{
    static const char whole[] = "a\0\x3d\xd8\x00\xde"
                                "b\0\x3e\xd8\x01\xdd"
                                "c";

    for (size_t at = 0; at < sizeof whole; at += 2) {
        for (int high = 0; high < 2; high++) {
            char text[sizeof whole];
            char out[PXA_UTF8_MAX(sizeof whole)];
            struct pxa_written done;
            bool second = at == 4 || at == 10;
            bool first = at == 2 || at == 8;

            memcpy(text, whole, sizeof whole);
            text[at] = 0;
            text[at + 1] = (char)(high ? 0xd8 : 0xdc);
            if ((first && high) || (second && !high))
                continue; /* still a pair */
            ck_assert_int_eq(pxa_to_utf8(PXA_UTF16LE, (struct pxa_span){text, sizeof text}, out,
                                         sizeof out, &done),
                             PXA_UTF16_SURROGATE);
            ck_assert_uint_eq(done.fault_at, second ? at - 2 : at);
        }
    }
}
END_TEST

/* 0x80 to 0x9f; 0 is unassigned. */
static const uint32_t cp1252[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

START_TEST(every_byte_of_the_8_bit_sets)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        bool odd = byte >= 0x80 && byte <= 0x9f;
        uint32_t code = odd ? cp1252[byte - 0x80] : byte;
        char in = (char)byte;
        char utf8[4], out[4];
        struct pxa_written done;

        expect(PXA_LATIN1, (struct pxa_span){&in, 1}, (struct pxa_span){utf8, utf8_of(byte, utf8)});
        if (code != 0 || byte == 0)
            expect(PXA_CP1252, (struct pxa_span){&in, 1},
                   (struct pxa_span){utf8, utf8_of(code, utf8)});
        else
            ck_assert_int_eq(pxa_to_utf8(PXA_CP1252, (struct pxa_span){&in, 1}, out, 4, &done),
                             PXA_UNASSIGNED);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("utf8");
    TCase *tc = tcase_create("utf8");

    tcase_set_timeout(tc, 300); /* every code point, under valgrind */
    tcase_add_loop_test(tc, refuses, 0, BAD_COUNT);
    tcase_add_test(tc, texts);
    tcase_add_test(tc, the_first_from_the_left);
    tcase_add_test(tc, nothing);
    tcase_add_test(tc, every_code_point);
    tcase_add_test(tc, half_a_pair_everywhere);
    tcase_add_test(tc, every_byte_of_the_8_bit_sets);
    suite_add_tcase(s, tc);
    return s;
}
