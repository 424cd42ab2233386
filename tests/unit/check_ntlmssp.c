/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/ntlmssp.c: what is found in good messages. Where the messages are from is
 * said in ntlmssp_messages.h.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/ntlmssp_messages.h"

Suite *suite(void);

/* A message that must be good, in a block that the caller frees. */
static struct block good(const char *hex, struct pxa_ntlmssp *out)
{
    struct block message = vector_hex(hex);

    ck_assert_int_eq(decode(message, out), PXA_OK);
    ck_assert_uint_eq(out->fault_at, 0);
    return message;
}

static void expect_span(struct pxa_span span, struct block message, size_t at, size_t len)
{
    ck_assert_uint_eq(span.len, len);
    ck_assert(len == 0 || span.at == message.at + at);
}

static void expect_version(const struct pxa_ntlmssp *m, unsigned major, unsigned minor,
                           unsigned build)
{
    ck_assert(m->has_version);
    ck_assert_uint_eq(m->version_major, major);
    ck_assert_uint_eq(m->version_minor, minor);
    ck_assert_uint_eq(m->version_build, build);
}

/* ---- Type 1 --------------------------------------------------------------- */

START_TEST(negotiate)
{
    struct pxa_ntlmssp m;
    struct block b = good(SIGNATURE "01000000 b7b208e2 0400040028000000 020002002c000000"
                                    "0a0061490000000f 434f5250 5743",
                          &m);

    ck_assert_uint_eq(m.type, 1);
    ck_assert_uint_eq(m.flags, 0xe208b2b7);
    ck_assert_int_eq(m.charset, PXA_OTHER_CHARSET);
    expect_span(m.domain, b, 40, 4);
    expect_span(m.workstation, b, 44, 2);
    expect_version(&m, 10, 0, 18785);
    block_free(b);
}
END_TEST

/* Flags alone; names without a version; names whose flags are not set. */
START_TEST(old_negotiates)
{
    struct pxa_ntlmssp m;
    struct block b = good(SIGNATURE "01000000 07b20002", &m);

    ck_assert_uint_eq(m.flags, 0x0200b207); /* with a version's flag, but no version */
    ck_assert_uint_eq(m.domain.len + m.workstation.len, 0);
    ck_assert(!m.has_version);
    block_free(b);
    b = good(SIGNATURE "01000000 07320002 0400040020000000 0400040024000000 434f5250 50433031", &m);
    expect_span(m.domain, b, 32, 4); /* behind it is no version, although it has room */
    expect_span(m.workstation, b, 36, 4);
    ck_assert(!m.has_version);
    block_free(b);
    b = good(SIGNATURE "01000000 07820000 ffff0000ffffffff ffff0000ffffffff", &m);
    ck_assert_uint_eq(m.domain.len + m.workstation.len, 0);
    block_free(b);
}
END_TEST

/* ---- Type 2 --------------------------------------------------------------- */

START_TEST(challenge_of_the_specification)
{
    struct pxa_ntlmssp m;
    struct block b = good(v2_challenge, &m);

    ck_assert_uint_eq(m.type, 2);
    ck_assert_uint_eq(m.flags, 0xe28a8233);
    ck_assert_int_eq(m.charset, PXA_UTF16LE);
    ck_assert(span_is(m.target, "S\0e\0r\0v\0e\0r", 12));
    ck_assert(span_is(m.challenge, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8));
    expect_span(m.pairs, b, 0x44, 0x24);
    expect_version(&m, 6, 0, 6000);
    ck_assert_int_eq(m.response, PXA_NTLM_NO_RESPONSE);
    block_free(b);
    b = good(v1_challenge, &m);
    ck_assert_uint_eq(m.flags, 0xe2028233);
    expect_span(m.target, b, 0x38, 12);
    ck_assert_uint_eq(m.pairs.len, 0);
    expect_version(&m, 6, 0, 6000);
    block_free(b);
}
END_TEST

/* Headers of 32, 40 and 48 bytes, each with all flags: what is not there is not read from
 * the name that stands in its place. */
START_TEST(short_challenges)
{
    static const struct {
        const char *hex;
        size_t at, len;
    } shorts[] = {
        {SIGNATURE "02000000 0000000000000000 068281e2 0123456789abcdef", 0, 0},
        {SIGNATURE "02000000 1800180020000000 068281e2 0123456789abcdef"
                   "434f5250434f5250434f5250434f5250434f5250434f5250",
         32, 24},
        {SIGNATURE "02000000 1000100028000000 068281e2 0123456789abcdef 0000000000000000"
                   "434f5250434f5250434f5250434f5250",
         40, 16},
        {SIGNATURE "02000000 0800080030000000 068281e2 0123456789abcdef 0000000000000000"
                   "0000000000000000 434f5250434f5250",
         48, 8},
    };

    for (size_t i = 0; i < sizeof shorts / sizeof shorts[0]; i++) {
        struct pxa_ntlmssp m;
        struct block b = good(shorts[i].hex, &m);

        expect_span(m.target, b, shorts[i].at, shorts[i].len);
        expect_span(m.challenge, b, 24, 8);
        ck_assert_int_eq(m.charset, PXA_OTHER_CHARSET);
        ck_assert_uint_eq(m.pairs.len, 0);
        ck_assert(!m.has_version);
        block_free(b);
    }
}
END_TEST

/* ---- Type 3 --------------------------------------------------------------- */

START_TEST(authenticate_v1)
{
    struct pxa_ntlmssp m;
    struct block b = good(v1_authenticate, &m);

    ck_assert_uint_eq(m.type, 3);
    ck_assert_uint_eq(m.flags, 0xe2808235);
    ck_assert_int_eq(m.charset, PXA_UTF16LE);
    ck_assert_int_eq(m.response, PXA_NTLM_V1);
    ck_assert(span_is(m.domain, "D\0o\0m\0a\0i\0n", 12));
    ck_assert(span_is(m.user, "U\0s\0e\0r", 8));
    ck_assert(span_is(m.workstation, "C\0O\0M\0P\0U\0T\0E\0R", 16));
    expect_span(m.lm_response, b, 0x6c, 24);
    expect_span(m.nt_response, b, 0x84, 24);
    expect_span(m.session_key, b, 0x9c, 16);
    expect_version(&m, 5, 1, 2600);
    ck_assert_uint_eq(m.client_challenge.len + m.mic.len + m.pairs.len, 0);
    block_free(b);
}
END_TEST

START_TEST(authenticate_v1_session)
{
    struct pxa_ntlmssp m;
    struct block b = good(session_authenticate, &m);

    ck_assert_uint_eq(m.flags, 0x82088235);
    ck_assert_int_eq(m.response, PXA_NTLM_V1_SESSION);
    expect_span(m.client_challenge, b, 0x6c, 8);
    ck_assert_uint_eq(m.session_key.len, 0);
    block_free(b);
}
END_TEST

START_TEST(authenticate_v2)
{
    struct pxa_ntlmssp m;
    struct block b = good(v2_authenticate, &m);

    ck_assert_int_eq(m.response, PXA_NTLM_V2);
    expect_span(m.lm_response, b, 0x6c, 24);
    expect_span(m.nt_response, b, 0x84, 84);
    expect_span(m.session_key, b, 0xd8, 16);
    expect_span(m.client_challenge, b, 0x84 + 32, 8);
    expect_span(m.pairs, b, 0x84 + 44, 40);
    ck_assert_uint_eq(m.client_time, 0);
    ck_assert_uint_eq(m.mic.len + m.channel_binding.len + m.target_spn.len, 0);
    block_free(b);
}
END_TEST

START_TEST(authenticate_with_mic)
{
    struct pxa_ntlmssp m;
    struct block b = good(with_mic, &m);

    ck_assert_uint_eq(b.len, MIC_LEN);
    ck_assert_uint_eq(m.flags, 0xa2088205);
    ck_assert_int_eq(m.response, PXA_NTLM_V2);
    expect_span(m.mic, b, 72, 16);
    expect_span(m.domain, b, 88, 2);
    expect_span(m.user, b, 90, 2);
    expect_span(m.nt_response, b, MIC_NT_AT, 98);
    expect_span(m.pairs, b, MIC_PAIRS_AT, 54);
    expect_span(m.client_challenge, b, MIC_NT_AT + 32, 8);
    ck_assert(m.client_time == UINT64_C(0x0102030405060708));
    expect_span(m.channel_binding, b, MIC_BINDING_AT, 16);
    ck_assert(span_is(m.target_spn, "H\0T\0T\0P", 8));
    expect_version(&m, 10, 0, 18785);
    block_free(b);
}
END_TEST

/* A MIC is there only if the pairs say so; zeros are no channel binding. */
START_TEST(mic_and_binding_not_sent)
{
    struct block b = vector_hex(with_mic);
    struct pxa_ntlmssp m;

    vector_patch(b, MIC_AV_FLAGS_AT, 4, 0xfffffffd);
    memset(b.at + MIC_BINDING_AT, 0, 16);
    ck_assert_int_eq(decode(b, &m), PXA_OK);
    ck_assert_uint_eq(m.mic.len + m.channel_binding.len, 0);
    ck_assert_uint_eq(m.target_spn.len, 8);
    b.at[MIC_BINDING_AT + 15] = 1;
    ck_assert_int_eq(decode(b, &m), PXA_OK);
    expect_span(m.channel_binding, b, MIC_BINDING_AT, 16);
    block_free(b);
}
END_TEST

/* Parts of the header that are there, but whose flags say that they do not count. */
START_TEST(parts_without_their_flag)
{
    struct block b = vector_hex(with_mic);
    struct pxa_ntlmssp m;

    vector_patch(b, MIC_FLAGS_AT, 4, 0xa0088205);
    ck_assert_int_eq(decode(b, &m), PXA_OK);
    ck_assert(!m.has_version);
    ck_assert_uint_eq(m.version_major + m.version_minor + m.version_build, 0);
    block_free(b);
    b = vector_hex(v2_challenge);
    vector_patch(b, 20, 4, 0xe20a8233);
    vector_patch(b, 44, 4, 0xffffffff); /* where the target info is */
    ck_assert_int_eq(decode(b, &m), PXA_OK);
    ck_assert_uint_eq(m.pairs.len, 0);
    block_free(b);
}
END_TEST

/* A field that lies where the header's later parts would be takes their place; one in the
 * part that is always there takes nothing. */
static const struct {
    size_t domain_at;
    bool has_flags, has_version, has_mic;
} headers[] = {
    {88, true, true, true},    {87, true, true, false},  {72, true, true, false},
    {71, true, false, false},  {64, true, false, false}, {63, false, false, false},
    {52, false, false, false}, {51, true, true, true},   {0, true, true, true},
    {188, true, true, true},
};
enum { HEADER_COUNT = sizeof headers / sizeof headers[0] };

START_TEST(the_header_ends_where_the_payload_begins)
{
    struct block b = vector_hex(with_mic);
    struct pxa_ntlmssp m;

    vector_patch(b, 32, 4, headers[_i].domain_at);
    ck_assert_int_eq(decode(b, &m), PXA_OK);
    expect_span(m.domain, b, headers[_i].domain_at, 2);
    ck_assert_uint_eq(m.flags, headers[_i].has_flags ? 0xa2088205 : 0);
    ck_assert_int_eq(m.charset, headers[_i].has_flags ? PXA_UTF16LE : PXA_OTHER_CHARSET);
    ck_assert_int_eq(m.has_version, headers[_i].has_version);
    ck_assert_uint_eq(m.mic.len, headers[_i].has_mic ? 16 : 0);
    ck_assert_int_eq(m.response, PXA_NTLM_V2);
    block_free(b);
}
END_TEST

/* The same for the key: it has no say if the header ends before it. */
START_TEST(the_key_in_the_header)
{
    struct block b = vector_hex(with_mic);
    struct pxa_ntlmssp m;

    vector_patch(b, 52, 2, 16);
    vector_patch(b, 56, 4, 72);
    ck_assert_int_eq(decode(b, &m), PXA_OK);
    expect_span(m.session_key, b, 72, 16);
    ck_assert(m.has_version && m.mic.len == 0);
    vector_patch(b, 56, 4, 0xffffffff);
    vector_patch(b, 32, 4, 59); /* the domain */
    ck_assert_int_eq(decode(b, &m), PXA_OK);
    ck_assert_uint_eq(m.session_key.len, 0);
    vector_patch(b, 32, 4, 60);
    ck_assert_int_eq(decode(b, &m), PXA_BAD_NTLM_FIELD);
    expect_nothing(&m, 52);
    block_free(b);
}
END_TEST

START_TEST(authenticate_of_windows_95)
{
    struct pxa_ntlmssp m;
    struct block b = good(win9x, &m);

    ck_assert_uint_eq(m.flags, 0);
    ck_assert_int_eq(m.charset, PXA_OTHER_CHARSET);
    ck_assert_int_eq(m.response, PXA_NTLM_V1);
    ck_assert(span_is(m.domain, "CORP", 4));
    ck_assert(span_is(m.user, "alice", 5));
    ck_assert(span_is(m.workstation, "WIN95-1", 7));
    expect_span(m.lm_response, b, 68, 24);
    expect_span(m.nt_response, b, 92, 24);
    ck_assert(m.session_key.len == 0 && !m.has_version);
    block_free(b);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("ntlmssp");
    TCase *tc = tcase_create("ntlmssp");

    tcase_add_test(tc, negotiate);
    tcase_add_test(tc, old_negotiates);
    tcase_add_test(tc, challenge_of_the_specification);
    tcase_add_test(tc, short_challenges);
    tcase_add_test(tc, authenticate_v1);
    tcase_add_test(tc, authenticate_v1_session);
    tcase_add_test(tc, authenticate_v2);
    tcase_add_test(tc, authenticate_with_mic);
    tcase_add_test(tc, mic_and_binding_not_sent);
    tcase_add_test(tc, parts_without_their_flag);
    tcase_add_loop_test(tc, the_header_ends_where_the_payload_begins, 0, HEADER_COUNT);
    tcase_add_test(tc, the_key_in_the_header);
    tcase_add_test(tc, authenticate_of_windows_95);
    suite_add_tcase(s, tc);
    return s;
}
