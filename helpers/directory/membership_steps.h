/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps of a question about groups after the first one, and what the methods share.
 */
#ifndef PROXYAUTH_DIRECTORY_MEMBERSHIP_STEPS_H
#define PROXYAUTH_DIRECTORY_MEMBERSHIP_STEPS_H

#include "helpers/core/span_index.h"
#include "helpers/directory/group_names.h"
#include "helpers/directory/membership_lists.h"
#include "helpers/directory/membership_private.h"

/* A sentence for the reply: an entry or a value is not what it must be, or memory is out. */
extern const char membership_garbled[];

/* Whether there is something left to ask about group I of the query. */
static inline bool membership_is_open(const struct membership *membership, size_t i)
{
    return !membership->member[i] && membership->asked[i].groups;
}

/* The open groups of the question by their SIDs or their keys; those without a SID are left out.
 * False when memory is out. */
enum group_by { GROUP_BY_SID, GROUP_BY_KEY };

bool membership_index(const struct membership *membership, enum group_by by,
                      struct span_index *index);

/* The user is in the groups with the SID, or the key, KEY of INDEX. */
void membership_take(struct membership *membership, struct span_index *index, struct pxa_span key);

/* Whether any group is open, or a list is wanted. */
bool membership_is_unanswered(const struct membership *membership);

/* The binary SID of the user's primary group, from its entry; false where there is none. */
struct group_sid {
    size_t len;
    char bytes[SID_BYTES_MAX];
};

bool membership_primary_group(const struct membership *membership, struct group_sid *sid);

/* What must be asked of groups that are listed; ends with NULL; for libldap, which only reads it.
 */
char **membership_list_attributes(void);

/* The name of a group in a list: sAMAccountName, else cn; empty where it has none. */
struct pxa_span membership_name_of(const struct entry *entry);

/* Adds it to the list, where it has one. False when memory is out. */
bool membership_list(struct membership *membership, const struct entry *entry);

/* Picks a method when the server is known, and asks by it. */
membership_step_fn membership_ask;

/* The first request of each method and its answer, as struct membership_search has them. In chain
 * it is about the group `first` of the query, else about all. */
int chain_send(struct membership_search *search, LDAP *ld, const struct facts *facts, int *msgid);
const char *chain_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                           int code);
int tokens_send(struct membership_search *search, LDAP *ld, const struct facts *facts, int *msgid);
const char *tokens_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                            int code);
int walk_send(struct membership_search *search, LDAP *ld, const struct facts *facts, int *msgid);
const char *walk_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                          int code);

/* A walk has met the group DN on LEVEL; *NEW: for the first time. As struct membership_search's
 * `answered`. */
const char *walk_take_group(struct membership *membership, const char *dn, unsigned level,
                            bool *new);

/* Reads memberOf of the user's own entry. False when memory is out. */
bool walk_start_own(struct membership *membership);

/* Asks in chain whether the user is in group I of the query, and whether its primary group is.
 * False when memory is out. */
bool chain_start(struct membership *membership, size_t i);

/* The second of these alone; nothing is asked when that is known, or there is no primary group. */
bool chain_start_primary(struct membership *membership, size_t i);

/* Asks for the names of all groups in chain. False when memory is out. */
bool chain_start_list(struct membership *membership);

#endif
