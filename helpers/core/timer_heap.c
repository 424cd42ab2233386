/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The textbook heap: the parent of place N is at N / 2, and never comes after its children.
 */
#include <config.h>

#include "helpers/core/timer_heap.h"

#include <stdlib.h>

enum { CAP_FIRST = 16 };

bool timer_heap_know(struct timer_heap *heap)
{
    if (heap->known + 1 >= heap->cap) {
        size_t cap = heap->cap > 0 ? 2 * heap->cap : CAP_FIRST;
        struct timer_node **node = reallocarray(heap->node, cap, sizeof(struct timer_node *));

        if (!node)
            return false;
        heap->node = node;
        heap->cap = cap;
    }
    heap->known++;
    return true;
}

void timer_heap_forget(struct timer_heap *heap)
{
    heap->known--;
}

static bool comes_before(const struct timer_node *a, const struct timer_node *b)
{
    return a->at_ms < b->at_ms || (a->at_ms == b->at_ms && a->order < b->order);
}

static void put(struct timer_heap *heap, size_t place, struct timer_node *node)
{
    heap->node[place] = node;
    node->place = place;
}

/* Moves NODE, which belongs at PLACE or above, up to where its parent comes before it. */
static void rise(struct timer_heap *heap, size_t place, struct timer_node *node)
{
    while (place > 1 && comes_before(node, heap->node[place / 2])) {
        put(heap, place, heap->node[place / 2]);
        place /= 2;
    }
    put(heap, place, node);
}

/* The same downwards. */
static void sink(struct timer_heap *heap, size_t place, struct timer_node *node)
{
    for (size_t child; (child = 2 * place) <= heap->count; place = child) {
        if (child < heap->count && comes_before(heap->node[child + 1], heap->node[child]))
            child++;
        if (comes_before(node, heap->node[child]))
            break;
        put(heap, place, heap->node[child]);
    }
    put(heap, place, node);
}

void timer_heap_set(struct timer_heap *heap, struct timer_node *node, uint64_t at_ms)
{
    timer_heap_remove(heap, node);
    node->at_ms = at_ms;
    node->order = ++heap->order;
    rise(heap, ++heap->count, node);
}

void timer_heap_remove(struct timer_heap *heap, struct timer_node *node)
{
    size_t place = node->place;
    struct timer_node *last;

    if (place == 0)
        return;
    node->place = 0;
    last = heap->node[heap->count--];
    if (last == node)
        return;
    if (place > 1 && comes_before(last, heap->node[place / 2]))
        rise(heap, place, last);
    else
        sink(heap, place, last);
}

struct timer_node *timer_heap_first(const struct timer_heap *heap)
{
    return heap->count > 0 ? heap->node[1] : NULL;
}

void timer_heap_free(struct timer_heap *heap)
{
    free(heap->node);
    *heap = (struct timer_heap){0};
}
