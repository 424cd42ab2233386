/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sorted array. Equal keys lie side by side; that they were taken is noted at the first of them.
 */
#include <config.h>

#include "helpers/core/span_index.h"

#include <stdlib.h>
#include <string.h>

int span_compare(struct pxa_span a, struct pxa_span b)
{
    size_t both = a.len < b.len ? a.len : b.len;
    int order = both > 0 ? memcmp(a.at, b.at, both) : 0;

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

static bool grow(struct span_index *index)
{
    size_t cap = index->cap ? 2 * index->cap : 16;
    struct span_index_item *items = reallocarray(index->items, cap, sizeof *items);

    if (!items)
        return false;
    index->items = items;
    index->cap = cap;
    return true;
}

bool span_index_add(struct span_index *index, struct pxa_span key, size_t number)
{
    if (index->count == index->cap && !grow(index))
        return false;
    index->items[index->count++] = (struct span_index_item){.key = key, .number = number};
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct span_index_item *a = left;
    const struct span_index_item *b = right;
    int order = span_compare(a->key, b->key);

    if (order != 0)
        return order;
    return (a->number > b->number) - (a->number < b->number);
}

void span_index_sort(struct span_index *index)
{
    if (index->count > 1)
        qsort(index->items, index->count, sizeof *index->items, compare);
}

/* The place of the first item whose key is not before KEY. */
static size_t place_of(const struct span_index *index, struct pxa_span key)
{
    size_t from = 0;
    size_t to = index->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (span_compare(index->items[middle].key, key) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

const struct span_index_item *span_index_take(struct span_index *index, struct pxa_span key,
                                              size_t *count)
{
    size_t first = place_of(index, key);
    size_t end = first;

    *count = 0;
    if (first == index->count || index->items[first].taken)
        return NULL;
    while (end < index->count && span_compare(index->items[end].key, key) == 0)
        end++;
    if (end == first)
        return NULL;
    index->items[first].taken = true;
    *count = end - first;
    return &index->items[first];
}

void span_index_free(struct span_index *index)
{
    free(index->items);
    *index = (struct span_index){NULL, 0, 0};
}
