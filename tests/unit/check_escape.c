/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/escape.c. What Squid writes was read from the lines that a
 * Squid 5.7 sent to a Basic helper; its source is lib/rfc1738.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

#include <ctype.h>

Suite *suite(void);

#define TEXT(literal) {literal, sizeof(literal) - 1}

static const struct {
    struct pxa_span plain;
    struct pxa_span escaped;
} lines[] = {
    {TEXT(""), TEXT("")},
    {TEXT("u"), TEXT("u")},
    {TEXT("dom\\al ice"), TEXT("dom%5Cal%20ice")},
    {TEXT("p w%d\"~\xc3\xa9"), TEXT("p%20w%25d%22%7E%C3%A9")},
    {TEXT("%41%%00a%"), TEXT("%2541%25%2500a%25")},
    {TEXT("a)(uid=*"), TEXT("a)(uid=*")},
    {TEXT("\n\r\t"), TEXT("%0A%0D%09")},
};
enum { LINE_COUNT = sizeof lines / sizeof lines[0] };

/* The bytes 1 to 255 without LF and CR, as Squid sent them in a password. */
static const char all_bytes_escaped[] =
    "%01%02%03%04%05%06%07%08%09%0B%0C%0E%0F%10%11%12%13%14%15%16%17%18%19%1A%1B%1C%1D%1E"
    "%1F%20!%22%23$%25&%27()*+,-./0123456789:;%3C=%3E?@ABCDEFGHIJKLMNOPQRSTUVWXYZ%5B%5C%5"
    "D%5E_%60abcdefghijklmnopqrstuvwxyz%7B%7C%7D%7E%7F%80%81%82%83%84%85%86%87%88%89%8A%8"
    "B%8C%8D%8E%8F%90%91%92%93%94%95%96%97%98%99%9A%9B%9C%9D%9E%9F%A0%A1%A2%A3%A4%A5%A6%A"
    "7%A8%A9%AA%AB%AC%AD%AE%AF%B0%B1%B2%B3%B4%B5%B6%B7%B8%B9%BA%BB%BC%BD%BE%BF%C0%C1%C2%C"
    "3%C4%C5%C6%C7%C8%C9%CA%CB%CC%CD%CE%CF%D0%D1%D2%D3%D4%D5%D6%D7%D8%D9%DA%DB%DC%DD%DE%D"
    "F%E0%E1%E2%E3%E4%E5%E6%E7%E8%E9%EA%EB%EC%ED%EE%EF%F0%F1%F2%F3%F4%F5%F6%F7%F8%F9%FA%F"
    "B%FC%FD%FE%FF";

static const struct {
    struct pxa_span escaped;
    enum pxa_status status;
} bad[] = {
    {TEXT("%"), PXA_PERCENT_CUT},
    {TEXT("%4"), PXA_PERCENT_CUT},
    {TEXT("abc%"), PXA_PERCENT_CUT},
    {TEXT("abc%g"), PXA_PERCENT_CUT},
    {TEXT("%41%4"), PXA_PERCENT_CUT},
    {TEXT("%%41"), PXA_PERCENT_NOT_HEX},
    {TEXT("%%"), PXA_PERCENT_CUT},
    {TEXT("%%%"), PXA_PERCENT_NOT_HEX},
    {TEXT("%0x41"), PXA_PERCENT_NOT_HEX},
    {TEXT("% 1"), PXA_PERCENT_NOT_HEX},
    {TEXT("%+1"), PXA_PERCENT_NOT_HEX},
    {TEXT("%4\0"), PXA_PERCENT_NOT_HEX},
    {TEXT("%00"), PXA_PERCENT_NUL},
    {TEXT("user%00"), PXA_PERCENT_NUL},
    {TEXT("%41%00%4"), PXA_PERCENT_NUL},
    {TEXT("a\0b"), PXA_NUL},
    {TEXT("\0%"), PXA_NUL},
};
enum { BAD_COUNT = sizeof bad / sizeof bad[0] };

typedef enum pxa_status convert(struct pxa_span in, char *out, size_t cap,
                             struct pxa_written *done);

/* Converts with `cap` bytes of room. After an error the length must be 0; beyond
 * the result the buffer must be as it was. */
static void expect(convert *function, struct pxa_span from, size_t cap, enum pxa_status status,
                   struct pxa_span to)
{
    struct block in = block_of(from.at, from.len);
    struct block out = block_filled(cap);
    struct pxa_written done = {12345, 12345};

    ck_assert_int_eq(function(block_span(in), out.at, cap, &done), status);
    ck_assert_uint_eq(done.len, to.len);
    ck_assert(status == PXA_OK ? done.fault_at == 0 : done.fault_at < in.len);
    ck_assert(done.len == 0 || memcmp(out.at, to.at, done.len) == 0);
    ck_assert(block_is_all(out, done.len, BLOCK_FILL));
    block_free(out);
    block_free(in);
}

static void expect_each_cap(convert *function, struct pxa_span from, struct pxa_span to)
{
    static const struct pxa_span nothing = {NULL, 0};

    for (size_t cap = 0; cap < to.len; cap++)
        expect(function, from, cap, PXA_SMALL_BUFFER, nothing);
    expect(function, from, to.len, PXA_OK, to);
    expect(function, from, to.len + 3, PXA_OK, to);
}

static size_t fill_all_bytes(char *bytes)
{
    size_t len = 0;

    for (int byte = 1; byte < 256; byte++)
        if (byte != '\n' && byte != '\r')
            bytes[len++] = (char)byte;
    return len;
}

START_TEST(lines_both_ways)
{
    expect_each_cap(pxa_squid_escape, lines[_i].plain, lines[_i].escaped);
    expect_each_cap(pxa_squid_unescape, lines[_i].escaped, lines[_i].plain);
}
END_TEST

START_TEST(all_bytes_both_ways)
{
    char bytes[256];
    struct pxa_span plain = {bytes, fill_all_bytes(bytes)};
    struct pxa_span escaped = {all_bytes_escaped, sizeof all_bytes_escaped - 1};

    expect_each_cap(pxa_squid_escape, plain, escaped);
    expect_each_cap(pxa_squid_unescape, escaped, plain);
}
END_TEST

START_TEST(longest_is_three_times)
{
    char bytes[100];
    char text[PXA_SQUID_ESCAPED_MAX(sizeof bytes)];
    struct pxa_written done;

    memset(bytes, '%', sizeof bytes);
    ck_assert_int_eq(pxa_squid_escape((struct pxa_span){bytes, sizeof bytes}, text, sizeof text,
                                      &done),
                     PXA_OK);
    ck_assert_uint_eq(done.len, 300);
}
END_TEST

START_TEST(refuses)
{
    expect(pxa_squid_unescape, bad[_i].escaped, bad[_i].escaped.len, bad[_i].status,
           (struct pxa_span){NULL, 0});
}
END_TEST

/* An error leaves the input as it was, also in place. */
START_TEST(refuses_in_place)
{
    struct block text = block_of(bad[_i].escaped.at, bad[_i].escaped.len);
    struct pxa_written done = {12345, 12345};

    ck_assert_int_eq(pxa_squid_unescape(block_span(text), text.at, text.len, &done),
                     bad[_i].status);
    ck_assert_uint_eq(done.len, 0);
    ck_assert(memcmp(text.at, bad[_i].escaped.at, text.len) == 0);
    block_free(text);
}
END_TEST

START_TEST(unescapes_in_place)
{
    char bytes[256];
    size_t plain_len = fill_all_bytes(bytes);
    struct block text = block_of(all_bytes_escaped, sizeof all_bytes_escaped - 1);
    struct pxa_written done;

    ck_assert_int_eq(pxa_squid_unescape(block_span(text), text.at, text.len, &done), PXA_OK);
    ck_assert_uint_eq(done.len, plain_len);
    ck_assert_mem_eq(text.at, bytes, done.len);
    block_free(text);
}
END_TEST

/* What the two bytes after a '%' mean; the C library reads the digits here. */
static enum pxa_status judge_pair(int first, int second, char *byte)
{
    char digits[3] = {(char)first, (char)second, '\0'};

    if (!isxdigit(first) || !isxdigit(second))
        return PXA_PERCENT_NOT_HEX;
    *byte = (char)strtol(digits, NULL, 16);
    return *byte == 0 ? PXA_PERCENT_NUL : PXA_OK;
}

START_TEST(all_pairs_after_percent)
{
    struct block text = block_of("%??", 3);
    struct block out = block_filled(1);

    for (int pair = 0; pair < 0x10000; pair++) {
        struct pxa_written done = {12345, 12345};
        char byte = 0;
        enum pxa_status want = judge_pair(pair >> 8, pair & 0xff, &byte);
        enum pxa_status got;

        text.at[1] = (char)(pair >> 8);
        text.at[2] = (char)pair;
        got = pxa_squid_unescape(block_span(text), out.at, out.len, &done);
        if (got != want || done.len != (want == PXA_OK) || (want == PXA_OK && out.at[0] != byte))
            ck_abort_msg("%%%02x%02x: status %d, length %zu", pair >> 8, pair & 0xff, got,
                         done.len);
    }
    block_free(out);
    block_free(text);
}
END_TEST

START_TEST(bare_bytes_stay)
{
    for (int byte = 1; byte < 256; byte++) {
        char text[1] = {(char)byte};

        if (byte != '%')
            expect_each_cap(pxa_squid_unescape, (struct pxa_span){text, 1},
                            (struct pxa_span){text, 1});
    }
}
END_TEST

START_TEST(cut_anywhere)
{
    const char *text = all_bytes_escaped;
    char out[sizeof all_bytes_escaped];

    for (size_t len = 0; len < sizeof all_bytes_escaped; len++) {
        struct block cut = block_of(text, len);
        struct pxa_written done = {12345, 12345};
        bool in_escape = (len > 0 && text[len - 1] == '%') || (len > 1 && text[len - 2] == '%');

        ck_assert_int_eq(pxa_squid_unescape(block_span(cut), out, len, &done),
                         in_escape ? PXA_PERCENT_CUT : PXA_OK);
        block_free(cut);
    }
}
END_TEST

START_TEST(escape_refuses_nul)
{
    static const struct pxa_span with_nul[] = {TEXT("\0"), TEXT("a\0b"), TEXT("ab\0")};

    for (size_t i = 0; i < 3; i++)
        expect(pxa_squid_escape, with_nul[i], 9, PXA_NUL, (struct pxa_span){NULL, 0});
}
END_TEST

START_TEST(nothing_is_fine)
{
    struct pxa_span nothing = {NULL, 0};
    struct pxa_written done = {12345, 12345};

    ck_assert_int_eq(pxa_squid_unescape(nothing, NULL, 0, &done), PXA_OK);
    ck_assert_uint_eq(done.len, 0);
    done.len = 12345;
    ck_assert_int_eq(pxa_squid_escape(nothing, NULL, 0, &done), PXA_OK);
    ck_assert_uint_eq(done.len, 0);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("escape");
    TCase *tc = tcase_create("escape");

    tcase_add_loop_test(tc, lines_both_ways, 0, LINE_COUNT);
    tcase_add_test(tc, all_bytes_both_ways);
    tcase_add_test(tc, longest_is_three_times);
    tcase_add_loop_test(tc, refuses, 0, BAD_COUNT);
    tcase_add_loop_test(tc, refuses_in_place, 0, BAD_COUNT);
    tcase_add_test(tc, unescapes_in_place);
    tcase_add_test(tc, all_pairs_after_percent);
    tcase_add_test(tc, bare_bytes_stay);
    tcase_add_test(tc, cut_anywhere);
    tcase_add_test(tc, escape_refuses_nul);
    tcase_add_test(tc, nothing_is_fine);
    suite_add_tcase(s, tc);
    return s;
}
