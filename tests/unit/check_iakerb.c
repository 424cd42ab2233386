/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/iakerb.c. Messages by hand after draft-ietf-kitten-iakerb-03, section
 * 3: IAKERB-HEADER { target-realm [1] UTF8String, ... } and the KDC's message, behind TOK_ID 05 01.
 */
#include <config.h>

#include <check.h>

#include "helpers/kerberos/iakerb.h"
#include "tests/unit/captured.h"
#include "tests/unit/iakerb_build.h"

Suite *suite(void);

static char key_name[] = "HTTP/a@B.EXAMPLE@R";
static char other_name[] = "HTTP/proxy@EXAMPLE.TEST";
static struct key_entry entries[] = {{key_name, 1, 18, true}, {other_name, 1, 18, false}};
static const struct keys keys = {entries, 2, 1, "MEMORY:x", false};
static char listed[] = "CHILD.EXAMPLE.TEST";
static char *values[] = {listed};
static const struct option_list realms = {values, 1};

static const struct {
    const char *realm;
    enum iakerb_verdict verdict;
    enum iakerb_verdict alone; /* without keys and list */
} cases[] = {
    {"EXAMPLE.TEST", IAKERB_ALLOWED, IAKERB_FOREIGN},
    {"R", IAKERB_ALLOWED, IAKERB_FOREIGN},
    {"CHILD.EXAMPLE.TEST", IAKERB_ALLOWED, IAKERB_FOREIGN},
    {"", IAKERB_ALLOWED, IAKERB_ALLOWED},
    {"example.test", IAKERB_FOREIGN, IAKERB_FOREIGN},
    {"EXAMPLE.TEST2", IAKERB_FOREIGN, IAKERB_FOREIGN},
    {"EXAMPLE.TES", IAKERB_FOREIGN, IAKERB_FOREIGN}, /* the beginning of a key's */
    {"CHILD.EXAMPLE.TES", IAKERB_FOREIGN, IAKERB_FOREIGN},
    {"XEXAMPLE.TEST", IAKERB_FOREIGN, IAKERB_FOREIGN},
    {"B.EXAMPLE@R", IAKERB_FOREIGN, IAKERB_FOREIGN},
    {"EVIL.TEST", IAKERB_FOREIGN, IAKERB_FOREIGN},
};

START_TEST(a_realm)
{
    struct block message = iakerb_message(cases[_i].realm, false);

    ck_assert_int_eq(iakerb_judge(block_span(message), &keys, &realms), cases[_i].verdict);
    ck_assert_int_eq(iakerb_judge(block_span(message), NULL, NULL), cases[_i].alone);
    block_free(message);
}
END_TEST

/* RFC 4120, section 5.4.1: [APPLICATION 10] with msg-type 10, [APPLICATION 12] with 12, pvno 5. */
static const struct {
    unsigned tag;
    int pvno, type;
    enum iakerb_verdict verdict;
} requests[] = {
    {0x6a, 5, 10, IAKERB_ALLOWED},   {0x6c, 5, 12, IAKERB_ALLOWED},
    {0x6a, 5, 12, IAKERB_MALFORMED}, {0x6c, 5, 10, IAKERB_MALFORMED},
    {0x6a, 4, 10, IAKERB_MALFORMED}, {0x6b, 5, 11, IAKERB_MALFORMED},
    {0x6e, 5, 14, IAKERB_MALFORMED}, {0x7e, 5, 30, IAKERB_MALFORMED},
};

START_TEST(what_is_for_a_kdc)
{
    struct der_build der = {.len = 0};

    put_bytes(&der, "\x05\x01\x30\x05\xa1\x03\x0c\x01R", 9);
    put_kdc_request(&der, requests[_i].tag, requests[_i].pvno, requests[_i].type);
    for (size_t len = 4; len <= der.len + 1; len++) { /* cut, whole, and with a byte behind it */
        struct block message = block_of((const char *)der.bytes, len);

        ck_assert_int_eq(iakerb_judge(block_span(message), &keys, &realms),
                         len == der.len ? requests[_i].verdict : IAKERB_MALFORMED);
        block_free(message);
    }
}
END_TEST

START_TEST(other_messages)
{
    struct block token = captured_token("gss-krb5-raw-mit.header", PXA_SCHEME_NEGOTIATE);
    struct block reply = captured_token("mit-reply-raw.header", PXA_SCHEME_NEGOTIATE);
    struct pxa_negotiate decoded;

    ck_assert_int_eq(iakerb_judge(span_of("hello"), &keys, &realms), IAKERB_MALFORMED);
    ck_assert_int_eq(iakerb_judge(span_of(""), &keys, &realms), IAKERB_MALFORMED);
    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &decoded), PXA_OK);
    ck_assert_int_eq(iakerb_judge(decoded.inner, NULL, NULL), IAKERB_ALLOWED);
    ck_assert_int_eq(pxa_negotiate_decode(block_span(reply), &decoded), PXA_OK);
    ck_assert_int_eq(iakerb_judge(decoded.inner, &keys, &realms), IAKERB_MALFORMED);
    block_free(token);
    block_free(reply);
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("iakerb");
    TCase *tests = tcase_create("iakerb");

    tcase_add_loop_test(tests, a_realm, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(tests, what_is_for_a_kdc, 0, sizeof requests / sizeof *requests);
    tcase_add_test(tests, other_messages);
    suite_add_tcase(suite, tests);
    return suite;
}
