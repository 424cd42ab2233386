/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/iakerb_form.c. The AP-REQ is one that MIT's client put into the frame
 * of Kerberos (captured); the same in IAKERB's frame, and short frames, were put together by hand
 * along RFC 2743, section 3.1.
 */
#include <config.h>

#include "helpers/kerberos/iakerb_form.h"

#include <check.h>

#include "tests/unit/captured.h"

Suite *suite(void);

#define IAKERB_OID "\x06\x06\x2b\x06\x01\x05\x02\x05"
#define KRB5_OID "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"

/* 0x60 0x82, two bytes of length, and the OID of Kerberos. */
enum { KRB5_FRAME_LEN = 4 + 11, IAKERB_FRAME_LEN = 4 + 8 };

/* What MIT's client sent, in IAKERB's frame. */
static struct block as_iakerb(struct block krb5)
{
    struct block token = block_filled(krb5.len - KRB5_FRAME_LEN + IAKERB_FRAME_LEN);
    size_t len = token.len - 4;

    ck_assert_mem_eq(krb5.at, "\x60\x82", 2);
    ck_assert_mem_eq(krb5.at + 4, KRB5_OID, 11);
    memcpy(token.at, "\x60\x82", 2);
    token.at[2] = (char)(len >> 8);
    token.at[3] = (char)len;
    memcpy(token.at + 4, IAKERB_OID, 8);
    memcpy(token.at + IAKERB_FRAME_LEN, krb5.at + KRB5_FRAME_LEN, krb5.len - KRB5_FRAME_LEN);
    return token;
}

static void expect_copy(struct pxa_span copy, const char *bytes, size_t len)
{
    ck_assert_ptr_nonnull(copy.at);
    ck_assert(span_is(copy, bytes, len));
    free((void *)(uintptr_t)copy.at);
}

START_TEST(a_real_ap_req_there_and_back)
{
    struct block krb5 = captured_token("gss-krb5-raw-mit.header", PXA_SCHEME_NEGOTIATE);
    struct block iakerb = as_iakerb(krb5);
    struct pxa_span copy;

    ck_assert_int_eq(iakerb_form_of(block_span(iakerb)), IAKERB_FORM_AP_REQ);
    ck_assert(iakerb_form_mend(block_span(iakerb), &copy));
    expect_copy(copy, krb5.at, krb5.len);
    ck_assert(iakerb_form_restore(block_span(krb5), &copy));
    expect_copy(copy, iakerb.at, iakerb.len);
    block_free(krb5);
    block_free(iakerb);
}
END_TEST

static const struct {
    const char *token;
    size_t len;
    enum iakerb_form form;
} forms[] = {
    {"\x60\x0a" IAKERB_OID "\x01\x00", 12, IAKERB_FORM_AP_REQ},
    {"\x60\x0a" IAKERB_OID "\x05\x01", 12, IAKERB_FORM_FOR_KDC},
    {"\x60\x0a" IAKERB_OID "\x05\x02", 12, IAKERB_FORM_OTHER},
    {"\x60\x0a" IAKERB_OID "\x02\x00", 12, IAKERB_FORM_OTHER},
    {"\x60\x09" IAKERB_OID "\x01", 11, IAKERB_FORM_OTHER},
    {"\x60\x08" IAKERB_OID, 10, IAKERB_FORM_OTHER},
    {"\x60\x0d" KRB5_OID "\x01\x00", 15, IAKERB_FORM_NONE},
    {"\x60\x0b" IAKERB_OID "\x01\x00", 12, IAKERB_FORM_NONE}, /* cut */
    {"\x01\x00", 2, IAKERB_FORM_NONE},
    {"NTLMSSP\0\1\0\0\0", 12, IAKERB_FORM_NONE},
    {"", 0, IAKERB_FORM_NONE},
};

START_TEST(only_its_own_ap_req_is_mended)
{
    struct block token = block_of(forms[_i].token, forms[_i].len);
    struct pxa_span copy;

    ck_assert_int_eq(iakerb_form_of(block_span(token)), forms[_i].form);
    ck_assert(iakerb_form_mend(block_span(token), &copy));
    if (forms[_i].form == IAKERB_FORM_AP_REQ)
        expect_copy(copy, "\x60\x0d" KRB5_OID "\x01\x00", 15);
    else
        ck_assert_ptr_null(copy.at);
    block_free(token);
}
END_TEST

/* Lengths of one to four bytes of DER (X.690, 8.1.3), of the frame of Kerberos and of IAKERB's,
 * whose OID is three bytes shorter. */
static const struct {
    size_t inner_len;
    struct pxa_span krb5;
    struct pxa_span iakerb;
} lengths[] = {
    {2, {"\x60\x0d", 2}, {"\x60\x0a", 2}},
    {116, {"\x60\x7f", 2}, {"\x60\x7c", 2}},
    {117, {"\x60\x81\x80", 3}, {"\x60\x7d", 2}},
    {120, {"\x60\x81\x83", 3}, {"\x60\x81\x80", 3}},
    {245, {"\x60\x82\x01\x00", 4}, {"\x60\x81\xfd", 3}},
    {248, {"\x60\x82\x01\x03", 4}, {"\x60\x82\x01\x00", 4}},
    {65524, {"\x60\x82\xff\xff", 4}, {"\x60\x82\xff\xfc", 4}},
    {65525, {"\x60\x83\x01\x00\x00", 5}, {"\x60\x82\xff\xfd", 4}},
    {65528, {"\x60\x83\x01\x00\x03", 5}, {"\x60\x83\x01\x00\x00", 5}},
};

/* FRONT, the OID, and a message of bytes that are all the same but for its TOK_ID. */
static struct block frame(struct pxa_span front, struct pxa_span oid, size_t inner_len)
{
    struct block token = block_filled(front.len + oid.len + inner_len);

    memcpy(token.at, front.at, front.len);
    memcpy(token.at + front.len, oid.at, oid.len);
    memcpy(token.at + front.len + oid.len, "\x01\x00", 2);
    return token;
}

START_TEST(lengths_are_the_shortest)
{
    struct block krb5 = frame(lengths[_i].krb5, span_of(KRB5_OID), lengths[_i].inner_len);
    struct block iakerb = frame(lengths[_i].iakerb, span_of(IAKERB_OID), lengths[_i].inner_len);
    struct pxa_span copy;

    ck_assert(iakerb_form_restore(block_span(krb5), &copy));
    expect_copy(copy, iakerb.at, iakerb.len);
    ck_assert(iakerb_form_mend(block_span(iakerb), &copy));
    expect_copy(copy, krb5.at, krb5.len);
    block_free(krb5);
    block_free(iakerb);
}
END_TEST

/* 65535 bytes are the longest message; a longer one is left to libgssapi as it is. */
START_TEST(what_is_too_long_is_left_alone)
{
    struct pxa_span copy;

    for (size_t len = 65535; len <= 65536; len++) {
        /* What is in the frame is 8 or 11 bytes of OID longer: 0x010007 or 0x010008 and so on. */
        char front[] = {0x60, (char)0x83, 1, 0, (char)(len - 65528)};
        char krb5_front[] = {0x60, (char)0x83, 1, 0, (char)(len - 65525)};
        struct block token = frame((struct pxa_span){front, 5}, span_of(IAKERB_OID), len);
        struct block answer = frame((struct pxa_span){krb5_front, 5}, span_of(KRB5_OID), len);

        ck_assert_int_eq(iakerb_form_of(block_span(token)), IAKERB_FORM_AP_REQ);
        ck_assert(iakerb_form_mend(block_span(token), &copy));
        ck_assert_msg((copy.at != NULL) == (len == 65535), "%zu bytes", len);
        free((void *)(uintptr_t)copy.at);
        ck_assert(iakerb_form_restore(block_span(answer), &copy));
        ck_assert_msg((copy.at != NULL) == (len == 65535), "%zu bytes", len);
        free((void *)(uintptr_t)copy.at);
        block_free(token);
        block_free(answer);
    }
}
END_TEST

#define COUNT_OF(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *suite(void)
{
    Suite *suite = suite_create("iakerb_form");
    TCase *tcase = tcase_create("iakerb_form");

    tcase_add_test(tcase, a_real_ap_req_there_and_back);
    tcase_add_loop_test(tcase, only_its_own_ap_req_is_mended, 0, COUNT_OF(forms));
    tcase_add_loop_test(tcase, lengths_are_the_shortest, 0, COUNT_OF(lengths));
    tcase_add_test(tcase, what_is_too_long_is_left_alone);
    suite_add_tcase(suite, tcase);
    return suite;
}
