/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * find: from the name that was typed to the one entry that it stands for.
 *
 * By a filter template (-f), by a DN template (-u), or, in an Active Directory without -f, by the
 * forms of names that people use there (ad_names.h). The entry must have the name as it is typed
 * (law 10). Shared by logins, groups and HA1s.
 */
#ifndef PROXYAUTH_DIRECTORY_FIND_H
#define PROXYAUTH_DIRECTORY_FIND_H

#include "common/proxyauth.h"
#include "helpers/directory/directory.h"
#include "helpers/directory/entry.h"
#include "helpers/directory/verdict.h"

struct find;

struct find_result {
    enum verdict verdict; /* OK: found; DENIED: nobody, or more than one, or an alias */
    const char *reason;   /* a sentence when UNAVAILABLE; lives until the callback returns */
    /* On OK. The callback may take it (and set this to NULL); else it is freed behind it. */
    struct entry *entry;
    /* Of the server that answered; NULL where nothing had to be asked. As `entry`. */
    struct facts *facts;
};

struct find_query {
    struct pxa_span user; /* as typed, borrowed until the end; not empty */
    /* What is wanted of the entry; ends with NULL; borrowed until the end. NULL: its DN is enough
     * (then a DN template with a plain name asks nobody). */
    const char *const *attributes;
    struct pxa_span base_extension; /* stands before the base of a search by filter; or empty */
    void (*done)(void *context, struct find_result *result);
    void *context;
};

/* Calls `done` exactly once, perhaps before this returns (then it returns NULL), unless it is
 * cancelled. */
struct find *directory_find(struct directory *directory, const struct find_query *query);

/* Ends it without a callback. */
void find_cancel(struct find *find);

#endif
