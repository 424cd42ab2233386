/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters with the user's name put in.
 *
 * The template's text is kept as it came: what filter_read() passed with `%s` in a value it also
 * passes with any escaped name there, so expanding is copying. Each assertion that names the user
 * is also kept as a pattern, for law 10.
 *
 * Cannot do: other placeholders than the user; conditions in the template.
 */
#include <config.h>

#include "helpers/directory/filter_template.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/filter.h"
#include "helpers/directory/filter_escape.h"
#include "helpers/directory/names.h"

/* An assertion that names the user. */
struct naming {
    struct name_pattern *pattern;
};

struct filter_template {
    char *text;
    char **attributes; /* ends with NULL */
    size_t attribute_count;
    struct naming *namings;
    size_t naming_count;
};

static bool out_of_memory(struct why *why)
{
    return why_set(why, "out of memory");
}

static bool check_percents(const char *text, struct why *why)
{
    for (const char *at = strchr(text, '%'); at; at = strchr(at + 2, '%')) {
        if (at[1] == 's' || at[1] == '%')
            continue;
        return why_set(why, "position %zu: after %% only s (the user) or another %% may stand",
                       (size_t)(at - text) + 1);
    }
    return true;
}

/* Whether `%s` is in VALUE, of a text that check_percents() passed. */
static bool has_user(struct pxa_span value)
{
    for (size_t i = 0; i + 1 < value.len; i++) {
        if (value.at[i] != '%')
            continue;
        i++;
        if (value.at[i] == 's')
            return true;
    }
    return false;
}

/* The attribute without its options. */
static struct pxa_span bare_name(struct pxa_span attribute)
{
    const char *options = attribute.len > 0 ? memchr(attribute.at, ';', attribute.len) : NULL;

    if (options)
        attribute.len = (size_t)(options - attribute.at);
    return attribute;
}

static bool knows_attribute(const struct filter_template *filter, struct pxa_span name)
{
    for (size_t i = 0; i < filter->attribute_count; i++) {
        const char *known = filter->attributes[i];

        if (names_equal((struct pxa_span){known, strlen(known)}, name))
            return true;
    }
    return false;
}

static bool add_attribute(struct filter_template *filter, struct pxa_span name)
{
    size_t size = (filter->attribute_count + 2) * sizeof *filter->attributes;
    char **grown = realloc(filter->attributes, size);

    if (!grown)
        return false;
    filter->attributes = grown;
    grown[filter->attribute_count + 1] = NULL;
    grown[filter->attribute_count] = strndup(name.at, name.len);
    return grown[filter->attribute_count++] != NULL;
}

static bool add_naming(struct filter_template *filter, struct pxa_span value)
{
    struct naming *grown;

    grown = realloc(filter->namings, (filter->naming_count + 1) * sizeof *grown);
    if (!grown)
        return false;
    filter->namings = grown;
    grown[filter->naming_count].pattern = name_pattern_new(value);
    return grown[filter->naming_count++].pattern != NULL;
}

/* Whether the assertion can only hold for entries that have the user's name in them. Being sorted
 * before or after a name says nothing about whose entry it is. */
static bool asks_for_name(const struct filter_item *item)
{
    return item->nots == 0 && item->attribute.len > 0 && item->match != FILTER_GREATER &&
           item->match != FILTER_LESS && has_user(item->value);
}

static bool keep_item(void *context, const struct filter_item *item, struct why *why)
{
    struct filter_template *filter = context;
    struct pxa_span name = bare_name(item->attribute);

    if (!asks_for_name(item))
        return true;
    if (!knows_attribute(filter, name) && !add_attribute(filter, name))
        return out_of_memory(why);
    return add_naming(filter, item->value) || out_of_memory(why);
}

/* Keeps TEXT without blanks at its ends, in parentheses. */
static bool keep_text(struct filter_template *filter, const char *text, struct why *why)
{
    static const char blanks[] = " \t\n";
    size_t len;
    bool bare;

    text += strspn(text, blanks);
    len = strlen(text);
    while (len > 0 && strchr(blanks, text[len - 1]))
        len--;
    bare = text[0] != '(';
    filter->text = calloc(1, len + sizeof "()");
    if (!filter->text)
        return out_of_memory(why);
    filter->text[0] = '(';
    memcpy(filter->text + bare, text, len);
    if (bare)
        filter->text[len + 1] = ')';
    return true;
}

static bool fill(struct filter_template *filter, const char *text, struct why *why)
{
    if (!check_percents(text, why))
        return false;
    if (!filter_read((struct pxa_span){text, strlen(text)}, keep_item, filter, why))
        return false;
    if (filter->naming_count == 0)
        return why_set(why, "it never asks for the user's name: an assertion like uid=%%s must "
                            "stand outside of every NOT");
    return keep_text(filter, text, why);
}

struct filter_template *filter_template_new(const char *text, struct why *why)
{
    struct filter_template *filter = calloc(1, sizeof *filter);
    struct why cause = {""};

    if (!filter) {
        out_of_memory(why);
        return NULL;
    }
    if (fill(filter, text, &cause))
        return filter;
    why_set(why, "the filter \"%s\" cannot be used: %s", why_excerpt(text).text, cause.text);
    filter_template_free(filter);
    return NULL;
}

void filter_template_free(struct filter_template *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->attribute_count; i++)
        free(filter->attributes[i]);
    for (size_t i = 0; i < filter->naming_count; i++)
        name_pattern_free(filter->namings[i].pattern);
    free(filter->attributes);
    free(filter->namings);
    free(filter->text);
    free(filter);
}

const char *const *filter_template_attributes(const struct filter_template *filter)
{
    return (const char *const *)filter->attributes;
}

bool filter_template_names(const struct filter_template *filter, struct pxa_span value,
                           struct pxa_span user)
{
    for (size_t i = 0; i < filter->naming_count; i++)
        if (name_pattern_matches(filter->namings[i].pattern, value, user))
            return true;
    return false;
}

static size_t count_users(const char *text)
{
    size_t count = 0;

    for (const char *at = strchr(text, '%'); at; at = strchr(at + 2, '%'))
        count += at[1] == 's';
    return count;
}

char *filter_template_expand(const struct filter_template *filter, struct pxa_span user)
{
    const char *from = filter->text;
    size_t len;
    char *expanded;
    char *to;

    if (user.len > SIZE_MAX / 3 ||
        __builtin_mul_overflow(filter_escaped_len(user), count_users(from), &len) ||
        __builtin_add_overflow(len, strlen(from) + 1, &len))
        return NULL;
    expanded = to = malloc(len);
    if (!expanded)
        return NULL;
    while (*from) {
        if (*from != '%') {
            *to++ = *from++;
            continue;
        }
        if (from[1] == 's')
            to = filter_escape(to, user);
        else
            *to++ = '%';
        from += 2;
    }
    *to = '\0';
    return expanded;
}
