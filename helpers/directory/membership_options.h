/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * membership_options: how groups are asked for, the same for every helper that asks.
 */
#ifndef PROXYAUTH_DIRECTORY_MEMBERSHIP_OPTIONS_H
#define PROXYAUTH_DIRECTORY_MEMBERSHIP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/option.h"
#include "helpers/core/why.h"

/* --group-method, see membership.h; METHOD_AUTO: by what the server is and can. */
enum membership_method {
    METHOD_AUTO,
    METHOD_IN_CHAIN,
    METHOD_TOKEN_GROUPS,
    METHOD_WALK,
    METHOD_FILTER, /* no value of the option: where `filter` is given */
};

/* As the option parser fills it. */
struct membership_options {
    char *filter;     /* -f of group-ldap alone: with %u or %v, and %g or %a; else NULL */
    char *group_base; /* where groups are; NULL: the directory's base */
    int method;       /* an enum membership_method */
    long depth;       /* how deep groups may nest, 1: direct members only; 0: not given */
};

enum {
    MEMBERSHIP_DEPTH = 10, /* of a walk where none is given */
};

bool membership_options_init(struct membership_options *options);

/* Whether they fit together. Where a depth is given, the groups are walked through: servers that
 * follow groups within groups by themselves do not count levels. */
bool membership_options_check(struct membership_options *options, struct why *why);

unsigned membership_options_depth(const struct membership_options *options);

/* The table of all but filter: --group-base, --group-method, --group-depth. No letters. */
extern const struct option membership_option_list[];
extern const size_t membership_option_count;

#endif
