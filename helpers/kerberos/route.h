/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * route: what a token is, by its own bytes, and so where it is verified, before any library that
 * might wait gets to see it.
 */
#ifndef PROXYAUTH_KERBEROS_ROUTE_H
#define PROXYAUTH_KERBEROS_ROUTE_H

#include <stdbool.h>

#include "common/proxyauth.h"

enum route_way {
    ROUTE_DENIED, /* `reason` tells the client, `remark` the administrator */
    ROUTE_OTHER,  /* no mechanism that is accepted */
    ROUTE_INLINE, /* Kerberos, or the first answer of SPNEGO: waits for nobody */
    ROUTE_THREAD, /* IAKERB: the KDC is asked */
    ROUTE_NTLM,   /* in a thread, with the credential for NTLM */
};

struct route {
    enum route_way way;
    const char *reason;
    const char *remark;    /* NULL: nothing */
    struct pxa_span inner; /* the mechanism's own token; may be empty */
};

/* For a token that begins a login. NTLM: it is accepted. */
struct route route_first(struct pxa_span token, bool ntlm);

/* For a later one. BEFORE is the way of the one before. */
struct route route_next(struct pxa_span token, enum route_way before);

#endif
