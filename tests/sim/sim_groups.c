/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups 0 to 7 have people, every eighth of them each; 8 has 0 and 1; 9 and 10 have each other,
 * and 9 has 8, too; 11 has nobody. That nested membership is right is seen without any search:
 * members of members are looked at until nothing is added.
 */
#include <config.h>

#include "tests/sim/sim_groups.h"

#include <stdio.h>
#include <string.h>

enum { WITH_PEOPLE = 8 };

void sim_group_name(unsigned number, char *to)
{
    snprintf(to, SIM_NAME_CAP, "staff%02u", number);
}

void sim_group_dn(unsigned number, char *to)
{
    snprintf(to, SIM_NAME_CAP, "cn=staff%02u," SIM_GROUP_BASE, number);
}

long sim_group_by_dn(const char *folded)
{
    char dn[SIM_NAME_CAP];

    for (unsigned i = 0; i < SIM_GROUPS; i++) {
        sim_group_dn(i, dn);
        if (strcmp(dn, folded) == 0)
            return (long)i;
    }
    return -1;
}

bool sim_group_has_person(unsigned number, size_t index)
{
    return number < WITH_PEOPLE && index % WITH_PEOPLE == number;
}

bool sim_group_has_group(unsigned number, unsigned member)
{
    static const struct {
        unsigned group;
        unsigned member;
    } nested[] = {{8, 0}, {8, 1}, {9, 8}, {9, 10}, {10, 9}};

    for (size_t i = 0; i < sizeof(nested) / sizeof(nested[0]); i++)
        if (nested[i].group == number && nested[i].member == member)
            return true;
    return false;
}

/* One more round; false when nothing was added. */
static bool spread(bool in[SIM_GROUPS])
{
    bool more = false;

    for (unsigned group = 0; group < SIM_GROUPS; group++)
        for (unsigned member = 0; member < SIM_GROUPS && !in[group]; member++)
            if (in[member] && sim_group_has_group(group, member))
                more = in[group] = true;
    return more;
}

static void find_groups(size_t index, bool in[SIM_GROUPS])
{
    for (unsigned i = 0; i < SIM_GROUPS; i++)
        in[i] = sim_group_has_person(i, index);
    while (spread(in)) {
    }
}

bool sim_group_is_member(unsigned number, size_t index)
{
    bool in[SIM_GROUPS];

    find_groups(index, in);
    return in[number];
}

void sim_group_list(size_t index, char *to)
{
    bool in[SIM_GROUPS];
    char name[SIM_NAME_CAP];
    size_t len = 0;

    find_groups(index, in);
    *to = '\0';
    for (unsigned i = 0; i < SIM_GROUPS; i++) {
        if (!in[i])
            continue;
        sim_group_name(i, name);
        len += (size_t)snprintf(to + len, SIM_GROUP_NAMES - len, "%s%s", len > 0 ? "," : "", name);
    }
}
