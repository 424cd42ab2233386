/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/ntlmssp.c: kinds of responses, and messages that are wrong or cut. The
 * kinds were put together by hand from [MS-NLMP] sections 2.2.2.3 to 2.2.2.8.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/ntlmssp_messages.h"

Suite *suite(void);

/* ---- Kinds of responses ---------------------------------------------------- */

enum { LM_AT = 100, NT_AT = 200, KIND_LEN = 300 };

/* Type 3 with those lengths. LM is filled with `lm_fill` from its 9th byte on (the first
 * eight are ones), NT with ones. */
static const struct {
    size_t lm_len, nt_len;
    char lm_fill;
    bool user;
    uint32_t flags;
    enum pxa_ntlm_response response;
} kinds[] = {
    {24, 24, 5, true, 0, PXA_NTLM_V1},
    {24, 24, 5, true, PXA_NTLM_FLAG_EXTENDED_SECURITY, PXA_NTLM_V1},
    {24, 24, 0, true, 0, PXA_NTLM_V1}, /* zeros by chance */
    {24, 24, 0, true, PXA_NTLM_FLAG_EXTENDED_SECURITY, PXA_NTLM_V1_SESSION},
    {0, 24, 0, true, PXA_NTLM_FLAG_EXTENDED_SECURITY, PXA_NTLM_V1},
    {24, 0, 5, true, 0, PXA_NTLM_LM},
    {24, 0, 5, false, 0, PXA_NTLM_LM},
    {0, 0, 0, true, 0, PXA_NTLM_NO_RESPONSE},
    {0, 0, 0, false, 0, PXA_NTLM_IS_ANONYMOUS},
    {0, 0, 0, true, PXA_NTLM_FLAG_ANONYMOUS, PXA_NTLM_NO_RESPONSE}, /* it has a user */
    {1, 0, 0, true, 0, PXA_NTLM_UNCLEAR}, /* a byte that is not zero */
    {1, 24, 0, true, 0, PXA_NTLM_UNCLEAR},
    {23, 24, 0, true, 0, PXA_NTLM_UNCLEAR},
    {25, 24, 0, true, 0, PXA_NTLM_UNCLEAR},
    {23, 0, 0, true, 0, PXA_NTLM_UNCLEAR},
    {2, 0, 0, false, PXA_NTLM_FLAG_ANONYMOUS, PXA_NTLM_UNCLEAR},
    {24, 23, 0, true, 0, PXA_NTLM_UNCLEAR},
    {24, 1, 0, true, 0, PXA_NTLM_UNCLEAR},
    {24, 25, 0, true, 0, PXA_NTLM_UNCLEAR},
    {24, 43, 0, true, 0, PXA_NTLM_UNCLEAR}, /* too short for NTLMv2 */
    {24, 44, 0, true, 0, PXA_NTLM_V2},      /* without any pair */
    {0, 44, 0, false, 0, PXA_NTLM_V2},
};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

static struct block message_with(size_t lm_len, size_t nt_len, bool user, uint32_t flags)
{
    struct block b = block_filled(KIND_LEN);

    memset(b.at, 0, b.len);
    memcpy(b.at, "NTLMSSP\0\3", 9);
    vector_patch(b, 12, 2, lm_len);
    vector_patch(b, 16, 4, LM_AT);
    vector_patch(b, 20, 2, nt_len);
    vector_patch(b, 24, 4, NT_AT);
    vector_patch(b, 36, 2, user ? 4 : 0);
    vector_patch(b, 40, 4, 90);
    vector_patch(b, 60, 4, flags);
    memset(b.at + LM_AT, 1, 8);
    memset(b.at + NT_AT, 1, 44);
    return b;
}

START_TEST(kinds_of_responses)
{
    struct block b =
        message_with(kinds[_i].lm_len, kinds[_i].nt_len, kinds[_i].user, kinds[_i].flags);
    struct pxa_ntlmssp m;
    bool challenge = kinds[_i].response == PXA_NTLM_V2 || kinds[_i].response == PXA_NTLM_V1_SESSION;

    memset(b.at + LM_AT + 8, kinds[_i].lm_fill, 16);
    ck_assert_int_eq(decode(b, &m), PXA_OK);
    ck_assert_int_eq(m.response, kinds[_i].response);
    ck_assert_uint_eq(m.flags, kinds[_i].flags);
    ck_assert_uint_eq(m.client_challenge.len, challenge ? 8 : 0);
    block_free(b);
}
END_TEST

/* [MS-NLMP] section 3.2.5.1.2: only without a user. */
START_TEST(anonymous_with_a_zero_byte)
{
    for (int user = 0; user < 2; user++) {
        struct block b = message_with(1, 0, user == 1, 0);
        struct pxa_ntlmssp m;

        b.at[LM_AT] = 0;
        ck_assert_int_eq(decode(b, &m), PXA_OK);
        ck_assert_int_eq(m.response, user == 0 ? PXA_NTLM_IS_ANONYMOUS : PXA_NTLM_UNCLEAR);
        block_free(b);
    }
}
END_TEST

/* Only 0x01 0x01, both, makes NTLMv2. */
START_TEST(versions_of_ntlmv2)
{
    for (size_t at = 16; at < 18; at++) {
        for (int byte = 0; byte < 256; byte++) {
            struct block b = message_with(0, 44, true, 0);
            struct pxa_ntlmssp m;

            b.at[NT_AT + at] = (char)byte;
            ck_assert_int_eq(decode(b, &m), PXA_OK);
            ck_assert_int_eq(m.response, byte == 1 ? PXA_NTLM_V2 : PXA_NTLM_UNCLEAR);
            block_free(b);
        }
    }
}
END_TEST

/* ---- Faults --------------------------------------------------------------- */

static const struct {
    const char *hex;
    enum pxa_status status;
    size_t fault_at;
} bad[] = {
    {"", PXA_EMPTY, 0},
    {"4e544c4d5353", PXA_CUT, 6},
    {SIGNATURE, PXA_CUT, 8},
    {SIGNATURE "010000", PXA_CUT, 11},
    {"60", PXA_UNKNOWN_TOKEN, 0},
    {"4e544c4d53535001 01000000", PXA_UNKNOWN_TOKEN, 7},
    {"6e544c4d53535000 01000000", PXA_UNKNOWN_TOKEN, 0},
    {"4e544c4d5353 6e", PXA_UNKNOWN_TOKEN, 6},
    {SIGNATURE "00000000", PXA_BAD_NTLM_TYPE, 8},
    {SIGNATURE "04000000", PXA_BAD_NTLM_TYPE, 8},
    {SIGNATURE "01000001", PXA_BAD_NTLM_TYPE, 8},
    {SIGNATURE "01000000 010000", PXA_CUT, 15},
    {SIGNATURE "01000000 01000000 00", PXA_CUT, 17},
    {SIGNATURE "01000000 01000000 0000000000000000 00000000000000", PXA_CUT, 31},
    {SIGNATURE "02000000 0000000000000000 06828102 01234567 89abcd", PXA_CUT, 31},
    {SIGNATURE "01000000 00300000 0100010020000000 0100010020000000", PXA_BAD_NTLM_FIELD, 16},
    {SIGNATURE "01000000 00200000 0100010020000000 0100010020000000", PXA_BAD_NTLM_FIELD, 24},
};
enum { BAD_COUNT = sizeof bad / sizeof bad[0] };

START_TEST(refuses)
{
    struct block b = vector_hex(bad[_i].hex);
    struct pxa_ntlmssp m;

    ck_assert_int_eq(decode(b, &m), bad[_i].status);
    expect_nothing(&m, bad[_i].fault_at);
    block_free(b);
}
END_TEST

START_TEST(nothing_is_empty)
{
    struct pxa_ntlmssp m;

    ck_assert_int_eq(pxa_ntlmssp_decode((struct pxa_span){NULL, 0}, &m), PXA_EMPTY);
    expect_nothing(&m, 0);
}
END_TEST

/* Every field of every type, pointing to the end, over it, and in ways that overflow. */
static const struct {
    const char *hex;
    size_t field;
} fields[] = {
    {v2_challenge, 12}, {v2_challenge, 40}, {with_mic, 12}, {with_mic, 20},
    {with_mic, 28},     {with_mic, 36},     {with_mic, 44}, {with_mic, 52},
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

START_TEST(fields_outside)
{
    struct block b = vector_hex(fields[_i].hex);
    struct {
        uint64_t len, offset;
        bool good;
    } tries[] = {
        {1, b.len, false},
        {1, b.len - 1, true},
        {2, b.len - 1, false},
        {b.len, 0, true},
        {b.len, 1, false},
        {b.len + 1, 0, false},
        {0x20, 0xfffffff0, false},
        {1, 0xffffffff, false},
        {0xffff, 0xffff0001, false},
        {0xffff, 0, false},
        {0x20, 0x80000000, false},
        {0, 0xffffffff, true},
        {0, b.len, true},
        {0, 0, true},
    };

    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        struct pxa_ntlmssp m;
        enum pxa_status status;

        vector_patch(b, fields[_i].field, 2, tries[i].len);
        vector_patch(b, fields[_i].field + 4, 4, tries[i].offset);
        status = decode(b, &m);
        ck_assert_int_eq(status == PXA_BAD_NTLM_FIELD, !tries[i].good);
        if (!tries[i].good)
            expect_nothing(&m, fields[_i].field);
    }
    block_free(b);
}
END_TEST

START_TEST(bad_pairs)
{
    struct block b = vector_hex(with_mic);
    struct pxa_ntlmssp m;

    vector_patch(b, MIC_PAIRS_AT + 2, 2, 0x7fff);
    ck_assert_int_eq(decode(b, &m), PXA_BAD_NTLM_PAIRS);
    expect_nothing(&m, MIC_PAIRS_AT);
    vector_patch(b, MIC_PAIRS_AT + 2, 2, 2);
    vector_patch(b, MIC_PAIRS_AT + 6 + 8 + 20 + 2, 2, 17); /* the SPN: to the last byte but 0 */
    ck_assert_int_eq(decode(b, &m), PXA_BAD_NTLM_PAIRS);
    expect_nothing(&m, MIC_PAIRS_AT + 6 + 8 + 20);
    vector_patch(b, MIC_PAIRS_AT + 6 + 8 + 20 + 2, 2, 16); /* no pair is left to end it */
    ck_assert_int_eq(decode(b, &m), PXA_BAD_NTLM_PAIRS);
    expect_nothing(&m, MIC_LEN);
    block_free(b);
    b = vector_hex(v2_challenge);
    vector_patch(b, 0x44 + 32, 1, 3);
    vector_patch(b, 0x44 + 34, 1, 1);
    ck_assert_int_eq(decode(b, &m), PXA_BAD_NTLM_PAIRS);
    expect_nothing(&m, 0x44 + 32);
    block_free(b);
}
END_TEST

/* A cut message ends within its header, or a field of it points behind the end. */
static const char *const messages[] = {
    v1_challenge,    v2_challenge, v1_authenticate, session_authenticate,
    v2_authenticate, with_mic,     win9x,
};
enum { MESSAGE_COUNT = sizeof messages / sizeof messages[0] };

START_TEST(cut_anywhere)
{
    struct block whole = vector_hex(messages[_i]);
    size_t shortest = whole.at[8] == 2 ? 32 : 52;

    for (size_t len = 0; len < whole.len; len++) {
        struct block b = block_of(whole.at, len);
        struct pxa_ntlmssp m;
        enum pxa_status status = decode(b, &m);

        if (len == 0)
            ck_assert_int_eq(status, PXA_EMPTY);
        else if (len < shortest)
            ck_assert_int_eq(status, PXA_CUT);
        else
            ck_assert_int_eq(status, PXA_BAD_NTLM_FIELD);
        if (len < shortest)
            expect_nothing(&m, len);
        else
            expect_nothing(&m, whole.at[8] == 2 && len >= 0x44 ? 40 : m.fault_at);
        if (len >= shortest && m.fault_at != 40)
            ck_assert_uint_eq(m.fault_at % 8, 4); /* where a field begins */
        block_free(b);
    }
    block_free(whole);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("ntlmssp_faults");
    TCase *tc = tcase_create("ntlmssp_faults");

    tcase_add_loop_test(tc, kinds_of_responses, 0, KIND_COUNT);
    tcase_add_test(tc, anonymous_with_a_zero_byte);
    tcase_add_test(tc, versions_of_ntlmv2);
    tcase_add_loop_test(tc, refuses, 0, BAD_COUNT);
    tcase_add_test(tc, nothing_is_empty);
    tcase_add_loop_test(tc, fields_outside, 0, FIELD_COUNT);
    tcase_add_test(tc, bad_pairs);
    tcase_add_loop_test(tc, cut_anywhere, 0, MESSAGE_COUNT);
    suite_add_tcase(s, tc);
    return s;
}
