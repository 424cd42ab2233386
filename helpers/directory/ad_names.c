/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what was typed to what it may stand for in a forest.
 *
 * Cannot do: names that an Active Directory also binds with (a DN, a SID, a canonical name), and
 * display names: nobody logs in to a proxy with these.
 */
#include <config.h>

#include "helpers/directory/ad_names.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/directory/login_options.h"
#include "helpers/directory/names.h"

static const char sam_attribute[] = "sAMAccountName";
static const char upn_attribute[] = "userPrincipalName";

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

/* ---- forms ---- */

/* Cuts TEXT at AT, which is in it; what follows that byte goes to REST. */
static struct pxa_span cut(struct pxa_span text, const char *at, struct pxa_span *rest)
{
    size_t len = (size_t)(at - text.at);

    *rest = (struct pxa_span){at + 1, text.len - len - 1};
    return (struct pxa_span){text.at, len};
}

static const char *find_first(struct pxa_span text, char byte)
{
    return text.len > 0 ? memchr(text.at, byte, text.len) : NULL;
}

static const char *find_last(struct pxa_span text, char byte)
{
    return text.len > 0 ? memrchr(text.at, byte, text.len) : NULL;
}

unsigned ad_name_form(struct pxa_span typed)
{
    if (find_first(typed, '\\'))
        return NAME_DOWN_LEVEL;
    return find_first(typed, '@') ? NAME_UPN : NAME_SAM;
}

bool ad_name_is_let_in(const struct user_options *options, struct pxa_span typed)
{
    return options->login_attr || (options->names & ad_name_form(typed)) != 0;
}

/* ---- domains ---- */

static const struct ad_domain *domain_by_netbios(const struct facts *facts, struct pxa_span name)
{
    for (size_t i = 0; i < facts->domain_count; i++)
        if (names_equal(name, span_of(facts->domains[i].netbios)))
            return &facts->domains[i];
    return NULL;
}

static const struct ad_domain *domain_by_dns(const struct facts *facts, struct pxa_span name)
{
    for (size_t i = 0; i < facts->domain_count; i++)
        if (names_equal(name, span_of(facts->domains[i].dns)))
            return &facts->domains[i];
    return NULL;
}

static const struct ad_domain *domain_by_any(const struct facts *facts, struct pxa_span name)
{
    const struct ad_domain *domain = domain_by_dns(facts, name);

    return domain ? domain : domain_by_netbios(facts, name);
}

/* Whether the byte at AT is escaped by backslashes before it. */
static bool is_escaped(struct pxa_span text, size_t at)
{
    size_t backslashes = 0;

    while (backslashes < at && text.at[at - backslashes - 1] == '\\')
        backslashes++;
    return backslashes % 2 == 1;
}

/* Both as the same server writes them. */
static bool is_below(struct pxa_span dn, struct pxa_span base)
{
    size_t comma;

    if (base.len == 0 || dn.len < base.len + 1)
        return false;
    comma = dn.len - base.len - 1;
    return dn.at[comma] == ',' && !is_escaped(dn, comma) &&
           names_equal((struct pxa_span){dn.at + comma + 1, base.len}, base);
}

/* The domain that an entry is in: of those that it is below, the nearest. */
static const struct ad_domain *domain_of(const struct facts *facts, const struct entry *entry)
{
    const struct ad_domain *nearest = NULL;
    struct pxa_span dn = span_of(entry_dn(entry));

    for (size_t i = 0; i < facts->domain_count; i++) {
        const struct ad_domain *domain = &facts->domains[i];

        if (is_below(dn, span_of(domain->dn)) &&
            (!nearest || strlen(domain->dn) > strlen(nearest->dn)))
            nearest = domain;
    }
    return nearest;
}

/* ---- reading ---- */

static void read_sam(struct ad_name *name, const struct user_options *options,
                     const struct facts *facts)
{
    struct pxa_span suffix;

    name->sam = name->typed;
    if (!options->default_domain)
        return;
    suffix = span_of(options->default_domain);
    name->domain = domain_by_any(facts, suffix);
    if (name->domain)
        return;
    name->upn = name->typed;
    name->suffix = suffix;
    name->sam.len = 0;
}

static void read_down_level(struct ad_name *name, const struct facts *facts)
{
    struct pxa_span sam;
    struct pxa_span domain = cut(name->typed, find_first(name->typed, '\\'), &sam);

    name->domain = domain_by_netbios(facts, domain);
    if (name->domain)
        name->sam = sam;
}

static void read_upn(struct ad_name *name, const struct user_options *options,
                     const struct facts *facts)
{
    name->upn = cut(name->typed, find_last(name->typed, '@'), &name->suffix);
    if (name->suffix.len == 0)
        name->upn.len = 0;
    name->without_upn = options->names == NAME_UPN;
    name->domain =
        name->without_upn ? domain_by_dns(facts, name->suffix) : domain_by_any(facts, name->suffix);
    if (name->domain)
        name->sam = name->upn;
}

bool ad_name_read(struct ad_name *name, struct pxa_span typed, const struct user_options *options,
                  const struct facts *facts)
{
    unsigned form = ad_name_form(typed);

    *name = (struct ad_name){.typed = typed, .attribute = options->login_attr};
    if (typed.len == 0)
        return false;
    if ((options->names & form) == 0)
        return name->attribute != NULL;
    if (form == NAME_SAM)
        read_sam(name, options, facts);
    else if (form == NAME_DOWN_LEVEL)
        read_down_level(name, facts);
    else
        read_upn(name, options, facts);
    return name->sam.len > 0 || name->upn.len > 0 || name->attribute;
}

/* ---- searching ---- */

const char *ad_name_base(const struct ad_name *name, const struct facts *facts)
{
    if (facts->global_catalog && name->domain && name->upn.len == 0 && !name->attribute)
        return name->domain->dn;
    return facts->base ? facts->base : "";
}

void ad_name_attributes(const struct user_options *options,
                        const char *attributes[AD_NAME_ATTRIBUTES + 1])
{
    size_t n = 0;

    attributes[n++] = sam_attribute;
    attributes[n++] = upn_attribute;
    if (options->login_attr)
        attributes[n++] = options->login_attr;
    attributes[n] = NULL;
}

/* ---- judging ---- */

static bool has_value(const struct entry *entry, const char *attribute, struct pxa_span wanted)
{
    struct pxa_span value;
    size_t at = 0;

    while (entry_next(entry, attribute, &at, &value))
        if (names_equal(value, wanted))
            return true;
    return false;
}

static bool is_upn(const struct ad_name *name, struct pxa_span value)
{
    size_t len = name->upn.len;

    return value.len > len && value.at[len] == '@' &&
           names_equal((struct pxa_span){value.at, len}, name->upn) &&
           names_equal((struct pxa_span){value.at + len + 1, value.len - len - 1}, name->suffix);
}

static bool has_upn(const struct ad_name *name, const struct entry *entry)
{
    struct pxa_span value;
    size_t at = 0;

    while (name->upn.len > 0 && entry_next(entry, upn_attribute, &at, &value))
        if (is_upn(name, value))
            return true;
    return false;
}

enum ad_match ad_name_match(const struct ad_name *name, const struct facts *facts,
                            const struct entry *entry)
{
    if (has_upn(name, entry))
        return AD_MATCH_SAME;
    if (name->attribute && has_value(entry, name->attribute, name->typed))
        return AD_MATCH_SAME;
    if (facts->global_catalog && name->domain && domain_of(facts, entry) != name->domain)
        return AD_MATCH_ELSEWHERE;
    if (name->without_upn && entry_value(entry, upn_attribute).at)
        return AD_MATCH_ALIAS;
    if (name->sam.len > 0 && has_value(entry, sam_attribute, name->sam))
        return AD_MATCH_SAME;
    return AD_MATCH_ALIAS;
}

/* ---- the canonical name ---- */

static char *copy_of(struct pxa_span text)
{
    return strndup(text.at ? text.at : "", text.len);
}

static char *implicit_upn(struct pxa_span sam, const struct ad_domain *domain)
{
    size_t suffix_len = strlen(domain->dns);
    char *upn;
    char *to;

    if (sam.len > SIZE_MAX - suffix_len - sizeof "@")
        return NULL;
    upn = malloc(sam.len + suffix_len + sizeof "@");
    if (!upn)
        return NULL;
    to = mempcpy(upn, sam.at, sam.len);
    *to++ = '@';
    memcpy(to, domain->dns, suffix_len + 1);
    return upn;
}

char *ad_user_name(int which, struct pxa_span typed, const struct entry *entry,
                   const struct facts *facts)
{
    struct pxa_span sam = entry_value(entry, sam_attribute);
    struct pxa_span upn = entry_value(entry, upn_attribute);
    const struct ad_domain *domain = facts ? domain_of(facts, entry) : NULL;

    if (which == USER_NAME_SAM && sam.len > 0)
        return copy_of(sam);
    if (which == USER_NAME_UPN && upn.len > 0)
        return copy_of(upn);
    if (which == USER_NAME_UPN && sam.len > 0 && domain)
        return implicit_upn(sam, domain);
    return copy_of(typed);
}
