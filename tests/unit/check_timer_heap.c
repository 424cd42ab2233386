/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/timer_heap.c: under random orders it says the same as a plain list that is
 * searched from end to end.
 */
#include <config.h>

#include "helpers/core/timer_heap.h"

#include <check.h>
#include <stdlib.h>

Suite *suite(void);

enum { NODES = 200, STEPS = 20000, SEEDS = 20 };

struct model {
    struct timer_heap heap;
    struct timer_node node[NODES];
    uint64_t at_ms[NODES]; /* 0: not set */
    uint64_t order[NODES];
    uint64_t orders;
};

static struct timer_node *first_of_list(struct model *model)
{
    struct timer_node *first = NULL;
    size_t best = 0;

    for (size_t i = 0; i < NODES; i++) {
        if (model->at_ms[i] == 0)
            continue;
        if (!first || model->at_ms[i] < model->at_ms[best] ||
            (model->at_ms[i] == model->at_ms[best] && model->order[i] < model->order[best])) {
            first = &model->node[i];
            best = i;
        }
    }
    return first;
}

static void step(struct model *model, unsigned random)
{
    size_t at = random % NODES;

    if (random / NODES % 3 == 0) {
        timer_heap_remove(&model->heap, &model->node[at]);
        model->at_ms[at] = 0;
        return;
    }
    model->at_ms[at] = 1 + random / NODES / 3 % 50; /* many equal ones */
    model->order[at] = ++model->orders;
    timer_heap_set(&model->heap, &model->node[at], model->at_ms[at]);
}

START_TEST(the_first_of_many)
{
    static struct model model;

    model = (struct model){0};
    srandom((unsigned)_i);
    for (size_t i = 0; i < NODES; i++)
        ck_assert(timer_heap_know(&model.heap));
    for (int i = 0; i < STEPS; i++) {
        step(&model, (unsigned)random());
        if (timer_heap_first(&model.heap) != first_of_list(&model))
            ck_abort_msg("seed %d, step %d: another one is first", _i, i);
    }
    timer_heap_free(&model.heap);
}
END_TEST

START_TEST(all_come_out_in_order)
{
    static struct model model;
    struct timer_node *first, *wanted;

    model = (struct model){0};
    srandom((unsigned)_i);
    for (size_t i = 0; i < NODES; i++)
        ck_assert(timer_heap_know(&model.heap));
    for (int i = 0; i < NODES; i++)
        step(&model, (unsigned)random());
    while ((wanted = first_of_list(&model))) {
        first = timer_heap_first(&model.heap);
        ck_assert_ptr_eq(first, wanted);
        timer_heap_remove(&model.heap, first);
        model.at_ms[first - model.node] = 0;
    }
    ck_assert_ptr_null(timer_heap_first(&model.heap));
    timer_heap_free(&model.heap);
}
END_TEST

START_TEST(room_comes_and_goes_with_the_nodes)
{
    struct timer_heap heap = {0};
    struct timer_node node = {0};

    ck_assert_ptr_null(timer_heap_first(&heap));
    for (int i = 0; i < 1000; i++) {
        ck_assert(timer_heap_know(&heap));
        timer_heap_set(&heap, &node, 7);
        timer_heap_set(&heap, &node, 9);
        ck_assert_ptr_eq(timer_heap_first(&heap), &node);
        timer_heap_remove(&heap, &node);
        timer_heap_remove(&heap, &node);
        timer_heap_forget(&heap);
    }
    ck_assert_uint_le(heap.cap, 16);
    timer_heap_free(&heap);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("timer_heap");
    TCase *tc = tcase_create("timer_heap");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, the_first_of_many, 0, SEEDS);
    tcase_add_loop_test(tc, all_come_out_in_order, 0, SEEDS);
    tcase_add_test(tc, room_comes_and_goes_with_the_nodes);
    suite_add_tcase(s, tc);
    return s;
}
