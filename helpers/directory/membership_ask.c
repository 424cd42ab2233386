/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second step of a question: the groups are known, now it is asked about the user. The method
 * is picked when the request is sent, because only then is it known to which server it goes.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "common/span.h"
#include "helpers/directory/entry.h"
#include "helpers/directory/membership_steps.h"

const char membership_garbled[] = "the directory's answer about groups cannot be used";

const char *const *membership_attributes(void)
{
    static const char *const names[] = {"objectSid", "primaryGroupID", "uid", "gidNumber", NULL};

    return names;
}

struct pxa_span membership_name_of(const struct entry *entry)
{
    struct pxa_span name = entry_value(entry, "sAMAccountName");

    return name.len > 0 ? name : entry_value(entry, "cn");
}

char **membership_list_attributes(void)
{
    static const char *const names[] = {"sAMAccountName", "cn", NULL};

    /* libldap only reads it. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    return (char **)(uintptr_t)names;
}

bool membership_list(struct membership *membership, const struct entry *entry)
{
    const struct pxa_span name = membership_name_of(entry);

    return name.len == 0 || name_list_add(membership->names, name);
}

bool membership_is_unanswered(const struct membership *membership)
{
    if (membership->query.list)
        return true;
    for (size_t i = 0; i < membership->query.group_count; i++)
        if (membership_is_open(membership, i))
            return true;
    return false;
}

/* ---- which of the groups that are asked about it is ---- */

static struct pxa_span key_of(const struct group *group, enum group_by by)
{
    return by == GROUP_BY_SID ? group->sid : span_of(group->key, strlen(group->key));
}

bool membership_index(const struct membership *membership, enum group_by by,
                      struct span_index *index)
{
    for (size_t i = 0; i < membership->query.group_count; i++) {
        if (!membership_is_open(membership, i))
            continue;
        for (const struct group *group = membership->asked[i].groups; group; group = group->next) {
            const struct pxa_span key = key_of(group, by);

            if (key.len > 0 && !span_index_add(index, key, i))
                return false;
        }
    }
    span_index_sort(index);
    return true;
}

void membership_take(struct membership *membership, struct span_index *index, struct pxa_span key)
{
    size_t count;
    const struct span_index_item *found = span_index_take(index, key, &count);

    for (size_t i = 0; i < count; i++)
        membership->member[found[i].number] = true;
}

/* ---- the primary group ---- */

static bool read_rid(struct pxa_span text, uint32_t *rid)
{
    uint64_t value = 0;

    if (text.len == 0 || text.len > 10)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        value = 10 * value + (uint64_t)(text.at[i] - '0');
    }
    *rid = (uint32_t)value;
    return value <= UINT32_MAX;
}

/* The user's own SID with another RID at its end ([MS-ADTS] section 3.1.1.4.5.11): its bytes are
 * those of the domain's SID, then four of the RID, the lowest first ([MS-DTYP] 2.4.2.2). */
bool membership_primary_group(const struct membership *membership, struct group_sid *sid)
{
    const struct entry *entry = membership->query.entry;
    const struct pxa_span own = entry_value(entry, "objectSid");
    struct pxa_sid read;
    uint32_t rid;

    if (!read_rid(entry_value(entry, "primaryGroupID"), &rid) ||
        pxa_sid_decode(own, &read, NULL) != PXA_OK || read.sub_count == 0)
        return false;
    sid->len = own.len;
    memcpy(sid->bytes, own.at, own.len);
    for (int i = 0; i < 4; i++)
        sid->bytes[own.len - 4 + (size_t)i] = (char)(rid >> 8 * i & 0xff);
    return true;
}

static void note_primary_group(struct membership *membership)
{
    struct group_sid sid;

    if (!membership_primary_group(membership, &sid))
        return;
    for (size_t i = 0; i < membership->query.group_count; i++)
        if (group_asked_has_sid(&membership->asked[i], span_of(sid.bytes, sid.len)))
            membership->member[i] = true;
}

/* ---- which method ---- */

static bool asks_about_one(const struct membership *membership)
{
    return membership->query.group_count == 1 && !membership->query.list;
}

static enum membership_method pick(const struct membership *membership, const struct facts *facts)
{
    const struct directory *directory = membership->directory;
    enum membership_method method = (enum membership_method)directory->orders.membership->method;

    if (method != METHOD_AUTO)
        return method;
    if (!membership_is_ad(directory, facts))
        return METHOD_WALK;
    return asks_about_one(membership) && (!facts || facts->in_chain) ? METHOD_IN_CHAIN
                                                                     : METHOD_TOKEN_GROUPS;
}

static int send(struct membership_search *search, LDAP *ld, const struct facts *facts, int *msgid)
{
    search->method = (int)pick(search->membership, facts);
    switch (search->method) {
    case METHOD_IN_CHAIN:
        return chain_send(search, ld, facts, msgid);
    case METHOD_TOKEN_GROUPS:
        return tokens_send(search, ld, facts, msgid);
    default:
        return walk_send(search, ld, facts, msgid);
    }
}

static const char *answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                            int code)
{
    switch (search->method) {
    case METHOD_IN_CHAIN:
        return chain_answered(search, ld, answer, code);
    case METHOD_TOKEN_GROUPS:
        return tokens_answered(search, ld, answer, code);
    default:
        return walk_answered(search, ld, answer, code);
    }
}

static const char *ask_in_chain(struct membership *membership)
{
    for (size_t i = 0; i < membership->query.group_count; i++)
        if (membership_is_open(membership, i) && !chain_start(membership, i))
            return membership_no_memory;
    if (membership->query.list && !chain_start_list(membership))
        return membership_no_memory;
    return NULL;
}

const char *membership_ask(struct membership *membership)
{
    const struct membership_search order = {
        .send = send, .answered = answered, .count = membership->query.group_count};
    const int method = membership->directory->orders.membership->method;

    note_primary_group(membership);
    if (!membership_is_unanswered(membership))
        return NULL;
    if (method == METHOD_IN_CHAIN)
        return ask_in_chain(membership);
    /* The method is picked later, but who has a primary group is in an Active Directory. */
    if (method == METHOD_AUTO && asks_about_one(membership) && !chain_start_primary(membership, 0))
        return membership_no_memory;
    if (!membership_is_unanswered(membership))
        return NULL;
    return membership_search_start(membership, &order) ? NULL : membership_no_memory;
}
