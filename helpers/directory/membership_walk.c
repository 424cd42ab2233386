/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a walk remembers: each group once.
 */
#include <config.h>

#include "helpers/directory/membership_walk.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/membership_dn.h"
#include "helpers/directory/membership_lists.h"

struct walk *walk_new(const char *base, bool ad)
{
    struct walk *walk = calloc(1, sizeof *walk);

    if (!walk)
        return NULL;
    walk->ad = ad;
    walk->base_key = dn_key(base);
    if (walk->base_key)
        return walk;
    walk_free(walk);
    return NULL;
}

static void free_group(struct walk_group *group)
{
    free(group->dn);
    free(group->key);
    free(group);
}

static void leave(void *group)
{
    (void)group;
}

void walk_free(struct walk *walk)
{
    if (!walk)
        return;
    tdestroy(walk->by_key, leave);
    span_index_free(&walk->wanted);
    for (size_t i = 0; i < walk->count; i++)
        free_group(walk->groups[i]);
    free(walk->groups);
    free(walk->base_key);
    free(walk);
}

static int compare(const void *left, const void *right)
{
    const struct walk_group *a = left;
    const struct walk_group *b = right;

    return strcmp(a->key, b->key);
}

static struct walk_group *make_group(const char *dn, unsigned level)
{
    struct walk_group *group = calloc(1, sizeof *group);

    if (!group)
        return NULL;
    group->level = level;
    group->dn = strdup(dn);
    group->key = dn_key(dn);
    if (group->dn && group->key)
        return group;
    free_group(group);
    return NULL;
}

static bool has_room(struct walk *walk)
{
    size_t cap = walk->cap ? 2 * walk->cap : 16;
    struct walk_group **groups;

    if (walk->count < walk->cap)
        return true;
    groups = reallocarray(walk->groups, cap, sizeof(struct walk_group *));
    if (!groups)
        return false;
    walk->groups = groups;
    walk->cap = cap;
    return true;
}

enum walk_met walk_meet(struct walk *walk, const char *dn, unsigned level)
{
    struct walk_group *group;
    struct walk_group **at;

    if (walk->count >= USER_GROUPS_MAX)
        return WALK_TOO_MANY;
    group = has_room(walk) ? make_group(dn, level) : NULL;
    if (!group)
        return WALK_NO_MEMORY;
    at = tsearch(group, &walk->by_key, compare);
    if (at && *at == group) {
        walk->groups[walk->count++] = group;
        return WALK_NEW;
    }
    free_group(group);
    return at ? WALK_KNOWN : WALK_NO_MEMORY;
}
