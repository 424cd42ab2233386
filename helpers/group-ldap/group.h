/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group: from a line of Squid's about a user and groups to its reply.
 *
 * OK: `tag=` with the first of the groups that match, in the order of the line, one `group=` for
 * each that does, `message=`. ERR: in none of them. BH: it could not be found out.
 */
#ifndef PROXYAUTH_GROUP_LDAP_GROUP_H
#define PROXYAUTH_GROUP_LDAP_GROUP_H

#include "helpers/core/log.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"
#include "helpers/group-ldap/line.h"
#include "helpers/groups/groups.h"

struct group_ldap;

/* GROUPS and LOG must outlive it; RULES are copied. NULL with WHY. */
struct group_ldap *group_ldap_new(struct groups *groups, const struct group_line_rules *rules,
                                  struct log *log, struct why *why);

/* Answers REQUEST, now or later. */
void group_ldap_request(struct group_ldap *group, struct request *request);

/* NULL is allowed. */
void group_ldap_free(struct group_ldap *group);

#endif
