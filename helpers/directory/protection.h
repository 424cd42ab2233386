/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * protection: what keeps others from reading a connection.
 *
 * An Active Directory takes, unless it is told otherwise, simple binds inside TLS alone and
 * Kerberos outside of TLS alone, where its own layer signs and seals. So a service connection that
 * Kerberos opens has that layer and no TLS, and one that carries users' passwords has TLS.
 */
#ifndef PROXYAUTH_DIRECTORY_PROTECTION_H
#define PROXYAUTH_DIRECTORY_PROTECTION_H

#include <stdbool.h>

#include "helpers/directory/server_list.h"
#include "helpers/directory/setup.h"

enum protection {
    PROTECTION_NONE,  /* in clear; a socket of this machine, too */
    PROTECTION_TLS,   /* ldaps:// or StartTLS */
    PROTECTION_LAYER, /* the layer of the SASL mechanism, from the end of the bind on */
};

/* The least strength of a layer, in bits as SASL counts them: 1 is signing alone, 56 was the key of
 * DES, more is anything that Kerberos uses today (256). */
enum { PROTECTION_LAYER_MIN = 56 };

/* Whether MECH (or NULL) needs Kerberos tickets: GSSAPI, GSS-SPNEGO. */
bool protection_by_kerberos(const char *mech);

/* How a connection of PLAN to ADDRESS for PURPOSE is protected. A pure table. */
enum protection protection_of(const struct setup_plan *plan, const struct server_address *address,
                              enum purpose purpose);

#endif
