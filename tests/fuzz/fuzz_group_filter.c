/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Group filters: the input is a byte that says whether the user is a DN, a template, a NUL, the
 * user's name, a NUL and the group's. Promised: whatever is taken, libldap takes with any names in
 * it; names change nothing but the values that they stand in, and add no wildcard.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include "helpers/directory/filter.h"
#include "helpers/directory/group_filter.h"
#include "tests/unit/filter_wire.h"

enum {
    ITEM_MAX = 64,
    WIRE_MAX = 64 * 1024 /* what filter_on_wire() can send */
};

struct seen {
    size_t count;
    struct filter_item items[ITEM_MAX];
};

static bool see(void *context, const struct filter_item *item, struct why *why)
{
    struct seen *seen = context;

    (void)why;
    if (seen->count < ITEM_MAX)
        seen->items[seen->count] = *item;
    seen->count++;
    return true;
}

static size_t count_stars(struct pxa_span value)
{
    size_t stars = 0;

    while (value.len > 0) {
        char byte;
        size_t taken = filter_value_byte(value, &byte);

        PROMISE(taken >= 1 && taken <= 3 && taken <= value.len);
        stars += taken == 1 && byte == '*';
        value.at += taken;
        value.len -= taken;
    }
    return stars;
}

static struct seen read_all(const char *text)
{
    struct seen seen = {0};
    struct why why = {""};

    PROMISE(filter_read((struct pxa_span){text, strlen(text)}, see, &seen, &why));
    return seen;
}

/* With NAMES the filter is what it is with other names, but for values. */
static void check_expansion(const struct group_filter *filter,
                            const struct group_filter_names *names)
{
    static const struct group_filter_names plain = {{"x", 1}, {"x", 1}};
    char *plain_text = group_filter_expand(filter, &plain);
    char *text = group_filter_expand(filter, names);
    struct seen wanted = read_all(plain_text);
    struct seen seen = read_all(text);

    PROMISE(seen.count == wanted.count);
    for (size_t i = 0; i < seen.count && i < ITEM_MAX; i++) {
        PROMISE(seen.items[i].match == wanted.items[i].match);
        PROMISE(seen.items[i].nots == wanted.items[i].nots);
        PROMISE(seen.items[i].ors == wanted.items[i].ors);
        PROMISE(fuzz_same(seen.items[i].attribute, wanted.items[i].attribute));
        PROMISE(count_stars(seen.items[i].value) == count_stars(wanted.items[i].value));
    }
    if (strlen(text) <= WIRE_MAX) {
        char *meaning = filter_on_wire(text);

        PROMISE(meaning != NULL);
        free(meaning);
    }
    free(plain_text);
    free(text);
}

/* For two groups at once it is one assertion more. */
static void check_joined(const struct group_filter *filter, const struct group_filter_names *names)
{
    const struct group_filter_names both[] = {*names, {names->user, {"x", 1}}};
    char *one = group_filter_expand(filter, names);
    char *joined = group_filter_expand_joined(filter, both, 2);

    PROMISE(read_all(joined).count == read_all(one).count + 1);
    if (strlen(joined) <= WIRE_MAX) {
        char *meaning = filter_on_wire(joined);

        PROMISE(meaning != NULL);
        free(meaning);
    }
    free(one);
    free(joined);
}

static void check_patterns(const struct group_filter *filter,
                           const struct group_filter_names *names)
{
    struct group_pattern *user = group_pattern_of_user(filter, names);

    if (group_filter_group_attribute(filter)) {
        struct group_pattern *group = group_pattern_of_group(filter, names);

        check_joined(filter, names);
        if (group) {
            (void)group_pattern_matches(group, names->group);
            PROMISE(!group_pattern_matches(group, (struct pxa_span){"", 0}));
        }
        group_pattern_free(group);
    }
    if (user)
        (void)group_pattern_matches(user, names->user);
    group_pattern_free(user);
}

/* Up to the next NUL. */
static struct pxa_span cut(struct pxa_span *rest)
{
    struct pxa_span part = {rest->at, strnlen(rest->at, rest->len)};
    size_t taken = part.len < rest->len ? part.len + 1 : part.len;

    rest->at += taken;
    rest->len -= taken;
    return part;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span rest = {(const char *)data, size};
    struct pxa_span template;
    struct group_filter_names names;
    struct why why = {""};
    struct group_filter *filter;
    char *text;

    if (size == 0)
        return 0;
    rest.at++;
    rest.len--;
    template = cut(&rest);
    names.user = cut(&rest);
    names.group = rest;
    text = strndup(template.at, template.len);
    PROMISE(text != NULL);
    filter = group_filter_new(text, data[0] & 1, &why);
    if (!filter) {
        PROMISE(why.text[0] != '\0');
    } else if (names.user.len > 0 && names.group.len > 0) {
        check_expansion(filter, &names);
        check_patterns(filter, &names);
    }
    group_filter_free(filter);
    free(text);
    return 0;
}
