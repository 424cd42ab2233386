/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line: what Squid asks about groups: `user`, `user -` where its acl has no arguments, or
 * `user group-list` where the groups are not named by options.
 *
 * Arguments of acl lines are escaped by Squid (lib/rfc1738), the user only where the format says so
 * (%#ul); %LOGIN, %un and %ul come as they are, blanks included. So fields are counted from the
 * right: all that is left is the user. Source: src/external_acl.cc in Squid. Pure.
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
    struct pxa_span user;   /* never empty */
    struct pxa_span groups; /* where they are in the line; never empty then */
};

enum line_verdict {
    LINE_READ,     /* LINE is filled in */
    LINE_NOBODY,   /* Squid has no user name */
    LINE_NO_GROUP, /* no group where one is needed */
};

/* Takes the LEN bytes at TEXT apart. Escapes are undone in place and the spans of LINE point into
 * TEXT; an escape that is none, or of NUL, stays as it is. */
enum line_verdict line_read(char *text, size_t len, const struct line_rules *rules,
                            struct line *line);

#endif
