/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * membership_lists: a list of names of groups.
 */
#ifndef PROXYAUTH_DIRECTORY_MEMBERSHIP_LISTS_H
#define PROXYAUTH_DIRECTORY_MEMBERSHIP_LISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"

/* More groups than one user can have: what gives more is no directory. */
enum { USER_GROUPS_MAX = 20000 };

struct name_list {
    struct pxa_span *names; /* each in memory of its own, owned */
    size_t count;
    size_t cap;
};

/* NULL when memory is out. */
struct name_list *name_list_new(void);

/* NULL is allowed. */
void name_list_free(struct name_list *list);

/* Adds a copy of NAME. False when memory is out. */
bool name_list_add(struct name_list *list, struct pxa_span name);

/* By bytes; what is there twice is left out. */
void name_list_sort(struct name_list *list);

#endif
