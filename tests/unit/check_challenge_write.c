/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/challenge_write.c. The texts are those of RFC 7617 section 2 and RFC 7616
 * section 3.9.1, or written by hand by the grammar of RFC 9110 sections 5.6.4 and 11.3; and
 * what is written is read back.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

Suite *suite(void);

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define PARAM(name, value)                                                                         \
    {                                                                                              \
        TEXT(name), TEXT(value), false, false                                                      \
    }
#define END                                                                                        \
    {                                                                                              \
        {NULL, 0}, {NULL, 0}, false, false                                                         \
    }

enum { MAX_PARAMS = 5 };

static const struct {
    struct pxa_span scheme;
    struct pxa_param params[MAX_PARAMS + 1];
    const char *text;
} good[] = {
    {TEXT("Basic"),
     {PARAM("realm", "foo"), PARAM("charset", "UTF-8"), END},
     "Basic realm=\"foo\", charset=\"UTF-8\""},
    {TEXT("Digest"),
     {PARAM("realm", "http-auth@example.org"), PARAM("qop", "auth, auth-int"),
      PARAM("algorithm", "SHA-256"), PARAM("nonce", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"),
      PARAM("opaque", "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"), END},
     "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256, "
     "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
     "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""},
    {TEXT("digest"),
     {PARAM("Algorithm", "MD5"), PARAM("STALE", "true"), PARAM("userhash", "false"),
      PARAM("Charset", "UTF-8"), END},
     "digest Algorithm=MD5, STALE=true, userhash=false, Charset=UTF-8"},
    {TEXT("Negotiate"), {END}, "Negotiate"},
    {TEXT("!#$%&'*+-.^_`|~09AZaz"), {END}, "!#$%&'*+-.^_`|~09AZaz"},
    {TEXT("Basic"), {PARAM("realm", ""), END}, "Basic realm=\"\""},
    {TEXT("Newauth"),
     {PARAM("title", "Login to \"apps\""), PARAM("path", "C:\\"), END},
     "Newauth title=\"Login to \\\"apps\\\"\", path=\"C:\\\\\""},
    {TEXT("Basic"), {PARAM("realm", " !~, a=b"), END}, "Basic realm=\" !~, a=b\""},
};
enum { GOOD_COUNT = sizeof good / sizeof good[0] };

static size_t count_params(const struct pxa_param *params)
{
    size_t count = 0;

    while (params[count].name.len > 0)
        count++;
    return count;
}

/* Each byte is as before the call, or cleared. */
static bool holds_nothing(struct block out)
{
    for (size_t i = 0; i < out.len; i++)
        if (out.at[i] != 0 && out.at[i] != BLOCK_FILL)
            return false;
    return true;
}

START_TEST(writes)
{
    size_t len = strlen(good[_i].text);
    size_t count = count_params(good[_i].params);

    for (size_t cap = 0; cap <= len + 2; cap++) {
        struct block out = block_filled(cap);
        struct pxa_written done;
        size_t param = 99;
        enum pxa_status status = pxa_challenge_write(good[_i].scheme, good[_i].params, count,
                                                     out.at, cap, &done, &param);

        ck_assert_int_eq(status, cap < len ? PXA_SMALL_BUFFER : PXA_OK);
        ck_assert_uint_eq(done.len, cap < len ? 0 : len);
        ck_assert_uint_eq(done.fault_at, 0);
        ck_assert_uint_eq(param, count);
        if (cap < len)
            ck_assert(holds_nothing(out));
        else
            ck_assert(memcmp(out.at, good[_i].text, len) == 0 &&
                      block_is_all(out, len, BLOCK_FILL));
        block_free(out);
    }
}
END_TEST

/* Takes the quotes and backslashes off a value, into a block that the caller frees. */
static struct block plain_of(const struct pxa_param *param)
{
    struct block plain = block_filled(param->value.len);
    struct pxa_written done;

    ck_assert_int_eq(pxa_unquote(param->value, PXA_RFC, plain.at, plain.len, &done), PXA_OK);
    plain.len = done.len;
    return plain;
}

START_TEST(is_read_back)
{
    struct block line = block_of(good[_i].text, strlen(good[_i].text));
    struct pxa_span span = block_span(line);
    struct pxa_challenges list = {&span, 1, 0, 0};
    struct pxa_challenge challenge;
    struct pxa_cursor params;
    struct pxa_param param;

    ck_assert_int_eq(pxa_challenge_next(&list, &challenge), PXA_OK);
    ck_assert(span_is(challenge.name, good[_i].scheme.at, good[_i].scheme.len));
    params = (struct pxa_cursor){challenge.params, 0};
    for (size_t i = 0; i < count_params(good[_i].params); i++) {
        const struct pxa_param *want = &good[_i].params[i];
        struct block plain;

        ck_assert_int_eq(pxa_param_next(&params, &param), PXA_OK);
        plain = plain_of(&param);
        ck_assert(span_is(param.name, want->name.at, want->name.len));
        ck_assert(span_is(block_span(plain), want->value.at, want->value.len));
        block_free(plain);
    }
    ck_assert_int_eq(pxa_param_next(&params, &param), PXA_END);
    ck_assert_int_eq(pxa_challenge_next(&list, &challenge), PXA_END);
    block_free(line);
}
END_TEST

static const struct {
    struct pxa_span scheme;
    struct pxa_param params[MAX_PARAMS + 1];
    size_t count;
    enum pxa_status status;
    size_t param, fault_at;
} bad[] = {
    {TEXT(""), {END}, 0, PXA_NOT_TOKEN, 0, 0},
    {TEXT("Ba sic"), {END}, 0, PXA_NOT_TOKEN, 0, 2},
    {TEXT("Basic\0"), {PARAM("realm", "x"), END}, 1, PXA_NOT_TOKEN, 1, 5},
    {TEXT("Basic"), {PARAM("realm", "x"), PARAM("", "y"), END}, 2, PXA_NOT_TOKEN, 1, 0},
    {TEXT("Basic"), {PARAM("realm=", "x"), END}, 1, PXA_NOT_TOKEN, 0, 5},
    {TEXT("Digest"), {PARAM("algorithm", ""), END}, 1, PXA_NOT_TOKEN, 0, 0},
    {TEXT("Digest"), {PARAM("realm", "x"), PARAM("stale", "tr\"ue"), END}, 2, PXA_NOT_TOKEN, 1, 2},
    {TEXT("Digest"), {PARAM("charset", "UTF 8"), END}, 1, PXA_NOT_TOKEN, 0, 3},
    {TEXT("Basic"), {PARAM("realm", "a\0b"), END}, 1, PXA_NUL, 0, 1},
    {TEXT("Basic"), {PARAM("realm", "ab\r\nSet-Cookie: x"), END}, 1, PXA_CONTROL, 0, 2},
    {TEXT("Basic"), {PARAM("a", "b"), PARAM("realm", "\t"), END}, 2, PXA_CONTROL, 1, 0},
    {TEXT("Basic"), {PARAM("realm", "a\x7f"), END}, 1, PXA_CONTROL, 0, 1},
    {TEXT("Basic"), {PARAM("realm", "M\xc3\xbcller"), END}, 1, PXA_NOT_ASCII, 0, 1},
};
enum { BAD_COUNT = sizeof bad / sizeof bad[0] };

/* The fault is told whether or not there is room for what is before it. */
START_TEST(refuses)
{
    for (size_t cap = 0; cap <= 40; cap++) {
        struct block out = block_filled(cap);
        struct pxa_written done;
        size_t param = 99;

        ck_assert_int_eq(pxa_challenge_write(bad[_i].scheme, bad[_i].params, bad[_i].count, out.at,
                                             cap, &done, &param),
                         bad[_i].status);
        ck_assert_uint_eq(done.len, 0);
        ck_assert_uint_eq(done.fault_at, bad[_i].fault_at);
        ck_assert_uint_eq(param, bad[_i].param);
        ck_assert(holds_nothing(out));
        ck_assert_int_eq(pxa_challenge_write(bad[_i].scheme, bad[_i].params, bad[_i].count, out.at,
                                             cap, &done, NULL),
                         bad[_i].status);
        block_free(out);
    }
}
END_TEST

/* RFC 9110 section 5.6.4 without obs-text, and without the tab: 95 bytes, two of them escaped. */
START_TEST(every_byte_in_a_value)
{
    for (int byte = 0; byte < 256; byte++) {
        char value[] = "x?y";
        struct pxa_param param = {TEXT("realm"), {value, 3}, true, true};
        struct block out = block_filled(18);
        struct pxa_written done;
        enum pxa_status want = PXA_OK;
        bool escaped = byte == '"' || byte == '\\';

        value[1] = (char)byte;
        if (byte < 0x20 || byte == 0x7f)
            want = byte == 0 ? PXA_NUL : PXA_CONTROL;
        else if (byte > 0x7f)
            want = PXA_NOT_ASCII;
        ck_assert_int_eq(pxa_challenge_write((struct pxa_span)TEXT("Basic"), &param, 1, out.at,
                                             out.len, &done, NULL),
                         want);
        ck_assert_uint_eq(done.fault_at, want == PXA_OK ? 0 : 1);
        ck_assert_uint_eq(done.len, want != PXA_OK ? 0 : escaped ? 18 : 17);
        if (want == PXA_OK)
            ck_assert(out.at[14] == (escaped ? '\\' : (char)byte) && out.at[16 + escaped] == '"');
        block_free(out);
    }
}
END_TEST

static const struct {
    struct pxa_span scheme, token68;
    const char *text; /* null if it is refused */
    enum pxa_status status;
    size_t fault_at;
} tokens[] = {
    {TEXT("Negotiate"), TEXT("oRQw=="), "Negotiate oRQw==", PXA_OK, 0},
    {TEXT("NTLM"), TEXT("TlRMTVNTUAAC"), "NTLM TlRMTVNTUAAC", PXA_OK, 0},
    {TEXT("x"), TEXT("-._~+/09azAZ="), "x -._~+/09azAZ=", PXA_OK, 0},
    {TEXT(""), TEXT("oRQw"), NULL, PXA_NOT_TOKEN, 0},
    {TEXT("Nego/tiate"), TEXT("!"), NULL, PXA_NOT_TOKEN, 4},
    {TEXT("Negotiate"), TEXT(""), NULL, PXA_NOT_BASE64, 0},
    {TEXT("Negotiate"), TEXT("=="), NULL, PXA_NOT_BASE64, 0},
    {TEXT("Negotiate"), TEXT("oR=w"), NULL, PXA_NOT_BASE64, 3},
    {TEXT("Negotiate"), TEXT("oR w"), NULL, PXA_NOT_BASE64, 2},
    {TEXT("Negotiate"), TEXT("oRQw,"), NULL, PXA_NOT_BASE64, 4},
    {TEXT("Negotiate"), TEXT("oRQw\0"), NULL, PXA_NOT_BASE64, 4},
    {TEXT("Negotiate"), TEXT("oRQw\r\n"), NULL, PXA_NOT_BASE64, 4},
    {TEXT("Negotiate"), TEXT("\xff"), NULL, PXA_NOT_BASE64, 0},
};
enum { TOKEN_COUNT = sizeof tokens / sizeof tokens[0] };

START_TEST(writes_token68)
{
    size_t len = tokens[_i].text != NULL ? strlen(tokens[_i].text) : 20;

    for (size_t cap = 0; cap <= len + 2; cap++) {
        struct block out = block_filled(cap);
        struct pxa_written done;
        enum pxa_status status =
            pxa_challenge_write_token68(tokens[_i].scheme, tokens[_i].token68, out.at, cap, &done);

        if (tokens[_i].text != NULL && cap < len)
            ck_assert_int_eq(status, PXA_SMALL_BUFFER);
        else
            ck_assert_int_eq(status, tokens[_i].status);
        ck_assert_uint_eq(done.fault_at, tokens[_i].fault_at);
        if (status == PXA_OK)
            ck_assert(done.len == len && memcmp(out.at, tokens[_i].text, len) == 0 &&
                      block_is_all(out, len, BLOCK_FILL));
        else
            ck_assert(done.len == 0 && holds_nothing(out));
        block_free(out);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("challenge_write");
    TCase *tc = tcase_create("challenge_write");

    tcase_add_loop_test(tc, writes, 0, GOOD_COUNT);
    tcase_add_loop_test(tc, is_read_back, 0, GOOD_COUNT);
    tcase_add_loop_test(tc, refuses, 0, BAD_COUNT);
    tcase_add_test(tc, every_byte_in_a_value);
    tcase_add_loop_test(tc, writes_token68, 0, TOKEN_COUNT);
    suite_add_tcase(s, tc);
    return s;
}
