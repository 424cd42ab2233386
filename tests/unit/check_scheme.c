/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of common/scheme.c, by the grammar of RFC 9110 sections 5.6 and 11.4. */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

Suite *suite(void);

static const struct {
    const char *value;
    enum pxa_status status;
    const char *name;
    const char *rest;
    enum pxa_scheme_id id;
} cases[] = {
    {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", PXA_OK, "Basic", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
     PXA_SCHEME_BASIC},
    {"basic x", PXA_OK, "basic", "x", PXA_SCHEME_BASIC},
    {"BASIC x", PXA_OK, "BASIC", "x", PXA_SCHEME_BASIC},
    {"bAsIc x", PXA_OK, "bAsIc", "x", PXA_SCHEME_BASIC},
    {"Digest username=\"a b\", nc=1", PXA_OK, "Digest", "username=\"a b\", nc=1",
     PXA_SCHEME_DIGEST},
    {"Negotiate YIIZ", PXA_OK, "Negotiate", "YIIZ", PXA_SCHEME_NEGOTIATE},
    {"NTLM TlRMTVNTUAAB", PXA_OK, "NTLM", "TlRMTVNTUAAB", PXA_SCHEME_NTLM},
    {"ntlm x", PXA_OK, "ntlm", "x", PXA_SCHEME_NTLM},
    {"Bearer a.b.c", PXA_OK, "Bearer", "a.b.c", PXA_SCHEME_BEARER},
    {"SCRAM-SHA-256 x", PXA_OK, "SCRAM-SHA-256", "x", PXA_SCHEME_SCRAM_SHA_256},
    {"!#$%&'*+-.^_`|~09azAZ x", PXA_OK, "!#$%&'*+-.^_`|~09azAZ", "x", PXA_SCHEME_OTHER},

    /* A whole token: neither a longer nor a shorter name. */
    {"BasicX x", PXA_OK, "BasicX", "x", PXA_SCHEME_OTHER},
    {"Basi x", PXA_OK, "Basi", "x", PXA_SCHEME_OTHER},
    {"Negotiat x", PXA_OK, "Negotiat", "x", PXA_SCHEME_OTHER},
    {"B x", PXA_OK, "B", "x", PXA_SCHEME_OTHER},
    {"bas\xc4\xb1"
     "c x",
     PXA_NO_SPACE, "", "", PXA_SCHEME_OTHER},

    /* Blanks. */
    {"Basic", PXA_OK, "Basic", "", PXA_SCHEME_BASIC},
    {"Basic ", PXA_OK, "Basic", "", PXA_SCHEME_BASIC},
    {"Basic \t ", PXA_OK, "Basic", "", PXA_SCHEME_BASIC},
    {"Basic    x", PXA_OK, "Basic", "x", PXA_SCHEME_BASIC},
    {" \t Basic x\t ", PXA_OK, "Basic", "x", PXA_SCHEME_BASIC},
    {"Basic x  y", PXA_OK, "Basic", "x  y", PXA_SCHEME_BASIC},
    {"Basic \tx", PXA_OK, "Basic", "\tx", PXA_SCHEME_BASIC},
    {"Negotiate AAAA injected extra=1", PXA_OK, "Negotiate", "AAAA injected extra=1",
     PXA_SCHEME_NEGOTIATE},
    {"", PXA_EMPTY, "", "", PXA_SCHEME_OTHER},
    {" \t  ", PXA_EMPTY, "", "", PXA_SCHEME_OTHER},

    /* What is no scheme, or not followed by a space. */
    {"=x", PXA_NO_SCHEME, "", "", PXA_SCHEME_OTHER},
    {", Basic x", PXA_NO_SCHEME, "", "", PXA_SCHEME_OTHER},
    {"\"Basic\" x", PXA_NO_SCHEME, "", "", PXA_SCHEME_OTHER},
    {"\xffx", PXA_NO_SCHEME, "", "", PXA_SCHEME_OTHER},
    {"Basic\tx", PXA_NO_SPACE, "", "", PXA_SCHEME_OTHER},
    {"Basic:x", PXA_NO_SPACE, "", "", PXA_SCHEME_OTHER},
    {"Basic,x", PXA_NO_SPACE, "", "", PXA_SCHEME_OTHER},
    {"Basic=", PXA_NO_SPACE, "", "", PXA_SCHEME_OTHER},
    {"Basic\nx", PXA_NO_SPACE, "", "", PXA_SCHEME_OTHER},
};
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

static enum pxa_status split(struct block value, struct pxa_scheme *out)
{
    memset(out, 0x5a, sizeof *out);
    return pxa_scheme_split(block_span(value), out);
}

START_TEST(splits)
{
    struct block value = block_of(cases[_i].value, strlen(cases[_i].value));
    struct pxa_scheme scheme;

    ck_assert_int_eq(split(value, &scheme), cases[_i].status);
    ck_assert(span_is(scheme.name, cases[_i].name, strlen(cases[_i].name)));
    ck_assert(span_is(scheme.rest, cases[_i].rest, strlen(cases[_i].rest)));
    ck_assert_int_eq(scheme.id, cases[_i].id);
    block_free(value);
}
END_TEST

START_TEST(spans_lie_in_the_value)
{
    struct block value = block_of(" Basic  x ", 10);
    struct pxa_scheme scheme;

    ck_assert_int_eq(split(value, &scheme), PXA_OK);
    ck_assert_ptr_eq(scheme.name.at, value.at + 1);
    ck_assert_ptr_eq(scheme.rest.at, value.at + 8);
    block_free(value);
}
END_TEST

/* RFC 9110 section 5.6.2 names 15 signs, 10 digits and 52 letters. */
START_TEST(token_bytes_are_77)
{
    char text[4] = "A? x";
    struct pxa_scheme scheme;
    int first = 0;
    int inside = 0;

    for (int byte = 0; byte < 256; byte++) {
        struct block value;

        text[1] = (char)byte;
        value = block_of(text, sizeof text);
        inside += split(value, &scheme) == PXA_OK && scheme.name.len == 2;
        block_free(value);
        value = block_of(&text[1], 3);
        first += split(value, &scheme) == PXA_OK && scheme.name.len == 1 && scheme.rest.len == 1;
        block_free(value);
    }
    ck_assert_int_eq(inside, 77);
    /* A space in front is a blank, and "x" is the scheme then: not counted, as
     * its rest is empty. So is a tab. */
    ck_assert_int_eq(first, 77);
}
END_TEST

START_TEST(a_nul_ends_no_name)
{
    struct block value = block_of("Basic\0 x", 8);
    struct pxa_scheme scheme;

    ck_assert_int_eq(split(value, &scheme), PXA_NO_SPACE);
    block_free(value);
    value = block_of("Basic a\0b", 9);
    ck_assert_int_eq(split(value, &scheme), PXA_OK);
    ck_assert(span_is(scheme.rest, "a\0b", 3));
    block_free(value);
}
END_TEST

/* Every beginning of "Basic QQ==": the name grows, then the rest. */
START_TEST(cut_anywhere)
{
    static const char full[] = "Basic QQ==";
    struct pxa_scheme scheme;

    for (size_t len = 1; len < sizeof full; len++) {
        struct block value = block_of(full, len);

        ck_assert_int_eq(split(value, &scheme), PXA_OK);
        ck_assert_uint_eq(scheme.name.len, len < 5 ? len : 5);
        ck_assert_uint_eq(scheme.rest.len, len < 6 ? 0 : len - 6);
        ck_assert_int_eq(scheme.id, len < 5 ? PXA_SCHEME_OTHER : PXA_SCHEME_BASIC);
        block_free(value);
    }
}
END_TEST

START_TEST(nothing_is_empty)
{
    struct pxa_scheme scheme;

    ck_assert_int_eq(split((struct block){NULL, 0}, &scheme), PXA_EMPTY);
    ck_assert_uint_eq(scheme.name.len, 0);
    ck_assert_uint_eq(scheme.rest.len, 0);
    ck_assert_int_eq(scheme.id, PXA_SCHEME_OTHER);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("scheme");
    TCase *tc = tcase_create("scheme");

    tcase_add_loop_test(tc, splits, 0, CASE_COUNT);
    tcase_add_test(tc, spans_lie_in_the_value);
    tcase_add_test(tc, token_bytes_are_77);
    tcase_add_test(tc, a_nul_ends_no_name);
    tcase_add_test(tc, cut_anywhere);
    tcase_add_test(tc, nothing_is_empty);
    suite_add_tcase(s, tc);
    return s;
}
