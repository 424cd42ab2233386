/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk: from the user upwards, level by level, as any directory can be asked. The first search
 * finds the groups that have the user as a member, each further one the groups that have one of
 * those as a member, all groups of a level in one filter (in several when they are many).
 *
 * A user is a member by `member` or `uniqueMember` with its DN, by `memberUid` with its uid, and of
 * its primary group by `gidNumber` (POSIX) or primaryGroupID (Active Directory). What the user's
 * own entry says is in membership_own.c.
 *
 * Cannot do: meet a group that is not below --group-base (or --base), unless it was asked for by
 * its DN; list dynamic groups that the server does not show in memberOf.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "common/span.h"
#include "helpers/directory/entry.h"
#include "helpers/directory/membership_dn.h"
#include "helpers/directory/membership_steps.h"
#include "helpers/directory/membership_terms.h"
#include "helpers/directory/membership_walk.h"

/* In one filter: DNs, and their bytes. slapd takes 256 KiB from who is anonymous; each DN goes in
 * twice. */
enum { DNS_MAX = 50, DNS_BYTES_MAX = 64 * 1024 };

/* Values of `uid` that are looked for in memberUid. */
enum { UIDS_MAX = 8 };

static membership_step_fn walk_on;

/* ---- filters ---- */

static void put_member(struct bytes *filter, const char *dn, bool ad)
{
    terms_put_text(filter, "member", dn);
    if (!ad)
        terms_put_text(filter, "uniqueMember", dn);
}

static void put_posix(struct bytes *filter, const struct entry *entry)
{
    const struct pxa_span gid = entry_value(entry, "gidNumber");
    struct pxa_span uid;
    size_t at = 0;

    for (int i = 0; i < UIDS_MAX && entry_next(entry, "uid", &at, &uid); i++)
        terms_put_equal(filter, "memberUid", uid);
    if (gid.len == 0)
        return;
    bytes_put_text(filter, "(&(objectClass=posixGroup)");
    terms_put_equal(filter, "gidNumber", gid);
    bytes_put_text(filter, ")");
}

/* Matches the groups that the user is in. */
static char *user_filter(const struct membership *membership, bool ad)
{
    const struct entry *entry = membership->query.entry;
    struct bytes filter = {0};
    struct group_sid sid;

    bytes_put_text(&filter, "(|");
    put_member(&filter, entry_dn(entry), ad);
    if (!ad)
        put_posix(&filter, entry);
    if (membership_primary_group(membership, &sid))
        terms_put_equal(&filter, "objectSid", span_of(sid.bytes, sid.len));
    bytes_put_text(&filter, ")");
    return terms_finish(&filter);
}

/* Matches the groups that COUNT groups from FIRST on are in. */
static char *groups_filter(const struct walk *walk, size_t first, size_t count)
{
    struct bytes filter = {0};

    bytes_put_text(&filter, "(|");
    for (size_t i = first; i < first + count; i++)
        put_member(&filter, walk->groups[i]->dn, walk->ad);
    bytes_put_text(&filter, ")");
    return terms_finish(&filter);
}

/* ---- what is met ---- */

const char *walk_take_group(struct membership *membership, const char *dn, unsigned level,
                            bool *new)
{
    struct walk *walk = membership->walk;
    const struct walk_group *group;

    *new = false;
    switch (walk_meet(walk, dn, level)) {
    case WALK_KNOWN:
        return NULL;
    case WALK_NO_MEMORY:
        return membership_no_memory;
    case WALK_TOO_MANY:
        return "the user is in too many groups";
    case WALK_NEW:
        break;
    }
    *new = true;
    group = walk->groups[walk->count - 1];
    membership_take(membership, &walk->wanted, span_of(group->key, strlen(group->key)));
    return NULL;
}

static const char *take_entry(struct membership *membership, const struct entry *entry,
                              unsigned level)
{
    bool new;
    const char *reason = walk_take_group(membership, entry_dn(entry), level, &new);

    if (!reason && new && membership->names && !membership_list(membership, entry))
        return membership_no_memory;
    return reason;
}

/* Takes all groups in ANSWER, which were met on LEVEL. */
static const char *take_answer(struct membership *membership, LDAP *ld, LDAPMessage *answer,
                               unsigned level)
{
    const char *reason = NULL;

    for (LDAPMessage *at = ldap_first_entry(ld, answer); at && !reason;
         at = ldap_next_entry(ld, at)) {
        struct entry *entry = entry_copy(ld, at);

        reason = entry ? take_entry(membership, entry, level) : membership_garbled;
        entry_free(entry);
    }
    if (!reason && !membership_is_unanswered(membership))
        membership_search_stop(membership);
    return reason;
}

/* ---- a search for groups ---- */

/* Below the base, or of the one entry that SEARCH has as its base. */
static int send_filter(const struct membership_search *search, LDAP *ld, const char *base,
                       int *msgid)
{
    char no_attributes[] = LDAP_NO_ATTRS;
    char *none[] = {no_attributes, NULL};

    return ldap_search_ext(ld, base, search->base ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE,
                           search->filter,
                           search->membership->names ? membership_list_attributes() : none, 0, NULL,
                           NULL, NULL, LDAP_NO_LIMIT, msgid);
}

static int send_level(struct membership_search *search, LDAP *ld, const struct facts *facts,
                      int *msgid)
{
    const char *base =
        search->base ? search->base : membership_base(search->membership->directory, facts);

    return send_filter(search, ld, base, msgid);
}

/* The level of the groups that SEARCH finds. */
static unsigned level_of(const struct membership_search *search)
{
    return search->count == 0 ? 1 : search->membership->walk->groups[search->first]->level + 1;
}

static const char *level_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                                  int code)
{
    if (search->base && code == LDAP_NO_SUCH_OBJECT) /* the group has gone meanwhile */
        return NULL;
    if (code != LDAP_SUCCESS)
        return membership_trouble(search->membership, ld, answer, code);
    return take_answer(search->membership, ld, answer, level_of(search));
}

/* Groups that were met, by their places. None: the user. */
struct range {
    size_t first;
    size_t count;
};

static char *filter_about(const struct membership *membership, struct range range)
{
    if (range.count == 0)
        return user_filter(membership, membership->walk->ad);
    return groups_filter(membership->walk, range.first, range.count);
}

/* Asks in which groups those of RANGE are: the one group BASE, or all below the base. */
static bool start_level(struct membership *membership, struct range range, const char *base)
{
    const struct membership_search order = {
        .send = send_level,
        .answered = level_answered,
        .first = range.first,
        .count = range.count,
        .base = base ? strdup(base) : NULL,
        .filter = filter_about(membership, range),
    };

    if (order.filter && (order.base || !base))
        return membership_search_start(membership, &order);
    free(order.filter);
    free(order.base);
    return false;
}

/* Asks about the groups that have DNs which are not below the base, each by itself. */
static bool start_outside(struct membership *membership, struct range range)
{
    for (size_t i = 0; i < membership->query.group_count; i++) {
        if (!membership_is_open(membership, i))
            continue;
        for (const struct group *group = membership->asked[i].groups; group; group = group->next)
            if (!dn_key_is_below(group->key, membership->walk->base_key) &&
                !start_level(membership, range, group->dn))
                return false;
    }
    return true;
}

/* ---- the first level ---- */

int walk_send(struct membership_search *search, LDAP *ld, const struct facts *facts, int *msgid)
{
    struct membership *membership = search->membership;
    const bool ad = membership_is_ad(membership->directory, facts);
    const char *base = membership_base(membership->directory, facts);

    walk_free(membership->walk); /* of another server, to which it was sent before */
    membership->walk = walk_new(base, ad);
    free(search->filter);
    search->filter = user_filter(membership, ad);
    if (!membership->walk || !search->filter ||
        !membership_index(membership, GROUP_BY_KEY, &membership->walk->wanted))
        return LDAP_NO_MEMORY;
    return send_filter(search, ld, base, msgid);
}

const char *walk_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer, int code)
{
    if (code != LDAP_SUCCESS)
        return membership_trouble(search->membership, ld, answer, code);
    search->membership->step = walk_on;
    return take_answer(search->membership, ld, answer, 1);
}

/* ---- the levels above ---- */

/* How many groups from FIRST on, all of one level, go into one filter. */
static size_t batch(const struct walk *walk, size_t first)
{
    const unsigned level = walk->groups[first]->level;
    size_t bytes = 0;
    size_t count = 0;

    while (first + count < walk->count && count < DNS_MAX &&
           walk->groups[first + count]->level == level) {
        bytes += strlen(walk->groups[first + count]->dn);
        if (count > 0 && bytes > DNS_BYTES_MAX)
            break;
        count++;
    }
    return count;
}

static bool start_levels(struct membership *membership)
{
    struct walk *walk = membership->walk;
    const unsigned depth = membership_options_depth(membership->directory->orders.membership);

    while (walk->asked < walk->count) {
        const struct range range = {walk->asked, batch(walk, walk->asked)};

        walk->asked += range.count;
        if (walk->groups[range.first]->level < depth &&
            (!start_level(membership, range, NULL) || !start_outside(membership, range)))
            return false;
    }
    return true;
}

/* All that was asked has been answered: goes one level up. */
static const char *walk_on(struct membership *membership)
{
    struct walk *walk = membership->walk;

    if (!membership_is_unanswered(membership))
        return NULL;
    if (!walk->own_asked) {
        walk->own_asked = true;
        if ((!walk->ad && !walk_start_own(membership)) ||
            !start_outside(membership, (struct range){0, 0}))
            return membership_no_memory;
    }
    if (!start_levels(membership))
        return membership_no_memory;
    if (membership->waiting)
        membership->step = walk_on;
    return NULL;
}
