/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/param.c, by the grammar of RFC 9110 sections 5.6 and 11.2. What a text means
 * with PXA_SQUID follows from Squid's httpHeaderParseQuotedString().
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

#include <stdio.h>

Suite *suite(void);

#define TEXT(literal) literal, sizeof(literal) - 1

/* ---- pxa_form_of() ---- */

static const struct {
    const char *rest;
    size_t len;
    enum pxa_form form;
} forms[] = {
    {TEXT(""), PXA_FORM_NONE},
    {TEXT(" \t "), PXA_FORM_NONE},
    {TEXT("QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), PXA_FORM_TOKEN68},
    {TEXT("\t abc "), PXA_FORM_TOKEN68},
    {TEXT("a.b-c_d~e+f/g"), PXA_FORM_TOKEN68},
    {TEXT("a="), PXA_FORM_TOKEN68},
    {TEXT("a= "), PXA_FORM_TOKEN68},
    {TEXT("a==="), PXA_FORM_TOKEN68},
    {TEXT("a=b"), PXA_FORM_PARAMS},
    {TEXT("a = b"), PXA_FORM_PARAMS},
    {TEXT("a=\tb"), PXA_FORM_PARAMS},
    {TEXT("a=\"\""), PXA_FORM_PARAMS},
    {TEXT("a=\"open"), PXA_FORM_PARAMS},
    {TEXT(" , a=b"), PXA_FORM_PARAMS},
    {TEXT("realm=\"x\", =, nonsense"), PXA_FORM_PARAMS},
    {TEXT("a=b c"), PXA_FORM_PARAMS},
    {TEXT("="), PXA_FORM_OTHER},
    {TEXT("=a"), PXA_FORM_OTHER},
    {TEXT("a=="
          "b"),
     PXA_FORM_OTHER},
    {TEXT("a=,"), PXA_FORM_OTHER},
    {TEXT("a b"), PXA_FORM_OTHER},
    {TEXT("a b=c"), PXA_FORM_OTHER},
    {TEXT("a ="), PXA_FORM_OTHER},
    {TEXT(","), PXA_FORM_OTHER},
    {TEXT("a,"), PXA_FORM_OTHER},
    {TEXT("a/b=c"), PXA_FORM_OTHER}, /* a token68's byte, not a token's */
    {TEXT("a*"), PXA_FORM_OTHER},    /* the reverse */
    {TEXT("a\0"), PXA_FORM_OTHER},
    {TEXT("\xe4"), PXA_FORM_OTHER},
    {TEXT("\"a\"=b"), PXA_FORM_OTHER},
};
enum { FORM_COUNT = sizeof forms / sizeof forms[0] };

START_TEST(tells_forms)
{
    struct block rest = block_of(forms[_i].rest, forms[_i].len);

    ck_assert_int_eq(pxa_form_of(block_span(rest)), forms[_i].form);
    block_free(rest);
}
END_TEST

START_TEST(nothing_has_no_form)
{
    ck_assert_int_eq(pxa_form_of((struct pxa_span){NULL, 0}), PXA_FORM_NONE);
}
END_TEST

/* ---- pxa_param_next() ---- */

/* Each parameter as name=value; a quoted value is shown in quotes, one with backslashes with
 * an '!' before it. After the last one: how it ends, and where. */
static const struct {
    const char *text;
    size_t len;
    const char *params[4];
    enum pxa_status status;
    size_t at;
} lists[] = {
    {TEXT("a=1"), {"a=1"}, PXA_END, 3},
    {TEXT("a=1, b=2"), {"a=1", "b=2"}, PXA_END, 8},
    {TEXT("a=1,b=2,a=3"), {"a=1", "b=2", "a=3"}, PXA_END, 11},
    {TEXT("a = 1 , b\t=\t\"2\"\t"), {"a=1", "b=\"2\""}, PXA_END, 16},
    {TEXT(", ,a=1, ,\t, b=2 , ,"), {"a=1", "b=2"}, PXA_END, 19},
    {TEXT("a=\"\""), {"a=\"\""}, PXA_END, 4},
    {TEXT("a=\"x, b=2\", c=3"), {"a=\"x, b=2\"", "c=3"}, PXA_END, 15},
    {TEXT("a=\"\\\"\", b=2"), {"a=!\"\\\"\"", "b=2"}, PXA_END, 11},
    {TEXT("a=\"\\\\\", b=2"), {"a=!\"\\\\\"", "b=2"}, PXA_END, 11},
    {TEXT("a=\"\t\xff\""), {"a=\"\t\xff\""}, PXA_END, 6},
    {TEXT("a=\"\\\t\""), {"a=!\"\\\t\""}, PXA_END, 6},
    {TEXT("a=\"=\""), {"a=\"=\""}, PXA_END, 5},
    {TEXT("username*=UTF-8''x%20y"), {"username*=UTF-8''x%20y"}, PXA_END, 22},
    /* Beyond RFC 9110: what SCRAM (RFC 7804), Amazon's scheme and careless programs send */
    {TEXT("sid=AAAA,data=Yz1iaXdzLHI9Zg=="), {"sid=AAAA", "data=Yz1iaXdzLHI9Zg=="}, PXA_END, 30},
    {TEXT("Credential=AK/2026/eu/s3/aws4_request, SignedHeaders=host;range"),
     {"Credential=AK/2026/eu/s3/aws4_request", "SignedHeaders=host;range"},
     PXA_END,
     63},
    {TEXT("a=1=2"), {"a=1=2"}, PXA_END, 5},
    {TEXT("uri=http://x:1/@b"), {"uri=http://x:1/@b"}, PXA_END, 17},
    {TEXT("a=/"), {"a=/"}, PXA_END, 3},
    {TEXT(""), {NULL}, PXA_END, 0},
    {TEXT(" ,\t,"), {NULL}, PXA_END, 4},

    {TEXT("a"), {NULL}, PXA_NO_PARAM, 0},
    {TEXT("a=1, b"), {"a=1"}, PXA_NO_PARAM, 5},
    {TEXT("a=1, b c=3"), {"a=1"}, PXA_NO_PARAM, 5},
    {TEXT("a=1, b, c=3"), {"a=1"}, PXA_NO_PARAM, 5},
    {TEXT("a=1, =2"), {"a=1"}, PXA_NO_PARAM, 5},
    {TEXT("=2"), {NULL}, PXA_NO_PARAM, 0},
    {TEXT("a=1, \"b\"=2"), {"a=1"}, PXA_NO_PARAM, 5},
    {TEXT("a=1, \x01"), {"a=1"}, PXA_NO_PARAM, 5},
    {TEXT("a=1, \0"), {"a=1"}, PXA_NO_PARAM, 5},
    {TEXT("a=1, b/c=2"), {"a=1"}, PXA_NO_PARAM, 5},

    {TEXT("a="), {NULL}, PXA_NO_VALUE, 1},
    {TEXT("a=1, b =  "), {"a=1"}, PXA_NO_VALUE, 7},
    {TEXT("a=1, b=, c=3"), {"a=1"}, PXA_NO_VALUE, 6},
    {TEXT("a==1"), {NULL}, PXA_NO_VALUE, 1},
    {TEXT("a=\x80"), {NULL}, PXA_NO_VALUE, 1},

    {TEXT("a=\""), {NULL}, PXA_QUOTE_OPEN, 2},
    {TEXT("a=1, b= \"x, c=3"), {"a=1"}, PXA_QUOTE_OPEN, 8},
    {TEXT("a=\"x\\"), {NULL}, PXA_QUOTE_OPEN, 2},
    {TEXT("a=\"x\\\""), {NULL}, PXA_QUOTE_OPEN, 2},

    {TEXT("a=1, b=\"x\0y\""), {"a=1"}, PXA_NUL, 9},
    {TEXT("a=1, b=\",\x01\""), {"a=1"}, PXA_CONTROL, 9},
    {TEXT("a=\"x\ny\""), {NULL}, PXA_CONTROL, 4},
    {TEXT("a=\"x\\\x7f\""), {NULL}, PXA_CONTROL, 5},
    {TEXT("a=\"x\\\0\""), {NULL}, PXA_NUL, 5},
    {TEXT("a=\"\x01"), {NULL}, PXA_CONTROL, 3},

    {TEXT("a=1 b=2"), {NULL}, PXA_NO_COMMA, 4},
    {TEXT("a=1, b=\"2\"c=3"), {"a=1"}, PXA_NO_COMMA, 10},
    {TEXT("a=1\"2\""), {NULL}, PXA_NO_COMMA, 3},
    {TEXT("a=1\0"), {NULL}, PXA_NO_COMMA, 3},
    {TEXT("a=1\x80"), {NULL}, PXA_NO_COMMA, 3},
};
enum { LIST_COUNT = sizeof lists / sizeof lists[0] };

static bool lies_in(struct pxa_span inner, struct block outer)
{
    return inner.at >= outer.at && inner.at + inner.len <= outer.at + outer.len;
}

static void expect_no_param(const struct pxa_param *param)
{
    ck_assert_uint_eq(param->name.len, 0);
    ck_assert_uint_eq(param->value.len, 0);
    ck_assert(!param->quoted && !param->escaped);
}

static void expect_param(const struct pxa_param *param, const char *want)
{
    char shown[64];
    const char *quote = param->quoted ? "\"" : "";

    snprintf(shown, sizeof shown, "%.*s=%s%s%.*s%s", (int)param->name.len, param->name.at,
             param->escaped ? "!" : "", quote, (int)param->value.len, param->value.at, quote);
    ck_assert_str_eq(shown, want);
}

START_TEST(reads_lists)
{
    struct block text = block_of(lists[_i].text, lists[_i].len);
    struct pxa_cursor list = {block_span(text), 0};
    struct pxa_param param;

    for (size_t i = 0; lists[_i].params[i] != NULL; i++) {
        ck_assert_int_eq(pxa_param_next(&list, &param), PXA_OK);
        expect_param(&param, lists[_i].params[i]);
        ck_assert(lies_in(param.name, text) && lies_in(param.value, text));
    }
    for (int again = 0; again < 3; again++) {
        memset(&param, 0x5a, sizeof param);
        ck_assert_int_eq(pxa_param_next(&list, &param), lists[_i].status);
        ck_assert_uint_eq(list.at, lists[_i].at);
        expect_no_param(&param);
    }
    block_free(text);
}
END_TEST

/* A cut list reads as the whole one up to a point; then it ends, or is open. */
START_TEST(cut_anywhere)
{
    static const char full[] = "a=1, b = \"x\\\"y\" ,c=2";
    static const struct {
        size_t count;
        enum pxa_status status;
        size_t at;
    } want[] = {
        {0, PXA_END, 0},        {0, PXA_NO_PARAM, 0},   {0, PXA_NO_VALUE, 1},
        {1, PXA_END, 3},        {1, PXA_END, 4},        {1, PXA_END, 5},
        {1, PXA_NO_PARAM, 5},   {1, PXA_NO_PARAM, 5},   {1, PXA_NO_VALUE, 7},
        {1, PXA_NO_VALUE, 7},   {1, PXA_QUOTE_OPEN, 9}, {1, PXA_QUOTE_OPEN, 9},
        {1, PXA_QUOTE_OPEN, 9}, {1, PXA_QUOTE_OPEN, 9}, {1, PXA_QUOTE_OPEN, 9},
        {2, PXA_END, 15},       {2, PXA_END, 16},       {2, PXA_END, 17},
        {2, PXA_NO_PARAM, 17},  {2, PXA_NO_VALUE, 18},  {3, PXA_END, 20},
    };

    ck_assert_uint_eq(sizeof want / sizeof want[0], sizeof full);
    for (size_t len = 0; len < sizeof full; len++) {
        struct block text = block_of(full, len);
        struct pxa_cursor list = {block_span(text), 0};
        struct pxa_param param;
        enum pxa_status status;
        size_t count = 0;

        while ((status = pxa_param_next(&list, &param)) == PXA_OK)
            count++;
        ck_assert_uint_eq(count, want[len].count);
        ck_assert_int_eq(status, want[len].status);
        ck_assert_uint_eq(list.at, want[len].at);
        block_free(text);
    }
}
END_TEST

/* What reading `text` with byte 0x3f ('?') replaced gives at the first call. */
static enum pxa_status read_with(const char *pattern, int byte, size_t *at)
{
    struct block text = block_of(pattern, strlen(pattern));
    struct pxa_cursor list = {block_span(text), 0};
    struct pxa_param param;
    enum pxa_status status;

    *(char *)memchr(text.at, '?', text.len) = (char)byte;
    status = pxa_param_next(&list, &param);
    *at = list.at;
    block_free(text);
    return status;
}

/* RFC 9110 section 5.6.4: what may stand in quotes and behind a backslash; 5.6.2: tokens. */
START_TEST(every_byte_in_a_value)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    enum pxa_status control = PXA_NUL;

    for (int byte = 0; byte < 256; byte++, control = PXA_CONTROL) {
        bool is_control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
        bool is_token = byte != 0 && strchr(token, byte) != NULL;
        enum pxa_status status;
        size_t at;

        status = read_with("a=\"x?y\"", byte, &at);
        if (byte == '"' || byte == '\\') /* a quote too many; y without need escaped */
            ck_assert_int_eq(status, byte == '"' ? PXA_NO_COMMA : PXA_OK);
        else
            ck_assert_int_eq(status, is_control ? control : PXA_OK);
        if (is_control)
            ck_assert_uint_eq(at, 4);
        status = read_with("a=\"x\\?y\"", byte, &at);
        ck_assert_int_eq(status, is_control ? control : PXA_OK);
        ck_assert_uint_eq(at, is_control ? 5 : 8);
        status = read_with("a=x?", byte, &at);
        ck_assert_int_eq(status, is_token || (byte != 0 && strchr(" \t,/:;@=", byte) != NULL)
                                     ? PXA_OK
                                     : PXA_NO_COMMA);
        status = read_with("?=x", byte, &at);
        if (byte == ' ' || byte == '\t' || byte == ',')
            ck_assert(status == PXA_NO_PARAM && at == 1);
        else
            ck_assert_int_eq(status, is_token ? PXA_OK : PXA_NO_PARAM);
    }
}
END_TEST

START_TEST(a_cursor_behind_the_text_ends)
{
    struct block text = block_of("a=1", 3);
    static const size_t places[] = {3, 4, 1000, SIZE_MAX - 1, SIZE_MAX};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct pxa_cursor list = {block_span(text), places[i]};
        struct pxa_param param;

        ck_assert_int_eq(pxa_param_next(&list, &param), PXA_END);
        expect_no_param(&param);
        ck_assert_uint_eq(list.at, 3);
    }
    block_free(text);
}
END_TEST

START_TEST(a_cursor_without_a_text_ends)
{
    struct pxa_cursor list = {{NULL, 0}, 0};
    struct pxa_param param;

    ck_assert_int_eq(pxa_param_next(&list, &param), PXA_END);
    expect_no_param(&param);
}
END_TEST

/* A copy of a cursor reads the same again. */
START_TEST(a_cursor_can_be_copied)
{
    struct block text = block_of("a=1, b=2, c=3", 13);
    struct pxa_cursor list = {block_span(text), 0};
    struct pxa_cursor copy;
    struct pxa_param param;

    ck_assert_int_eq(pxa_param_next(&list, &param), PXA_OK);
    copy = list;
    for (int i = 0; i < 2; i++, list = copy) {
        ck_assert_int_eq(pxa_param_next(&list, &param), PXA_OK);
        expect_param(&param, "b=2");
        ck_assert_int_eq(pxa_param_next(&list, &param), PXA_OK);
        expect_param(&param, "c=3");
        ck_assert_int_eq(pxa_param_next(&list, &param), PXA_END);
    }
    block_free(text);
}
END_TEST

/* ---- pxa_unquote() ---- */

static const struct {
    const char *raw;
    size_t len;
    enum pxa_dialect dialect;
    enum pxa_status status;
    const char *text;
    size_t text_len;
    size_t fault_at;
} quoted[] = {
    {TEXT(""), PXA_RFC, PXA_OK, TEXT(""), 0},
    {TEXT("plain, \xff\t"), PXA_RFC, PXA_OK, TEXT("plain, \xff\t"), 0},
    {TEXT("Login to \\\"apps\\\""), PXA_RFC, PXA_OK, TEXT("Login to \"apps\""), 0},
    {TEXT("CORP\\\\joe"), PXA_RFC, PXA_OK, TEXT("CORP\\joe"), 0},
    {TEXT("CORP\\joe"), PXA_RFC, PXA_OK, TEXT("CORPjoe"), 0},
    {TEXT("\\\\\\\\"), PXA_RFC, PXA_OK, TEXT("\\\\"), 0},
    {TEXT("a\"b"), PXA_RFC, PXA_OK, TEXT("a\"b"), 0},
    {TEXT("a\\\0b"), PXA_RFC, PXA_OK, TEXT("a\0b"), 0},
    {TEXT("ab\\"), PXA_RFC, PXA_QUOTE_OPEN, TEXT(""), 2},
    {TEXT("\\\\\\"), PXA_RFC, PXA_QUOTE_OPEN, TEXT(""), 2},

    {TEXT(""), PXA_SQUID, PXA_OK, TEXT(""), 0},
    {TEXT("plain, \xff"), PXA_SQUID, PXA_OK, TEXT("plain, \xff"), 0},
    {TEXT("CORP\\\\joe"), PXA_SQUID, PXA_OK, TEXT("CORPjoe"), 0},
    {TEXT("CORP\\joe"), PXA_SQUID, PXA_OK, TEXT("CORPjoe"), 0},
    {TEXT("a\\\\\\b\\c"), PXA_SQUID, PXA_OK, TEXT("abc"), 0},
    {TEXT("Login to \\\"apps\\\""), PXA_SQUID, PXA_OK, TEXT("Login to "), 0},
    {TEXT("a\\\\\"b\\"), PXA_SQUID, PXA_OK, TEXT("a"), 0},
    {TEXT("a\"b"), PXA_SQUID, PXA_OK, TEXT("a"), 0},
    {TEXT("\\\""), PXA_SQUID, PXA_OK, TEXT(""), 0},
    {TEXT("ab\\"), PXA_SQUID, PXA_QUOTE_OPEN, TEXT(""), 2},
    {TEXT("\\\\"), PXA_SQUID, PXA_QUOTE_OPEN, TEXT(""), 1},
};
enum { QUOTED_COUNT = sizeof quoted / sizeof quoted[0] };

START_TEST(unquotes)
{
    struct block raw = block_of(quoted[_i].raw, quoted[_i].len);
    struct block out = block_filled(raw.len);
    struct pxa_written done;

    ck_assert_int_eq(pxa_unquote(block_span(raw), quoted[_i].dialect, out.at, out.len, &done),
                     quoted[_i].status);
    ck_assert_uint_eq(done.len, quoted[_i].text_len);
    ck_assert_uint_eq(done.fault_at, quoted[_i].fault_at);
    ck_assert(span_is((struct pxa_span){out.at, done.len}, quoted[_i].text, quoted[_i].text_len));
    ck_assert(block_is_all(out, done.len, BLOCK_FILL));
    block_free(out);
    block_free(raw);
}
END_TEST

START_TEST(unquotes_in_place)
{
    struct block raw = block_of(quoted[_i].raw, quoted[_i].len);
    struct pxa_written done;

    ck_assert_int_eq(pxa_unquote(block_span(raw), quoted[_i].dialect, raw.at, raw.len, &done),
                     quoted[_i].status);
    if (quoted[_i].status == PXA_OK)
        ck_assert(
            span_is((struct pxa_span){raw.at, done.len}, quoted[_i].text, quoted[_i].text_len));
    else
        ck_assert(span_is(block_span(raw), quoted[_i].raw, quoted[_i].len));
    block_free(raw);
}
END_TEST

/* Where byte number `cap` of the text comes from: counted by hand for "a\bc\\d", from 0. */
START_TEST(small_buffers)
{
    static const char raw_text[] = "a\\bc\\\\d";
    static const size_t rfc_at[] = {0, 1, 3, 4, 6};
    static const size_t squid_at[] = {0, 2, 3, 6};
    struct block raw = block_of(raw_text, strlen(raw_text));

    for (size_t cap = 0; cap <= raw.len + 2; cap++) {
        struct block out = block_filled(cap);
        struct pxa_written done;
        enum pxa_status status = pxa_unquote(block_span(raw), PXA_RFC, out.at, cap, &done);

        ck_assert_int_eq(status, cap < 5 ? PXA_SMALL_BUFFER : PXA_OK);
        ck_assert_uint_eq(done.len, cap < 5 ? 0 : 5);
        ck_assert_uint_eq(done.fault_at, cap < 5 ? rfc_at[cap] : 0);
        ck_assert(block_is_all(out, done.len, BLOCK_FILL));
        status = pxa_unquote(block_span(raw), PXA_SQUID, out.at, cap, &done);
        ck_assert_int_eq(status, cap < 4 ? PXA_SMALL_BUFFER : PXA_OK);
        ck_assert_uint_eq(done.fault_at, cap < 4 ? squid_at[cap] : 0);
        block_free(out);
    }
    block_free(raw);
}
END_TEST

START_TEST(nothing_unquotes_to_nothing)
{
    struct pxa_written done;

    ck_assert_int_eq(pxa_unquote((struct pxa_span){NULL, 0}, PXA_RFC, NULL, 0, &done), PXA_OK);
    ck_assert_uint_eq(done.len, 0);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("param");
    TCase *tc = tcase_create("param");

    tcase_add_loop_test(tc, tells_forms, 0, FORM_COUNT);
    tcase_add_test(tc, nothing_has_no_form);
    tcase_add_loop_test(tc, reads_lists, 0, LIST_COUNT);
    tcase_add_test(tc, cut_anywhere);
    tcase_add_test(tc, every_byte_in_a_value);
    tcase_add_test(tc, a_cursor_behind_the_text_ends);
    tcase_add_test(tc, a_cursor_without_a_text_ends);
    tcase_add_test(tc, a_cursor_can_be_copied);
    tcase_add_loop_test(tc, unquotes, 0, QUOTED_COUNT);
    tcase_add_loop_test(tc, unquotes_in_place, 0, QUOTED_COUNT);
    tcase_add_test(tc, small_buffers);
    tcase_add_test(tc, nothing_unquotes_to_nothing);
    suite_add_tcase(s, tc);
    return s;
}
