/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pac_groups: whose a ticket's PAC is, and the groups that it names, as binary SIDs.
 */
#ifndef PROXYAUTH_KERBEROS_PAC_GROUPS_H
#define PROXYAUTH_KERBEROS_PAC_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"

/* Zeroed, it is the empty list. */
struct pac_groups {
    struct pxa_span *sids;
    size_t count;
    char *bytes; /* what the SIDs point into */
    struct pxa_written account_len;
    char *account; /* the account's own name, its sAMAccountName, in UTF-8; NULL: there is none */
};

enum pac_result {
    PAC_READ,      /* perhaps without any group: an MIT KDC's PAC has no logon info */
    PAC_MALFORMED, /* nothing was taken from it */
    PAC_NO_MEMORY,
};

/* Reads PAC, a whole one whose signature was verified, into GROUPS, which is empty: the account,
 * and the groups of the logon info, its extra and its resource groups, in this order, each once. */
enum pac_result pac_groups_read(struct pac_groups *groups, struct pxa_span pac);

/* Leaves the empty list. */
void pac_groups_free(struct pac_groups *groups);

#endif
