/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * in-chain: an Active Directory follows nested groups itself. Its rule is slow over a subtree, but
 * quick with base scope on the user's entry: so it is asked whether this one entry matches.
 *
 * The rule knows nothing of the primary group, in which a user is without being its member. That
 * group being in the wanted one is asked about by the same search on the primary group's entry,
 * beside the user's; as nearly all users have the same primary group, the answer is kept.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/span.h"
#include "helpers/core/store.h"
#include "helpers/directory/entry.h"
#include "helpers/directory/membership_steps.h"
#include "helpers/directory/membership_terms.h"

/* How long it is known that a primary group is in another group, or is not. */
enum { PRIMARY_TTL_MS = 60 * 1000 };

static char no_attributes[] = LDAP_NO_ATTRS;
static char *none[] = {no_attributes, NULL};

/* Matches an entry that is in a group called as the one of SEARCH. */
static char *chain_filter(const struct membership_search *search)
{
    struct bytes filter = {0};

    bytes_put_text(&filter, "(|");
    for (const struct group *group = search->membership->asked[search->first].groups; group;
         group = group->next)
        terms_put_text(&filter, "memberOf:" RULE_IN_CHAIN ":", group->dn);
    bytes_put_text(&filter, ")");
    return terms_finish(&filter);
}

static int send_base_search(const struct membership_search *search, LDAP *ld, const char *base,
                            int *msgid)
{
    char *filter = chain_filter(search);
    int code;

    if (!filter)
        return LDAP_NO_MEMORY;
    code = ldap_search_ext(ld, base, LDAP_SCOPE_BASE, filter, none, 0, NULL, NULL, NULL,
                           LDAP_NO_LIMIT, msgid);
    free(filter);
    return code;
}

/* ---- the user ---- */

int chain_send(struct membership_search *search, LDAP *ld, const struct facts *facts, int *msgid)
{
    (void)facts;
    return send_base_search(search, ld, entry_dn(search->membership->query.entry), msgid);
}

const char *chain_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                           int code)
{
    struct membership *membership = search->membership;

    if (code == LDAP_NO_SUCH_OBJECT) /* the user has gone meanwhile */
        return NULL;
    if (code != LDAP_SUCCESS)
        return membership_trouble(membership, ld, answer, code);
    if (ldap_count_entries(ld, answer) > 0)
        membership->member[search->first] = true;
    if (!membership_is_unanswered(membership))
        membership_search_stop(membership);
    return NULL;
}

/* ---- the primary group ---- */

static bool put_primary_key(struct bytes *key, const struct membership *membership, size_t i)
{
    const struct pxa_span name = membership->query.groups[i];
    struct group_sid sid;

    if (!membership_primary_group(membership, &sid))
        return false;
    bytes_put(key, "p", 1);
    bytes_put(key, sid.bytes, sid.len); /* says its own length */
    bytes_put(key, name.at, name.len);
    return true;
}

static void remember_primary(const struct membership *membership, size_t i, bool member)
{
    struct bytes key = {0};

    if (put_primary_key(&key, membership, i) && !key.failed)
        store_put(membership->directory->group_store, span_of(key.at + key.start, bytes_len(&key)),
                  span_of(member ? "1" : "0", 1), PRIMARY_TTL_MS,
                  loop_now_ms(membership->directory->ground.loop));
    bytes_free(&key);
}

/* Whether nothing has to be asked: MEMBER says what is known then. */
static bool recall_primary(const struct membership *membership, size_t i, bool *member)
{
    struct bytes key = {0};
    struct pxa_span value;
    bool settled = !put_primary_key(&key, membership, i);

    if (!settled && !key.failed &&
        store_get(membership->directory->group_store, span_of(key.at + key.start, bytes_len(&key)),
                  loop_now_ms(membership->directory->ground.loop), &value)) {
        *member = *member || value.at[0] == '1';
        settled = true;
    }
    bytes_free(&key);
    return settled;
}

static int send_primary(struct membership_search *search, LDAP *ld, const struct facts *facts,
                        int *msgid)
{
    (void)facts;
    return send_base_search(search, ld, search->base, msgid);
}

static const char *primary_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                                    int code)
{
    bool member = ldap_count_entries(ld, answer) > 0;

    if (code == LDAP_SUCCESS || code == LDAP_NO_SUCH_OBJECT)
        remember_primary(search->membership, search->first, member);
    return chain_answered(search, ld, answer, code);
}

/* "<SID=S-1-5-21-1-2-3-513>", by which an Active Directory finds an entry, [MS-ADTS] section
 * 3.1.1.3.1.2.4. */
static char *sid_base(const struct group_sid *sid)
{
    char text[PXA_SID_TEXT_MAX];
    struct pxa_written done;
    struct pxa_sid read;
    char *base = NULL;

    if (pxa_sid_decode(span_of(sid->bytes, sid->len), &read, NULL) != PXA_OK ||
        pxa_sid_text(&read, text, sizeof text, &done) != PXA_OK ||
        asprintf(&base, "<SID=%.*s>", (int)done.len, text) < 0)
        return NULL;
    return base;
}

bool chain_start_primary(struct membership *membership, size_t i)
{
    struct membership_search order = {
        .send = send_primary, .answered = primary_answered, .first = i, .count = 1};
    struct group_sid sid;

    if (!membership_is_open(membership, i) || recall_primary(membership, i, &membership->member[i]))
        return true;
    if (!membership_primary_group(membership, &sid))
        return true;
    order.base = sid_base(&sid);
    return order.base && membership_search_start(membership, &order);
}

bool chain_start(struct membership *membership, size_t i)
{
    const struct membership_search order = {
        .send = chain_send, .answered = chain_answered, .first = i, .count = 1};

    if (!chain_start_primary(membership, i))
        return false;
    return !membership_is_open(membership, i) || membership_search_start(membership, &order);
}

/* ---- the list ---- */

/* All groups that have the entry `base` as a member in chain. */
static int send_list(struct membership_search *search, LDAP *ld, const struct facts *facts,
                     int *msgid)
{
    struct bytes bytes = {0};
    char *filter;
    int code;

    bytes_put_text(&bytes, "(&(objectClass=group)");
    terms_put_text(&bytes, "member:" RULE_IN_CHAIN ":", search->base);
    bytes_put_text(&bytes, ")");
    filter = terms_finish(&bytes);
    if (!filter)
        return LDAP_NO_MEMORY;
    code = ldap_search_ext(ld, membership_base(search->membership->directory, facts),
                           LDAP_SCOPE_SUBTREE, filter, membership_list_attributes(), 0, NULL, NULL,
                           NULL, LDAP_NO_LIMIT, msgid);
    free(filter);
    return code;
}

static const char *list_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                                 int code)
{
    struct membership *membership = search->membership;

    if (code != LDAP_SUCCESS)
        return membership_trouble(membership, ld, answer, code);
    for (LDAPMessage *at = ldap_first_entry(ld, answer); at; at = ldap_next_entry(ld, at)) {
        struct entry *entry = entry_copy(ld, at);
        bool good = entry && membership_list(membership, entry);

        entry_free(entry);
        if (!good)
            return membership_garbled;
    }
    return NULL;
}

static bool start_list(struct membership *membership, const char *dn)
{
    const struct membership_search order = {
        .send = send_list, .answered = list_answered, .base = strdup(dn)};

    return order.base && membership_search_start(membership, &order);
}

static int send_read(struct membership_search *search, LDAP *ld, const struct facts *facts,
                     int *msgid)
{
    (void)facts;
    return ldap_search_ext(ld, search->base, LDAP_SCOPE_BASE, "(objectClass=*)",
                           membership_list_attributes(), 0, NULL, NULL, NULL, LDAP_NO_LIMIT, msgid);
}

/* The primary group's own name, and then those of the groups that it is in. */
static const char *read_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                                 int code)
{
    struct membership *membership = search->membership;
    LDAPMessage *at = ldap_first_entry(ld, answer);
    struct entry *entry;
    bool good;

    if (code == LDAP_NO_SUCH_OBJECT || (code == LDAP_SUCCESS && !at))
        return NULL;
    if (code != LDAP_SUCCESS)
        return membership_trouble(membership, ld, answer, code);
    entry = entry_copy(ld, at);
    good = entry && membership_list(membership, entry) && start_list(membership, entry_dn(entry));
    entry_free(entry);
    return good ? NULL : membership_garbled;
}

bool chain_start_list(struct membership *membership)
{
    struct membership_search order = {.send = send_read, .answered = read_answered};
    struct group_sid sid;

    if (!start_list(membership, entry_dn(membership->query.entry)))
        return false;
    if (!membership_primary_group(membership, &sid))
        return true;
    order.base = sid_base(&sid);
    return order.base && membership_search_start(membership, &order);
}
