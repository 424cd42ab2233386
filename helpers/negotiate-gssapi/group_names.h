/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group_names: the names of a login's groups, asked of the directory where they are not remembered.
 *
 * Built where there is LDAP alone. Loop's thread only; whoever asks drops what is pending before
 * the directory is closed.
 */
#ifndef PROXYAUTH_NEGOTIATE_GSSAPI_GROUP_NAMES_H
#define PROXYAUTH_NEGOTIATE_GSSAPI_GROUP_NAMES_H

#include <stddef.h>

#include "common/proxyauth.h"

struct directory;
struct group_names;

struct group_names_query {
    struct pxa_span user;        /* for the log */
    const struct pxa_span *sids; /* binary */
    size_t count;
    /* All of the above is borrowed until the end.
     * NAMES: one for each SID, empty where no group has it; they live until the callback returns.
     * TROUBLE: a sentence for BH, then NAMES is NULL; else NULL. */
    void (*done)(void *context, const struct pxa_span *names, const char *trouble);
    void *context;
};

/* Calls `done` exactly once, perhaps before this returns (then it returns NULL), unless it is
 * dropped. A thousand SIDs cost a few searches at most, known ones none. */
struct group_names *group_names_ask(struct directory *directory,
                                    const struct group_names_query *query);

/* Ends it without a callback. */
void group_names_drop(struct group_names *names);

#endif
