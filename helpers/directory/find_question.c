/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a server is asked about a name.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "helpers/directory/base_extension.h"
#include "helpers/directory/find_private.h"
#include "helpers/directory/names.h"

const char *const *question_naming(const struct find *find,
                                   const char *room[AD_NAME_ATTRIBUTES + 1])
{
    const struct directory *directory = find->directory;

    if (directory->filter)
        return filter_template_attributes(directory->filter);
    if (directory->dn) {
        room[0] = dn_template_attribute(directory->dn);
        room[1] = NULL;
    } else {
        ad_name_attributes(directory->orders.user, room);
    }
    return room;
}

bool question_is_needed(const struct find *find)
{
    return find->query.attributes || !find->directory->dn ||
           (!find->directory->orders.user->accept_aliases && !dn_template_plain(find->name));
}

char *question_dn(const struct find *find)
{
    return dn_template_expand(find->directory->dn, find->name);
}

/* ---- the attributes ---- */

static size_t count(const char *const *list)
{
    size_t n = 0;

    while (list && list[n])
        n++;
    return n;
}

static bool is_in(const char *const *list, const char *name)
{
    const struct pxa_span span = {name, strlen(name)};

    for (; *list; list++)
        if (names_equal(span, (struct pxa_span){*list, strlen(*list)}))
            return true;
    return false;
}

/* Those that are wanted, and those for law 10. In an Active Directory the domains are told apart by
 * the latter, aliases or not. */
static bool make_attributes(struct find *find)
{
    const char *room[AD_NAME_ATTRIBUTES + 1];
    bool judged = !find->directory->orders.user->accept_aliases || find_by_ad_names(find);
    const char *const *naming = judged ? question_naming(find, room) : NULL;
    const char *const *wanted = find->query.attributes;
    const char **all = calloc(count(naming) + count(wanted) + 2, sizeof *all);
    size_t n = 0;

    if (!all)
        return false;
    for (; naming && *naming; naming++)
        all[n++] = *naming;
    for (; wanted && *wanted; wanted++)
        if (!is_in(all, *wanted))
            all[n++] = *wanted;
    if (n == 0)
        all[0] = LDAP_NO_ATTRS;
    find->question.attributes = all;
    return true;
}

/* ---- base and filter ---- */

/* What the administrator says, or NULL. */
static const char *set_base(const struct directory *directory)
{
    return directory->orders.user->base ? directory->orders.user->base : directory->options->base;
}

static void ask_by_filter(struct find *find, const struct facts *facts)
{
    const struct directory *directory = find->directory;
    const char *base = set_base(directory);

    if (!base)
        base = facts && facts->base ? facts->base : "";
    find->question.base = base_extend(find->query.base_extension, base);
    find->question.scope = directory->scope;
    find->question.filter = filter_template_expand(directory->filter, find->name);
}

static void ask_by_dn(struct find *find)
{
    find->question.base = question_dn(find);
    find->question.scope = LDAP_SCOPE_BASE;
    find->question.filter = strdup("(objectClass=*)");
}

/* The domain's own entry is not a person: an answer takes as long as for a name that nobody has. */
static void ask_for_nobody(struct find *find, const struct facts *facts)
{
    find->question.base = strdup(facts->domains[0].dn);
    find->question.scope = LDAP_SCOPE_BASE;
    find->question.filter = strdup("(&(objectCategory=person)(objectClass=user))");
}

static void ask_by_ad_names(struct find *find, const struct facts *facts)
{
    const struct directory *directory = find->directory;
    const char *base = set_base(directory);

    if (!facts || facts->domain_count == 0)
        return;
    if (!ad_name_read(&find->ad, find->name, directory->orders.user, facts)) {
        ask_for_nobody(find, facts);
        return;
    }
    find->question.base = strdup(base ? base : ad_name_base(&find->ad, facts));
    find->question.scope = directory->scope;
    find->question.filter = ad_name_filter(&find->ad);
    /* People of other domains of the forest may come, too, and do not count. */
    if (facts->global_catalog)
        find->question.entries_max += (int)facts->domain_count;
}

bool question_make(struct find *find, const struct facts *facts)
{
    struct question *question = &find->question;

    find->facts = facts;
    question_clear(question);
    if (!find_take_name_for(find, facts))
        return false;
    question->entries_max = 2; /* enough to know that the name is not unique */
    if (find->directory->filter)
        ask_by_filter(find, facts);
    else if (find->directory->dn)
        ask_by_dn(find);
    else
        ask_by_ad_names(find, facts);
    return question->base && question->filter && make_attributes(find);
}

void question_clear(struct question *question)
{
    free(question->base);
    free(question->filter);
    free(question->attributes);
    *question = (struct question){0};
}
