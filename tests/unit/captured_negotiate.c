/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Negotiate: SPNEGO, Kerberos and what lies around NTLM, of curl, Chromium, MIT Kerberos, Samba and
 * Squid's Kerberos helper. Service, realm, kvno, encryption types and flags are what klist, kvno
 * and MIT's acceptor said (facts.json); which mechanisms and states the ASN.1 has, and types of
 * names, was read with "openssl asn1parse". The numbers behind the names are those of RFC 4120 and
 * 4178.
 */
#include <config.h>

#include "tests/unit/captured.h"

#define KRB5 "1.2.840.113554.1.2.2"
#define MS_KRB5 "1.2.840.48018.1.2.2"
#define NTLMSSP "1.3.6.1.4.1.311.2.2.10"
#define AD_PROXY "HTTP/proxy.corp.example.test@CORP.EXAMPLE.TEST"
#define MIT_PROXY "HTTP/proxy.example.test@EXAMPLE.TEST"

enum { PRINCIPAL = 1, SRV_HST = 3, AES256 = 18, MECHS_MAX = 3 };

struct wrapping {
    const char *name;
    enum pxa_token_kind kind;
    enum pxa_mech mech;
    const char *mechs[MECHS_MAX + 1]; /* of a NegTokenInit */
    const char *supported;            /* of a NegTokenResp */
    enum pxa_neg_state state;
    const char *frame; /* around the mechanism's token */
    bool empty;        /* there is no such token */
};

/* clang-format off */
static const struct wrapping wrappings[] = {
    {"curl-negotiate-mit.header", PXA_TOKEN_SPNEGO_INIT, PXA_MECH_KRB5, {KRB5}, "",
     PXA_NEG_NONE, KRB5, false},
    {"chromium-negotiate-mit.header", PXA_TOKEN_SPNEGO_INIT, PXA_MECH_KRB5, {KRB5}, "",
     PXA_NEG_NONE, KRB5, false},
    {"gss-krb5-raw-mit.header", PXA_TOKEN_GSSAPI, PXA_MECH_KRB5, {NULL}, "",
     PXA_NEG_NONE, KRB5, false},
    {"ad-negotiate-5groups.header", PXA_TOKEN_SPNEGO_INIT, PXA_MECH_KRB5, {KRB5}, "",
     PXA_NEG_NONE, KRB5, false},
    {"ad-negotiate-1200groups.header", PXA_TOKEN_SPNEGO_INIT, PXA_MECH_KRB5, {KRB5}, "",
     PXA_NEG_NONE, KRB5, false},
    {"ad-negotiate-local.header", PXA_TOKEN_SPNEGO_INIT, PXA_MECH_KRB5, {KRB5}, "",
     PXA_NEG_NONE, KRB5, false},
    {"ad-negotiate-utf8.header", PXA_TOKEN_SPNEGO_INIT, PXA_MECH_KRB5, {KRB5}, "",
     PXA_NEG_NONE, KRB5, false},
    {"samba-negotiate-krb5.header", PXA_TOKEN_SPNEGO_INIT, PXA_MECH_KRB5,
     {MS_KRB5, KRB5, NTLMSSP}, "", PXA_NEG_NONE, KRB5, false},
    {"ad-reply.header", PXA_TOKEN_SPNEGO_RESP, PXA_MECH_KRB5, {NULL}, KRB5,
     PXA_NEG_ACCEPT_COMPLETED, KRB5, false},
    {"mit-reply.header", PXA_TOKEN_SPNEGO_RESP, PXA_MECH_KRB5, {NULL}, KRB5,
     PXA_NEG_ACCEPT_COMPLETED, KRB5, false},
    {"samba-negotiate-krb5-reply.header", PXA_TOKEN_SPNEGO_RESP, PXA_MECH_KRB5, {NULL}, MS_KRB5,
     PXA_NEG_ACCEPT_COMPLETED, KRB5, false},
    {"mit-reply-not-mutual.header", PXA_TOKEN_SPNEGO_RESP, PXA_MECH_KRB5, {NULL}, KRB5,
     PXA_NEG_ACCEPT_COMPLETED, "", true},
    {"mit-reply-error.header", PXA_TOKEN_SPNEGO_RESP, PXA_MECH_KRB5, {NULL}, "",
     PXA_NEG_REJECT, KRB5, false},
    {"mit-reply-raw.header", PXA_TOKEN_GSSAPI, PXA_MECH_KRB5, {NULL}, "",
     PXA_NEG_NONE, KRB5, false},
    {"mit-reply-error-raw.header", PXA_TOKEN_GSSAPI, PXA_MECH_KRB5, {NULL}, "",
     PXA_NEG_NONE, KRB5, false},
    {"samba-negotiate-ntlm-1.header", PXA_TOKEN_SPNEGO_INIT, PXA_MECH_NTLMSSP, {NTLMSSP}, "",
     PXA_NEG_NONE, "", false},
    {"samba-negotiate-ntlm-2.header", PXA_TOKEN_SPNEGO_RESP, PXA_MECH_NTLMSSP, {NULL}, NTLMSSP,
     PXA_NEG_ACCEPT_INCOMPLETE, "", false},
    {"samba-negotiate-ntlm-3.header", PXA_TOKEN_SPNEGO_RESP, PXA_MECH_NTLMSSP, {NULL}, "",
     PXA_NEG_NONE, "", false},
    {"samba-negotiate-ntlm-4.header", PXA_TOKEN_SPNEGO_RESP, PXA_MECH_OTHER, {NULL}, "",
     PXA_NEG_ACCEPT_COMPLETED, "", true},
};

static const struct {
    const char *name;
    const char *service;
    int32_t type;
    bool mutual;
} logins[] = {
    {"curl-negotiate-mit.header", MIT_PROXY, SRV_HST, true},
    {"chromium-negotiate-mit.header", MIT_PROXY, SRV_HST, false},
    {"gss-krb5-raw-mit.header", MIT_PROXY, SRV_HST, true},
    {"ad-negotiate-5groups.header", AD_PROXY, SRV_HST, true},
    {"ad-negotiate-1200groups.header", AD_PROXY, SRV_HST, true},
    {"ad-negotiate-local.header", AD_PROXY, SRV_HST, true},
    {"ad-negotiate-utf8.header", AD_PROXY, SRV_HST, true},
    {"samba-negotiate-krb5.header", AD_PROXY, PRINCIPAL, true},
};

static const char *const replies[] = {
    "ad-reply.header", "mit-reply.header", "mit-reply-raw.header",
    "samba-negotiate-krb5-reply.header",
};

/* The reason MIT gave: "Request is a replay", RFC 4120's error 34. */
static const struct {
    const char *name;
    const char *server_time;
} errors[] = {
    {"mit-reply-error.header", "20261126004931Z"},
    {"mit-reply-error-raw.header", "20261126004931Z"},
};
/* clang-format on */

enum {
    WRAPPING_COUNT = sizeof wrappings / sizeof wrappings[0],
    LOGIN_COUNT = sizeof logins / sizeof logins[0],
    REPLY_COUNT = sizeof replies / sizeof replies[0],
    ERROR_COUNT = sizeof errors / sizeof errors[0]
};

/* Whether the object identifier is written as TEXT; "" is none. */
static bool oid_is(struct pxa_span oid, const char *text)
{
    char room[128];
    struct pxa_written done;

    if (oid.len == 0)
        return text[0] == '\0';
    return pxa_oid_text(oid, room, sizeof room, &done) == PXA_OK &&
           span_is((struct pxa_span){room, done.len}, text, strlen(text));
}

START_TEST(wrapped)
{
    const struct wrapping *expected = &wrappings[_i];
    struct block token = captured_token(expected->name, PXA_SCHEME_NEGOTIATE);
    struct pxa_negotiate negotiate;
    struct pxa_cursor mechs;
    struct pxa_span oid;
    size_t count = 0;

    ck_assert_int_eq(pxa_negotiate_decode(block_span(token), &negotiate), PXA_OK);
    ck_assert_int_eq(negotiate.kind, expected->kind);
    ck_assert_int_eq(negotiate.mech, expected->mech);
    ck_assert_int_eq(negotiate.inner.len == 0, expected->empty);
    ck_assert(oid_is(negotiate.frame_oid, expected->frame));
    ck_assert(oid_is(negotiate.supported_mech, expected->supported ? expected->supported : ""));
    ck_assert_int_eq(negotiate.neg_state, expected->state);
    ck_assert(!negotiate.has_flags && !negotiate.init2);
    ck_assert_uint_eq(negotiate.mech_list_mic.len, 0);
    mechs = (struct pxa_cursor){negotiate.mechs, 0};
    while (pxa_mech_next(&mechs, &oid) == PXA_OK) {
        ck_assert_ptr_nonnull(expected->mechs[count]);
        ck_assert(oid_is(oid, expected->mechs[count++]));
    }
    ck_assert_uint_eq(count, negotiate.mech_count);
    ck_assert_ptr_null(expected->mechs[count]);
    block_free(token);
}
END_TEST

/* Decodes the Kerberos message in the file; it points into *TOKEN. */
static struct pxa_krb5 krb5_of(const char *name, struct block *token)
{
    struct pxa_negotiate negotiate;
    struct pxa_krb5 krb5;

    *token = captured_token(name, PXA_SCHEME_NEGOTIATE);
    ck_assert_int_eq(pxa_negotiate_decode(block_span(*token), &negotiate), PXA_OK);
    ck_assert_int_eq(pxa_krb5_decode(negotiate.inner, &krb5), PXA_OK);
    return krb5;
}

static void expect_server(const struct pxa_krb5 *krb5, const char *service, int32_t type)
{
    char text[256];
    struct pxa_written done;

    ck_assert_int_eq(pxa_krb5_name_text(&krb5->server, krb5->realm, text, sizeof text, &done),
                     PXA_OK);
    ck_assert(span_is((struct pxa_span){text, done.len}, service, strlen(service)));
    ck_assert_int_eq(krb5->server.type, type);
    ck_assert_uint_eq(krb5->server.part_count, 2);
}

START_TEST(login)
{
    struct block token;
    struct pxa_krb5 krb5 = krb5_of(logins[_i].name, &token);

    ck_assert_int_eq(krb5.kind, PXA_KRB5_AP_REQ);
    expect_server(&krb5, logins[_i].service, logins[_i].type);
    ck_assert_int_eq(krb5.ticket.etype, AES256);
    ck_assert_str_eq(pxa_etype_name(krb5.ticket.etype), "aes256-cts-hmac-sha1-96");
    ck_assert(krb5.ticket.has_kvno);
    ck_assert_uint_eq(krb5.ticket.kvno, 2);
    ck_assert_int_eq(krb5.part.etype, AES256);
    ck_assert(!krb5.part.has_kvno);
    ck_assert_uint_eq(krb5.ap_options, logins[_i].mutual ? PXA_AP_MUTUAL_REQUIRED : 0);
    block_free(token);
}
END_TEST

START_TEST(reply)
{
    struct block token;
    struct pxa_krb5 krb5 = krb5_of(replies[_i], &token);

    ck_assert_int_eq(krb5.kind, PXA_KRB5_AP_REP);
    ck_assert_int_eq(krb5.part.etype, AES256);
    ck_assert(!krb5.part.has_kvno);
    ck_assert_uint_gt(krb5.part.cipher.len, 0);
    block_free(token);
}
END_TEST

START_TEST(error)
{
    struct block token;
    struct pxa_krb5 krb5 = krb5_of(errors[_i].name, &token);

    ck_assert_int_eq(krb5.kind, PXA_KRB5_ERROR);
    ck_assert_int_eq(krb5.error_code, 34);
    ck_assert_str_eq(pxa_krb5_error_name(krb5.error_code), "KRB_AP_ERR_REPEAT");
    expect_server(&krb5, MIT_PROXY, PRINCIPAL);
    ck_assert(span_is(krb5.server_time, errors[_i].server_time, strlen(errors[_i].server_time)));
    ck_assert_uint_eq(krb5.error_text.len, 0);
    ck_assert_uint_eq(krb5.error_data.len, 0);
    ck_assert_uint_eq(krb5.client.part_count, 0);
    block_free(token);
}
END_TEST

bool captured_negotiate_has(const char *name)
{
    for (size_t i = 0; i < WRAPPING_COUNT; i++)
        if (strcmp(wrappings[i].name, name) == 0)
            return true;
    return false;
}

TCase *captured_negotiate(void)
{
    TCase *tc = tcase_create("negotiate");

    tcase_add_loop_test(tc, wrapped, 0, WRAPPING_COUNT);
    tcase_add_loop_test(tc, login, 0, LOGIN_COUNT);
    tcase_add_loop_test(tc, reply, 0, REPLY_COUNT);
    tcase_add_loop_test(tc, error, 0, ERROR_COUNT);
    return tc;
}
