/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lookup: from a Digest request line to its reply, with a directory behind it.
 *
 * Apart from main.c so that tests can run the whole path.
 */
#ifndef PROXYAUTH_DIGEST_LDAP_LOOKUP_H
#define PROXYAUTH_DIGEST_LDAP_LOOKUP_H

#include "helpers/core/log.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"
#include "helpers/digest-ldap/value.h"
#include "helpers/directory/directory.h"

struct lookup;

/* All that is pointed to outlives it. */
struct lookup_config {
    struct directory *directory;
    struct log *log;
    const char *attribute; /* -A */
    struct value_format format;
    const char *realm; /* -r: no other is answered; NULL: any */
    unsigned key_extras;
};

/* NULL with WHY when memory is out. */
struct lookup *lookup_new(const struct lookup_config *config, struct why *why);

/* Answers REQUEST, now or later. */
void lookup_request(struct lookup *lookup, struct request *request);

/* No request is waiting any more. NULL is allowed. */
void lookup_free(struct lookup *lookup);

#endif
