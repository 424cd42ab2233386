/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens of the scheme Negotiate: SPNEGO and GSS-API frames, and what is inside of them.
 * Cannot do: read the mechanisms' own messages (krb5.c, ntlmssp.c), or NegoEx.
 */
#include <config.h>

#include "common/der.h"
#include "common/krb5.h"
#include "common/ntlm.h"

/* The first bytes that tell messages apart. */
enum {
    GSSAPI_FRAME = DER_APPLICATION(0),
    NEG_TOKEN_INIT = DER_CONTEXT(0),
    NEG_TOKEN_RESP = DER_CONTEXT(1)
};

static bool is_ntlmssp(struct pxa_span token)
{
    return token.len >= sizeof NTLM_SIGNATURE &&
           memcmp(token.at, NTLM_SIGNATURE, sizeof NTLM_SIGNATURE) == 0;
}

static bool is_krb5(struct pxa_span token)
{
    return der_is(token, KRB5_TAG_AP_REQ) || der_is(token, KRB5_TAG_AP_REP) ||
           der_is(token, KRB5_TAG_ERROR);
}

/* [MS-NEGOEX] section 2.2.6.2: every message begins with the same eight letters. */
static bool is_negoex(struct pxa_span token)
{
    static const char signature[] = "NEGOEXTS";

    return token.len >= sizeof signature - 1 &&
           memcmp(token.at, signature, sizeof signature - 1) == 0;
}

/* The mechanism that a token's bytes show, or the one that it goes by. */
static enum pxa_mech mech_of_token(struct pxa_span token, enum pxa_mech by_name)
{
    if (is_ntlmssp(token))
        return PXA_MECH_NTLMSSP;
    if (is_krb5(token))
        return PXA_MECH_KRB5;
    if (is_negoex(token))
        return PXA_MECH_NEGOEX;
    return by_name;
}

/* GSS-API frame, RFC 2743 section 3.1: a mechanism and its token, which has no tag. */
static struct pxa_span open_frame(struct der *der, struct pxa_span *token, struct pxa_span *oid)
{
    struct pxa_span content = der_take(der, token, GSSAPI_FRAME);

    der_end(der, *token);
    *oid = der_take(der, &content, DER_OID);
    return content;
}

/* The token in mechToken or responseToken: maybe in a frame of its own, as Kerberos is. */
static void set_inner(struct der *der, struct pxa_span token, enum pxa_mech by_name,
                      struct pxa_negotiate *out)
{
    out->inner = token;
    if (der_is(token, GSSAPI_FRAME)) {
        out->inner = open_frame(der, &token, &out->frame_oid);
        by_name = pxa_mech_of(out->frame_oid);
    }
    out->mech = mech_of_token(out->inner, by_name);
}

/* Counts the mechanisms, so that reading them later finds no fault. */
static enum pxa_mech read_mechs(struct der *der, struct pxa_negotiate *out)
{
    struct pxa_span list = out->mechs;
    enum pxa_mech first = PXA_MECH_OTHER;

    while (list.len > 0 && der->status == PXA_OK) {
        struct pxa_span oid = der_take(der, &list, DER_OID);

        if (out->mech_count++ == 0)
            first = pxa_mech_of(oid);
    }
    return first;
}

/* [3] is mechListMIC, an OCTET STRING, in a NegTokenInit, and negHints, a SEQUENCE, in a
 * NegTokenInit2, where mechListMIC is [4]. */
static void read_init_end(struct der *der, struct pxa_span body, struct pxa_negotiate *out)
{
    struct pxa_span third = der_take_if(der, &body, DER_CONTEXT(3));
    struct pxa_span mic;
    struct pxa_span hints;

    if (der_is(third, DER_SEQUENCE)) {
        hints = der_take(der, &third, DER_SEQUENCE);
        (void)der_optional(der, &hints, 0, DER_GENERAL_STRING, &out->hint_name);
        der_pass_over(der, hints, 0); /* hintAddress, which nobody sends */
        out->init2 = true;
    } else if (third.at != NULL) {
        out->mech_list_mic = der_take(der, &third, DER_OCTET_STRING);
    }
    der_end(der, third);
    if (der_optional(der, &body, 4, DER_OCTET_STRING, &mic)) {
        out->mech_list_mic = mic;
        out->init2 = true;
    }
    der_pass_over(der, body, 4);
}

/* RFC 4178 section 4.2.1, [MS-SPNG] section 2.2.1. */
static void read_init(struct der *der, struct pxa_span token, struct pxa_negotiate *out)
{
    struct pxa_span outer = der_take(der, &token, NEG_TOKEN_INIT);
    struct pxa_span body = der_take(der, &outer, DER_SEQUENCE);
    struct pxa_span mech_token;
    struct pxa_span flags;
    enum pxa_mech first;

    der_end(der, token);
    der_end(der, outer);
    out->kind = PXA_TOKEN_SPNEGO_INIT;
    (void)der_optional(der, &body, 0, DER_SEQUENCE, &out->mechs);
    first = read_mechs(der, out);
    out->has_flags = der_optional(der, &body, 1, DER_BIT_STRING, &flags);
    if (out->has_flags)
        out->flags = der_bits(der, flags);
    (void)der_optional(der, &body, 2, DER_OCTET_STRING, &mech_token);
    read_init_end(der, body, out);
    set_inner(der, mech_token, first, out);
}

static enum pxa_neg_state read_state(struct der *der, struct pxa_span content)
{
    int32_t state = der_int32(der, content);

    if (state < PXA_NEG_ACCEPT_COMPLETED || state > PXA_NEG_REQUEST_MIC) {
        der_fault(der, PXA_DER_VALUE, content.at);
        return PXA_NEG_NONE;
    }
    return (enum pxa_neg_state)state;
}

/* RFC 4178 section 4.2.2. */
static void read_resp(struct der *der, struct pxa_span token, struct pxa_negotiate *out)
{
    struct pxa_span outer = der_take(der, &token, NEG_TOKEN_RESP);
    struct pxa_span body = der_take(der, &outer, DER_SEQUENCE);
    struct pxa_span response;
    struct pxa_span state;

    der_end(der, token);
    der_end(der, outer);
    out->kind = PXA_TOKEN_SPNEGO_RESP;
    if (der_optional(der, &body, 0, DER_ENUMERATED, &state))
        out->neg_state = read_state(der, state);
    (void)der_optional(der, &body, 1, DER_OID, &out->supported_mech);
    (void)der_optional(der, &body, 2, DER_OCTET_STRING, &response);
    (void)der_optional(der, &body, 3, DER_OCTET_STRING, &out->mech_list_mic);
    der_pass_over(der, body, 3);
    set_inner(der, response, pxa_mech_of(out->supported_mech), out);
}

static void read_frame(struct der *der, struct pxa_span token, struct pxa_negotiate *out)
{
    struct pxa_span oid;
    struct pxa_span inner = open_frame(der, &token, &oid);

    if (pxa_mech_of(oid) == PXA_MECH_SPNEGO) {
        if (der_is(inner, NEG_TOKEN_RESP))
            read_resp(der, inner, out);
        else
            read_init(der, inner, out);
        return;
    }
    out->kind = PXA_TOKEN_GSSAPI;
    out->frame_oid = oid;
    out->inner = inner;
    out->mech = mech_of_token(inner, pxa_mech_of(oid));
}

static void read_bare(enum pxa_token_kind kind, struct pxa_span token, struct pxa_negotiate *out)
{
    out->kind = kind;
    out->inner = token;
    out->mech = kind == PXA_TOKEN_NTLMSSP ? PXA_MECH_NTLMSSP : PXA_MECH_KRB5;
}

enum pxa_status pxa_negotiate_decode(struct pxa_span token, struct pxa_negotiate *out)
{
    struct der der = der_reader(token);

    *out = (struct pxa_negotiate){.neg_state = PXA_NEG_NONE};
    if (token.len == 0)
        return PXA_EMPTY;
    if (is_ntlmssp(token))
        read_bare(PXA_TOKEN_NTLMSSP, token, out);
    else if (is_krb5(token))
        read_bare(PXA_TOKEN_KRB5, token, out);
    else if (der_is(token, GSSAPI_FRAME))
        read_frame(&der, token, out);
    else if (der_is(token, NEG_TOKEN_INIT))
        read_init(&der, token, out);
    else if (der_is(token, NEG_TOKEN_RESP))
        read_resp(&der, token, out);
    else
        return PXA_UNKNOWN_TOKEN;
    if (der.status != PXA_OK)
        *out = (struct pxa_negotiate){.neg_state = PXA_NEG_NONE, .fault_at = der.fault_at};
    return der.status;
}

enum pxa_status pxa_mech_next(struct pxa_cursor *mechs, struct pxa_span *oid)
{
    return der_next(mechs, DER_OID, oid);
}
