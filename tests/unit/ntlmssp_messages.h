/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTLMSSP messages for tests. Those of [MS-NLMP] sections 4.2.2.3, 4.2.3.3 and 4.2.4.3 are
 * taken from there; their responses were computed again from the password with Python's
 * hashlib and hmac, and their fields read with Samba's decoder. The others were made by
 * hand along section 2.2.1.
 */
#ifndef TESTS_UNIT_NTLMSSP_MESSAGES_H
#define TESTS_UNIT_NTLMSSP_MESSAGES_H

#include "tests/unit/vector.h"

#define SIGNATURE "4e544c4d53535000"

/* [MS-NLMP] section 4.2: user "User", domain "Domain", workstation "COMPUTER". */
static const char v1_challenge[] =
    SIGNATURE "02000000 0c000c0038000000 338202e2 0123456789abcdef 0000000000000000"
              "0000000000000000 060070170000000f 530065007200760065007200";
static const char v1_authenticate[] =
    SIGNATURE "03000000 180018006c000000 1800180084000000 0c000c0048000000 0800080054000000"
              "100010005c000000 100010009c000000 358280e2 0501280a0000000f 44006f006d00610069006e00"
              "5500730065007200 43004f004d0050005500540045005200"
              "98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13"
              "67c43011f30298a2ad35ece64f16331c44bdbed927841f94"
              "518822b1b3f350c8958682ecbb3e3cb7";
static const char session_authenticate[] =
    SIGNATURE "03000000 180018006c000000 1800180084000000 0c000c0048000000 0800080054000000"
              "100010005c000000 000000009c000000 35820882 0501280a0000000f 44006f006d00610069006e00"
              "5500730065007200 43004f004d0050005500540045005200"
              "aaaaaaaaaaaaaaaa00000000000000000000000000000000"
              "7537f803ae367128ca458204bde7caf81e97ed2683267232";
static const char v2_challenge[] =
    SIGNATURE "02000000 0c000c0038000000 33828ae2 0123456789abcdef 0000000000000000"
              "2400240044000000 060070170000000f 530065007200760065007200"
              "02000c00 44006f006d00610069006e00 01000c00 530065007200760065007200 00000000";
static const char v2_authenticate[] =
    SIGNATURE "03000000 180018006c000000 5400540084000000 0c000c0048000000 0800080054000000"
              "100010005c000000 10001000d8000000 358288e2 0501280a0000000f 44006f006d00610069006e00"
              "5500730065007200 43004f004d0050005500540045005200"
              "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa"
              "68cd0ab851e51c96aabc927bebef6a1c 0101000000000000 0000000000000000 aaaaaaaaaaaaaaaa"
              "00000000 02000c00 44006f006d00610069006e00 01000c00 530065007200760065007200"
              "00000000 00000000 c5dad2544fc9799094ce1ce90bc9d03e";

/* What Windows sends since 2008: a MIC at 72; pairs MsvAvFlags, channel bindings, SPN.
 * The payload begins at 88: domain "D", user "U", then the response at 92. */
static const char with_mic[] =
    SIGNATURE "03000000 0000000058000000 620062005c000000 0200020058000000 020002005a000000"
              "000000005c000000 00000000be000000 058208a2 0a0061490000000f"
              "e0e1e2e3e4e5e6e7e8e9eaebecedeeef 4400 5500"
              "11111111111111111111111111111111 0101000000000000 0807060504030201 a1a2a3a4a5a6a7a8"
              "00000000 02000200 4400 06000400 02000000 0a001000 c0c1c2c3c4c5c6c7c8c9cacbcccdcecf"
              "09000800 4800540054005000 00000000 00000000";
enum { MIC_FLAGS_AT = 60, MIC_NT_AT = 92, MIC_PAIRS_AT = 136, MIC_AV_FLAGS_AT = 146 };
enum { MIC_BINDING_AT = 154, MIC_LEN = 190 };

/* Windows 95: no session key, no flags; OEM names behind a header of 52 bytes. */
static const char win9x[] =
    SIGNATURE "03000000 1800180044000000 180018005c000000 0400040034000000 0500050038000000"
              "070007003d000000 434f5250 616c696365 57494e39352d31"
              "202122232425262728292a2b2c2d2e2f3031323334353637"
              "404142434445464748494a4b4c4d4e4f5051525354555657";

static inline enum pxa_status decode(struct block message, struct pxa_ntlmssp *out)
{
    memset(out, BLOCK_FILL, sizeof *out);
    return pxa_ntlmssp_decode(block_span(message), out);
}

/* After an error: nothing but where it is. */
static inline void expect_nothing(const struct pxa_ntlmssp *m, size_t fault_at)
{
    ck_assert_uint_eq(m->fault_at, fault_at);
    ck_assert_uint_eq(m->type | m->flags, 0);
    ck_assert(!m->has_version && m->client_time == 0);
    ck_assert_int_eq(m->response, PXA_NTLM_NO_RESPONSE);
    ck_assert_uint_eq(m->target.len | m->domain.len | m->user.len | m->workstation.len, 0);
    ck_assert_uint_eq(m->challenge.len | m->pairs.len | m->lm_response.len, 0);
    ck_assert_uint_eq(m->nt_response.len | m->session_key.len | m->client_challenge.len, 0);
    ck_assert_uint_eq(m->mic.len | m->channel_binding.len | m->target_spn.len, 0);
}

#endif
