/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timer_heap: which of many times comes next.
 *
 * A binary heap of what its owner embeds; setting, moving and taking out cost the logarithm of how
 * many there are. Equal times come in the order in which they were set. No clock, no descriptor.
 */
#ifndef PROXYAUTH_CORE_TIMER_HEAP_H
#define PROXYAUTH_CORE_TIMER_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer_node {
    uint64_t at_ms;
    uint64_t order; /* counts up with each setting */
    size_t place;   /* in the heap, from 1; 0: it is not set */
};

struct timer_heap {
    struct timer_node **node; /* node[0] is not used */
    size_t count;
    size_t cap;
    size_t known; /* nodes for which there is room */
    uint64_t order;
};

/* Makes room for one more node, so that setting it cannot fail. False when memory is out. */
bool timer_heap_know(struct timer_heap *heap);

/* One node less: it must not be set. */
void timer_heap_forget(struct timer_heap *heap);

/* Sets NODE, a known one, or moves it. */
void timer_heap_set(struct timer_heap *heap, struct timer_node *node, uint64_t at_ms);

/* Takes NODE out, if it is set. */
void timer_heap_remove(struct timer_heap *heap, struct timer_node *node);

/* The one that comes next, or NULL. */
struct timer_node *timer_heap_first(const struct timer_heap *heap);

/* All nodes are gone. */
void timer_heap_free(struct timer_heap *heap);

#endif
