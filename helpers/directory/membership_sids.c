/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for SIDs: many SIDs in one search, and what was found is remembered, that nothing was found
 * as well.
 */
#include <config.h>

#include "helpers/directory/membership_sids.h"

#include <stdlib.h>
#include <string.h>

#include "common/span.h"
#include "helpers/core/span_index.h"
#include "helpers/directory/entry.h"
#include "helpers/directory/membership_steps.h"
#include "helpers/directory/membership_terms.h"
#include "helpers/directory/sid_names.h"

/* SIDs in one search. */
enum { SIDS_MAX = 150 };

static void free_name(struct pxa_span name)
{
    /* It was ours before it was a name. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    free((void *)(uintptr_t)name.at);
}

void sids_free(struct sids *sids)
{
    if (!sids)
        return;
    for (size_t i = 0; i < sids->count; i++)
        free_name(sids->names[i]);
    free(sids->names);
    free(sids->sids);
    free(sids);
}

static bool is_known(const struct sids *sids, size_t i)
{
    return sids->names[i].at != NULL;
}

/* ---- which ---- */

static bool grow(struct sids *sids)
{
    const size_t cap = sids->cap ? 2 * sids->cap : 64;
    struct pxa_span *more = reallocarray(sids->sids, cap, sizeof *more);

    if (!more)
        return false;
    sids->sids = more;
    more = reallocarray(sids->names, cap, sizeof *more);
    if (!more)
        return false;
    sids->names = more;
    sids->cap = cap;
    return true;
}

static bool set_name(struct pxa_span *to, struct pxa_span name)
{
    char *copy = malloc(name.len + 1);

    if (!copy)
        return false;
    if (name.len > 0)
        memcpy(copy, name.at, name.len);
    copy[name.len] = '\0';
    *to = span_of(copy, name.len);
    return true;
}

bool sids_add(struct membership *membership, struct pxa_span sid)
{
    struct sids *sids = membership->sids;
    struct pxa_span name;

    if (!sids)
        sids = membership->sids = calloc(1, sizeof *sids);
    if (!sids || (sids->count == sids->cap && !grow(sids)))
        return false;
    sids->sids[sids->count] = sid;
    sids->names[sids->count] = span_of(NULL, 0);
    if (sid_names_recall(membership->directory, sid, &name) &&
        !set_name(&sids->names[sids->count], name))
        return false;
    sids->count++;
    return true;
}

/* ---- what is found ---- */

/* What SEARCH asked about, by SID. False when memory is out. */
static bool index_unknown(const struct membership_search *search, struct span_index *unknown)
{
    const struct sids *sids = search->membership->sids;

    for (size_t i = search->first; i < search->first + search->count; i++)
        if (!is_known(sids, i) && !span_index_add(unknown, sids->sids[i], i))
            return false;
    span_index_sort(unknown);
    return true;
}

/* An entry that nobody asked for, or that comes twice, does not count. */
static bool take_entry(struct membership *membership, struct span_index *unknown,
                       const struct entry *entry)
{
    const struct pxa_span sid = entry_value(entry, "objectSid");
    const struct pxa_span name = membership_name_of(entry);
    size_t count;
    const struct span_index_item *wanted = span_index_take(unknown, sid, &count);

    for (size_t i = 0; i < count; i++)
        if (!set_name(&membership->sids->names[wanted[i].number], name))
            return false;
    if (wanted && name.len > 0)
        sid_names_remember(membership->directory, sid, name);
    return true;
}

static bool take_entries(const struct membership_search *search, LDAP *ld, LDAPMessage *answer)
{
    struct span_index unknown = {0};
    bool good = index_unknown(search, &unknown);

    for (LDAPMessage *at = ldap_first_entry(ld, answer); at && good; at = ldap_next_entry(ld, at)) {
        struct entry *entry = entry_copy(ld, at);

        good = entry && take_entry(search->membership, &unknown, entry);
        entry_free(entry);
    }
    span_index_free(&unknown);
    return good;
}

static bool note_nameless(const struct membership_search *search)
{
    struct sids *sids = search->membership->sids;
    const struct pxa_span none = span_of(NULL, 0);

    for (size_t i = search->first; i < search->first + search->count; i++) {
        if (is_known(sids, i))
            continue;
        sid_names_remember(search->membership->directory, sids->sids[i], none);
        if (!set_name(&sids->names[i], none))
            return false;
    }
    return true;
}

static const char *answered(struct membership_search *search, LDAP *ld, LDAPMessage *answer,
                            int code)
{
    if (code != LDAP_SUCCESS)
        return membership_trouble(search->membership, ld, answer, code);
    if (!take_entries(search, ld, answer))
        return membership_garbled;
    return note_nameless(search) ? NULL : membership_no_memory;
}

/* ---- the searches ---- */

static int send(struct membership_search *search, LDAP *ld, const struct facts *facts, int *msgid)
{
    const struct membership *membership = search->membership;
    const struct sids *sids = membership->sids;
    struct bytes bytes = {0};
    char *filter;
    int code;

    bytes_put_text(&bytes, "(|");
    for (size_t i = search->first; i < search->first + search->count; i++)
        if (!is_known(sids, i))
            terms_put_equal(&bytes, "objectSid", sids->sids[i]);
    bytes_put_text(&bytes, ")");
    filter = terms_finish(&bytes);
    if (!filter)
        return LDAP_NO_MEMORY;
    code = ldap_search_ext(ld, membership_base(membership->directory, facts), LDAP_SCOPE_SUBTREE,
                           filter, group_attributes(), 0, NULL, NULL, NULL, LDAP_NO_LIMIT, msgid);
    free(filter);
    return code;
}

/* The row of SIDs from FIRST on that has SIDS_MAX unknown names, or ends where all end. *UNKNOWN:
 * how many of them there are. */
static size_t row_from(const struct sids *sids, size_t first, size_t *unknown)
{
    size_t end = first;

    *unknown = 0;
    while (end < sids->count && *unknown < SIDS_MAX)
        *unknown += !is_known(sids, end++);
    return end - first;
}

bool sids_ask(struct membership *membership)
{
    const struct sids *sids = membership->sids;
    struct membership_search order = {.send = send, .answered = answered};

    for (; sids && order.first < sids->count; order.first += order.count) {
        size_t unknown;

        order.count = row_from(sids, order.first, &unknown);
        if (unknown > 0 && !membership_search_start(membership, &order))
            return false;
    }
    return true;
}

const char *membership_sids(struct membership *membership)
{
    const struct membership_query *query = &membership->query;

    for (size_t i = 0; i < query->sid_count; i++)
        if (!sids_add(membership, query->sids[i]))
            return membership_no_memory;
    return sids_ask(membership) ? NULL : membership_no_memory;
}
