/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * span_index: numbers by byte strings, where each string is looked up once.
 *
 * To find many things in many others without comparing each with each: all are added, then sorted,
 * then taken. Sorting takes n log n comparisons, a look-up log n of them. One number costs
 * sizeof(struct span_index_item), twice that while the list grows.
 */
#ifndef PROXYAUTH_CORE_SPAN_INDEX_H
#define PROXYAUTH_CORE_SPAN_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"

struct span_index_item {
    struct pxa_span key; /* what it points to is not ours */
    size_t number;
    bool taken; /* of the first one with that key */
};

/* Zeroed, it is empty. */
struct span_index {
    struct span_index_item *items;
    size_t count;
    size_t cap;
};

/* False when memory is out. */
bool span_index_add(struct span_index *index, struct pxa_span key, size_t number);

/* Nothing is added any more. */
void span_index_sort(struct span_index *index);

/* The items with KEY, by number, and their COUNT; NULL and 0 where there are none, or they were
 * taken before. */
const struct span_index_item *span_index_take(struct span_index *index, struct pxa_span key,
                                              size_t *count);

void span_index_free(struct span_index *index);

/* By bytes; what another begins with stands before it. As qsort(3) has it. */
int span_compare(struct pxa_span a, struct pxa_span b);

#endif
