/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPNEGO chooses the first mechanism of the client's list that it has a credential for. If the
 * client's token is not for that one the client is told, and sends another: the way of that token
 * is found by its own bytes.
 */
#include <config.h>

#include "helpers/kerberos/route.h"

#include "helpers/kerberos/iakerb_form.h"

static const char ntlm_reason[] =
    "NTLM was sent, and the proxy takes Kerberos: use the proxy by its full name, logged in to the "
    "domain";
static const char ntlm_remark[] =
    "the client has no ticket for the proxy: it uses an address or a name that has no SPN, is not "
    "in the domain, or reaches no KDC; --ntlm takes NTLM";

struct offer {
    bool kerberos;
    bool ntlm;
};

static struct offer offer_of(const struct pxa_negotiate *token)
{
    struct pxa_cursor mechs = {token->mechs, 0};
    struct offer offer = {0};
    struct pxa_span oid;

    while (pxa_mech_next(&mechs, &oid) == PXA_OK) {
        enum pxa_mech mech = pxa_mech_of(oid);

        offer.kerberos |=
            mech == PXA_MECH_KRB5 || mech == PXA_MECH_MS_KRB5 || mech == PXA_MECH_IAKERB;
        offer.ntlm |= mech == PXA_MECH_NTLMSSP;
    }
    return offer;
}

static struct route way_of_ntlm(struct route route, bool accepted)
{
    if (accepted)
        route.way = ROUTE_NTLM;
    else
        route = (struct route){.way = ROUTE_DENIED, .reason = ntlm_reason, .remark = ntlm_remark};
    return route;
}

/* What the token itself is; ROUTE_OTHER where it is for none of the mechanisms. */
static struct route way_of_token(const struct pxa_negotiate *token, bool ntlm)
{
    struct route route = {.way = ROUTE_OTHER, .inner = token->inner};

    switch (token->mech) {
    case PXA_MECH_KRB5:
    case PXA_MECH_MS_KRB5:
    case PXA_MECH_KRB5_U2U:
        route.way = ROUTE_INLINE;
        break;
    case PXA_MECH_IAKERB:
        route.way = ROUTE_THREAD;
        break;
    case PXA_MECH_NTLMSSP:
        return way_of_ntlm(route, ntlm);
    case PXA_MECH_OTHER:
    case PXA_MECH_NEGOEX:
    case PXA_MECH_SPNEGO:
        break;
    }
    return route;
}

/* A NegTokenInit's list decides where its token is for nobody, or for NTLM that is not taken: then
 * libgssapi chooses Kerberos and asks for its token. */
static struct route way_of_offer(const struct pxa_negotiate *token, bool ntlm)
{
    struct route route = way_of_token(token, ntlm);
    struct offer offer = offer_of(token);

    if (token->inner.len > 0 && route.way != ROUTE_OTHER && route.way != ROUTE_DENIED)
        return route;
    if (offer.kerberos)
        return (struct route){.way = ROUTE_INLINE};
    return offer.ntlm ? way_of_ntlm((struct route){0}, ntlm) : (struct route){.way = ROUTE_OTHER};
}

static struct route malformed(enum pxa_status status)
{
    return (struct route){.way = ROUTE_DENIED,
                          .reason = status == PXA_UNKNOWN_TOKEN
                                        ? "the login is neither SPNEGO, Kerberos nor NTLM"
                                        : "the login is malformed"};
}

/* In IAKERB's frame TOKEN begins with a message for a KDC, or needs none. */
static struct route way_of_iakerb(struct route route, enum iakerb_form form)
{
    if (form == IAKERB_FORM_AP_REQ)
        route.way = ROUTE_INLINE;
    else if (form == IAKERB_FORM_OTHER)
        return (struct route){.way = ROUTE_DENIED,
                              .reason = "the login is malformed",
                              .remark = "it begins with no message of IAKERB"};
    return route;
}

struct route route_first(struct pxa_span token, bool ntlm)
{
    struct pxa_negotiate decoded;
    enum pxa_status status = pxa_negotiate_decode(token, &decoded);

    if (status != PXA_OK)
        return malformed(status);
    if (decoded.kind == PXA_TOKEN_SPNEGO_INIT)
        return way_of_offer(&decoded, ntlm);
    if (decoded.kind == PXA_TOKEN_SPNEGO_RESP)
        return (struct route){.way = ROUTE_DENIED,
                              .reason = "the login goes on with one that is not there",
                              .remark = "the client's connection to Squid was cut, or Squid gave "
                                        "its process to another client"};
    return way_of_iakerb(way_of_token(&decoded, ntlm), iakerb_form_of(token));
}

struct route route_next(struct pxa_span token, enum route_way before)
{
    struct pxa_negotiate decoded;
    enum pxa_status status = pxa_negotiate_decode(token, &decoded);
    struct route route;

    /* Later messages of IAKERB come without a frame. */
    if (status == PXA_UNKNOWN_TOKEN && before == ROUTE_THREAD)
        return (struct route){.way = before, .inner = token};
    if (status != PXA_OK)
        return malformed(status);
    route = way_of_token(&decoded, before == ROUTE_NTLM);
    if (route.way == ROUTE_DENIED)
        return route;
    /* What has gone to a thread once may wait there at any time. */
    if (before != ROUTE_INLINE)
        route.way = before;
    else if (route.way == ROUTE_OTHER)
        route.way = decoded.inner.len > 0 ? ROUTE_THREAD : ROUTE_INLINE;
    return route;
}
