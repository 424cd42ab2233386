/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sasl_bind: the service bind by a SASL mechanism (RFC 4513, section 5.2).
 *
 * GSSAPI and GSS-SPNEGO take credentials of GSSAPI, SCRAM-* a name and a password, EXTERNAL
 * nothing: who we are is known from the ldapi socket or the client certificate. Offload threads
 * alone.
 */
#ifndef PROXYAUTH_DIRECTORY_SASL_BIND_H
#define PROXYAUTH_DIRECTORY_SASL_BIND_H

#include <stdbool.h>
#include <stdint.h>

#include <ldap.h>

#include "helpers/core/secret.h"
#include "helpers/core/why.h"
#include "helpers/directory/protection.h"

struct sasl_account {
    const char *mech;
    const char *user;              /* of SCRAM, or NULL */
    const struct secret *password; /* of SCRAM, or NULL */
    void *gss_credential;          /* a gss_cred_id_t, or NULL */
};

/* Whether this build has SASL, and the machine the plug-in of MECH. False with WHY, which names
 * what is to be installed. */
bool sasl_bind_possible(const char *mech, struct why *why);

/* Binds LD, whose wire has a deadline within TIMEOUT_MS and which is protected by PROTECTION; with
 * PROTECTION_LAYER the mechanism's layer is on afterwards. Returns LDAP_SUCCESS or a result code of
 * the server or libldap; WHY is set only where the code does not say what was wrong. */
int sasl_bind(LDAP *ld, struct sasl_account *account, enum protection protection,
              uint64_t timeout_ms, struct why *why);

/* The strength of LD's layer in bits; 0: it has none. */
unsigned sasl_bind_strength(LDAP *ld);

#endif
