/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * value: what a value of the password attribute says to a Digest request.
 *
 * As Squid's digest_ldap_auth reads it (src/auth/digest/LDAP/ldap_backend.cc): without -e the value
 * is the password, all of it; with -e it is `realm:HA1`, or the HA1 alone where the delimiter is
 * empty. Unlike there, a HA1 is 32 hex digits, and the hash of a password is no password. Pure.
 */
#ifndef PROXYAUTH_DIGEST_LDAP_VALUE_H
#define PROXYAUTH_DIGEST_LDAP_VALUE_H

#include <stdbool.h>

#include "common/proxyauth.h"

struct value_format {
    bool hashes;            /* -e */
    const char *delimiters; /* -l: any of these characters; empty: the value has no realm */
};

enum value_kind {
    VALUE_PASSWORD,    /* FOUND is the password */
    VALUE_HASH,        /* FOUND is the HA1: 32 hex digits */
    VALUE_OTHER,       /* nothing for this realm */
    VALUE_NO_HASH,     /* no HA1 where one should be */
    VALUE_NO_PASSWORD, /* empty, or the hash of a password: {SSHA}... */
};

/* What VALUE says about REALM, which the client chose; FOUND lies within VALUE. */
enum value_kind value_read(const struct value_format *format, struct pxa_span value,
                           struct pxa_span realm, struct pxa_span *found);

#endif
