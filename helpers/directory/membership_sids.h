/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * membership_sids: SIDs of groups, and the names that are looked up for them.
 */
#ifndef PROXYAUTH_DIRECTORY_MEMBERSHIP_SIDS_H
#define PROXYAUTH_DIRECTORY_MEMBERSHIP_SIDS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"

struct membership;

struct sids {
    struct pxa_span *sids;  /* binary; what they point to is not ours */
    struct pxa_span *names; /* one for each SID, each in memory of its own, owned; `at` is NULL
                               while it is not known, the length 0 where no group has the SID */
    size_t count;
    size_t cap;
};

/* NULL is allowed. */
void sids_free(struct sids *sids);

/* Adds SID, which must live as long as the question, to those whose names it wants; its name, too,
 * where it is remembered. False when memory is out. */
bool sids_add(struct membership *membership, struct pxa_span sid);

/* Asks for all names that are not known, with as few searches as can be; after these they are.
 * False when memory is out. */
bool sids_ask(struct membership *membership);

#endif
