/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * token-groups: one read of the user's entry brings the SIDs of all security groups that it is in,
 * nested ones and the primary group included ([MS-ADTS] section 3.1.1.4.5.19). Groups are compared
 * by SID; for a list, names are looked up where they are not remembered.
 *
 * Groups for mail alone (distribution groups) are in no token. Whether the user is in one of these
 * is asked in chain; a list has none of them.
 */
#include <config.h>

#include "helpers/directory/membership_tokens.h"

#include <stdlib.h>
#include <string.h>

#include "common/span.h"
#include "helpers/directory/entry.h"
#include "helpers/directory/membership_steps.h"
#include "helpers/directory/membership_terms.h"
#include "helpers/directory/sid_names.h"

/* SIDs in one search for names. */
enum { SIDS_MAX = 150 };

struct tokens {
    struct entry *entry;      /* holds the SIDs */
    struct pxa_span *unnamed; /* those whose names must be looked up */
    size_t count;
    size_t cap;
};

void tokens_free(struct tokens *tokens)
{
    if (!tokens)
        return;
    entry_free(tokens->entry);
    free(tokens->unnamed);
    free(tokens);
}

/* ---- names for SIDs ---- */

static int send_sids(struct membership_search *search, LDAP *ld, const struct facts *facts,
                     int *msgid)
{
    const struct membership *membership = search->membership;
    struct bytes bytes = {0};
    char *filter;
    int code;

    bytes_put_text(&bytes, "(|");
    for (size_t i = 0; i < search->count; i++)
        terms_put_equal(&bytes, "objectSid", membership->tokens->unnamed[search->first + i]);
    bytes_put_text(&bytes, ")");
    filter = terms_finish(&bytes);
    if (!filter)
        return LDAP_NO_MEMORY;
    code = ldap_search_ext(ld, membership_base(membership->directory, facts), LDAP_SCOPE_SUBTREE,
                           filter, group_attributes(), 0, NULL, NULL, NULL, LDAP_NO_LIMIT, msgid);
    free(filter);
    return code;
}

/* The SID that SEARCH asked for and ENTRY has; it is no longer unnamed. False where there is none:
 * an entry that nobody asked for. */
static bool take_sid(const struct membership_search *search, const struct entry *entry,
                     struct pxa_span *sid)
{
    struct pxa_span *unnamed = search->membership->tokens->unnamed + search->first;
    const struct pxa_span found = entry_value(entry, "objectSid");

    for (size_t i = 0; i < search->count; i++) {
        if (unnamed[i].len > 0 && unnamed[i].len == found.len &&
            memcmp(unnamed[i].at, found.at, found.len) == 0) {
            *sid = unnamed[i];
            unnamed[i].len = 0;
            return true;
        }
    }
    return false;
}

static bool take_name(const struct membership_search *search, const struct entry *entry)
{
    struct membership *membership = search->membership;
    const struct pxa_span name = membership_name_of(entry);
    struct pxa_span sid;

    if (!take_sid(search, entry, &sid) || name.len == 0)
        return true;
    sid_names_remember(membership->directory, sid, name);
    return name_list_add(membership->names, name);
}

static const char *sids_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                                 int code)
{
    struct membership *membership = search->membership;
    const struct pxa_span *unnamed = membership->tokens->unnamed + search->first;

    if (code != LDAP_SUCCESS)
        return membership_trouble(membership, ld, answer, code);
    for (LDAPMessage *at = ldap_first_entry(ld, answer); at; at = ldap_next_entry(ld, at)) {
        struct entry *entry = entry_copy(ld, at);
        bool good = entry && take_name(search, entry);

        entry_free(entry);
        if (!good)
            return membership_garbled;
    }
    for (size_t i = 0; i < search->count; i++)
        if (unnamed[i].len > 0)
            sid_names_remember(membership->directory, unnamed[i], span_of(NULL, 0));
    return NULL;
}

static bool start_sids(struct membership *membership)
{
    const size_t count = membership->tokens->count;
    struct membership_search order = {.send = send_sids, .answered = sids_answered};

    for (order.first = 0; order.first < count; order.first += SIDS_MAX) {
        order.count = count - order.first < SIDS_MAX ? count - order.first : SIDS_MAX;
        if (!membership_search_start(membership, &order))
            return false;
    }
    return true;
}

/* ---- the token ---- */

static bool add_unnamed(struct tokens *tokens, struct pxa_span sid)
{
    if (tokens->count == tokens->cap) {
        size_t cap = tokens->cap ? 2 * tokens->cap : 64;
        struct pxa_span *unnamed = reallocarray(tokens->unnamed, cap, sizeof *unnamed);

        if (!unnamed)
            return false;
        tokens->unnamed = unnamed;
        tokens->cap = cap;
    }
    tokens->unnamed[tokens->count++] = sid;
    return true;
}

static bool list_sid(struct membership *membership, struct pxa_span sid)
{
    struct pxa_span name;

    if (!sid_names_recall(membership->directory, sid, &name))
        return add_unnamed(membership->tokens, sid);
    return name.len == 0 || name_list_add(membership->names, name);
}

/* False when it is no SID, or memory is out. */
static bool take_token(struct membership *membership, struct pxa_span sid)
{
    struct pxa_sid read;

    if (pxa_sid_decode(sid, &read, NULL) != PXA_OK)
        return false;
    for (size_t i = 0; i < membership->query.group_count; i++)
        if (membership_is_open(membership, i) && group_asked_has_sid(&membership->asked[i], sid))
            membership->member[i] = true;
    return !membership->query.list || list_sid(membership, sid);
}

static const char *take_tokens(struct membership *membership)
{
    struct pxa_span sid;
    size_t at = 0;
    size_t count = 0;

    while (entry_next(membership->tokens->entry, "tokenGroups", &at, &sid)) {
        if (++count > USER_GROUPS_MAX || !take_token(membership, sid))
            return membership_garbled;
    }
    if (count > 0)
        return NULL;
    log_event(membership_log(membership), LOG_WARNING, "token",
              "%s: the server does not show tokenGroups: the account of --bind-dn needs the right "
              "to read it (Windows Authorization Access Group), or use --group-method in-chain",
              entry_dn(membership->tokens->entry));
    return "the directory does not show the user's groups";
}

static bool is_in_no_token(const struct group_asked *asked)
{
    for (const struct group *group = asked->groups; group; group = group->next)
        if (!group->in_token)
            return true;
    return false;
}

/* What the token does not tell: names for a list, and groups that are in no token. */
static bool ask_the_rest(struct membership *membership)
{
    for (size_t i = 0; i < membership->query.group_count; i++)
        if (membership_is_open(membership, i) && is_in_no_token(&membership->asked[i]) &&
            !chain_start(membership, i))
            return false;
    return start_sids(membership);
}

int tokens_send(struct membership_search *search, LDAP *ld, const struct facts *facts, int *msgid)
{
    char name[] = "tokenGroups";
    char *attributes[] = {name, NULL};

    (void)facts;
    return ldap_search_ext(ld, entry_dn(search->membership->query.entry), LDAP_SCOPE_BASE,
                           "(objectClass=*)", attributes, 0, NULL, NULL, NULL, LDAP_NO_LIMIT,
                           msgid);
}

const char *tokens_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                            int code)
{
    struct membership *membership = search->membership;
    LDAPMessage *at = ldap_first_entry(ld, answer);
    const char *reason;

    if (code != LDAP_SUCCESS && code != LDAP_NO_SUCH_OBJECT)
        return membership_trouble(membership, ld, answer, code);
    if (code == LDAP_NO_SUCH_OBJECT || !at) /* the user has gone meanwhile */
        return NULL;
    membership->tokens = calloc(1, sizeof *membership->tokens);
    if (!membership->tokens)
        return membership_no_memory;
    membership->tokens->entry = entry_copy(ld, at);
    if (!membership->tokens->entry)
        return membership_garbled;
    reason = take_tokens(membership);
    if (reason)
        return reason;
    return ask_the_rest(membership) ? NULL : membership_no_memory;
}
