/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking a request line apart. All is cut first and unescaped then, so that an escaped blank never
 * splits a field.
 *
 * Cannot do: tell where a user with blanks ends, unless the number of groups is known.
 */
#include <config.h>

#include "helpers/group-ldap/line.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/field.h"

/* ---- fields ---- */

static void drop_blanks(struct pxa_span *rest)
{
    while (rest->len > 0 && rest->at[0] == ' ') {
        rest->at++;
        rest->len--;
    }
}

static void drop_blanks_at_end(struct pxa_span *rest)
{
    while (rest->len > 0 && rest->at[rest->len - 1] == ' ')
        rest->len--;
}

/* Cuts the first field off REST; empty at the end. */
static struct pxa_span cut_first(struct pxa_span *rest)
{
    struct pxa_span field;
    const char *blank;

    drop_blanks(rest);
    blank = rest->len > 0 ? memchr(rest->at, ' ', rest->len) : NULL;
    field = (struct pxa_span){rest->at, blank ? (size_t)(blank - rest->at) : rest->len};
    rest->at += field.len;
    rest->len -= field.len;
    return field;
}

/* Cuts the last COUNT fields off REST, each with the blanks around it but one in front of the
 * first: what is left is a user who may have blanks. False when nothing would be left. */
static bool cut_last(struct pxa_span *rest, size_t count, struct pxa_span *fields)
{
    struct pxa_span whole = *rest;

    for (; count > 0; count--) {
        const char *blank;

        drop_blanks_at_end(rest);
        blank = rest->len > 0 ? memrchr(rest->at, ' ', rest->len) : NULL;
        if (!blank)
            return false;
        rest->len = (size_t)(blank - rest->at);
    }
    *fields = (struct pxa_span){rest->at + rest->len, whole.len - rest->len};
    return true;
}

/* ---- the user ---- */

/* Up to the last backslash, else the last slash, else the last plus sign, if something follows. */
static void strip_nt_domain(struct pxa_span *user)
{
    static const char separators[] = "\\/+";

    for (const char *separator = separators; *separator; separator++) {
        const char *found = user->len > 0 ? memrchr(user->at, *separator, user->len) : NULL;
        size_t skip;

        if (!found)
            continue;
        skip = (size_t)(found - user->at) + 1;
        if (skip < user->len) {
            user->at += skip;
            user->len -= skip;
        }
        return;
    }
}

static void strip_kerberos_realm(struct pxa_span *user)
{
    const char *at = user->len > 0 ? memchr(user->at, '@', user->len) : NULL;

    if (at)
        user->len = (size_t)(at - user->at);
}

static bool make_user(struct pxa_span *user, const struct group_line_rules *rules)
{
    if (field_is_none(*user))
        return false;
    if (rules->login == LINE_LOGIN_URL)
        field_unescape(user);
    if (rules->strip_nt_domain)
        strip_nt_domain(user);
    if (rules->strip_kerberos_realm)
        strip_kerberos_realm(user);
    return user->len > 0 && user->len <= FIELD_USER_MAX;
}

/* ---- the groups ---- */

static size_t count_fields(struct pxa_span rest)
{
    size_t count = 0;

    while (cut_first(&rest).len > 0)
        count++;
    return count;
}

static enum group_line_verdict take_groups(struct pxa_span rest, struct group_line *line)
{
    size_t count = count_fields(rest);

    if (count > LINE_GROUPS_MAX)
        return LINE_MANY;
    line->groups = reallocarray(NULL, count + 1, sizeof *line->groups);
    if (!line->groups)
        return LINE_NO_MEMORY;
    for (; count > 0; count--) {
        struct pxa_span group = cut_first(&rest);

        if (field_is_none(group))
            continue;
        field_unescape(&group);
        line->groups[line->group_count++] = group;
    }
    return line->group_count > 0 ? LINE_READ : LINE_NO_GROUP;
}

/* ---- the line ---- */

/* Cuts TEXT into the user and all that follows. */
static bool cut_user(struct pxa_span text, const struct group_line_rules *rules,
                     struct pxa_span *user, struct pxa_span *rest)
{
    *user = text;
    if (rules->groups_count > 0)
        return cut_last(user, rules->groups_count + rules->base_extension, rest);
    *rest = text;
    *user = cut_first(rest);
    return true;
}

enum group_line_verdict group_line_read(char *text, size_t len,
                                        const struct group_line_rules *rules,
                                        struct group_line *line)
{
    struct pxa_span rest;
    enum group_line_verdict verdict;

    *line = (struct group_line){.groups = NULL};
    if (!cut_user((struct pxa_span){text, len}, rules, &line->user, &rest) ||
        !make_user(&line->user, rules))
        return LINE_NOBODY;
    if (rules->base_extension) {
        line->base_extension = cut_first(&rest);
        if (line->base_extension.len == 0)
            return LINE_NO_BASE;
        if (field_is_none(line->base_extension))
            line->base_extension.len = 0;
        field_unescape(&line->base_extension);
    }
    verdict = take_groups(rest, line);
    if (verdict != LINE_READ) {
        free(line->groups);
        line->groups = NULL;
    }
    return verdict;
}
