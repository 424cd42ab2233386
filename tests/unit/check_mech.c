/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/mech.c. The DER of the identifiers is from RFC 1964 (Kerberos), RFC 4178
 * (SPNEGO), [MS-SPNG] and from "openssl asn1parse -genstr OID:...".
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

Suite *suite(void);

#define BYTES(literal) {literal, sizeof(literal) - 1}

static const struct {
    struct pxa_span oid;
    const char *text;
    enum pxa_mech mech;
} good[] = {
    {BYTES("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"), "1.2.840.113554.1.2.2", PXA_MECH_KRB5},
    {BYTES("\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"), "1.2.840.48018.1.2.2", PXA_MECH_MS_KRB5},
    {BYTES("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03"), "1.2.840.113554.1.2.2.3",
     PXA_MECH_KRB5_U2U},
    {BYTES("\x2b\x06\x01\x05\x02\x05"), "1.3.6.1.5.2.5", PXA_MECH_IAKERB},
    {BYTES("\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"), "1.3.6.1.4.1.311.2.2.10",
     PXA_MECH_NTLMSSP},
    {BYTES("\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e"), "1.3.6.1.4.1.311.2.2.30",
     PXA_MECH_NEGOEX},
    {BYTES("\x2b\x06\x01\x05\x05\x02"), "1.3.6.1.5.5.2", PXA_MECH_SPNEGO},
    {BYTES("\x2b\x06\x01\x05\x05"), "1.3.6.1.5.5", PXA_MECH_OTHER},
    {BYTES("\x2b\x06\x01\x05\x05\x02\x00"), "1.3.6.1.5.5.2.0", PXA_MECH_OTHER},
    {BYTES("\x00"), "0.0", PXA_MECH_OTHER},
    {BYTES("\x27"), "0.39", PXA_MECH_OTHER},
    {BYTES("\x28"), "1.0", PXA_MECH_OTHER},
    {BYTES("\x4f"), "1.39", PXA_MECH_OTHER},
    {BYTES("\x50"), "2.0", PXA_MECH_OTHER},
    {BYTES("\x88\x37\x03"), "2.999.3", PXA_MECH_OTHER}, /* X.690 section 8.19.5 */
    {BYTES("\x7f\x7f\x81\x00"), "2.47.127.128", PXA_MECH_OTHER},
    /* 2^64 - 1, as itself and as 80 less */
    {BYTES("\x2a\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), "1.2.18446744073709551615",
     PXA_MECH_OTHER},
    {BYTES("\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), "2.18446744073709551535",
     PXA_MECH_OTHER},
};
enum { GOOD_COUNT = sizeof good / sizeof good[0] };

static const struct {
    struct pxa_span oid;
    size_t fault_at;
} bad[] = {
    {BYTES(""), 0},
    {BYTES("\x80"), 0},
    {BYTES("\x80\x01"), 0},
    {BYTES("\x86"), 0},
    {BYTES("\x2a\x86"), 1},
    {BYTES("\x2a\x86\x48\x80\x01"), 3},
    {BYTES("\x2a\x86\x48\x86\xf7"), 3},
    {BYTES("\x2a\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00"), 1}, /* 2^64 */
};
enum { BAD_COUNT = sizeof bad / sizeof bad[0] };

START_TEST(tells_mechanisms)
{
    ck_assert_int_eq(pxa_mech_of(good[_i].oid), good[_i].mech);
}
END_TEST

START_TEST(names_mechanisms)
{
    ck_assert_str_eq(pxa_mech_name(PXA_MECH_OTHER), "");
    ck_assert_str_eq(pxa_mech_name((enum pxa_mech)1000), "");
    for (int mech = PXA_MECH_KRB5; mech <= PXA_MECH_SPNEGO; mech++)
        ck_assert_str_ne(pxa_mech_name((enum pxa_mech)mech), "");
    ck_assert_str_eq(pxa_mech_name(PXA_MECH_KRB5), "Kerberos 5");
    ck_assert_str_eq(pxa_mech_name(PXA_MECH_NTLMSSP), "NTLM");
}
END_TEST

START_TEST(writes_text)
{
    struct block oid = block_of(good[_i].oid.at, good[_i].oid.len);
    size_t len = strlen(good[_i].text);

    ck_assert_uint_le(len, PXA_OID_TEXT_MAX(oid.len));
    for (size_t cap = 0; cap <= len + 2; cap++) {
        struct block out = block_filled(cap);
        struct pxa_written done = {77, 77};

        ck_assert_int_eq(pxa_oid_text(block_span(oid), out.at, cap, &done),
                         cap < len ? PXA_SMALL_BUFFER : PXA_OK);
        ck_assert_uint_eq(done.len, cap < len ? 0 : len);
        ck_assert_uint_eq(done.fault_at, 0);
        ck_assert(done.len == 0 || memcmp(out.at, good[_i].text, len) == 0);
        for (size_t i = done.len; i < cap; i++)
            ck_assert(out.at[i] == BLOCK_FILL || (out.at[i] == 0 && done.len == 0));
        block_free(out);
    }
    block_free(oid);
}
END_TEST

START_TEST(refuses)
{
    struct block oid = block_of(bad[_i].oid.at, bad[_i].oid.len);
    char out[PXA_OID_TEXT_MAX(16)] = "";
    struct pxa_written done = {77, 77};

    ck_assert_int_eq(pxa_oid_text(block_span(oid), out, sizeof out, &done), PXA_DER_VALUE);
    ck_assert_uint_eq(done.len, 0);
    ck_assert_uint_eq(done.fault_at, bad[_i].fault_at);
    for (size_t i = 0; i < sizeof out; i++)
        ck_assert_int_eq(out[i], 0);
    block_free(oid);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("mech");
    TCase *tc = tcase_create("mech");

    tcase_add_loop_test(tc, tells_mechanisms, 0, GOOD_COUNT);
    tcase_add_test(tc, names_mechanisms);
    tcase_add_loop_test(tc, writes_text, 0, GOOD_COUNT);
    tcase_add_loop_test(tc, refuses, 0, BAD_COUNT);
    suite_add_tcase(s, tc);
    return s;
}
