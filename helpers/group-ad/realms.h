/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * realms: the sources of each realm, opened when somebody of it is asked about.
 *
 * Users write their realm, so there is a limit for those that no option names.
 */
#ifndef PROXYAUTH_GROUP_AD_REALMS_H
#define PROXYAUTH_GROUP_AD_REALMS_H

#include "helpers/group-ad/source.h"

enum { REALMS_UNNAMED_MAX = 32 };

struct realms;
struct realm;

/* GROUND is copied. NULL when memory is out. */
struct realms *realms_new(const struct source_ground *ground);

/* The realm NAME, in any letter case; empty: of users that have none. NULL with REASON, a constant
 * sentence: there are too many, or memory is out. */
struct realm *realms_get(struct realms *realms, struct pxa_span name, const char **reason);

/* Whom to ask about users of REALM; NULL where it is not asked in this way. When it cannot be
 * opened, NULL with REASON, a constant; the log has the rest. */
struct groups *realm_groups(struct realm *realm, enum source_kind kind, const char **reason);

/* Starts no further connection; true when none is being made. */
bool realms_quiet(struct realms *realms);

/* Closes all. NULL is allowed. */
void realms_free(struct realms *realms);

/* Whether the options of every realm that they name can be used. False with WHY (exit 2). */
bool realms_check_options(const struct group_ad_options *options, struct why *why);

/* For --check: tries each of them, prints what works and what does not. */
bool realms_check(const struct source_ground *ground);

#endif
