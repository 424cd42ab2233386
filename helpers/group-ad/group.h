/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group: from a line of Squid's about a user to its reply.
 *
 * OK: `tag=` with the first of the groups that the user is in, in the order of the list, one
 * `group=` for each, `message=`. ERR: in none of them. BH: it could not be found out.
 */
#ifndef PROXYAUTH_GROUP_AD_GROUP_H
#define PROXYAUTH_GROUP_AD_GROUP_H

#include "helpers/core/log.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"
#include "helpers/group-ad/options.h"
#include "helpers/group-ad/realms.h"

struct group;

/* All outlive it. NULL with WHY. */
struct group *group_new(const struct group_ad_options *options, struct realms *realms,
                        struct log *log, struct why *why);

/* Answers REQUEST, now or later. */
void group_request(struct group *group, struct request *request);

/* NULL is allowed. */
void group_free(struct group *group);

#endif
