/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reply: what Squid is told about groups, the same by every helper that it asks about them.
 */
#ifndef PROXYAUTH_GROUPS_REPLY_H
#define PROXYAUTH_GROUPS_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"
#include "helpers/core/request.h"

/*
 * OK: the user is in those of the COUNT groups NAMES for which MEMBER is true, at least one:
 * `message=`, `tag=` with the first of them, in the order of NAMES, and a `group=` for each. BH
 * when memory is out. REQUEST has been answered then.
 */
void groups_reply_members(struct request *request, const struct pxa_span *names, const bool *member,
                          size_t count);

/* ERR with WORDS as its message. REQUEST has been answered then. */
void groups_reply_refusal(struct request *request, const char *words);

#endif
