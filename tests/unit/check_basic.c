/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/basic.c. Vectors: RFC 7617 sections 2 and 2.1; the others were
 * encoded with Python's base64 module.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

Suite *suite(void);

#define TEXT(literal) {literal, sizeof(literal) - 1}

static const struct {
    const char *token;
    struct pxa_span user;
    struct pxa_span password;
    enum pxa_charset charset;
} good[] = {
    {"QWxhZGRpbjpvcGVuIHNlc2FtZQ==", TEXT("Aladdin"), TEXT("open sesame"), PXA_ASCII},
    {"dGVzdDoxMjPCow==", TEXT("test"), TEXT("123\xc2\xa3"), PXA_UTF8},
    {"Og==", TEXT(""), TEXT(""), PXA_ASCII},
    {"dXNlcjo=", TEXT("user"), TEXT(""), PXA_ASCII},
    {"OnNlY3JldA==", TEXT(""), TEXT("secret"), PXA_ASCII},
    {"YTpiOmM=", TEXT("a"), TEXT("b:c"), PXA_ASCII},
    {"YTo6", TEXT("a"), TEXT(":"), PXA_ASCII},
    {"Q09SUFxhbCBpY2U6cCUyMHcgIngi", TEXT("CORP\\al ice"), TEXT("p%20w \"x\""), PXA_ASCII},
    {"asO8cmdlbjpzdHJhw59l", TEXT("j\xc3\xbcrgen"), TEXT("stra\xc3\x9f" "e"), PXA_UTF8},
    {"avxyZ2VuOnN0cmHfZQ==", TEXT("j\xfcrgen"), TEXT("stra\xdf" "e"), PXA_OTHER_CHARSET},
    {"6OLg7Trv4PDu6/w=", TEXT("\xe8\xe2\xe0\xed"), TEXT("\xef\xe0\xf0\xee\xeb\xfc"),
     PXA_OTHER_CHARSET},
    {"55So5oi3OuWvhueggfCfmIA=", TEXT("\xe7\x94\xa8\xe6\x88\xb7"),
     TEXT("\xe5\xaf\x86\xe7\xa0\x81\xf0\x9f\x98\x80"), PXA_UTF8},
};
enum { GOOD_COUNT = sizeof good / sizeof good[0] };

static const struct {
    const char *token;
    enum pxa_status status;
    size_t fault_at;
} bad[] = {
    {"", PXA_EMPTY, 0},
    {"bm9jb2xvbg==", PXA_NO_COLON, 7}, /* "nocolon" */
    {"YQBiOmM=", PXA_NUL, 1},          /* "a\0b:c" */
    {"YTpiAA==", PXA_NUL, 3},          /* "a:b\0" */
    {"YQE6Yg==", PXA_CONTROL, 1},      /* "a\x01:b" */
    {"YTp/", PXA_CONTROL, 2},          /* "a:\x7f" */
    {"YQliOmM=", PXA_CONTROL, 1},      /* "a\tb:c" */
    {"YTpiCg==", PXA_CONTROL, 3},      /* "a:b\n" */
    {"YQ06Yg==", PXA_CONTROL, 1},      /* "a\r:b" */
    {"YTpi CmQ=", PXA_NOT_BASE64, 4},
    {"YTpi\n", PXA_NOT_BASE64, 4},
    {"YT-i", PXA_NOT_BASE64, 2},
    {"\"YTpi\"", PXA_NOT_BASE64, 0},
    {"YTpiC", PXA_BASE64_LENGTH, 5},
    {"YTp=i===", PXA_BASE64_PADDING, 3},
    {"dXNlcjp=", PXA_BASE64_TRAILING_BITS, 6},
    {"YTpiAB==", PXA_BASE64_TRAILING_BITS, 5},
};
enum { BAD_COUNT = sizeof bad / sizeof bad[0] };

static bool lies_in(struct pxa_span inner, struct block outer)
{
    return inner.at >= outer.at && inner.at + inner.len <= outer.at + outer.len;
}

/* Nothing was found, and nothing of the text is left in the buffer: each byte is
 * as before the call, or wiped. */
static void expect_nothing(const struct pxa_basic *basic, struct block buf)
{
    ck_assert_uint_eq(basic->user.len, 0);
    ck_assert_uint_eq(basic->password.len, 0);
    ck_assert_int_eq(basic->charset, PXA_ASCII);
    for (size_t i = 0; i < buf.len; i++)
        ck_assert(buf.at[i] == 0 || buf.at[i] == BLOCK_FILL);
}

START_TEST(decodes)
{
    struct block token = block_of(good[_i].token, strlen(good[_i].token));
    size_t text_len = good[_i].user.len + 1 + good[_i].password.len;

    for (size_t cap = 0; cap <= text_len + 2; cap++) {
        struct block buf = block_filled(cap);
        struct pxa_basic basic;
        enum pxa_status status = pxa_basic_decode(block_span(token), buf.at, cap, &basic);

        ck_assert_uint_eq(basic.fault_at, 0);
        if (cap < text_len) {
            ck_assert_int_eq(status, PXA_SMALL_BUFFER);
            expect_nothing(&basic, buf);
        } else {
            ck_assert_int_eq(status, PXA_OK);
            ck_assert(span_is(basic.user, good[_i].user.at, good[_i].user.len));
            ck_assert(span_is(basic.password, good[_i].password.at, good[_i].password.len));
            ck_assert(lies_in(basic.user, buf) && lies_in(basic.password, buf));
            ck_assert_int_eq(basic.charset, good[_i].charset);
            ck_assert(block_is_all(buf, text_len, BLOCK_FILL));
        }
        block_free(buf);
    }
    block_free(token);
}
END_TEST

/* A cut token is either no Base64, or that of a beginning of the text. */
START_TEST(cut_anywhere)
{
    const char *full = good[_i].token;

    for (size_t len = 1; len < strlen(full); len++) {
        struct block token = block_of(full, len);
        struct block buf = block_filled(PXA_BASE64_DECODED_MAX(len));
        struct pxa_basic basic;
        enum pxa_status status = pxa_basic_decode(block_span(token), buf.at, buf.len, &basic);

        if (len % 4 != 0)
            ck_assert_int_eq(status, PXA_BASE64_LENGTH);
        else if (len / 4 * 3 <= good[_i].user.len)
            ck_assert_int_eq(status, PXA_NO_COLON);
        else
            ck_assert_int_eq(status, PXA_OK);
        if (status != PXA_OK)
            expect_nothing(&basic, buf);
        else
            ck_assert(span_is(basic.user, good[_i].user.at, good[_i].user.len) &&
                      span_is(basic.password, good[_i].password.at, basic.password.len));
        block_free(buf);
        block_free(token);
    }
}
END_TEST

START_TEST(refuses)
{
    struct block token = block_of(bad[_i].token, strlen(bad[_i].token));
    struct block buf = block_filled(token.len);
    struct pxa_basic basic;

    ck_assert_int_eq(pxa_basic_decode(block_span(token), buf.at, buf.len, &basic),
                     bad[_i].status);
    ck_assert_uint_eq(basic.fault_at, bad[_i].fault_at);
    expect_nothing(&basic, buf);
    block_free(buf);
    block_free(token);
}
END_TEST

/* Encodes "us?er:pass?word" with one byte in one of the two places. */
static enum pxa_status decode_with(char byte, size_t place, struct pxa_basic *basic)
{
    char text[] = "us?er:pass?word";
    struct pxa_span span = {text, sizeof text - 1};
    char token[PXA_BASE64_ENCODED_LEN(sizeof text)];
    char decoded[sizeof text];
    struct pxa_written encoded;
    enum pxa_status status;

    text[place] = byte;
    ck_assert_int_eq(pxa_base64_encode(span, token, sizeof token, &encoded), PXA_OK);
    memset(decoded, BLOCK_FILL, sizeof decoded);
    status = pxa_basic_decode((struct pxa_span){token, encoded.len}, decoded, sizeof decoded,
                              basic);
    if (status != PXA_OK)
        expect_nothing(basic, (struct block){decoded, sizeof decoded});
    ck_assert_int_eq(decoded[sizeof decoded - 1], BLOCK_FILL); /* one byte after the text */
    return status;
}

START_TEST(every_byte_in_user_and_password)
{
    static const size_t places[] = {2, 10};

    for (size_t i = 0; i < 2; i++) {
        for (int byte = 0; byte < 256; byte++) {
            struct pxa_basic basic;
            enum pxa_status status = decode_with((char)byte, places[i], &basic);
            enum pxa_status want = PXA_OK;

            if (byte == 0)
                want = PXA_NUL;
            else if (byte < 0x20 || byte == 0x7f)
                want = PXA_CONTROL;
            ck_assert_int_eq(status, want);
            ck_assert_uint_eq(basic.fault_at, want == PXA_OK ? 0 : places[i]);
            if (want == PXA_OK)
                ck_assert_uint_eq(basic.user.len, byte == ':' && i == 0 ? 2 : 5);
            if (byte >= 0x80)
                ck_assert_int_eq(basic.charset, PXA_OTHER_CHARSET);
        }
    }
}
END_TEST

START_TEST(nothing_is_empty)
{
    struct pxa_basic basic;

    ck_assert_int_eq(pxa_basic_decode((struct pxa_span){NULL, 0}, NULL, 0, &basic), PXA_EMPTY);
    expect_nothing(&basic, (struct block){NULL, 0});
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("basic");
    TCase *tc = tcase_create("basic");

    tcase_add_loop_test(tc, decodes, 0, GOOD_COUNT);
    tcase_add_loop_test(tc, cut_anywhere, 0, GOOD_COUNT);
    tcase_add_loop_test(tc, refuses, 0, BAD_COUNT);
    tcase_add_test(tc, every_byte_in_user_and_password);
    tcase_add_test(tc, nothing_is_empty);
    suite_add_tcase(s, tc);
    return s;
}
