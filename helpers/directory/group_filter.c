/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the templates of -f.
 *
 * First the text is made plain: backslashes as Squid's helper means them, %v and %a as %u and %g.
 * What filter_read() then passes with letters in its values it also passes with any escaped names
 * there, so putting names in is copying (group_filter_expand.c).
 */
#include <config.h>

#include "helpers/directory/group_filter.h"

#include <stdlib.h>
#include <string.h>

#include <ldap.h>

#include "helpers/directory/group_filter_private.h"
#include "helpers/directory/names.h"

static bool out_of_memory(struct why *why)
{
    return why_set(why, "out of memory");
}

/* ---- the plain text ---- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The letter that LETTER is the same as; 0: none. */
static char plain_letter(char letter)
{
    switch (letter) {
    case 'u':
    case 'v':
        return 'u';
    case 'g':
    case 'a':
        return 'g';
    case '%':
        return '%';
    default:
        return '\0';
    }
}

/* What follows a backslash; returns how many characters that are. */
static size_t put_escaped(struct bytes *to, const char *from)
{
    if (is_hex(from[0]) && is_hex(from[1])) {
        bytes_put(to, from - 1, 3);
        return 2;
    }
    if (from[0] == '\0')
        return 0;
    if (from[0] == '%')
        bytes_put(to, "%", 1);
    bytes_put(to, from, 1);
    return 1;
}

static bool put_plain(struct bytes *to, const char *text, struct why *why)
{
    for (const char *at = text; *at; at++) {
        char letter;

        if (*at == '\\') {
            at += put_escaped(to, at + 1);
            continue;
        }
        bytes_put(to, at, 1);
        if (*at != '%')
            continue;
        at++;
        letter = plain_letter(*at);
        if (!letter)
            return why_set(why,
                           "position %zu: after %% only u or v (the user), g or a (the group) or "
                           "another %% may stand",
                           (size_t)(at - text));
        bytes_put(to, &letter, 1);
    }
    return true;
}

/* Without blanks at its ends, in parentheses. */
static bool keep_text(struct group_filter *filter, const struct bytes *plain, struct why *why)
{
    static const char blanks[] = " \t\n";
    const char *at = plain->at;
    size_t len = bytes_len(plain);

    for (; len > 0 && strchr(blanks, at[0]); len--)
        at++;
    while (len > 0 && strchr(blanks, at[len - 1]))
        len--;
    filter->text = calloc(1, len + sizeof "()");
    if (!filter->text)
        return out_of_memory(why);
    if (len == 0 || at[0] == '(') {
        filter->len = len;
        memcpy(filter->text, at, len);
    } else {
        filter->len = len + 2;
        filter->text[0] = '(';
        memcpy(filter->text + 1, at, len);
        filter->text[len + 1] = ')';
    }
    return true;
}

static bool make_plain(struct group_filter *filter, const char *text, struct why *why)
{
    struct bytes plain = {0};
    bool good = put_plain(&plain, text, why);

    bytes_put(&plain, "", 1);
    plain.end--;
    if (good && plain.failed)
        good = out_of_memory(why);
    good = good && keep_text(filter, &plain, why);
    bytes_free(&plain);
    return good;
}

/* ---- what is tested ---- */

/* The first `%` with LETTER in VALUE, or NULL. */
static const char *find_letter(struct pxa_span value, char letter)
{
    for (size_t i = 0; i + 1 < value.len; i++) {
        if (value.at[i] != '%')
            continue;
        i++;
        if (value.at[i] == letter)
            return value.at + i - 1;
    }
    return NULL;
}

/* Whether VALUE is a DN whose parts letters stand in: `%` is a character like others in a DN, so
 * the template can be read as one; and the first letter must stand behind an equals sign. */
static bool is_dn_template(struct pxa_span value)
{
    const char *user = find_letter(value, 'u');
    const char *group = find_letter(value, 'g');
    const char *first = !group || (user && user < group) ? user : group;
    struct bytes plain = {0};
    LDAPDN dn = NULL;
    bool is_dn = false;

    if (memchr(value.at, '=', (size_t)(first - value.at)) && group_filter_unescape(value, &plain)) {
        struct berval text = {.bv_val = plain.at + plain.start, .bv_len = bytes_len(&plain)};

        is_dn = !plain.failed && ldap_bv2dn(&text, &dn, LDAP_DN_FORMAT_LDAPV3) == LDAP_SUCCESS;
    }
    ldap_dnfree(dn);
    bytes_free(&plain);
    return is_dn;
}

static bool keep_test(void *context, const struct filter_item *item, struct why *why)
{
    struct group_filter *filter = context;
    struct group_test test = {
        .value = item->value,
        .attribute = item->attribute,
        .match = item->match,
        .nots = item->nots,
        .ors = item->ors,
        .has_user = find_letter(item->value, 'u') != NULL,
        .has_group = find_letter(item->value, 'g') != NULL,
    };
    struct group_test *grown;

    if (!test.has_user && !test.has_group)
        return true;
    test.is_dn = is_dn_template(item->value);
    grown = realloc(filter->tests, (filter->test_count + 1) * sizeof *grown);
    if (!grown)
        return out_of_memory(why);
    filter->tests = grown;
    grown[filter->test_count++] = test;
    return true;
}

/* Being sorted before or after a name says nothing about who it is. */
static bool asks_for_name(const struct group_test *test)
{
    return test->nots == 0 && test->match != FILTER_GREATER && test->match != FILTER_LESS;
}

bool group_filter_tests_user(const struct group_test *test)
{
    return test->has_user && test->attribute.len > 0 && asks_for_name(test);
}

static bool check_letters(const struct group_filter *filter, struct why *why)
{
    bool user = false;
    bool group = false;

    for (size_t i = 0; i < filter->test_count; i++) {
        user |= group_filter_tests_user(&filter->tests[i]);
        group |= filter->tests[i].has_group && asks_for_name(&filter->tests[i]);
    }
    if (!group)
        return why_set(why, "it never asks for the group: an assertion like cn=%%g must stand "
                            "outside of every NOT");
    if (!user)
        return why_set(why, "it never asks for the user: an assertion like member=%%u must stand "
                            "outside of every NOT");
    return true;
}

/* ---- attributes ---- */

const struct group_test *group_filter_group_test(const struct group_filter *filter)
{
    const struct group_test *only = NULL;

    for (size_t i = 0; i < filter->test_count; i++) {
        if (!filter->tests[i].has_group)
            continue;
        if (only)
            return NULL;
        only = &filter->tests[i];
    }
    if (!only || only->match != FILTER_EQUAL || only->nots > 0 || only->ors > 0)
        return NULL;
    return only;
}

static bool knows_attribute(const struct group_filter *filter, struct pxa_span name)
{
    for (char *const *known = filter->user_attributes; *known; known++)
        if (names_equal((struct pxa_span){*known, strlen(*known)}, name))
            return true;
    return false;
}

static bool add_user_attribute(struct group_filter *filter, struct pxa_span name)
{
    char **list = filter->user_attributes;

    if (knows_attribute(filter, name))
        return true;
    list[filter->user_attribute_count] = strndup(name.at, name.len);
    if (!list[filter->user_attribute_count])
        return false;
    filter->user_attribute_count++;
    return true;
}

static bool name_attributes(struct group_filter *filter, struct why *why)
{
    const struct group_test *group = group_filter_group_test(filter);

    if (group) {
        filter->group_attribute = strndup(group->attribute.at, group->attribute.len);
        if (!filter->group_attribute || !group_pattern_prepare(filter))
            return out_of_memory(why);
    }
    filter->user_attributes = calloc(filter->test_count + 1, sizeof *filter->user_attributes);
    if (!filter->user_attributes)
        return out_of_memory(why);
    for (size_t i = 0; i < filter->test_count; i++)
        if (group_filter_tests_user(&filter->tests[i]) &&
            !add_user_attribute(filter, filter->tests[i].attribute))
            return out_of_memory(why);
    return true;
}

const char *group_filter_group_attribute(const struct group_filter *filter)
{
    return filter->group_attribute;
}

const char *const *group_filter_user_attributes(const struct group_filter *filter)
{
    return filter->user_is_dn ? NULL : (const char *const *)filter->user_attributes;
}

/* ---- the beginning and the end ---- */

static bool fill(struct group_filter *filter, const char *text, struct why *why)
{
    return make_plain(filter, text, why) &&
           filter_read((struct pxa_span){filter->text, filter->len}, keep_test, filter, why) &&
           check_letters(filter, why) && name_attributes(filter, why);
}

struct group_filter *group_filter_new(const char *text, bool user_is_dn, struct why *why)
{
    struct group_filter *filter = calloc(1, sizeof *filter);
    struct why cause = {""};

    if (!filter) {
        out_of_memory(why);
        return NULL;
    }
    filter->user_is_dn = user_is_dn;
    if (fill(filter, text, &cause))
        return filter;
    why_set(why, "the filter \"%s\" cannot be used: %s", why_excerpt(text).text, cause.text);
    group_filter_free(filter);
    return NULL;
}

void group_filter_free(struct group_filter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->user_attribute_count; i++)
        free(filter->user_attributes[i]);
    free(filter->user_attributes);
    free(filter->group_attribute);
    name_pattern_free(filter->group_text);
    free(filter->tests);
    free(filter->text);
    free(filter);
}
