/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * membership: which groups a user is in. The one room for it; what is remembered about answers
 * lives in verify/, only what is known about groups themselves is kept here.
 *
 * First the names of groups become entries: one search for all that are not known (kept for ten
 * minutes, that there is none for one), a read for each DN. Then it is asked about the user; how
 * depends on the server and on --group-method:
 *   filter        -f of ext_ldap_group_acl: one search with the filters of all groups joined by OR
 *   in-chain      base scope on the user's entry with (memberOf:1.2.840.113556.1.4.1941:=group),
 *                 one search for each group
 *   token-groups  base scope on the user's entry, `tokenGroups`, compared by SID; SIDs to names by
 *                 a cache
 *   walk          one search a level: groups whose member, uniqueMember or memberUid is the user or
 *                 a group of the level before; cycle-safe, no deeper than --group-depth
 *   auto          an Active Directory: in-chain for one group, token-groups for more and for lists;
 *                 any other: walk
 * The primary group counts with each but `filter` (primaryGroupID; gidNumber of a posixGroup), and
 * so do the groups that it is in. Whatever the number of groups in a question, it costs one read
 * (walk: one a level, in-chain: one a group), once the groups' own entries are known.
 *
 * The names of groups by their SIDs are another question: 150 SIDs a search, kept as above.
 *
 * What each cannot see:
 *   in-chain      all is seen, security groups and groups for mail, in a list as well
 *   token-groups  groups for mail alone (distribution groups) are in no token: asked for by name,
 *                 they are looked up in chain; a list has none, nor what is reached through them
 *   walk          a group that is not below --group-base or --base, unless it is asked for by DN
 * Dynamic groups of OpenLDAP (groupOfURLs): seen, and listed, where the server shows them in
 * `memberOf` of the user, that is with the dynlist overlay of 2.5 and later and
 *   dynlist-attrset groupOfURLs memberURL member+memberOf@groupOfNames
 * and groups that they are members of, too. They are not evaluated here.
 */
#ifndef PROXYAUTH_DIRECTORY_MEMBERSHIP_H
#define PROXYAUTH_DIRECTORY_MEMBERSHIP_H

#include "common/proxyauth.h"
#include "helpers/directory/directory.h"
#include "helpers/directory/entry.h"
#include "helpers/directory/verdict.h"

struct membership;

struct membership_result {
    enum verdict verdict; /* OK: the question is answered, whatever the answer; else UNAVAILABLE */
    const char *reason;   /* a sentence when UNAVAILABLE */
    /* All below lives until the callback returns. */
    const bool *member;           /* one for each group of the query */
    const struct pxa_span *names; /* of `list`: sAMAccountName, else cn, of each group, in the order
                                     of their bytes, each once */
    size_t name_count;
    const struct pxa_span *sid_names; /* one for each of `sids`: its name as above; empty where no
                                         group has the SID */
};

struct membership_query {
    struct pxa_span user;          /* as typed */
    const struct entry *entry;     /* the user's, found with membership_attributes(); NULL with a
                                      filter that has no need of it */
    const struct pxa_span *groups; /* CN, sAMAccountName or DN each; not empty */
    size_t group_count;
    bool list;                      /* the names of all groups are wanted */
    struct pxa_span base_extension; /* -g: stands before the base of a filter search; or empty */
    const struct pxa_span *sids;    /* the question is about nothing but the names of the groups
                                       with these binary SIDs; else NULL */
    size_t sid_count;
    /* All of the above is borrowed until the end. */
    void (*done)(void *context, const struct membership_result *result);
    void *context;
};

/* What must be asked of the user's entry for membership; ends with NULL; constant. */
const char *const *membership_attributes(void);

/* Calls `done` exactly once, perhaps before this returns (then it returns NULL), unless it is
 * cancelled. A group that does not exist has no members; that is logged, once per group and
 * minute. A group name that several groups have is asked about as each of them. */
struct membership *directory_membership(struct directory *directory,
                                        const struct membership_query *query);

/* Ends it without a callback. */
void membership_cancel(struct membership *membership);

#endif
