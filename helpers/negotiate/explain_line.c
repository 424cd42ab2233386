/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a token is wrapped, and which mechanism's message is in it.
 */
#include <config.h>

#include "helpers/negotiate/explain_line.h"

#include "helpers/negotiate/explain_line_private.h"

enum { MECHS_SHOWN = 16 };

void explain_line_fault(struct line_text *line, const char *what, enum pxa_status status, size_t at,
                        size_t len)
{
    line_text_put(line, "cannot be decoded at byte %zu of %zu of the %s: %s", at, len, what,
                  pxa_status_text(status));
}

static void put_mech(struct line_text *line, struct pxa_span oid)
{
    const char *name = pxa_mech_name(pxa_mech_of(oid));
    char text[PXA_OID_TEXT_MAX(64)];
    struct pxa_written done;

    if (name[0])
        line_text_put(line, "%s", name);
    else if (oid.len <= 64 && pxa_oid_text(oid, text, sizeof text, &done) == PXA_OK)
        line_text_put(line, "%.*s", (int)done.len, text);
    else
        line_text_put(line, "an unknown mechanism");
}

static void put_offer(struct line_text *line, const struct pxa_negotiate *token)
{
    struct pxa_cursor cursor = {token->mechs, 0};
    struct pxa_span oid;
    size_t count = 0;

    line_text_put(line, "%s", token->init2 ? "SPNEGO NegTokenInit2" : "SPNEGO NegTokenInit");
    while (count < MECHS_SHOWN && pxa_mech_next(&cursor, &oid) == PXA_OK) {
        line_text_put(line, "%s", count++ > 0 ? ", " : ", offers ");
        put_mech(line, oid);
    }
    if (count < token->mech_count)
        line_text_put(line, " and %zu more", token->mech_count - count);
}

static const char *state_name(enum pxa_neg_state state)
{
    switch (state) {
    case PXA_NEG_ACCEPT_COMPLETED:
        return "accept-completed";
    case PXA_NEG_ACCEPT_INCOMPLETE:
        return "accept-incomplete";
    case PXA_NEG_REJECT:
        return "reject";
    case PXA_NEG_REQUEST_MIC:
        return "request-mic";
    case PXA_NEG_NONE:
        break;
    }
    return NULL;
}

static void put_response(struct line_text *line, const struct pxa_negotiate *token)
{
    const char *state = state_name(token->neg_state);

    line_text_put(line, "SPNEGO NegTokenResp");
    if (state)
        line_text_put(line, ", %s", state);
    if (token->supported_mech.len > 0) {
        line_text_put(line, ", chooses ");
        put_mech(line, token->supported_mech);
    }
}

static bool is_kerberos(enum pxa_mech mech)
{
    return mech == PXA_MECH_KRB5 || mech == PXA_MECH_MS_KRB5 || mech == PXA_MECH_KRB5_U2U ||
           mech == PXA_MECH_IAKERB;
}

static void put_inner(struct line_text *line, const struct pxa_negotiate *token)
{
    const char *name = pxa_mech_name(token->mech);

    if (token->mech == PXA_MECH_NTLMSSP)
        explain_line_ntlm(line, token->inner);
    else if (is_kerberos(token->mech))
        explain_line_krb5(line, token->inner);
    else if (name[0])
        line_text_put(line, "%s message of %zu bytes", name, token->inner.len);
    else
        line_text_put(line, "%zu bytes of an unknown mechanism", token->inner.len);
}

void explain_line(struct line_text *line, struct pxa_span token)
{
    struct pxa_negotiate negotiate;
    enum pxa_status status = pxa_negotiate_decode(token, &negotiate);
    bool spnego;

    if (status != PXA_OK) {
        explain_line_fault(line, "token", status, negotiate.fault_at, token.len);
        return;
    }
    spnego = negotiate.kind == PXA_TOKEN_SPNEGO_INIT || negotiate.kind == PXA_TOKEN_SPNEGO_RESP;
    if (negotiate.kind == PXA_TOKEN_SPNEGO_INIT)
        put_offer(line, &negotiate);
    else if (negotiate.kind == PXA_TOKEN_SPNEGO_RESP)
        put_response(line, &negotiate);
    if (negotiate.mech_list_mic.len > 0)
        line_text_put(line, ", with mechListMIC");
    if (negotiate.inner.len > 0) {
        line_text_put(line, "%s", spnego ? "; " : "");
        put_inner(line, &negotiate);
    } else {
        line_text_put(line, ", without an inner token");
    }
}

/* The client did what it can without a ticket for the name that it knows the proxy by. */
static const char no_ticket[] =
    "this is NTLM, and only Kerberos is accepted here: the client has no ticket for the proxy";

/* In front of what a token is instead. */
static const char *accepted(enum spoken spoken)
{
    switch (spoken) {
    case SPOKEN_KERBEROS:
        return "only Kerberos is accepted here";
    case SPOKEN_KERBEROS_AND_NTLM:
        return "only Kerberos and NTLM are accepted here";
    case SPOKEN_NTLM:
        return "only NTLM is accepted here";
    case SPOKEN_NTLM_BY_STUB:
        break;
    }
    return "negotiate-stub verifies NTLM only";
}

void explain_line_refusal(struct line_text *line, struct pxa_span token, enum spoken spoken)
{
    struct pxa_negotiate negotiate;
    struct pxa_krb5 krb5;
    enum pxa_status status = pxa_negotiate_decode(token, &negotiate);

    if (status != PXA_OK) {
        line_text_put(line, "the token ");
        explain_line_fault(line, "token", status, negotiate.fault_at, token.len);
    } else if (spoken == SPOKEN_NTLM_BY_STUB && is_kerberos(negotiate.mech) &&
               pxa_krb5_decode(negotiate.inner, &krb5) == PXA_OK && krb5.kind == PXA_KRB5_AP_REQ) {
        line_text_put(line, "this is a Kerberos ticket for ");
        explain_line_ticket(line, &krb5);
        line_text_put(line, ": negotiate-gssapi verifies it, negotiate-stub cannot");
    } else if (spoken == SPOKEN_KERBEROS && negotiate.mech == PXA_MECH_NTLMSSP) {
        line_text_put(line, "%s", no_ticket);
    } else {
        line_text_put(line, "%s, and this is: ", accepted(spoken));
        explain_line(line, token);
    }
}
