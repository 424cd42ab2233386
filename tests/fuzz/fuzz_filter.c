/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filter templates: the input is a template, a NUL and the user's name. Promised: whatever is
 * taken, libldap takes with any name in it; a name changes no assertion but in the values where it
 * was asked for, and adds none; an empty name or value names nobody.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include "helpers/directory/filter.h"
#include "helpers/directory/filter_template.h"
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

static void check_same(const struct filter_item *before, const struct filter_item *after)
{
    PROMISE(before->match == after->match);
    PROMISE(before->nots == after->nots);
    PROMISE(fuzz_same(before->attribute, after->attribute));
    PROMISE(count_stars(before->value) == count_stars(after->value));
    if (before->value.len == 0 || !memchr(before->value.at, '%', before->value.len))
        PROMISE(fuzz_same(before->value, after->value));
}

static void check_expansion(const char *text, const char *expanded)
{
    struct pxa_span before_text = {text, strlen(text)};
    struct pxa_span after_text = {expanded, strlen(expanded)};
    struct seen before = {0};
    struct seen after = {0};
    struct why why = {""};
    char *meaning;

    PROMISE(filter_read(before_text, see, &before, &why));
    PROMISE(filter_read(after_text, see, &after, &why));
    PROMISE(before.count == after.count);
    for (size_t i = 0; i < before.count && i < ITEM_MAX; i++)
        check_same(&before.items[i], &after.items[i]);
    if (after_text.len > WIRE_MAX)
        return;
    meaning = filter_on_wire(expanded);
    PROMISE(meaning != NULL);
    free(meaning);
}

static void check_names(const struct filter_template *filter, struct pxa_span user)
{
    static const char other[] = "nobody is called like this";

    PROMISE(!filter_template_names(filter, (struct pxa_span){NULL, 0}, user));
    PROMISE(!filter_template_names(filter, user, (struct pxa_span){NULL, 0}));
    (void)filter_template_names(filter, user, user);
    (void)filter_template_names(filter, (struct pxa_span){other, sizeof other - 1}, user);
}

static void check_template(const struct filter_template *filter, const char *text,
                           struct pxa_span user)
{
    const char *const *attributes = filter_template_attributes(filter);
    char *expanded = filter_template_expand(filter, user);

    PROMISE(expanded != NULL);
    if (user.len > 0)
        check_expansion(text, expanded);
    free(expanded);
    PROMISE(attributes[0] != NULL);
    for (; *attributes; attributes++)
        PROMISE(filter_is_name((struct pxa_span){*attributes, strlen(*attributes)}));
    check_names(filter, user);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t text_len = strnlen((const char *)data, size);
    size_t user_at = text_len < size ? text_len + 1 : size;
    struct pxa_span user = {(const char *)data + user_at, size - user_at};
    struct why why = {""};
    struct filter_template *filter;
    char *text;

    text = strndup((const char *)data, text_len);
    PROMISE(text != NULL);
    filter = filter_template_new(text, &why);
    if (filter)
        check_template(filter, text, user);
    else
        PROMISE(why.text[0] != '\0');
    filter_template_free(filter);
    free(text);
    return 0;
}
