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

#include "common/span.h"
#include "helpers/core/span_index.h"
#include "helpers/directory/entry.h"
#include "helpers/directory/membership_sids.h"
#include "helpers/directory/membership_steps.h"

/* False when it is no SID, or memory is out. */
static bool take_token(struct membership *membership, struct span_index *wanted,
                       struct pxa_span sid)
{
    struct pxa_sid read;

    if (pxa_sid_decode(sid, &read, NULL) != PXA_OK)
        return false;
    membership_take(membership, wanted, sid);
    return !membership->query.list || sids_add(membership, sid);
}

/* *COUNT: how many there are. */
static bool take_each(struct membership *membership, struct span_index *wanted, size_t *count)
{
    struct pxa_span sid;
    size_t at = 0;

    while (entry_next(membership->token, "tokenGroups", &at, &sid))
        if (++*count > USER_GROUPS_MAX || !take_token(membership, wanted, sid))
            return false;
    return true;
}

static const char *take_tokens(struct membership *membership)
{
    struct span_index wanted = {0};
    size_t count = 0;
    bool good = membership_index(membership, GROUP_BY_SID, &wanted) &&
                take_each(membership, &wanted, &count);

    span_index_free(&wanted);
    if (!good)
        return membership_garbled;
    if (count > 0)
        return NULL;
    log_event(membership_log(membership), LOG_WARNING, "token",
              "%s: the server does not show tokenGroups: the account of --bind-dn needs the right "
              "to read it (Windows Authorization Access Group), or use --group-method in-chain",
              entry_dn(membership->token));
    return "the directory does not show the user's groups";
}

static bool is_in_no_token(const struct group_asked *asked)
{
    for (const struct group *group = asked->groups; group; group = group->next)
        if (!group->in_token)
            return true;
    return false;
}

/* The step that follows when all names are known. */
static const char *list_names(struct membership *membership)
{
    const struct sids *sids = membership->sids;

    for (size_t i = 0; i < sids->count; i++)
        if (sids->names[i].len > 0 && !name_list_add(membership->names, sids->names[i]))
            return membership_no_memory;
    return NULL;
}

/* What the token does not tell: names for a list, and groups that are in no token. */
static bool ask_the_rest(struct membership *membership)
{
    for (size_t i = 0; i < membership->query.group_count; i++)
        if (membership_is_open(membership, i) && is_in_no_token(&membership->asked[i]) &&
            !chain_start(membership, i))
            return false;
    if (!membership->query.list)
        return true;
    membership->step = list_names;
    return sids_ask(membership);
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
    membership->token = entry_copy(ld, at);
    if (!membership->token)
        return membership_garbled;
    reason = take_tokens(membership);
    if (reason)
        return reason;
    return ask_the_rest(membership) ? NULL : membership_no_memory;
}
