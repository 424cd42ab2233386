/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_groups: the groups of the simulated directory, nested and in a ring.
 */
#ifndef PROXYAUTH_TESTS_SIM_GROUPS_H
#define PROXYAUTH_TESTS_SIM_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/sim/sim_people.h"

#define SIM_GROUP_BASE "ou=groups,dc=example,dc=test"

enum { SIM_GROUPS = 12, SIM_GROUP_NAMES = SIM_GROUPS * SIM_NAME_CAP };

/* The name (cn) and the DN of group NUMBER. TO has SIM_NAME_CAP bytes. */
void sim_group_name(unsigned number, char *to);
void sim_group_dn(unsigned number, char *to);

/* The group with this folded DN, or -1. */
long sim_group_by_dn(const char *folded);

/* Whether person INDEX, or another group, is a direct member of group NUMBER. */
bool sim_group_has_person(unsigned number, size_t index);
bool sim_group_has_group(unsigned number, unsigned member);

/* Whether person INDEX is in the group, directly or through others. */
bool sim_group_is_member(unsigned number, size_t index);

/* The names of all groups that person INDEX is in, with commas between, in the order of their
 * bytes. TO has SIM_GROUP_NAMES bytes. */
void sim_group_list(size_t index, char *to);

#endif
