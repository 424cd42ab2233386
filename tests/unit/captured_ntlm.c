/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTLMSSP messages of curl, Chromium, Samba and ntlm_auth, bare and within Negotiate. What is
 * expected is what Samba's own reader of them said, with MICs and starts of payloads calculated by
 * the capture script (facts.json: samba_ndr, calculated); those of catchproxy.py have what it was
 * told to send. Versions were read off the bytes with xxd.
 */
#include <config.h>

#include "tests/unit/captured.h"

enum { PAIRS_MAX = 10 };

struct pair {
    unsigned id;
    const char *text; /* a name, in UTF-8 */
    const char *hex;  /* other values */
    uint64_t number;  /* flags and times */
};

struct message {
    const char *name;
    enum pxa_scheme_id scheme;
    unsigned type;
    uint32_t flags;
    enum pxa_charset charset;
    const char *version; /* major.minor.build; null: none */
    const char *target;  /* null for all of these: empty */
    const char *domain;
    const char *user;
    const char *workstation;
    const char *challenge;
    const char *client_challenge;
    uint64_t client_time;
    const char *lm_response;
    const char *nt_proof; /* the first 16 bytes of the response */
    size_t nt_response_len;
    size_t session_key_len;
    const char *mic;
    const char *target_spn;
    struct pair pairs[PAIRS_MAX];
};

#define ZEROS_24 "000000000000000000000000000000000000000000000000"
#define ZEROS_16 "00000000000000000000000000000000"

/* clang-format off */
#define PROXY_PAIRS \
    {.id = 2, .text = "CORP"}, {.id = 1, .text = "PROXY"}, {.id = 4, .text = "corp.example.test"}, \
    {.id = 3, .text = "proxy.corp.example.test"}, {.id = 5, .text = "corp.example.test"}, \
    {.id = 7, .number = 134400000000000000}
#define DC_PAIRS(time) \
    {.id = 2, .text = "CORP"}, {.id = 1, .text = "DC1"}, {.id = 4, .text = "corp.example.test"}, \
    {.id = 3, .text = "dc1.corp.example.test"}, {.id = 7, .number = (time)}

static const struct message messages[] = {
    {.name = "curl-ntlm-type1.header", .scheme = PXA_SCHEME_NTLM, .type = 1, .flags = 557574,
     .charset = PXA_OTHER_CHARSET},
    {.name = "chromium-ntlm-type1.header", .scheme = PXA_SCHEME_NTLM, .type = 1, .flags = 557575,
     .charset = PXA_OTHER_CHARSET},
    {.name = "samba-curl-ntlm-type1.header", .scheme = PXA_SCHEME_NTLM, .type = 1,
     .flags = 557574, .charset = PXA_OTHER_CHARSET},
    {.name = "samba-chromium-ntlm-type1.header", .scheme = PXA_SCHEME_NTLM, .type = 1,
     .flags = 557575, .charset = PXA_OTHER_CHARSET},
    {.name = "samba-negotiate-ntlm-1.header", .scheme = PXA_SCHEME_NEGOTIATE, .type = 1,
     .flags = 1644724741, .charset = PXA_OTHER_CHARSET, .version = "6.1.0"},
    {.name = "curl-ntlm-type2.header", .scheme = PXA_SCHEME_NTLM, .type = 2,
     .flags = 2726920709, .charset = PXA_UTF16LE, .version = "10.0.20348", .target = "CORP",
     .challenge = "0123456789abcdef", .pairs = {PROXY_PAIRS}},
    {.name = "chromium-ntlm-type2.header", .scheme = PXA_SCHEME_NTLM, .type = 2,
     .flags = 2726920709, .charset = PXA_UTF16LE, .version = "10.0.20348", .target = "CORP",
     .challenge = "0123456789abcdef", .pairs = {PROXY_PAIRS}},
    {.name = "samba-curl-ntlm-type2.header", .scheme = PXA_SCHEME_NTLM, .type = 2,
     .flags = 42566150, .charset = PXA_OTHER_CHARSET, .version = "6.1.0", .target = "CORP",
     .challenge = "68eeabfb2d8ba338", .pairs = {DC_PAIRS(134401277832691650)}},
    {.name = "samba-chromium-ntlm-type2.header", .scheme = PXA_SCHEME_NTLM, .type = 2,
     .flags = 42566149, .charset = PXA_UTF16LE, .version = "6.1.0", .target = "CORP",
     .challenge = "e661eb5116143c61", .pairs = {DC_PAIRS(134401277838213160)}},
    {.name = "samba-negotiate-ntlm-2.header", .scheme = PXA_SCHEME_NEGOTIATE, .type = 2,
     .flags = 1653178885, .charset = PXA_UTF16LE, .version = "6.1.0", .target = "CORP",
     .challenge = "e808105e68d16e67", .pairs = {DC_PAIRS(134401277832214930)}},
    {.name = "curl-ntlm-type3.header", .scheme = PXA_SCHEME_NTLM, .type = 3,
     .flags = 2726920709, .charset = PXA_UTF16LE, .domain = "CORP", .user = "alice",
     .workstation = "WORKSTATION", .client_challenge = "618578afbe948dd4",
     .client_time = 134401277690000000,
     .lm_response = "16444e43ea3a32422fb806c83d224f5e618578afbe948dd4",
     .nt_proof = "ff552f3b6b46b4729b778c7653990710", .nt_response_len = 216,
     .pairs = {PROXY_PAIRS}},
    {.name = "chromium-ntlm-type3.header", .scheme = PXA_SCHEME_NTLM, .type = 3,
     .flags = 557573, .charset = PXA_UTF16LE, .domain = "CORP", .user = "alice",
     .workstation = "client1", .client_challenge = "66faae7777e9c454",
     .client_time = 134400000000000000, .lm_response = ZEROS_24,
     .nt_proof = "ba5d582ead65b6c75386632d53906a0b", .nt_response_len = 306,
     .mic = "cd791473ffaf96f6a332937bf310f001", .target_spn = "HTTP/proxy.example.test:34105",
     .pairs = {PROXY_PAIRS, {.id = 6, .number = 2}, {.id = 10, .hex = ZEROS_16},
               {.id = 9, .text = "HTTP/proxy.example.test:34105"}}},
    {.name = "samba-curl-ntlm-type3.header", .scheme = PXA_SCHEME_NTLM, .type = 3,
     .flags = 42566150, .charset = PXA_OTHER_CHARSET, .domain = "CORP", .user = "alice",
     .workstation = "WORKSTATION", .client_challenge = "333e89d7cb9b7463",
     .client_time = 134401277830000000,
     .lm_response = "bb9b469fe13e6db18d51be154d5fa81c333e89d7cb9b7463",
     .nt_proof = "0490f3aeadc7fcbc96465f032e56ee6a", .nt_response_len = 170,
     .pairs = {DC_PAIRS(134401277832691650)}},
    {.name = "samba-chromium-ntlm-type3.header", .scheme = PXA_SCHEME_NTLM, .type = 3,
     .flags = 557573, .charset = PXA_UTF16LE, .domain = "CORP", .user = "alice",
     .workstation = "client1", .client_challenge = "13e2f79962da3d4f",
     .client_time = 134401277838213160, .lm_response = ZEROS_24,
     .nt_proof = "c6f891f705f3de846a4fb7295bce6ea3", .nt_response_len = 270,
     .mic = "2bdb84b02cab0b685d3aa08b5460f4eb",
     .target_spn = "HTTP/proxy.corp.example.test:36127",
     .pairs = {DC_PAIRS(134401277838213160), {.id = 6, .number = 2}, {.id = 10, .hex = ZEROS_16},
               {.id = 9, .text = "HTTP/proxy.corp.example.test:36127"}}},
    {.name = "samba-negotiate-ntlm-3.header", .scheme = PXA_SCHEME_NEGOTIATE, .type = 3,
     .flags = 1644724741, .charset = PXA_UTF16LE, .version = "6.1.0", .domain = "CORP",
     .user = "alice", .workstation = "CLIENT1", .client_challenge = "89e7751ad55685e3",
     .client_time = 134401277832214930, .lm_response = ZEROS_24,
     .nt_proof = "cac6c49665bb02eef7c0648bf2affc1c", .nt_response_len = 298,
     .session_key_len = 16, .target_spn = "HTTP/proxy.corp.example.test",
     .pairs = {DC_PAIRS(134401277832214930),
               {.id = 8, .hex = "30000000" "00000000" "0000000000000000"
                "3ffc7ddbf93abe8f9920b15504c1a9e3883222fd34fcc41445d4fcbd348aec8b"},
               {.id = 10, .hex = ZEROS_16}, {.id = 9, .text = "HTTP/proxy.corp.example.test"}}},
};
/* clang-format on */
enum { MESSAGE_COUNT = sizeof messages / sizeof messages[0] };

/* Decodes the message in the file; it points into *TOKEN. */
static struct pxa_ntlmssp ntlmssp_of(const struct message *message, struct block *token)
{
    struct pxa_negotiate negotiate;
    struct pxa_ntlmssp ntlmssp;
    struct pxa_span inner;

    *token = captured_token(message->name, message->scheme);
    inner = block_span(*token);
    if (message->scheme == PXA_SCHEME_NEGOTIATE) {
        ck_assert_int_eq(pxa_negotiate_decode(inner, &negotiate), PXA_OK);
        inner = negotiate.inner;
    }
    ck_assert_int_eq(pxa_ntlmssp_decode(inner, &ntlmssp), PXA_OK);
    return ntlmssp;
}

/* Null stands for an empty span. */
static bool is_hex(struct pxa_span span, const char *hex)
{
    return span_is_hex(span, hex ? hex : "");
}

/* The OEM names here are all ASCII. */
static bool is_name(const struct pxa_ntlmssp *ntlmssp, struct pxa_span span, const char *text)
{
    bool unicode = ntlmssp->charset == PXA_UTF16LE;

    return span_is_text(span, unicode ? PXA_UTF16LE : PXA_ASCII, text ? text : "");
}

START_TEST(names_and_flags)
{
    const struct message *message = &messages[_i];
    struct block token;
    struct pxa_ntlmssp ntlmssp = ntlmssp_of(message, &token);
    char version[32];

    ck_assert_uint_eq(ntlmssp.type, message->type);
    ck_assert_uint_eq(ntlmssp.flags, message->flags);
    ck_assert_int_eq(ntlmssp.charset, message->charset);
    ck_assert(is_name(&ntlmssp, ntlmssp.target, message->target));
    ck_assert(is_name(&ntlmssp, ntlmssp.domain, message->domain));
    ck_assert(is_name(&ntlmssp, ntlmssp.user, message->user));
    ck_assert(is_name(&ntlmssp, ntlmssp.workstation, message->workstation));
    ck_assert_int_eq(ntlmssp.has_version, message->version != NULL);
    (void)snprintf(version, sizeof version, "%u.%u.%u", ntlmssp.version_major,
                   ntlmssp.version_minor, ntlmssp.version_build);
    if (message->version)
        ck_assert_str_eq(version, message->version);
    block_free(token);
}
END_TEST

START_TEST(responses)
{
    const struct message *message = &messages[_i];
    struct block token;
    struct pxa_ntlmssp ntlmssp = ntlmssp_of(message, &token);
    struct pxa_span proof = {ntlmssp.nt_response.at, message->nt_proof ? 16 : 0};

    ck_assert(is_hex(ntlmssp.challenge, message->challenge));
    ck_assert_int_eq(ntlmssp.response, message->type == 3 ? PXA_NTLM_V2 : PXA_NTLM_NO_RESPONSE);
    ck_assert(is_hex(ntlmssp.lm_response, message->lm_response));
    ck_assert_uint_eq(ntlmssp.nt_response.len, message->nt_response_len);
    ck_assert(is_hex(proof, message->nt_proof));
    ck_assert_uint_eq(ntlmssp.session_key.len, message->session_key_len);
    ck_assert(is_hex(ntlmssp.client_challenge, message->client_challenge));
    ck_assert_uint_eq(ntlmssp.client_time, message->client_time);
    ck_assert(is_hex(ntlmssp.mic, message->mic));
    ck_assert_uint_eq(ntlmssp.channel_binding.len, 0);
    ck_assert(span_is_text(ntlmssp.target_spn, PXA_UTF16LE,
                           message->target_spn ? message->target_spn : ""));
    block_free(token);
}
END_TEST

static void expect_number(struct pxa_span value, uint64_t number)
{
    for (size_t i = 0; i < value.len; i++)
        ck_assert_uint_eq((unsigned char)value.at[i], (number >> (8 * i)) & 0xff);
}

static void expect_pair(const struct pxa_ntlm_pair *pair, const struct pair *expected)
{
    ck_assert_uint_eq(pair->id, expected->id);
    if (expected->text) {
        ck_assert(span_is_text(pair->value, PXA_UTF16LE, expected->text));
    } else if (expected->hex) {
        ck_assert(is_hex(pair->value, expected->hex));
    } else {
        ck_assert_uint_eq(pair->value.len, expected->id == PXA_PAIR_FLAGS ? 4 : 8);
        expect_number(pair->value, expected->number);
    }
}

START_TEST(pairs)
{
    const struct message *message = &messages[_i];
    struct block token;
    struct pxa_ntlmssp ntlmssp = ntlmssp_of(message, &token);
    struct pxa_cursor cursor = {ntlmssp.pairs, 0};
    struct pxa_ntlm_pair pair;
    size_t count = 0;

    while (pxa_ntlm_pair_next(&cursor, &pair) == PXA_OK) {
        ck_assert_uint_lt(count, PAIRS_MAX);
        expect_pair(&pair, &message->pairs[count++]);
    }
    ck_assert(count == PAIRS_MAX || message->pairs[count].id == 0);
    if (count > 0)
        ck_assert_int_eq(pxa_ntlm_pair_next(&cursor, &pair), PXA_END);
    block_free(token);
}
END_TEST

bool captured_ntlm_has(const char *name)
{
    for (size_t i = 0; i < MESSAGE_COUNT; i++)
        if (strcmp(messages[i].name, name) == 0)
            return true;
    return false;
}

TCase *captured_ntlm(void)
{
    TCase *tc = tcase_create("ntlm");

    tcase_add_loop_test(tc, names_and_flags, 0, MESSAGE_COUNT);
    tcase_add_loop_test(tc, responses, 0, MESSAGE_COUNT);
    tcase_add_loop_test(tc, pairs, 0, MESSAGE_COUNT);
    return tc;
}
