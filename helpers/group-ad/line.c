/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cannot do: tell a user with a blank from a user and a field that --key-extras does not count.
 */
#include <config.h>

#include "helpers/group-ad/line.h"

#include <string.h>

#include "helpers/core/field.h"

static void trim(struct pxa_span *part)
{
    while (part->len > 0 && part->at[0] == ' ') {
        part->at++;
        part->len--;
    }
    while (part->len > 0 && part->at[part->len - 1] == ' ')
        part->len--;
}

/* Cuts the last field off PART; the only one may stay. */
static struct pxa_span cut_last(struct pxa_span *part, bool only_one_stays)
{
    const char *blank = part->len > 0 ? memrchr(part->at, ' ', part->len) : NULL;
    struct pxa_span last = *part;

    if (!blank && only_one_stays)
        return (struct pxa_span){part->at, 0};
    if (blank) {
        last = (struct pxa_span){blank + 1, part->len - (size_t)(blank + 1 - part->at)};
        part->len = (size_t)(blank - part->at);
    } else {
        part->len = 0;
    }
    trim(part);
    return last;
}

enum line_verdict line_read(char *text, size_t len, const struct line_rules *rules,
                            struct line *line)
{
    struct pxa_span rest = {text, len};
    struct pxa_span last;

    trim(&rest);
    *line = (struct line){{NULL, 0}, {NULL, 0}};
    last = cut_last(&rest, true);
    if (rules->groups_in_line) {
        if (field_is_none(last))
            return LINE_NO_GROUP;
        field_unescape(&last);
        line->groups = last;
    } else if (!field_is_none(last)) {
        rest.len = (size_t)(last.at + last.len - rest.at); /* it belongs to what is left */
    }
    for (unsigned i = 0; i < rules->extras; i++)
        cut_last(&rest, false);
    if (field_is_none(rest))
        return LINE_NOBODY;
    if (!rules->raw)
        field_unescape(&rest);
    line->user = rest;
    return rest.len <= FIELD_USER_MAX ? LINE_READ : LINE_NOBODY;
}
