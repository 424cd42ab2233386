/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a server answered about a name: one entry, and it must have the name as it was typed.
 */
#include <config.h>

#include <string.h>

#include "helpers/directory/find_private.h"
#include "helpers/directory/names.h"

/* ---- law 10 ---- */

static bool has_name(const char *const *list, struct pxa_span name)
{
    for (; list && *list; list++)
        if (attribute_names_equal(name, (struct pxa_span){*list, strlen(*list)}))
            return true;
    return false;
}

static bool value_names(const struct find *find, struct pxa_span value)
{
    if (find->directory->filter)
        return filter_template_names(find->directory->filter, value, find->name);
    return dn_template_names(value, find->name);
}

/* What the directory's matching folds together are different names for Squid. A server may answer
 * with another name of the attribute that was asked for, or with its subtypes, so all values count
 * but those of attributes that somebody wanted for something else. */
static bool template_names(const struct find *find, const struct entry *entry)
{
    const char *room[AD_NAME_ATTRIBUTES + 1];
    const char *const *naming = question_naming(find, room);
    struct pxa_span value;
    size_t at = 0;

    while (entry_next(entry, NULL, &at, &value)) {
        struct pxa_span attribute = entry_attribute_at(entry, at);

        if (has_name(find->query.attributes, attribute) && !has_name(naming, attribute))
            continue;
        if (value_names(find, value))
            return true;
    }
    return false;
}

static bool is_elsewhere(const struct find *find, const struct entry *entry)
{
    return find_by_ad_names(find) &&
           ad_name_match(&find->ad, find->facts, entry) == AD_MATCH_ELSEWHERE;
}

static bool names(const struct find *find, const struct entry *entry)
{
    if (find->directory->orders.user->accept_aliases)
        return true;
    if (find_by_ad_names(find))
        return ad_name_match(&find->ad, find->facts, entry) == AD_MATCH_SAME;
    return template_names(find, entry);
}

/* ---- the entries ---- */

/* Counts the entries that are not somebody else's, to two; *ENTRY is the first, or NULL when that
 * is garbled. */
static unsigned take_entries(const struct find *find, LDAP *ld, LDAPMessage *answer,
                             struct entry **entry)
{
    unsigned entries = 0;

    *entry = NULL;
    for (LDAPMessage *at = ldap_first_entry(ld, answer); at && entries < 2;
         at = ldap_next_entry(ld, at)) {
        struct entry *copy = entry_copy(ld, at);

        if (copy && is_elsewhere(find, copy)) {
            entry_free(copy);
            continue;
        }
        if (entries++ == 0)
            *entry = copy;
        else
            entry_free(copy);
    }
    return entries;
}

/* ENTRY may be NULL: garbled. */
static enum verdict judge_entry(const struct find *find, const struct entry *entry)
{
    if (!entry) {
        log_event(find_log(find), LOG_WARNING, "entry",
                  "search for %.*s: the entry that came cannot be used", FIND_SHOWN(find));
        return VERDICT_UNAVAILABLE;
    }
    if (names(find, entry))
        return VERDICT_OK;
    log_event(find_log(find), LOG_NOTICE, "alias",
              "%.*s is not a name of %s as it is written there: denied", FIND_SHOWN(find),
              entry_dn(entry));
    return VERDICT_DENIED;
}

enum verdict find_judge(struct find *find, LDAP *ld, LDAPMessage *answer, struct entry **entry,
                        int *code)
{
    const struct trouble trouble = {"search", find->query.user,
                                    setup_answer_code(ld, answer, LDAP_RES_SEARCH_RESULT)};
    unsigned entries = take_entries(find, ld, answer, entry);
    enum verdict verdict = verdict_of_search(trouble.code, entries, !find->directory->dn);

    *code = trouble.code;
    if (verdict == VERDICT_UNAVAILABLE)
        trouble_log(find_log(find), &trouble, ld, answer);
    else if (verdict == VERDICT_OK)
        verdict = judge_entry(find, *entry);
    else if (entries > 1 || trouble.code == LDAP_SIZELIMIT_EXCEEDED)
        log_event(find_log(find), LOG_WARNING, "ambiguous",
                  "the filter matches several entries for %.*s: denied", FIND_SHOWN(find));
    if (verdict != VERDICT_OK) {
        entry_free(*entry);
        *entry = NULL;
    }
    return verdict;
}
