/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_search: reads a search, evaluates its filter over all entries, writes entries.
 *
 * People have uid, mail (the first uid at example.test) and objectClass person; groups have cn and
 * objectClass groupOfNames, and show no members. Of a substring filter only the first and the last
 * part count.
 */
#include <config.h>

#include "tests/sim/sim_search.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <ldap.h>

#include "tests/sim/sim_groups.h"

static void copy_text(char *to, size_t cap, const struct berval *from)
{
    size_t len = from->bv_len < cap - 1 ? from->bv_len : cap - 1;

    memcpy(to, from->bv_val, len);
    to[len] = '\0';
}

static void fold_value(char *to, const struct berval *from)
{
    sim_fold((struct pxa_span){from->bv_val, from->bv_len}, to);
}

/* ---- Reading ---- */

static bool read_filter(struct sim_search *search, BerElement *ber);

static bool read_list(struct sim_search *search, BerElement *ber, unsigned own)
{
    ber_len_t len;
    char *last;

    for (ber_tag_t tag = ber_first_element(ber, &len, &last); tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &len, last))
        if (!read_filter(search, ber))
            return false;
    search->filter[own].children = search->filter_count - own - 1;
    return true;
}

static bool read_substrings(struct sim_filter_node *node, BerElement *ber)
{
    struct berval part;
    ber_len_t len;
    char *last;

    if (ber_scanf(ber, "{m", &part) == LBER_ERROR)
        return false;
    copy_text(node->attribute, sizeof(node->attribute), &part);
    for (ber_tag_t tag = ber_first_element(ber, &len, &last); tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &len, last)) {
        if (ber_scanf(ber, "m", &part) == LBER_ERROR)
            return false;
        if (tag == LDAP_SUBSTRING_INITIAL)
            fold_value(node->value, &part);
        else if (tag == LDAP_SUBSTRING_FINAL)
            fold_value(node->final, &part);
    }
    return ber_scanf(ber, "}") != LBER_ERROR;
}

static bool read_assertion(struct sim_filter_node *node, BerElement *ber)
{
    struct berval attribute;
    struct berval value;

    if (ber_scanf(ber, "{mm}", &attribute, &value) == LBER_ERROR)
        return false;
    copy_text(node->attribute, sizeof(node->attribute), &attribute);
    fold_value(node->value, &value);
    return true;
}

static bool read_presence(struct sim_filter_node *node, BerElement *ber)
{
    struct berval attribute;

    if (ber_scanf(ber, "m", &attribute) == LBER_ERROR)
        return false;
    copy_text(node->attribute, sizeof(node->attribute), &attribute);
    return true;
}

static bool read_filter(struct sim_search *search, BerElement *ber)
{
    unsigned own = search->filter_count;
    struct sim_filter_node *node = &search->filter[own];
    ber_len_t len;

    if (own == SIM_FILTER_NODES)
        return false;
    search->filter_count++;
    *node = (struct sim_filter_node){.tag = ber_peek_tag(ber, &len)};
    switch (node->tag) {
    case LDAP_FILTER_AND:
    case LDAP_FILTER_OR:
        return read_list(search, ber, own);
    case LDAP_FILTER_NOT:
        if (ber_skip_tag(ber, &len) == LBER_DEFAULT || !read_filter(search, ber))
            return false;
        node->children = search->filter_count - own - 1;
        return true;
    case LDAP_FILTER_EQUALITY:
        return read_assertion(node, ber);
    case LDAP_FILTER_PRESENT:
        return read_presence(node, ber);
    case LDAP_FILTER_SUBSTRINGS:
        return read_substrings(node, ber);
    default:
        return false;
    }
}

static bool read_attributes(struct sim_search *search, BerElement *ber)
{
    struct berval name;
    ber_len_t len;
    char *last;

    for (ber_tag_t tag = ber_first_element(ber, &len, &last); tag != LBER_DEFAULT;
         tag = ber_next_element(ber, &len, last)) {
        if (search->attribute_count == SIM_ATTRIBUTES || ber_scanf(ber, "m", &name) == LBER_ERROR)
            return false;
        copy_text(search->attributes[search->attribute_count++], sizeof(search->attributes[0]),
                  &name);
    }
    return true;
}

bool sim_search_read(struct sim_search *search, BerElement *ber)
{
    struct berval base;
    ber_int_t scope;
    ber_int_t deref;
    ber_int_t size_limit;
    ber_int_t time_limit;
    ber_int_t types_only;

    search->filter_count = 0;
    search->attribute_count = 0;
    search->found_count = 0;
    if (ber_scanf(ber, "{meeiib", &base, &scope, &deref, &size_limit, &time_limit, &types_only) ==
        LBER_ERROR)
        return false;
    search->base = (struct pxa_span){base.bv_val, base.bv_len};
    search->scope = scope;
    search->size_limit = size_limit;
    return read_filter(search, ber) && read_attributes(search, ber);
}

/* ---- Finding ---- */

static bool has_affixes(const char *text, const struct sim_filter_node *node)
{
    size_t len = strlen(text);
    size_t first = strlen(node->value);
    size_t last = strlen(node->final);

    return len >= first + last && memcmp(text, node->value, first) == 0 &&
           memcmp(text + len - last, node->final, last) == 0;
}

static bool compare(const char *text, const struct sim_filter_node *node)
{
    return node->tag == LDAP_FILTER_SUBSTRINGS ? has_affixes(text, node)
                                               : strcmp(text, node->value) == 0;
}

static bool assert_one(const struct sim_filter_node *node, const struct sim_person *person)
{
    char mail[SIM_NAME_CAP + 16];

    if (strcasecmp(node->attribute, "objectClass") == 0)
        return node->tag == LDAP_FILTER_PRESENT || compare("person", node);
    if (strcasecmp(node->attribute, "mail") == 0) {
        snprintf(mail, sizeof(mail), "%s@example.test", person->folded[0]);
        return node->tag == LDAP_FILTER_PRESENT || compare(mail, node);
    }
    if (strcasecmp(node->attribute, "uid") != 0)
        return false;
    if (node->tag == LDAP_FILTER_PRESENT)
        return true;
    for (unsigned i = 0; i < person->name_count; i++)
        if (compare(person->folded[i], node))
            return true;
    return false;
}

static bool has_member(unsigned group, const struct sim_people *people, const char *folded)
{
    long other = sim_group_by_dn(folded);
    long person;

    if (other >= 0)
        return sim_group_has_group(group, (unsigned)other);
    person = sim_people_by_dn(people, (struct pxa_span){folded, strlen(folded)});
    return person >= 0 && sim_group_has_person(group, (size_t)person);
}

static bool assert_group(const struct sim_filter_node *node, const struct sim_people *people,
                         size_t group)
{
    char name[SIM_NAME_CAP];

    if (node->tag != LDAP_FILTER_EQUALITY)
        return node->tag == LDAP_FILTER_PRESENT && strcasecmp(node->attribute, "objectClass") == 0;
    sim_group_name((unsigned)group, name);
    if (strcasecmp(node->attribute, "cn") == 0)
        return strcmp(name, node->value) == 0;
    return strcasecmp(node->attribute, "member") == 0 &&
           has_member((unsigned)group, people, node->value);
}

/* Whether entry INDEX, a group or a person, matches. */
static bool evaluate(const struct sim_search *search, const struct sim_filter_node *node,
                     const struct sim_people *people, size_t index)
{
    const struct sim_filter_node *end = node + 1 + node->children;
    bool all = node->tag == LDAP_FILTER_AND;

    if (node->tag == LDAP_FILTER_NOT)
        return !evaluate(search, node + 1, people, index);
    if (!all && node->tag != LDAP_FILTER_OR)
        return search->groups ? assert_group(node, people, index)
                              : assert_one(node, &people->people[index]);
    for (node++; node < end; node += 1 + node->children)
        if (evaluate(search, node, people, index) != all)
            return !all;
    return all;
}

static bool is_base(struct pxa_span base, const char *dn)
{
    return base.len == strlen(dn) && strncasecmp(base.at, dn, base.len) == 0;
}

static bool is_above(struct pxa_span base)
{
    return is_base(base, SIM_BASE) || is_base(base, "dc=example,dc=test");
}

static void find(struct sim_search *search, const struct sim_people *people, size_t index)
{
    if (!evaluate(search, search->filter, people, index))
        return;
    if (search->found_count < SIM_FOUND)
        search->found[search->found_count] = index;
    search->found_count++;
}

/* The one entry that is the base itself. */
static bool find_own(struct sim_search *search, const struct sim_people *people)
{
    char folded[SIM_NAME_CAP];
    long own;

    sim_fold(search->base, folded);
    own = sim_group_by_dn(folded);
    search->groups = own >= 0;
    if (own < 0)
        own = sim_people_by_dn(people, search->base);
    if (own < 0)
        return false;
    find(search, people, (size_t)own);
    return true;
}

int sim_search_run(struct sim_search *search, const struct sim_people *people)
{
    size_t count = people->count;

    search->groups = is_base(search->base, SIM_GROUP_BASE);
    if (search->groups)
        count = SIM_GROUPS;
    if (search->groups || is_above(search->base)) {
        for (size_t i = 0; i < count && search->scope != LDAP_SCOPE_BASE; i++)
            find(search, people, i);
    } else if (!find_own(search, people)) {
        return LDAP_NO_SUCH_OBJECT;
    }
    if (search->size_limit > 0 && search->found_count > search->size_limit) {
        search->found_count = (unsigned)search->size_limit;
        return LDAP_SIZELIMIT_EXCEEDED;
    }
    return LDAP_SUCCESS;
}

/* ---- Writing ---- */

static bool is_asked(const struct sim_search *search, const char *attribute)
{
    if (search->attribute_count == 0)
        return true;
    for (unsigned i = 0; i < search->attribute_count; i++)
        if (strcmp(search->attributes[i], "*") == 0 ||
            strcasecmp(search->attributes[i], attribute) == 0)
            return true;
    return false;
}

static void write_attributes(const struct sim_search *search, BerElement *ber,
                             const struct sim_person *person)
{
    char mail[SIM_NAME_CAP + 16];

    if (is_asked(search, "uid") && person->kind != SIM_HIDDEN) {
        ber_printf(ber, "{s[", "uid");
        for (unsigned i = person->name_count; i > 0; i--)
            ber_printf(ber, "s", person->names[i - 1]);
        ber_printf(ber, "]}");
    }
    if (is_asked(search, "mail")) {
        snprintf(mail, sizeof(mail), "%s@example.test", person->names[0]);
        ber_printf(ber, "{s[s]}", "mail", mail);
    }
    if (is_asked(search, "objectClass"))
        ber_printf(ber, "{s[s]}", "objectClass", "person");
}

static void write_group(const struct sim_search *search, BerElement *ber, size_t group)
{
    char name[SIM_NAME_CAP];

    sim_group_name((unsigned)group, name);
    if (is_asked(search, "cn"))
        ber_printf(ber, "{s[s]}", "cn", name);
    if (is_asked(search, "objectClass"))
        ber_printf(ber, "{s[s]}", "objectClass", "groupOfNames");
}

struct berval *sim_search_entry(const struct sim_search *search, int id,
                                const struct sim_people *people, size_t index)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval *bytes = NULL;
    char dn[SIM_NAME_CAP];

    if (!ber)
        return NULL;
    sim_group_dn((unsigned)index, dn);
    ber_printf(ber, "{it{s{", id, LDAP_RES_SEARCH_ENTRY,
               search->groups ? dn : people->people[index].dn);
    if (search->groups)
        write_group(search, ber, index);
    else
        write_attributes(search, ber, &people->people[index]);
    ber_printf(ber, "}}}");
    ber_flatten(ber, &bytes);
    ber_free(ber, 1);
    return bytes;
}
