/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spnego: what a server says in SPNEGO (RFC 4178 section 4.2.2), and the client's list of
 * mechanisms in the bytes that a mechListMIC signs.
 */
#ifndef PROXYAUTH_NTLM_SPNEGO_H
#define PROXYAUTH_NTLM_SPNEGO_H

#include "common/proxyauth.h"
#include "helpers/core/bytes.h"

/* A NegTokenResp. Empty spans are left out. */
struct spnego_reply {
    enum pxa_neg_state state;
    bool choose; /* supportedMech is NTLMSSP; in the first reply only */
    struct pxa_span token;
    struct pxa_span mic; /* mechListMIC */
};

void spnego_write(struct bytes *out, const struct spnego_reply *reply);

enum { SPNEGO_NOT_LISTED = -1 };

/* Where NTLMSSP is in the client's list: 0 for the first; or SPNEGO_NOT_LISTED. */
int spnego_ntlmssp_at(struct pxa_span mechs);

/* The list's DER with its tag and length, as the client wrote it (Windows writes lengths longer
 * than necessary), in a TOKEN that pxa_negotiate_decode() took for a NegTokenInit. */
struct pxa_span spnego_mech_list(struct pxa_span token);

#endif
