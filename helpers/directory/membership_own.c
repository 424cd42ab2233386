/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk: what the user's own entry says. What the server calculates, dynamic groups among it, is in
 * `memberOf`: each group there is one more of the first level. That a group is not there means
 * nothing. It is read beside the second level, because it is rarely needed.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "helpers/directory/entry.h"
#include "helpers/directory/membership_dn.h"
#include "helpers/directory/membership_steps.h"
#include "helpers/directory/membership_walk.h"

static int send_own(struct membership_search *search, LDAP *ld, const struct facts *facts,
                    int *msgid)
{
    char name[] = "memberOf";
    char *attributes[] = {name, NULL};

    (void)facts;
    return ldap_search_ext(ld, search->base, LDAP_SCOPE_BASE, "(objectClass=*)", attributes, 0,
                           NULL, NULL, NULL, LDAP_NO_LIMIT, msgid);
}

static int send_name(struct membership_search *search, LDAP *ld, const struct facts *facts,
                     int *msgid)
{
    (void)facts;
    return ldap_search_ext(ld, search->base, LDAP_SCOPE_BASE, "(objectClass=*)",
                           membership_list_attributes(), 0, NULL, NULL, NULL, LDAP_NO_LIMIT, msgid);
}

static const char *name_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                                 int code)
{
    LDAPMessage *at = ldap_first_entry(ld, answer);
    struct entry *entry;
    bool good;

    if (code == LDAP_NO_SUCH_OBJECT || (code == LDAP_SUCCESS && !at)) /* it has gone meanwhile */
        return NULL;
    if (code != LDAP_SUCCESS)
        return membership_trouble(search->membership, ld, answer, code);
    entry = entry_copy(ld, at);
    good = entry && membership_list(search->membership, entry);
    entry_free(entry);
    return good ? NULL : membership_garbled;
}

static bool start_name(struct membership *membership, const char *dn)
{
    const struct membership_search order = {
        .send = send_name, .answered = name_answered, .base = strdup(dn)};

    return order.base && membership_search_start(membership, &order);
}

/* A value of memberOf. */
static const char *take_own(struct membership *membership, const char *dn)
{
    const struct walk *walk = membership->walk;
    bool new;
    const char *reason = walk_take_group(membership, dn, 1, &new);

    if (reason || !new || !membership->names ||
        !dn_key_is_below(walk->groups[walk->count - 1]->key, walk->base_key))
        return reason;
    return start_name(membership, dn) ? NULL : membership_no_memory;
}

static const char *own_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                                int code)
{
    struct membership *membership = search->membership;
    LDAPMessage *at = ldap_first_entry(ld, answer);
    struct entry *entry;
    struct pxa_span value;
    size_t next = 0;
    const char *reason = NULL;

    if (code == LDAP_NO_SUCH_OBJECT || (code == LDAP_SUCCESS && !at)) /* the user has gone */
        return NULL;
    if (code != LDAP_SUCCESS)
        return membership_trouble(membership, ld, answer, code);
    entry = entry_copy(ld, at);
    if (!entry)
        return membership_garbled;
    while (!reason && entry_next(entry, "memberOf", &next, &value)) {
        char *dn = strndup(value.at, value.len);

        reason = dn ? take_own(membership, dn) : membership_no_memory;
        free(dn);
    }
    entry_free(entry);
    return reason;
}

bool walk_start_own(struct membership *membership)
{
    const struct membership_search order = {
        .send = send_own,
        .answered = own_answered,
        .base = strdup(entry_dn(membership->query.entry)),
    };

    return order.base && membership_search_start(membership, &order);
}
