/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * membership_walk: the groups that a walk upwards has met.
 */
#ifndef PROXYAUTH_DIRECTORY_MEMBERSHIP_WALK_H
#define PROXYAUTH_DIRECTORY_MEMBERSHIP_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/span_index.h"

struct walk_group {
    char *dn;
    char *key;      /* dn_key() of it */
    unsigned level; /* 1: the user itself is a member */
};

struct walk {
    struct walk_group **groups; /* in the order in which they were met */
    size_t count;
    size_t cap;
    size_t asked;             /* of so many it has been asked in which groups they are */
    void *by_key;             /* a tree, tsearch(3): a ring is walked through once */
    struct span_index wanted; /* the open groups of the question, by key */
    char *base_key;           /* below which groups are, dn_key() */
    bool ad;                  /* there is neither uniqueMember nor memberUid */
    bool own_asked; /* for memberOf in the user's entry, and for groups outside of the base */
};

/* BASE: below which groups are. NULL when memory is out. */
struct walk *walk_new(const char *base, bool ad);

/* NULL is allowed. */
void walk_free(struct walk *walk);

enum walk_met { WALK_NEW, WALK_KNOWN, WALK_TOO_MANY, WALK_NO_MEMORY };

/* Notes that the group DN was met on LEVEL; when it is new, it is the last one of `groups`. */
enum walk_met walk_meet(struct walk *walk, const char *dn, unsigned level);

#endif
