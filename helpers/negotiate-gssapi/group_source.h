/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group_source: the directory that knows the groups' names, where one is asked.
 *
 * Without LDAP in this build there is none, and no option for it.
 */
#ifndef PROXYAUTH_NEGOTIATE_GSSAPI_GROUP_SOURCE_H
#define PROXYAUTH_NEGOTIATE_GSSAPI_GROUP_SOURCE_H

#include "helpers/core/helper.h"
#include "helpers/core/option.h"

#ifdef HAVE_LDAP
#include "helpers/core/chance.h"
#include "helpers/directory/options.h"
#endif

struct directory;

/* Zeroed before. */
struct group_source {
#ifdef HAVE_LDAP
    struct directory_options options;
    struct offload *offload; /* connects */
    struct chance chance;
#endif
    struct directory *directory; /* NULL until it is open */
};

/* Sets the options' defaults. False when memory is out. */
bool group_source_init(struct group_source *source);

/* Puts the table of its options to TABLE: 1, or 0 where there is none. */
size_t group_source_table(struct group_source *source, struct option_table *table);

/* Whether a server is named, so that names are asked for. */
bool group_source_is_wanted(const struct group_source *source);

/* What parsing SET cannot see; fills in what an Active Directory needs. False with WHY (exit 2). */
bool group_source_check_options(struct group_source *source, const struct option_set *set,
                                struct why *why);

/* Says in the log what is unwise about how SET was given. */
void group_source_warn(const struct group_source *source, const struct option_set *set,
                       struct log *log);

/* Opens the directory; for a source that is wanted. False with WHY. */
bool group_source_open(struct group_source *source, struct helper *helper,
                       const struct option_set *set, struct why *why);

/* For --check: whether the directory answers; says so on standard output. */
bool group_source_test(struct group_source *source, struct helper *helper,
                       const struct option_set *set);

/* False, and nothing is freed, while a thread is inside a library. No question may be pending. */
bool group_source_close(struct group_source *source);

#endif
