/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/route.c: tokens that real clients sent (tests/vectors/captured, whose
 * names say what they are), and some by hand after RFC 4178, section 4.2, and MS-SPNG.
 */
#include <config.h>

#include <check.h>
#include <string.h>

#include "helpers/kerberos/route.h"
#include "tests/unit/captured.h"
#include "tests/unit/der_build.h"

Suite *suite(void);

#define KRB5 "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define KRB5_U2U KRB5 "\x03"
#define IAKERB "\x2b\x06\x01\x05\x02\x05"
#define NTLM "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
#define NEGOEX "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e"
#define SPNEGO "\x2b\x06\x01\x05\x05\x02"

static const struct {
    const char *file;
    enum route_way first; /* without NTLM */
    enum route_way ntlm;  /* with it */
} captured[] = {
    {"curl-negotiate-mit.header", ROUTE_INLINE, ROUTE_INLINE},
    {"chromium-negotiate-mit.header", ROUTE_INLINE, ROUTE_INLINE},
    {"ad-negotiate-1200groups.header", ROUTE_INLINE, ROUTE_INLINE},
    {"gss-krb5-raw-mit.header", ROUTE_INLINE, ROUTE_INLINE},
    {"samba-negotiate-krb5.header", ROUTE_INLINE, ROUTE_INLINE},
    {"samba-negotiate-ntlm-1.header", ROUTE_DENIED, ROUTE_NTLM},
    {"samba-negotiate-ntlm-3.header", ROUTE_DENIED, ROUTE_DENIED}, /* of a later leg */
};

START_TEST(what_real_clients_send)
{
    struct block token = captured_token(captured[_i].file, PXA_SCHEME_NEGOTIATE);

    ck_assert_int_eq(route_first(block_span(token), false).way, captured[_i].first);
    ck_assert_int_eq(route_first(block_span(token), true).way, captured[_i].ntlm);
    block_free(token);
}
END_TEST

/* A NegTokenInit with these mechanisms and this mechToken. */
static struct block offer(const char *const *mechs, const char *token, size_t token_len)
{
    struct der_build der = {.len = 0};
    size_t start, list;

    put(&der, 0x06, SPNEGO, 6);
    start = der.len;
    for (list = der.len; *mechs; mechs++)
        put_text(&der, 0x06, *mechs);
    wrap(&der, list, 0x30);
    wrap(&der, list, 0xa0);
    if (token) {
        list = der.len;
        put(&der, 0x04, token, token_len);
        wrap(&der, list, 0xa2);
    }
    wrap(&der, start, 0x30);
    wrap(&der, start, 0xa0);
    wrap(&der, 0, 0x60);
    return built(&der);
}

static const char type1[] = "NTLMSSP\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

static const struct {
    const char *mechs[4];
    const char *token;
    size_t token_len;
    enum route_way way;
    enum route_way ntlm;
} offers[] = {
    {{KRB5}, NULL, 0, ROUTE_INLINE, ROUTE_INLINE},
    {{NTLM}, NULL, 0, ROUTE_DENIED, ROUTE_NTLM},
    {{NTLM}, type1, sizeof type1, ROUTE_DENIED, ROUTE_NTLM},
    /* Kerberos is asked for where NTLM is not taken. */
    {{NTLM, KRB5}, type1, sizeof type1, ROUTE_INLINE, ROUTE_NTLM},
    {{NEGOEX, KRB5, NTLM}, "NEGOEXTS", 8, ROUTE_INLINE, ROUTE_INLINE},
    {{NEGOEX, NTLM}, "NEGOEXTS", 8, ROUTE_DENIED, ROUTE_NTLM},
    {{NEGOEX}, "NEGOEXTS", 8, ROUTE_OTHER, ROUTE_OTHER},
    {{IAKERB}, NULL, 0, ROUTE_INLINE, ROUTE_INLINE},
    {{IAKERB}, "\x60\x0a\x06\x06" IAKERB "\x05\x01", 12, ROUTE_THREAD, ROUTE_THREAD},
    {{"\x2a\x03"}, "abc", 3, ROUTE_OTHER, ROUTE_OTHER},
};

START_TEST(what_a_list_offers)
{
    struct block token = offer(offers[_i].mechs, offers[_i].token, offers[_i].token_len);

    ck_assert_int_eq(route_first(block_span(token), false).way, offers[_i].way);
    ck_assert_int_eq(route_first(block_span(token), true).way, offers[_i].ntlm);
    block_free(token);
}
END_TEST

static const struct {
    const char *token;
    size_t len;
    enum route_way way;
} others[] = {
    {"", 0, ROUTE_DENIED},
    {"hello", 5, ROUTE_DENIED},
    {"\x60\x0a\x06\x06" IAKERB "\x05\x01", 12, ROUTE_THREAD},
    {"\x60\x0a\x06\x06" IAKERB "\x05\x01x", 13, ROUTE_DENIED}, /* a byte too many */
    {"\x60\x0a\x06\x06" IAKERB "\x01\x00", 12, ROUTE_INLINE},  /* an AP-REQ: no KDC is asked */
    {"\x60\x0a\x06\x06" IAKERB "\x05\x02", 12, ROUTE_DENIED},  /* nothing that begins a login */
    {"\x60\x0e\x06\x0a" KRB5_U2U "\x04\x00", 16, ROUTE_INLINE},
    {"\x60\x06\x06\x02\x2a\x03\x05\x01", 8, ROUTE_OTHER},
    {"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x00", 9, ROUTE_DENIED}, /* a later leg's */
};

START_TEST(what_begins_otherwise)
{
    struct block token = block_of(others[_i].token, others[_i].len);
    struct route route = route_first(block_span(token), false);

    ck_assert_int_eq(route.way, others[_i].way);
    ck_assert(route.way != ROUTE_DENIED || route.reason);
    block_free(token);
}
END_TEST

/* Later legs: a mechanism's token in a NegTokenResp, by its own bytes. */
START_TEST(later_legs)
{
    struct block accept = block_of("\xa1\x07\x30\x05\xa0\x03\x0a\x01\x00", 9);
    struct block iakerb = block_of("\x60\x0a\x06\x06" IAKERB "\x05\x01", 12);
    struct block ntlm = captured_token("samba-negotiate-ntlm-3.header", PXA_SCHEME_NEGOTIATE);
    struct block krb5 = captured_token("gss-krb5-raw-mit.header", PXA_SCHEME_NEGOTIATE);
    struct block garbage = block_of("hello", 5);
    struct block unknown = block_of("\xa1\x09\x30\x07\xa2\x05\x04\x03xyz", 11);

    ck_assert_int_eq(route_next(block_span(accept), ROUTE_INLINE).way, ROUTE_INLINE);
    ck_assert_int_eq(route_next(block_span(accept), ROUTE_THREAD).way, ROUTE_THREAD);
    ck_assert_int_eq(route_next(block_span(accept), ROUTE_NTLM).way, ROUTE_NTLM);
    ck_assert_int_eq(route_next(block_span(iakerb), ROUTE_INLINE).way, ROUTE_THREAD);
    ck_assert_int_eq(route_next(block_span(iakerb), ROUTE_THREAD).way, ROUTE_THREAD);
    ck_assert_int_eq(route_next(block_span(ntlm), ROUTE_NTLM).way, ROUTE_NTLM);
    ck_assert_int_eq(route_next(block_span(ntlm), ROUTE_INLINE).way, ROUTE_DENIED);
    ck_assert_int_eq(route_next(block_span(krb5), ROUTE_INLINE).way, ROUTE_INLINE);
    ck_assert_int_eq(route_next(block_span(krb5), ROUTE_THREAD).way, ROUTE_THREAD);
    ck_assert_int_eq(route_next(block_span(garbage), ROUTE_NTLM).way, ROUTE_DENIED);
    ck_assert_int_eq(route_next(block_span(garbage), ROUTE_INLINE).way, ROUTE_DENIED);
    /* Whose message it is only libgssapi knows, so that it may wait. */
    ck_assert_int_eq(route_next(block_span(unknown), ROUTE_INLINE).way, ROUTE_THREAD);
    /* IAKERB's later messages have no frame: libgssapi judges them. */
    ck_assert_int_eq(route_next(block_span(garbage), ROUTE_THREAD).way, ROUTE_THREAD);
    block_free(accept);
    block_free(iakerb);
    block_free(ntlm);
    block_free(krb5);
    block_free(garbage);
    block_free(unknown);
}
END_TEST

/* A client that sends NTLM is told what to do. */
START_TEST(words_for_ntlm)
{
    struct block token = captured_token("curl-ntlm-type1.header", PXA_SCHEME_NTLM);
    struct route route = route_first(block_span(token), false);

    ck_assert_int_eq(route.way, ROUTE_DENIED);
    ck_assert_msg(strstr(route.reason, "full name"), "%s", route.reason);
    ck_assert_msg(strstr(route.remark, "--ntlm"), "%s", route.remark);
    ck_assert_int_eq(route_first(block_span(token), true).way, ROUTE_NTLM);
    block_free(token);
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("route");
    TCase *tests = tcase_create("route");

    tcase_add_loop_test(tests, what_real_clients_send, 0, sizeof captured / sizeof *captured);
    tcase_add_loop_test(tests, what_a_list_offers, 0, sizeof offers / sizeof *offers);
    tcase_add_loop_test(tests, what_begins_otherwise, 0, sizeof others / sizeof *others);
    tcase_add_test(tests, later_legs);
    tcase_add_test(tests, words_for_ntlm);
    suite_add_tcase(suite, tests);
    return suite;
}
