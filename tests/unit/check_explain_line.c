/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of negotiate-stub's explain_line.c and line_text.c with what real programs sent. Names,
 * services, key versions and flags are what Samba's NDR code, klist, kvno and MIT's acceptor said
 * (facts.json); which mechanisms are offered was read with "openssl asn1parse"; the flags' names
 * are those of [MS-NLMP] 2.2.2.5, taken apart by hand.
 */
#include <config.h>

#include "helpers/negotiate/explain_line.h"
#include "tests/unit/captured.h"
#include "tests/unit/der_build.h"
#include "tests/unit/ntlmssp_messages.h"

#include <stdio.h>

Suite *suite(void);

#define NTLM PXA_SCHEME_NTLM
#define NEGOTIATE PXA_SCHEME_NEGOTIATE
#define FLAGS_88205                                                                                \
    "flags 0x00088205 (UNICODE REQUEST_TARGET NTLM ALWAYS_SIGN EXTENDED_SESSIONSECURITY)"
#define MIT_TICKET "\"HTTP/proxy.example.test@EXAMPLE.TEST\", aes256-cts-hmac-sha1-96, kvno 2"

static const struct {
    const char *name;
    enum pxa_scheme_id scheme;
    const char *line;
} captured[] = {
    {"curl-ntlm-type1.header", NTLM,
     "NTLM NEGOTIATE, flags 0x00088206 (OEM REQUEST_TARGET NTLM ALWAYS_SIGN "
     "EXTENDED_SESSIONSECURITY)"},
    {"chromium-ntlm-type3.header", NTLM,
     "NTLM AUTHENTICATE, user \"alice\", domain \"CORP\", workstation \"client1\", NTLMv2, "
     "with MIC, target \"HTTP/proxy.example.test:34105\", " FLAGS_88205},
    {"samba-chromium-ntlm-type3.header", NTLM,
     "NTLM AUTHENTICATE, user \"alice\", domain \"CORP\", workstation \"client1\", NTLMv2, "
     "with MIC, target \"HTTP/proxy.corp.example.test:36127\", " FLAGS_88205},
    {"curl-negotiate-mit.header", NEGOTIATE,
     "SPNEGO NegTokenInit, offers Kerberos 5; Kerberos AP-REQ for " MIT_TICKET ", mutual"},
    {"chromium-negotiate-mit.header", NEGOTIATE,
     "SPNEGO NegTokenInit, offers Kerberos 5; Kerberos AP-REQ for " MIT_TICKET},
    {"gss-krb5-raw-mit.header", NEGOTIATE, "Kerberos AP-REQ for " MIT_TICKET ", mutual"},
};

/* Beginnings, where the rest is in no fact, and what stands further behind. */
static const struct {
    const char *name;
    enum pxa_scheme_id scheme;
    const char *begin;
    const char *within;
} parts[] = {
    {"curl-ntlm-type2.header", NTLM,
     "NTLM CHALLENGE, target \"CORP\", domain \"CORP\", computer \"PROXY\", DNS domain "
     "\"corp.example.test\", DNS name \"proxy.corp.example.test\", forest \"corp.example.test\", "
     "with a time, ",
     "flags 0xa2898205 ("},
    {"curl-ntlm-type3.header", NTLM,
     "NTLM AUTHENTICATE, user \"alice\", domain \"CORP\", workstation \"WORKSTATION\", NTLMv2, "
     "without MIC, ",
     "flags 0xa2898205 ("},
    {"samba-negotiate-ntlm-1.header", NEGOTIATE, "SPNEGO NegTokenInit, offers NTLM; NTLM NEGOTIATE",
     "flags 0x62088205 ("},
    {"samba-negotiate-ntlm-2.header", NEGOTIATE,
     "SPNEGO NegTokenResp, accept-incomplete, chooses NTLM; NTLM CHALLENGE, target \"CORP\"",
     "computer \"DC1\""},
    {"samba-negotiate-ntlm-3.header", NEGOTIATE, "SPNEGO NegTokenResp; NTLM AUTHENTICATE, ",
     "user \"alice\", domain \"CORP\", workstation \"CLIENT1\", NTLMv2, without MIC, target "
     "\"HTTP/proxy.corp.example.test\""},
    {"samba-negotiate-ntlm-4.header", NEGOTIATE, "SPNEGO NegTokenResp, accept-completed", ""},
    {"samba-negotiate-krb5.header", NEGOTIATE,
     "SPNEGO NegTokenInit, offers Kerberos 5 (Windows 2000's number), Kerberos 5, NTLM; Kerberos "
     "AP-REQ for \"HTTP/proxy.corp.example.test@CORP.EXAMPLE.TEST\", ",
     ", mutual"},
    {"mit-reply-error.header", NEGOTIATE, "SPNEGO NegTokenResp, reject; Kerberos KRB-ERROR 34 ",
     "KRB_AP_ERR_REPEAT"},
    {"mit-reply.header", NEGOTIATE,
     "SPNEGO NegTokenResp, accept-completed, chooses Kerberos 5; Kerberos AP-REP, ", ""},
};

enum {
    CAPTURED_COUNT = sizeof captured / sizeof *captured,
    PARTS_COUNT = sizeof parts / sizeof *parts
};

static struct line_text explained(struct block token)
{
    struct line_text line = {0};

    explain_line(&line, block_span(token));
    ck_assert_uint_eq(strlen(line.at), line.len);
    return line;
}

START_TEST(tells_what_real_clients_sent)
{
    struct block token = captured_token(captured[_i].name, captured[_i].scheme);

    ck_assert_str_eq(explained(token).at, captured[_i].line);
    block_free(token);
}
END_TEST

START_TEST(tells_parts_of_what_real_programs_sent)
{
    struct block token = captured_token(parts[_i].name, parts[_i].scheme);
    struct line_text line = explained(token);
    size_t len = strlen(parts[_i].begin);

    ck_assert_msg(strncmp(line.at, parts[_i].begin, len) == 0, "%s", line.at);
    ck_assert_msg(strstr(line.at + len, parts[_i].within) != NULL, "%s", line.at);
    block_free(token);
}
END_TEST

/* ---- secrets ---- */

static void expect_absent(const struct line_text *line, struct pxa_span secret)
{
    char hex[2 * 4 + 1];
    char escaped[4 * 4 + 1];

    if (secret.len < 8)
        return;
    for (size_t at = 0; at + 4 <= secret.len; at += 4) {
        for (size_t i = 0; i < 4; i++) {
            unsigned char byte = (unsigned char)secret.at[at + i];

            (void)snprintf(hex + 2 * i, 3, "%02x", byte);
            (void)snprintf(escaped + 4 * i, 5, "\\x%02x", byte);
        }
        if (strcmp(hex, "00000000") == 0)
            continue;
        ck_assert_ptr_null(strstr(line->at, hex));
        ck_assert_ptr_null(strstr(line->at, escaped));
        ck_assert_ptr_null(memmem(line->at, line->len, secret.at + at, 4));
    }
}

/* The raw parts of an NTLM message; of an NTLMv2 response the proof and what surrounds the pairs,
 * which hold names. */
static void expect_no_secret(const struct line_text *line, struct pxa_span message)
{
    struct pxa_ntlmssp ntlm;
    struct pxa_span proof;

    ck_assert_int_eq(pxa_ntlmssp_decode(message, &ntlm), PXA_OK);
    proof = ntlm.nt_response;
    if (proof.len > 40)
        proof.len = 40;
    expect_absent(line, proof);
    expect_absent(line, ntlm.lm_response);
    expect_absent(line, ntlm.challenge);
    expect_absent(line, ntlm.client_challenge);
    expect_absent(line, ntlm.session_key);
    expect_absent(line, ntlm.mic);
}

static const char *const with_secrets[] = {
    "chromium-ntlm-type2.header", "chromium-ntlm-type3.header", "curl-ntlm-type2.header",
    "curl-ntlm-type3.header", "samba-chromium-ntlm-type3.header"};

START_TEST(tells_no_secret)
{
    struct block token = captured_token(with_secrets[_i], NTLM);
    struct line_text line = explained(token);

    expect_no_secret(&line, block_span(token));
    block_free(token);
}
END_TEST

static const struct {
    const char *message; /* ntlmssp_messages.h */
    const char *words;
} specified[] = {
    {v1_challenge, "NTLM CHALLENGE, target \"Server\""},
    {v1_authenticate,
     "user \"User\", domain \"Domain\", workstation \"COMPUTER\", NTLMv1, without MIC"},
    {session_authenticate, "NTLMv1 with extended session security, without MIC"},
    {v2_challenge, "target \"Server\", domain \"Domain\", computer \"Server\""},
    {v2_authenticate, "NTLMv2, without MIC"},
    {win9x, "user \"alice\", domain \"CORP\", workstation \"WIN95-1\""},
};

enum { SPECIFIED_COUNT = sizeof specified / sizeof *specified };

START_TEST(tells_no_secret_of_the_specification)
{
    struct block message = vector_hex(specified[_i].message);
    struct line_text line = explained(message);

    ck_assert_msg(strstr(line.at, specified[_i].words) != NULL, "%s", line.at);
    expect_no_secret(&line, block_span(message));
    block_free(message);
}
END_TEST

/* ---- what cannot be decoded, and what is refused ---- */

START_TEST(says_where_a_token_is_broken)
{
    struct block message = vector_hex(v1_challenge);
    struct block junk = block_of("junk", 4);
    struct line_text line = explained(junk);

    ck_assert_str_eq(line.at, "cannot be decoded at byte 0 of 4 of the token: The token begins "
                              "like none that is known.");
    message.len = 20; /* within the target's offset */
    line = explained(message);
    ck_assert_msg(strncmp(line.at, "NTLM message, cannot be decoded at byte ", 40) == 0, "%s",
                  line.at);
    ck_assert_ptr_nonnull(strstr(line.at, " of 20 of the message: The token ends before"));
    block_free(message);
    block_free(junk);
}
END_TEST

static struct line_text refused(const char *name, enum spoken spoken)
{
    struct block token = captured_token(name, NEGOTIATE);
    struct line_text line = {0};

    explain_line_refusal(&line, block_span(token), spoken);
    block_free(token);
    return line;
}

START_TEST(refusal_of_a_ticket_names_spn_and_helper)
{
    static const char *const names[] = {"curl-negotiate-mit.header", "gss-krb5-raw-mit.header",
                                        "chromium-negotiate-mit.header"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_str_eq(refused(names[i], SPOKEN_NTLM_BY_STUB).at,
                         "this is a Kerberos ticket for " MIT_TICKET
                         ": negotiate-gssapi verifies it, negotiate-stub cannot");
}
END_TEST

START_TEST(refusal_of_others_says_what_they_are)
{
    static const char words[] = "negotiate-stub verifies NTLM only, and this is: SPNEGO "
                                "NegTokenResp, accept-completed, chooses Kerberos 5; Kerberos ";
    struct line_text line = refused("mit-reply.header", SPOKEN_NTLM_BY_STUB);

    ck_assert_msg(strncmp(line.at, words, sizeof words - 1) == 0, "%s", line.at);
}
END_TEST

/* ---- bounds and names ---- */

static void put_le(struct der_build *build, unsigned long value, unsigned len)
{
    for (unsigned i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)(value >> (8 * i));

        put_bytes(build, &byte, 1);
    }
}

static void put_field(struct der_build *build, size_t len, size_t at)
{
    put_le(build, len, 2);
    put_le(build, len, 2);
    put_le(build, at, 4);
}

/* A type 3 without responses whose user, domain and workstation are all the OEM text NAME. */
static struct block with_names(const char *name, size_t len)
{
    struct der_build build = {.len = 0};

    put_bytes(&build, "NTLMSSP", 8);
    put_le(&build, 3, 4);
    put_field(&build, 0, 64);
    put_field(&build, 0, 64);
    for (int i = 0; i < 3; i++)
        put_field(&build, len, 64);
    put_field(&build, 0, 64);
    put_le(&build, PXA_NTLM_FLAG_OEM, 4);
    put_bytes(&build, name, len);
    return block_of((const char *)build.bytes, build.len);
}

START_TEST(names_cannot_forge)
{
    static const char evil[] = "a\", domain \"LAB\nb\x1b[1m\x7f";
    static const char shown[] = "user \"a\\x22, domain \\x22LAB\\x0ab\\x1b[1m\\x7f\", domain ";
    struct block message = with_names(evil, sizeof evil - 1);
    struct line_text line = explained(message);

    ck_assert_msg(strstr(line.at, shown) != NULL, "%s", line.at);
    block_free(message);
}
END_TEST

START_TEST(names_keep_their_letters)
{
    static const char name[] = "j\xc3\xbcrgen";
    struct block message = with_names(name, sizeof name - 1);

    ck_assert_ptr_nonnull(strstr(explained(message).at, "user \"j\xc3\xbcrgen\""));
    block_free(message);
}
END_TEST

START_TEST(a_long_name_is_cut)
{
    char name[300];
    char shown[160];
    struct block message;

    memset(name, 'x', sizeof name);
    message = with_names(name, sizeof name);
    (void)snprintf(shown, sizeof shown, "user \"%.*s...\", domain ", LINE_TEXT_NAME_MAX, name);
    ck_assert_ptr_nonnull(strstr(explained(message).at, shown));
    block_free(message);
}
END_TEST

START_TEST(a_long_line_ends_with_dots)
{
    char name[128];
    struct line_text line;
    struct block message;

    memset(name, 1, sizeof name); /* each byte becomes four */
    message = with_names(name, sizeof name);
    line = explained(message);
    ck_assert(line.full);
    ck_assert_uint_lt(line.len, sizeof line.at);
    ck_assert_str_eq(line.at + line.len - 3, "...");
    line_text_put(&line, "more");
    ck_assert_str_eq(line.at + line.len - 3, "...");
    block_free(message);
}
END_TEST

START_TEST(every_length_of_a_line_fits)
{
    for (size_t len = 900; len < 1100; len++) {
        struct line_text line = {0};

        for (size_t i = 0; i < len; i++)
            line_text_put(&line, "x");
        ck_assert_uint_eq(line.len, strlen(line.at));
        ck_assert_uint_lt(line.len, sizeof line.at);
        ck_assert_int_eq(line.full, strspn(line.at, "x") != len);
        ck_assert_int_eq(line.full, strstr(line.at, "...") != NULL);
    }
}
END_TEST

/* Cut anywhere, and with any one byte changed: a line, within its bounds, of printable bytes. */
START_TEST(damaged_tokens_give_a_line)
{
    static const char *const names[] = {"samba-negotiate-ntlm-1.header",
                                        "samba-negotiate-ntlm-3.header",
                                        "curl-negotiate-mit.header"};
    struct block token = captured_token(names[_i], NEGOTIATE);

    for (size_t at = 0; at < token.len; at++) {
        struct block cut = block_of(token.at, at);
        struct block changed = block_of(token.at, token.len);
        struct line_text lines[2];

        changed.at[at] = (char)(changed.at[at] ^ 0xff);
        lines[0] = explained(cut);
        lines[1] = explained(changed);
        for (int i = 0; i < 2; i++) {
            ck_assert_uint_gt(lines[i].len, 0);
            for (size_t c = 0; c < lines[i].len; c++)
                if ((unsigned char)lines[i].at[c] < 0x20 || lines[i].at[c] == 0x7f)
                    ck_abort_msg("byte %zu: %s", at, lines[i].at);
        }
        block_free(cut);
        block_free(changed);
    }
    block_free(token);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("explain_line");
    TCase *tc = tcase_create("explain_line");

    tcase_add_loop_test(tc, tells_what_real_clients_sent, 0, CAPTURED_COUNT);
    tcase_add_loop_test(tc, tells_parts_of_what_real_programs_sent, 0, PARTS_COUNT);
    tcase_add_loop_test(tc, tells_no_secret, 0, sizeof with_secrets / sizeof *with_secrets);
    tcase_add_loop_test(tc, tells_no_secret_of_the_specification, 0, SPECIFIED_COUNT);
    tcase_add_test(tc, says_where_a_token_is_broken);
    tcase_add_test(tc, refusal_of_a_ticket_names_spn_and_helper);
    tcase_add_test(tc, refusal_of_others_says_what_they_are);
    tcase_add_test(tc, names_cannot_forge);
    tcase_add_test(tc, names_keep_their_letters);
    tcase_add_test(tc, a_long_name_is_cut);
    tcase_add_test(tc, a_long_line_ends_with_dots);
    tcase_add_test(tc, every_length_of_a_line_fits);
    tcase_add_loop_test(tc, damaged_tokens_give_a_line, 0, 3);
    suite_add_tcase(s, tc);
    return s;
}
