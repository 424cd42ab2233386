/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trouble: one line in the log about an answer that is neither yes nor no.
 */
#ifndef PROXYAUTH_DIRECTORY_TROUBLE_H
#define PROXYAUTH_DIRECTORY_TROUBLE_H

#include <ldap.h>

#include "common/proxyauth.h"
#include "helpers/core/log.h"

struct trouble {
    const char *operation; /* "search", "bind", "compare": a constant */
    struct pxa_span user;  /* for whom it was done */
    int code;              /* the answer's result code */
};

/* Says what the server said, what can be done about it, and to whom a referral points. */
void trouble_log(struct log *log, const struct trouble *trouble, LDAP *ld, LDAPMessage *answer);

/* For %.*s with a name; long ones are cut in the log only. */
static inline int trouble_shown_len(struct pxa_span name)
{
    return name.len < 128 ? (int)name.len : 128;
}

#endif
