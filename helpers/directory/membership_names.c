/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first step of a question: which entries the names of its groups stand for. DNs are read one
 * by one, all other names that are not known yet are searched together.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "common/span.h"
#include "helpers/directory/entry.h"
#include "helpers/directory/group_names.h"
#include "helpers/directory/membership_dn.h"
#include "helpers/directory/membership_private.h"
#include "helpers/directory/membership_steps.h"
#include "helpers/directory/membership_terms.h"
#include "helpers/directory/trouble.h"

/* Names in one search; more go into further ones. */
enum { NAMES_MAX = 50 };

/* The name's entries are complete: remembered, and told where there are none. */
static void settle(struct membership *membership, size_t i)
{
    struct group_asked *asked = &membership->asked[i];
    const struct pxa_span name = membership->query.groups[i];

    asked->known = true;
    group_names_remember(membership->directory, name, asked);
    if (!asked->groups)
        log_event(membership_log(membership), LOG_WARNING, "no group",
                  "there is no group \"%.*s\"%s, so it has no members", trouble_shown_len(name),
                  name.at,
                  asked->is_dn ? "" : " (as cn or sAMAccountName, below --group-base or --base)");
}

/* ---- a DN ---- */

static int send_dn(struct membership_search *search, LDAP *ld, const struct facts *facts,
                   int *msgid)
{
    (void)facts;
    return ldap_search_ext(ld, search->base, LDAP_SCOPE_BASE, "(objectClass=*)", group_attributes(),
                           0, NULL, NULL, NULL, LDAP_NO_LIMIT, msgid);
}

static const char *dn_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                               int code)
{
    struct membership *membership = search->membership;
    LDAPMessage *at = ldap_first_entry(ld, answer);
    struct entry *entry = NULL;
    bool good = true;

    if (code != LDAP_SUCCESS && code != LDAP_NO_SUCH_OBJECT && code != LDAP_INVALID_DN_SYNTAX)
        return membership_trouble(membership, ld, answer, code);
    if (at && code == LDAP_SUCCESS) {
        entry = entry_copy(ld, at);
        good = entry && group_asked_add(&membership->asked[search->first], entry);
        entry_free(entry);
    }
    if (!good)
        return membership_garbled;
    settle(membership, search->first);
    return NULL;
}

static bool ask_dn(struct membership *membership, size_t i)
{
    const struct pxa_span name = membership->query.groups[i];
    const struct membership_search order = {
        .send = send_dn,
        .answered = dn_answered,
        .first = i,
        .base = strndup(name.at, name.len),
    };

    return order.base && membership_search_start(membership, &order);
}

/* ---- names ---- */

static bool is_searched(const struct membership *membership, size_t i)
{
    return !membership->asked[i].known && !membership->asked[i].is_dn;
}

/* Where the server did not say what it is, it may be an Active Directory. */
static bool may_have_account_names(const struct directory *directory, const struct facts *facts)
{
    return facts ? facts->kind == KIND_AD : directory->options->kind != KIND_OPENLDAP;
}

static char *names_filter(const struct membership_search *search, bool ad, bool account_names)
{
    const struct membership *membership = search->membership;
    struct bytes filter = {0};

    bytes_put_text(&filter, ad ? "(&(objectClass=group)(|" : "(|");
    for (size_t i = search->first; i < search->first + search->count; i++) {
        if (!is_searched(membership, i))
            continue;
        terms_put_equal(&filter, "cn", membership->query.groups[i]);
        if (account_names)
            terms_put_equal(&filter, "sAMAccountName", membership->query.groups[i]);
    }
    bytes_put_text(&filter, ad ? "))" : ")");
    return terms_finish(&filter);
}

static int send_names(struct membership_search *search, LDAP *ld, const struct facts *facts,
                      int *msgid)
{
    struct directory *directory = search->membership->directory;
    char *filter = names_filter(search, membership_is_ad(directory, facts),
                                may_have_account_names(directory, facts));
    int code;

    if (!filter)
        return LDAP_NO_MEMORY;
    code = ldap_search_ext(ld, membership_base(directory, facts), LDAP_SCOPE_SUBTREE, filter,
                           group_attributes(), 0, NULL, NULL, NULL, LDAP_NO_LIMIT, msgid);
    free(filter);
    return code;
}

/* Gives ENTRY to each name of the search that is its own. */
static bool take_entry(const struct membership_search *search, const struct entry *entry)
{
    struct membership *membership = search->membership;

    for (size_t i = search->first; i < search->first + search->count; i++)
        if (is_searched(membership, i) && group_has_name(entry, membership->query.groups[i]) &&
            !group_asked_add(&membership->asked[i], entry))
            return false;
    return true;
}

static const char *names_answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                                  int code)
{
    struct membership *membership = search->membership;

    if (code != LDAP_SUCCESS)
        return membership_trouble(membership, ld, answer, code);
    for (LDAPMessage *at = ldap_first_entry(ld, answer); at; at = ldap_next_entry(ld, at)) {
        struct entry *entry = entry_copy(ld, at);
        bool good = entry && take_entry(search, entry);

        entry_free(entry);
        if (!good)
            return membership_garbled;
    }
    for (size_t i = search->first; i < search->first + search->count; i++)
        if (is_searched(membership, i))
            settle(membership, i);
    return NULL;
}

/* Starts searches for all names that are not known. */
static bool ask_names(struct membership *membership)
{
    struct membership_search order = {.send = send_names, .answered = names_answered};
    size_t wanted = 0;

    for (size_t i = 0; i < membership->query.group_count; i++) {
        wanted += is_searched(membership, i);
        order.count = i + 1 - order.first;
        if (wanted < NAMES_MAX && i + 1 < membership->query.group_count)
            continue;
        if (wanted > 0 && !membership_search_start(membership, &order))
            return false;
        order.first = i + 1;
        wanted = 0;
    }
    return true;
}

const char *membership_names(struct membership *membership)
{
    const struct membership_query *query = &membership->query;

    for (size_t i = 0; i < query->group_count; i++) {
        struct group_asked *asked = &membership->asked[i];

        if (!group_names_recall(membership->directory, query->groups[i], asked))
            return membership_no_memory;
        asked->is_dn = !asked->known && group_name_is_dn(query->groups[i]);
        if (asked->is_dn && !ask_dn(membership, i))
            return membership_no_memory;
    }
    membership->step = membership_ask;
    return ask_names(membership) ? NULL : membership_no_memory;
}
