/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kerberos_credentials: the tickets of the service account for one bind, from a keytab.
 *
 * No kinit, no environment and no credential cache of the system's: each bind asks the KDC anew, so
 * that a keytab that comes late or is changed counts at once, and shares nothing with another bind.
 * (A credential of MIT's that threads share is locked while one of them waits for the KDC.) All
 * that can wait for a KDC happens here, before the server is connected to; the SASL mechanism then
 * finds its tickets in a cache in memory, which goes with the credentials.
 */
#ifndef PROXYAUTH_DIRECTORY_KERBEROS_CREDENTIALS_H
#define PROXYAUTH_DIRECTORY_KERBEROS_CREDENTIALS_H

#include <stdint.h>

#include "helpers/core/why.h"
#include "helpers/directory/setup.h"

struct kerberos_credentials;

/* Tickets for the service ldap/HOST, HOST being what the server's URI says, by the keytab and for
 * the account that PLAN names. Anything but SETUP_READY comes with WHY, and with no credentials.
 * Waits as long as libkrb5 does for its KDCs; offload threads. */
enum setup_outcome kerberos_credentials_get(const struct setup_plan *plan, const char *host,
                                            struct kerberos_credentials **credentials,
                                            struct why *why);

/* A gss_cred_id_t for the mechanisms krb5 and SPNEGO. */
void *kerberos_credentials_gss(const struct kerberos_credentials *credentials);

/* How long a connection may be used that was bound with them just now. */
uint64_t kerberos_credentials_lifetime_ms(const struct kerberos_credentials *credentials);

/* And the tickets. NULL is allowed. */
void kerberos_credentials_free(struct kerberos_credentials *credentials);

#endif
