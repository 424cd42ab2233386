/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Negotiate: how the token is wrapped, which mechanisms were offered, and which one it really is.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"
#include "helpers/core/visible.h"

static const char *kind_name(const struct pxa_negotiate *token)
{
    switch (token->kind) {
    case PXA_TOKEN_NTLMSSP:
        return "NTLMSSP without a frame";
    case PXA_TOKEN_SPNEGO_INIT:
        return token->init2 ? "SPNEGO NegTokenInit2" : "SPNEGO NegTokenInit";
    case PXA_TOKEN_SPNEGO_RESP:
        return "SPNEGO NegTokenResp";
    case PXA_TOKEN_GSSAPI:
        return "GSS-API frame without SPNEGO";
    case PXA_TOKEN_KRB5:
        return "Kerberos without a frame";
    case PXA_TOKEN_OTHER:
        break;
    }
    return "unknown";
}

static void mech(struct explain *explain, const char *name, struct pxa_span oid)
{
    const char *known = pxa_mech_name(pxa_mech_of(oid));
    struct scratch scratch;
    struct pxa_written done;

    if (known[0]) {
        report_word(explain->report, name, known);
        return;
    }
    scratch = scratch_open(explain, PXA_OID_TEXT_MAX(oid.len));
    if (scratch.at && pxa_oid_text(oid, scratch.at, scratch.cap, &done) == PXA_OK)
        report_text(explain->report, name, (struct pxa_span){scratch.at, done.len});
    else
        report_text(explain->report, name, oid);
    scratch_close(&scratch);
}

/* The list in its order. Returns the first, which the token that comes with it is for. */
static enum pxa_mech mechs(struct explain *explain, const struct pxa_negotiate *token)
{
    struct pxa_cursor cursor = {token->mechs, 0};
    enum pxa_mech first = PXA_MECH_OTHER;
    struct pxa_span oid;

    report_list(explain->report, "mechanisms_offered");
    for (size_t i = 0; i < EXPLAIN_LIST_MAX && pxa_mech_next(&cursor, &oid) == PXA_OK; i++) {
        if (i == 0)
            first = pxa_mech_of(oid);
        mech(explain, NULL, oid);
    }
    report_end(explain->report);
    return first;
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
    return "not given";
}

static void spnego(struct explain *explain, const struct pxa_negotiate *token)
{
    struct report *report = explain->report;

    if (token->kind == PXA_TOKEN_SPNEGO_INIT) {
        enum pxa_mech first = mechs(explain, token);

        if (first == PXA_MECH_NTLMSSP)
            report_remark(report, REPORT_NOTE, "ntlm_first",
                          "Kerberos is not first in the client's list, or not in it: the client "
                          "got no ticket, or may not use Kerberos.");
        if (token->hint_name.len > 0)
            report_text(report, "hint_name", token->hint_name);
    } else {
        report_word(report, "state", state_name(token->neg_state));
        if (token->supported_mech.len > 0)
            mech(explain, "mechanism_chosen", token->supported_mech);
    }
    report_flag(report, "mech_list_mic", token->mech_list_mic.len > 0);
    if (token->kind == PXA_TOKEN_SPNEGO_RESP && token->neg_state == PXA_NEG_REJECT)
        report_remark(report, REPORT_WARNING, "rejected",
                      "The server rejected the login, or all mechanisms that were offered.");
}

static bool is_kerberos(enum pxa_mech mech)
{
    return mech == PXA_MECH_KRB5 || mech == PXA_MECH_MS_KRB5 || mech == PXA_MECH_KRB5_U2U ||
           mech == PXA_MECH_IAKERB;
}

/* The host in the SPN that an NTLM message names, HTTP/host or HTTP/host:port; empty if there is
 * none. BUF lends the memory. */
static struct pxa_span host_of_spn(struct pxa_span message, char *buf, size_t cap)
{
    struct pxa_ntlmssp ntlm;
    struct pxa_written done;
    struct pxa_span host;

    if (pxa_ntlmssp_decode(message, &ntlm) != PXA_OK ||
        pxa_to_utf8(PXA_UTF16LE, ntlm.target_spn, buf, cap, &done) != PXA_OK)
        return (struct pxa_span){NULL, 0};
    host = (struct pxa_span){buf, done.len};
    host = text_from(host, text_find(host, "/") + 1);
    return text_upto(host, text_find(host, ":"));
}

/* The proxy's name, as far as it is known: by the message itself, or by whom curl talks to. */
static struct visible_excerpt proxy_name(const struct exchange *exchange, struct pxa_span message)
{
    char buf[256];
    struct pxa_span host = host_of_spn(message, buf, sizeof buf);

    if (host.len == 0 && exchange->peer.known)
        host = (struct pxa_span){exchange->peer.at, exchange->peer.len};
    if (host.len == 0 || text_is_address(host))
        host = text_of("NAME-OF-THE-PROXY");
    return visible_excerpt(host);
}

/* The remark that most people come for. Without the scheme, as in a helper's line, a bare NTLMSSP
 * message may also be of the scheme NTLM. */
static void ntlm_in_negotiate(struct explain *explain, struct pxa_span message, bool sure)
{
    struct visible_excerpt host = proxy_name(&explain->exchange, message);
    struct report *report = explain->report;

    report_remark(report, REPORT_WARNING, "ntlm_in_negotiate",
                  "%s: the browser has no Kerberos ticket for "
                  "HTTP/%s. A helper that takes Kerberos alone refuses it (\"BH received type 1 "
                  "NTLM token\").",
                  sure ? "This is NTLM inside Negotiate"
                       : "If this came with the scheme Negotiate, it is NTLM inside of it",
                  host.text);
    report_cause(report, "The proxy is entered by its IP address or by a short or other name, in "
                         "the browser, in the PAC file or by WPAD. Kerberos needs the very name "
                         "that the SPN has.");
    report_cause(report, "No account has the SPN HTTP/%s, or two accounts have it.", host.text);
    report_cause(report, "The computer or user is not in the domain, or not logged in to it: a "
                         "local account, a guest, no domain controller in reach.");
    report_cause(report, "The browser may not use Kerberos for this proxy: policy or settings "
                         "(Firefox: network.negotiate-auth.allow-proxies), or its container "
                         "sees no ticket cache.");
    report_check(report,
                 "On the client: klist get HTTP/%s (Windows), kvno HTTP/%s (elsewhere). "
                 "It says why there is no ticket.",
                 host.text, host.text);
    report_check(report, "In the domain: setspn -Q HTTP/%s must name exactly one account.",
                 host.text);
}

static void other_mechs(struct report *report, const struct pxa_negotiate *token)
{
    if (token->mech == PXA_MECH_NEGOEX)
        report_remark(report, REPORT_WARNING, "negoex",
                      "NegoEx is for accounts of a cloud or of a home group. Squid's helpers do "
                      "not know it.");
    else if (token->inner.len == 0 && token->kind == PXA_TOKEN_SPNEGO_INIT)
        report_remark(report, REPORT_NOTE, "no_inner_token",
                      "The client only lists mechanisms and waits for the server's choice.");
    else if (token->inner.len > 0 && token->mech == PXA_MECH_OTHER)
        report_remark(report, REPORT_WARNING, "unknown_mechanism",
                      "The token is of a mechanism that is not known here.");
}

static void inner(struct explain *explain, const struct pxa_negotiate *token,
                  enum pxa_scheme_id scheme, struct exchange_login *login)
{
    struct report *report = explain->report;

    login->kerberos = is_kerberos(token->mech);
    if (token->mech == PXA_MECH_NTLMSSP && token->inner.len > 0) {
        explain_ntlm(explain, token->inner, login);
        if (scheme != PXA_SCHEME_NTLM && login->ntlm_type != 2)
            ntlm_in_negotiate(explain, token->inner,
                              scheme == PXA_SCHEME_NEGOTIATE || token->kind != PXA_TOKEN_NTLMSSP);
    } else if (login->kerberos && token->inner.len > 0) {
        explain_krb5(explain, token->inner);
    } else {
        other_mechs(report, token);
    }
    if (scheme == PXA_SCHEME_NTLM && token->mech != PXA_MECH_NTLMSSP)
        report_remark(report, REPORT_WARNING, "not_ntlm",
                      "The scheme says NTLM, but the token is none.");
}

void explain_negotiate(struct explain *explain, struct pxa_span token, enum pxa_scheme_id scheme,
                       struct exchange_login *login)
{
    struct pxa_negotiate negotiate;
    enum pxa_status status = pxa_negotiate_decode(token, &negotiate);
    const char *name;

    if (status != PXA_OK) {
        struct fault fault = {"token", status, negotiate.fault_at, token, true, false};

        explain_fault(explain, &fault);
        return;
    }
    name = pxa_mech_name(negotiate.mech);
    report_word(explain->report, "mechanism", name[0] ? name : "unknown");
    report_word(explain->report, "wrapped_as", kind_name(&negotiate));
    if (negotiate.kind == PXA_TOKEN_SPNEGO_INIT || negotiate.kind == PXA_TOKEN_SPNEGO_RESP)
        spnego(explain, &negotiate);
    inner(explain, &negotiate, scheme, login);
}
