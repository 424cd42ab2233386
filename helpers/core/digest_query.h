/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_query: what Squid asks in one line for Digest, `"user":"realm"[ extras]`.
 *
 * Nothing in it is escaped. Squid refuses a user with a double quote, so the first `":"` ends the
 * user; the realm is whatever the client wrote, quotes, commas and blanks included. Source:
 * src/auth/digest/UserRequest.cc in Squid. Pure.
 */
#ifndef PROXYAUTH_CORE_DIGEST_QUERY_H
#define PROXYAUTH_CORE_DIGEST_QUERY_H

#include <stddef.h>

#include "common/proxyauth.h"

struct digest_query {
    struct pxa_span key; /* user:realm */
    struct pxa_span user;
    struct pxa_span realm;
};

enum digest_query_verdict {
    DIGEST_QUERY_READ,   /* QUERY is filled in */
    DIGEST_QUERY_NOBODY, /* no record can be meant */
    DIGEST_QUERY_EXTRAS, /* the realm does not end where the extras begin: they hold blanks, which
                          * is the client's doing, or KEY_EXTRAS is wrong */
    DIGEST_QUERY_MALFORMED, /* no client can make Squid write this: a fault of the configuration */
};

/*
 * Takes the LEN bytes of LINE apart, behind which stand KEY_EXTRAS fields that are not looked at.
 * The key is made in place; the spans of QUERY point into LINE. A user that is empty or has a colon
 * is nobody: the hash of user a:b in realm c is that of user a in realm b:c, so whoever knows a's
 * password could log in under another name.
 */
enum digest_query_verdict digest_query_read(char *line, size_t len, unsigned key_extras,
                                            struct digest_query *query);

#endif
