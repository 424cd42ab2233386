/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls: certificates, minimum version and the handshake, for OpenSSL and GnuTLS builds of libldap.
 *
 * A profile is what all connections share: one TLS context, made when first needed and made anew
 * when a CA, certificate or key file changes (a context for each connection would read the CA
 * bundle each time). It is the one thing that offload threads share among themselves; a mutex
 * guards it.
 */
#ifndef PROXYAUTH_DIRECTORY_TLS_H
#define PROXYAUTH_DIRECTORY_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include <ldap.h>

#include "helpers/core/log.h"
#include "helpers/core/why.h"
#include "helpers/directory/options.h"

struct tls_profile;

/* Once for the process, before any thread and any handle: makes libldap initialise itself and
 * sends its own error texts to the thread that caused them. */
void tls_prepare_process(void);

/* CA and verification come from OPTIONS, else from ldap.conf and LDAPTLS_*, else they are the
 * system's CA bundle and yes. Reads no file yet. NULL when memory is out. */
struct tls_profile *tls_profile_new(const struct directory_options *options);

/* Where the trusted CAs come from, for the log. Constant after tls_profile_new(). */
const char *tls_profile_ca(const struct tls_profile *profile);

/* Who switched verification off, for the log; NULL when certificates are verified. */
const char *tls_profile_unverified(const struct tls_profile *profile);

/* Gives LD the shared context. False with WHY when a file cannot be used: trouble of ours, not of
 * the server. Offload threads. */
bool tls_profile_apply(struct tls_profile *profile, LDAP *ld, struct why *why);

/* The handshake over LD's wire, then the check of the version. False with a WHY that says which
 * fault it was. HOST is the name that the certificate must be for. Offload threads. */
bool tls_handshake(const struct tls_profile *profile, LDAP *ld, const char *host, struct why *why);

void tls_profile_free(struct tls_profile *profile);

#endif
