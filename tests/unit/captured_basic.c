/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Basic, as curl and Chromium send it: users and passwords are those that the programs were given
 * (facts.json: user, password, user_pass_hex).
 */
#include <config.h>

#include "tests/unit/captured.h"

#define JUERGEN "j\xc3\xbcrgen"
#define JUERGENS_PASSWORD "p\xc3\xa4ssw\xc3\xb6rd\xe2\x82\xac"

static const struct {
    const char *name;
    const char *user;
    const char *password;
    enum pxa_charset charset;
    enum pxa_charset guess;
} vectors[] = {
    {"curl-basic.header", "alice", "alice-pw", PXA_ASCII, PXA_ASCII},
    {"curl-basic-colon.header", "alice", "a:b:c", PXA_ASCII, PXA_ASCII},
    {"curl-basic-latin1.header", "j\xfcrgen", "p\xe4ssw\xf6rd", PXA_OTHER_CHARSET, PXA_LATIN1},
    {"curl-basic-utf8.header", JUERGEN, JUERGENS_PASSWORD, PXA_UTF8, PXA_UTF8},
    {"chromium-basic.header", JUERGEN, JUERGENS_PASSWORD, PXA_UTF8, PXA_UTF8},
    {"chromium-basic-charset.header", JUERGEN, JUERGENS_PASSWORD, PXA_UTF8, PXA_UTF8},
};
enum { VECTOR_COUNT = sizeof vectors / sizeof vectors[0] };

START_TEST(user_and_password)
{
    struct block value = captured_value(vectors[_i].name, "Proxy-Authorization");
    struct pxa_span token = captured_credentials(value, PXA_SCHEME_BASIC);
    struct block room = block_filled(PXA_BASE64_DECODED_MAX(token.len));
    struct pxa_basic basic;

    ck_assert_int_eq(pxa_basic_decode(token, room.at, room.len, &basic), PXA_OK);
    ck_assert(span_is(basic.user, vectors[_i].user, strlen(vectors[_i].user)));
    ck_assert(span_is(basic.password, vectors[_i].password, strlen(vectors[_i].password)));
    ck_assert_int_eq(basic.charset, vectors[_i].charset);
    ck_assert_int_eq(pxa_charset_guess(basic.user), vectors[_i].guess);
    ck_assert_int_eq(pxa_charset_guess(basic.password), vectors[_i].guess);
    block_free(room);
    block_free(value);
}
END_TEST

/* What was typed, whatever bytes the program was given for it. */
START_TEST(latin_1_is_what_was_typed)
{
    struct block value = captured_value("curl-basic-latin1.header", "Proxy-Authorization");
    struct pxa_span token = captured_credentials(value, PXA_SCHEME_BASIC);
    struct block room = block_filled(PXA_BASE64_DECODED_MAX(token.len));
    struct pxa_basic basic;

    ck_assert_int_eq(pxa_basic_decode(token, room.at, room.len, &basic), PXA_OK);
    ck_assert(span_is_text(basic.user, PXA_LATIN1, JUERGEN));
    ck_assert(span_is_text(basic.password, PXA_LATIN1, "p\xc3\xa4ssw\xc3\xb6rd"));
    block_free(room);
    block_free(value);
}
END_TEST

bool captured_basic_has(const char *name)
{
    for (size_t i = 0; i < VECTOR_COUNT; i++)
        if (strcmp(vectors[i].name, name) == 0)
            return true;
    return false;
}

TCase *captured_basic(void)
{
    TCase *tc = tcase_create("basic");

    tcase_add_loop_test(tc, user_and_password, 0, VECTOR_COUNT);
    tcase_add_test(tc, latin_1_is_what_was_typed);
    return tc;
}
