/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line: what Squid asks about groups: `user`, `user -` where its acl has no arguments, or
 * `user group-list` where the groups are not named by options.
 *
 * How its fields are written is in core/field.h. A user may have blanks, so fields are counted from
 * the right: all that is left is the user. Pure.
 */
#ifndef PROXYAUTH_GROUP_AD_LINE_H
#define PROXYAUTH_GROUP_AD_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"

struct line_rules {
    bool raw;            /* escapes in the user are taken as they are */
    bool groups_in_line; /* the last field is a list of groups */
    unsigned extras;     /* fields behind the user that do not count */
};

struct line {
    struct pxa_span user;   /* never empty, nor longer than FIELD_USER_MAX */
    struct pxa_span groups; /* where they are in the line; never empty then */
};

enum line_verdict {
    LINE_READ,     /* LINE is filled in */
    LINE_NOBODY,   /* no user, or none that can be */
    LINE_NO_GROUP, /* no group where one is needed */
};

/* Takes the LEN bytes at TEXT apart. Escapes are undone in place and the spans of LINE point into
 * TEXT; an escape that is none, or of NUL, stays as it is. */
enum line_verdict line_read(char *text, size_t len, const struct line_rules *rules,
                            struct line *line);

#endif
