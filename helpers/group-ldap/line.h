/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line: what Squid asks an external ACL helper about groups, `user [base] group...`.
 *
 * How its fields are written is in core/field.h. Pure.
 */
#ifndef PROXYAUTH_GROUP_LDAP_LINE_H
#define PROXYAUTH_GROUP_LDAP_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"

enum group_line_login { LINE_LOGIN_URL, LINE_LOGIN_RAW };

/* What the options say about lines. */
struct group_line_rules {
    enum group_line_login login; /* whether escapes in the user are undone */
    size_t groups_count;         /* the last fields are groups; 0: the first field is the user */
    bool base_extension;         /* -g: a field between user and groups */
    bool strip_nt_domain;        /* -S */
    bool strip_kerberos_realm;   /* -K */
};

enum { LINE_GROUPS_MAX = 4096 };

struct group_line {
    struct pxa_span user; /* never empty, nor longer than FIELD_USER_MAX */
    struct pxa_span base_extension;
    struct pxa_span *groups; /* for free(); at least one, none of them empty */
    size_t group_count;
};

enum group_line_verdict {
    LINE_READ,     /* LINE is filled in */
    LINE_NOBODY,   /* no user, or none that can be */
    LINE_NO_GROUP, /* no group is asked for */
    LINE_NO_BASE,  /* -g, but no field for it */
    LINE_MANY,     /* more than LINE_GROUPS_MAX groups */
    LINE_NO_MEMORY,
};

/*
 * Takes the LEN bytes at TEXT apart. Escapes are undone in place and the spans of LINE point into
 * TEXT; an escape that is none (or of NUL) stays as it is. Fields are split at blanks, as many as
 * there are; those around the whole do not count, but for the ones in front of a user that
 * groups_count tells.
 */
enum group_line_verdict group_line_read(char *text, size_t len,
                                        const struct group_line_rules *rules,
                                        struct group_line *line);

#endif
