/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups by a filter of the administrator's (-f of Squid's ext_ldap_group_acl).
 *
 * All groups are asked about by one filter, and the values of the attribute that the group is
 * tested with tell which of them an entry was found for. What they leave open is asked again group
 * by group: a directory may take more for equal than is compared here, or hide the attribute.
 *
 * Cannot do: nested groups, but by the filter itself.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "helpers/core/bytes.h"
#include "helpers/directory/base_extension.h"
#include "helpers/directory/dn_template.h"
#include "helpers/directory/group_filter.h"
#include "helpers/directory/membership_private.h"
#include "helpers/directory/trouble.h"

/* Filters in one OR: servers have limits for the size of requests. */
enum { JOINED_MAX = 64 };

static struct group_filter_names names_of(const struct membership *membership, size_t group)
{
    const struct membership_query *query = &membership->query;
    struct pxa_span user = query->user;

    if (query->entry)
        user = (struct pxa_span){entry_dn(query->entry), strlen(entry_dn(query->entry))};
    return (struct group_filter_names){user, query->groups[group]};
}

/* Law 10: whether the name has to be compared with what was found. Where it is a DN that has been
 * done. Printable ASCII is what most directories take as it is; an Active Directory finds accents,
 * too. */
static bool must_compare_user(const struct membership *membership)
{
    const struct directory *directory = membership->directory;

    if (!group_filter_user_attributes(directory->group_filter) ||
        directory->orders.user->accept_aliases)
        return false;
    return directory_options_say_ad(directory->options) ||
           !dn_template_plain(membership->query.user);
}

/* ---- requests ---- */

static int send_filter(struct membership_search *search, LDAP *ld, const struct facts *facts,
                       int *msgid)
{
    const struct membership *membership = search->membership;
    const struct directory *directory = membership->directory;
    const struct group_filter *filter = directory->group_filter;
    const char *const none[] = {LDAP_NO_ATTRS, NULL};
    const char *const group[] = {group_filter_group_attribute(filter), NULL};
    const char *const *attributes = none;
    char **wanted;
    bool compare = must_compare_user(membership);

    if (search->count > 1)
        attributes = group;
    else if (compare)
        attributes = group_filter_user_attributes(filter);
    free(search->base);
    search->base = base_extend(membership->query.base_extension, membership_base(directory, facts));
    if (!search->base)
        return LDAP_NO_MEMORY;
    /* libldap only reads the names. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    wanted = (char **)(uintptr_t)attributes;
    /* One entry is enough to know that there are some. */
    return ldap_search_ext(ld, search->base, directory->scope, search->filter, wanted, 0, NULL,
                           NULL, NULL, search->count == 1 && !compare ? 1 : 0, msgid);
}

/* For COUNT groups from FIRST on, JOINED_MAX at most; NULL when memory is out. */
static char *make_filter(const struct membership *membership, size_t first, size_t count)
{
    const struct group_filter *filter = membership->directory->group_filter;
    struct group_filter_names names[JOINED_MAX];

    for (size_t i = 0; i < count; i++)
        names[i] = names_of(membership, first + i);
    return count > 1 ? group_filter_expand_joined(filter, names, count)
                     : group_filter_expand(filter, names);
}

static const char *filter_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                                   int code);

static const char *start(struct membership *membership, size_t first, size_t count)
{
    const struct membership_search order = {
        .send = send_filter,
        .answered = filter_answered,
        .method = METHOD_FILTER,
        .first = first,
        .count = count,
        .filter = make_filter(membership, first, count),
    };

    if (!order.filter || !membership_search_start(membership, &order))
        return membership_no_memory;
    return NULL;
}

/* ---- answers for one group ---- */

static bool has_value_of(const struct entry *entry, const struct group_pattern *pattern)
{
    struct pxa_span value;
    size_t at = 0;

    while (entry_next(entry, NULL, &at, &value))
        if (group_pattern_matches(pattern, value))
            return true;
    return false;
}

/* Whether one of the entries has the user's name as it was typed. PARTIAL: it may have it among the
 * values that did not come. */
static bool names_user(const struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                       bool *partial)
{
    const struct membership *membership = search->membership;
    const struct group_filter_names names = names_of(membership, search->first);
    struct group_pattern *pattern =
        group_pattern_of_user(membership->directory->group_filter, &names);
    bool found = false;

    *partial = !pattern;
    for (LDAPMessage *at = ldap_first_entry(ld, answer); at && pattern && !found;
         at = ldap_next_entry(ld, at)) {
        struct entry *entry = entry_copy(ld, at);

        found = entry && has_value_of(entry, pattern);
        *partial = *partial || !entry || entry_is_partial(entry);
        entry_free(entry);
    }
    group_pattern_free(pattern);
    return found;
}

static const char *judge_one(struct membership_search *search, LDAP *ld, LDAPMessage *answer)
{
    struct membership *membership = search->membership;
    bool found = ldap_first_entry(ld, answer) != NULL;
    bool partial;

    if (found && must_compare_user(membership) && !names_user(search, ld, answer, &partial)) {
        if (partial)
            return "the entry that came does not tell the user's name";
        log_event(membership_log(membership), LOG_NOTICE, "alias",
                  "%.*s is not a name of what the group filter found as it is written there: no "
                  "member",
                  trouble_shown_len(membership->query.user), membership->query.user.at);
        found = false;
    }
    membership->member[search->first] = found;
    return NULL;
}

/* ---- answers for several ---- */

/* All patterns of the search's groups; false when memory is out. */
static bool make_patterns(const struct membership_search *search, struct group_pattern **patterns,
                          struct group_filter_names *names)
{
    bool good = true;

    for (size_t i = 0; i < search->count; i++) {
        names[i] = names_of(search->membership, search->first + i);
        patterns[i] =
            group_pattern_of_group(search->membership->directory->group_filter, &names[i]);
        good = good && patterns[i];
    }
    return good;
}

/* Notes the groups that the entry was found for; false when there may be others, because it is
 * none, as far as can be told, or because values are missing. */
static bool take_entry(struct membership_search *search, struct group_pattern *const *patterns,
                       const struct entry *entry)
{
    bool *member = search->membership->member + search->first;
    bool explained = false;

    for (size_t i = 0; entry && i < search->count; i++) {
        if (!has_value_of(entry, patterns[i]))
            continue;
        member[i] = true;
        explained = true;
    }
    return explained && !entry_is_partial(entry);
}

/* Whether all entries were explained. */
static bool take_entries(struct membership_search *search, LDAP *ld, LDAPMessage *answer)
{
    struct group_pattern *patterns[JOINED_MAX] = {NULL};
    struct group_filter_names names[JOINED_MAX];
    bool explained = make_patterns(search, patterns, names);

    for (LDAPMessage *at = ldap_first_entry(ld, answer); at && explained;
         at = ldap_next_entry(ld, at)) {
        struct entry *entry = entry_copy(ld, at);

        explained = take_entry(search, patterns, entry);
        entry_free(entry);
    }
    for (size_t i = 0; i < search->count; i++)
        group_pattern_free(patterns[i]);
    return explained;
}

/* Entries that came say which groups they were found for; of a group for which none did, that it
 * has none can be said only when every entry is explained and the group's name is one that the
 * directory has no other spelling for. */
static const char *judge_all(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                             bool complete)
{
    struct membership *membership = search->membership;
    bool clear;

    if (complete && !ldap_first_entry(ld, answer))
        return NULL;
    clear = take_entries(search, ld, answer) && complete;
    for (size_t i = search->first; i < search->first + search->count; i++) {
        const char *trouble;

        if (membership->member[i] || (clear && dn_template_plain(membership->query.groups[i])))
            continue;
        trouble = start(membership, i, 1);
        if (trouble)
            return trouble;
    }
    return NULL;
}

static const char *filter_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                                   int code)
{
    bool cut = code == LDAP_SIZELIMIT_EXCEEDED && ldap_first_entry(ld, answer);

    if (code != LDAP_SUCCESS && !cut)
        return membership_trouble(search->membership, ld, answer, code);
    if (search->count > 1)
        return judge_all(search, ld, answer, !cut);
    return judge_one(search, ld, answer);
}

/* ---- the beginning ---- */

const char *membership_filter(struct membership *membership)
{
    const size_t count = membership->query.group_count;
    bool joined = group_filter_group_attribute(membership->directory->group_filter) &&
                  !must_compare_user(membership);
    const size_t step = joined ? JOINED_MAX : 1;

    for (size_t first = 0; first < count; first += step) {
        const char *trouble = start(membership, first, count - first < step ? count - first : step);

        if (trouble)
            return trouble;
    }
    return NULL;
}
