/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts names into the templates of -f. group_filter.c passed the template, so there is nothing left
 * to judge.
 */
#include <config.h>

#include <string.h>

#include "helpers/directory/group_filter_private.h"

bool group_filter_unescape(struct pxa_span value, struct bytes *to)
{
    while (value.len > 0) {
        char byte;
        size_t taken = filter_value_byte(value, &byte);

        if (taken == 1 && byte == '*')
            return false;
        bytes_put(to, &byte, 1);
        value.at += taken;
        value.len -= taken;
    }
    return true;
}

/* What RFC 4515 section 3 wants escaped, and whatever could look different on its way. A percent
 * sign is in it because patterns are made of the same text. */
void group_filter_put_value(struct bytes *to, struct pxa_span name)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < name.len; i++) {
        unsigned char byte = (unsigned char)name.at[i];
        const char escaped[] = {'\\', digits[byte >> 4], digits[byte & 0x0f]};

        if (byte < 0x20 || byte >= 0x7f || strchr("()*\\%", byte))
            bytes_put(to, escaped, sizeof escaped);
        else
            bytes_put(to, &name.at[i], 1);
    }
}

static bool is_special(char c)
{
    return c != '\0' && strchr("\"+,;<>\\", c);
}

/* Whether what stands at AT in NAME has been escaped already as RFC 4514 has it. */
static bool is_escaped(struct pxa_span name, size_t at)
{
    bool at_end = at == 0 || at + 2 == name.len;

    return name.at[at] == '\\' && at + 1 < name.len &&
           (is_special(name.at[at + 1]) || name.at[at + 1] == '#' ||
            (name.at[at + 1] == ' ' && at_end));
}

/* NAME as (a part of) a value of RFC 4514. IS_GROUP: it may have been written so already. */
static void put_dn_value(struct bytes *to, struct pxa_span name, bool is_group)
{
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.at[i];
        bool first = i == 0;
        bool last = i + 1 == name.len;

        if (is_group && is_escaped(name, i)) {
            bytes_put(to, &name.at[i++], 2);
        } else if (byte == '\0') {
            bytes_put_text(to, "\\00");
        } else {
            if (is_special(byte) || (byte == ' ' && (first || last)) || (byte == '#' && first))
                bytes_put(to, "\\", 1);
            bytes_put(to, &byte, 1);
        }
    }
}

void group_filter_put_letter(struct bytes *to, const struct group_filter *filter,
                             const struct group_test *test, char letter,
                             const struct group_filter_names *names)
{
    const bool is_group = letter == 'g';
    struct pxa_span name = is_group ? names->group : names->user;
    struct bytes escaped = {0};

    if (!test->is_dn || (!is_group && filter->user_is_dn)) {
        group_filter_put_value(to, name);
        return;
    }
    put_dn_value(&escaped, name, is_group);
    if (escaped.failed)
        to->failed = true;
    else
        group_filter_put_value(to, (struct pxa_span){escaped.at, bytes_len(&escaped)});
    bytes_free(&escaped);
}

void group_filter_put_test(struct bytes *to, const struct group_filter *filter,
                           const struct group_test *test, const struct group_filter_names *names)
{
    const char *end = test->value.at + test->value.len;

    for (const char *at = test->value.at; at < end; at++) {
        if (*at != '%')
            bytes_put(to, at, 1);
        else if (*++at == '%')
            bytes_put(to, "%", 1);
        else
            group_filter_put_letter(to, filter, test, *at, names);
    }
}

/* From AT up to END, where only %% stands for something else. */
static void put_text(struct bytes *to, const char *at, const char *end)
{
    for (; at < end; at++) {
        bytes_put(to, at, 1);
        if (*at == '%')
            at++;
    }
}

/* The template's text from AT up to the test at I, and that test. Returns where it ends. */
static const char *put_through(struct bytes *to, const struct group_filter *filter, size_t i,
                               const char *at, const struct group_filter_names *names)
{
    const struct group_test *test = &filter->tests[i];

    put_text(to, at, test->value.at);
    group_filter_put_test(to, filter, test, names);
    return test->value.at + test->value.len;
}

static char *finish(struct bytes *whole, const struct group_filter *filter, const char *at)
{
    put_text(whole, at, filter->text + filter->len);
    bytes_put(whole, "", 1);
    if (!whole->failed)
        return whole->at;
    bytes_free(whole);
    return NULL;
}

char *group_filter_expand(const struct group_filter *filter, const struct group_filter_names *names)
{
    const char *at = filter->text;
    struct bytes whole = {0};

    for (size_t i = 0; i < filter->test_count; i++)
        at = put_through(&whole, filter, i, at, names);
    return finish(&whole, filter, at);
}

/* All alternatives for the test at I, whose parenthesis is open. */
static const char *put_alternatives(struct bytes *to, const struct group_filter *filter, size_t i,
                                    const struct group_filter_names *names, size_t count)
{
    const char *start = filter->tests[i].attribute.at;
    const char *end = NULL;

    bytes_put_text(to, "|");
    for (size_t n = 0; n < count; n++) {
        bytes_put_text(to, "(");
        end = put_through(to, filter, i, start, &names[n]);
        bytes_put_text(to, ")");
    }
    return end;
}

char *group_filter_expand_joined(const struct group_filter *filter,
                                 const struct group_filter_names *names, size_t count)
{
    const struct group_test *group = group_filter_group_test(filter);
    const char *at = filter->text;
    struct bytes whole = {0};

    for (size_t i = 0; i < filter->test_count; i++) {
        if (&filter->tests[i] != group) {
            at = put_through(&whole, filter, i, at, names);
            continue;
        }
        put_text(&whole, at, group->attribute.at);
        at = put_alternatives(&whole, filter, i, names, count);
    }
    return finish(&whole, filter, at);
}
