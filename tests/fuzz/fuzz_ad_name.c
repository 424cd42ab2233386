/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names in an Active Directory: the input is a byte of options and what somebody typed. Promised:
 * the filter is one that libldap takes, with the assertions that the rules want and no others, and
 * with no wildcard but the one of the rules; the parts are the typed bytes and nothing else.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include "helpers/directory/ad_names.h"
#include "helpers/directory/filter.h"
#include "tests/unit/filter_wire.h"

enum { WIRE_MAX = 64 * 1024 /* what filter_on_wire() can send */ };

struct seen {
    const struct ad_name *name;
    size_t count;
};

#define OWN(text) ((char[]){text})

static char mail[] = "mail";
static char own_domain[] = "corp";
static char other_suffix[] = "alt.example";
static char base[] = "DC=corp,DC=example,DC=com";

static struct ad_domain forest[] = {
    {OWN("corp.example.com"), OWN("CORP"), OWN("DC=corp,DC=example,DC=com")},
    {OWN("b.example"), OWN("B"), OWN("DC=b,DC=example")}};

/* Whether VALUE, unescaped, is what NAME says. */
static bool means(struct pxa_span value, struct pxa_span start, struct pxa_span suffix)
{
    struct pxa_span parts[] = {start, {"@", suffix.at ? 1 : 0}, suffix};

    for (size_t i = 0; i < 3; i++)
        for (size_t at = 0; at < parts[i].len; at++) {
            char byte;
            size_t taken;

            if (value.len == 0)
                return false;
            taken = filter_value_byte(value, &byte);
            if (byte != parts[i].at[at] || (taken == 1 && byte == '*'))
                return false;
            value.at += taken;
            value.len -= taken;
        }
    return value.len == 0;
}

static bool is_attribute(const struct filter_item *item, const char *attribute)
{
    return fuzz_same(item->attribute, (struct pxa_span){attribute, strlen(attribute)});
}

static bool see(void *context, const struct filter_item *item, struct why *why)
{
    struct seen *seen = context;
    const struct ad_name *name = seen->name;

    (void)why;
    seen->count++;
    PROMISE(item->match == FILTER_EQUAL);
    if (is_attribute(item, "objectCategory") || is_attribute(item, "objectClass") || item->nots > 0)
        return true;
    if (is_attribute(item, "sAMAccountName"))
        PROMISE(means(item->value, name->sam, (struct pxa_span){0}));
    else if (is_attribute(item, "userPrincipalName"))
        PROMISE(means(item->value, name->upn, name->suffix));
    else
        PROMISE(name->attribute && is_attribute(item, name->attribute) &&
                means(item->value, name->typed, (struct pxa_span){0}));
    return true;
}

static void check_filter(const struct ad_name *name)
{
    char *filter = ad_name_filter(name);
    struct seen seen = {.name = name};
    struct why why = {""};
    char *meaning;

    PROMISE(filter != NULL);
    PROMISE(filter_read((struct pxa_span){filter, strlen(filter)}, see, &seen, &why));
    PROMISE(seen.count == 2u + (name->sam.len > 0) + (name->sam.len > 0 && name->without_upn) +
                              (name->upn.len > 0) + (name->attribute != NULL));
    if (strlen(filter) < WIRE_MAX) {
        meaning = filter_on_wire(filter);
        PROMISE(meaning != NULL);
        free(meaning);
    }
    free(filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct user_options options = {0};
    struct facts facts = {.base = base, .domains = forest, .kind = KIND_AD};
    struct pxa_span typed;
    struct ad_name name;

    if (len == 0)
        return 0;
    typed = (struct pxa_span){(const char *)data + 1, len - 1};
    options.names = data[0] & (NAME_SAM | NAME_UPN | NAME_DOWN_LEVEL);
    options.login_attr = data[0] & 8 ? mail : NULL;
    options.default_domain = data[0] & 16 ? own_domain : NULL;
    if (data[0] & 32)
        options.default_domain = other_suffix;
    facts.global_catalog = (data[0] & 64) != 0;
    facts.domain_count = facts.global_catalog ? 2 : 1;
    if (!ad_name_read(&name, typed, &options, &facts))
        return 0;
    PROMISE(typed.len > 0 && ad_name_is_let_in(&options, typed));
    PROMISE(fuzz_within(name.sam, typed) && fuzz_within(name.upn, typed));
    PROMISE(name.sam.len > 0 || name.upn.len > 0 || name.attribute);
    PROMISE(ad_name_base(&name, &facts) != NULL);
    check_filter(&name);
    return 0;
}
