/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * source: one way to ask about the users of one realm: a directory, and what it has answered.
 *
 * There are two. By Kerberos: the realm's own servers (-S, else those that DNS knows), as an
 * account of a keytab. By an account: the servers of -l, as -u with the password -p.
 */
#ifndef PROXYAUTH_GROUP_AD_SOURCE_H
#define PROXYAUTH_GROUP_AD_SOURCE_H

#include <stdbool.h>

#include "helpers/core/why.h"
#include "helpers/directory/directory.h"
#include "helpers/group-ad/options.h"
#include "helpers/groups/groups.h"

enum source_kind { SOURCE_KERBEROS, SOURCE_ACCOUNT, SOURCE_KINDS };

/* The options of one; most of it is borrowed from those of the program. Zeroed before. */
struct source_plan {
    struct directory_options directory;
    struct user_options user;
    char *domain;        /* owned */
    char *base;          /* owned */
    char **server_words; /* the array is owned, the words are not */
};

/* Makes the plan for REALM, which user_name_is_realm(), or for users without one (empty; by an
 * account alone). False with WHY, which names the option that is wrong. */
bool source_plan_make(struct source_plan *plan, const struct group_ad_options *options,
                      enum source_kind kind, struct pxa_span realm, struct why *why);

void source_plan_free(struct source_plan *plan);

/* Zeroed, it is closed. */
struct source {
    struct source_plan plan;
    struct directory *directory;
    struct groups *groups;
};

/* What sources stand on. All must outlive them. */
struct source_ground {
    struct directory_ground directory;
    const struct group_ad_options *options;
    bool cleartext_allowed;
    uint64_t seed;
};

/* False with WHY, and SOURCE is closed. */
bool source_open(struct source *source, const struct source_ground *ground, enum source_kind kind,
                 struct pxa_span realm, struct why *why);

/* As directory_quiet(); a closed source is quiet. */
bool source_quiet(struct source *source);

void source_close(struct source *source);

/* For --check: as directory_check(). */
bool source_check(const struct source_ground *ground, enum source_kind kind, struct pxa_span realm);

#endif
