/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/span_index.c: what comes out is compared with what comparing each with each
 * finds.
 */
#include <config.h>

#include "helpers/core/span_index.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/chance.h"

Suite *suite(void);

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

START_TEST(empty)
{
    struct span_index index = {0};
    size_t count = 1;

    span_index_sort(&index);
    ck_assert_ptr_null(span_index_take(&index, span_of("a"), &count));
    ck_assert_uint_eq(count, 0);
    span_index_free(&index);
}
END_TEST

/* "" is a key, too; a NUL byte ends none. */
START_TEST(each_key_once)
{
    struct span_index index = {0};
    const struct span_index_item *found;
    size_t count;

    ck_assert(span_index_add(&index, span_of("b"), 7) && span_index_add(&index, span_of("a"), 9) &&
              span_index_add(&index, (struct pxa_span){"a\0x", 3}, 2) &&
              span_index_add(&index, span_of("b"), 1) &&
              span_index_add(&index, (struct pxa_span){NULL, 0}, 4));
    span_index_sort(&index);
    found = span_index_take(&index, span_of("b"), &count);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(found[0].number, 1);
    ck_assert_uint_eq(found[1].number, 7);
    ck_assert_ptr_null(span_index_take(&index, span_of("b"), &count));
    ck_assert_uint_eq(count, 0);
    found = span_index_take(&index, span_of("a"), &count);
    ck_assert(count == 1 && found->number == 9);
    found = span_index_take(&index, (struct pxa_span){"a\0x", 3}, &count);
    ck_assert(count == 1 && found->number == 2);
    found = span_index_take(&index, span_of(""), &count);
    ck_assert(count == 1 && found->number == 4);
    ck_assert_ptr_null(span_index_take(&index, span_of("aa"), &count));
    ck_assert_ptr_null(span_index_take(&index, span_of("c"), &count));
    span_index_free(&index);
    ck_assert_ptr_null(index.items);
}
END_TEST

/* Keys of up to three letters out of three, so that many are the same. */
enum { RANDOM = 300 };

static char letters[RANDOM][3];
static struct pxa_span keys[RANDOM];

static void make_keys(struct chance *chance)
{
    for (size_t i = 0; i < RANDOM; i++) {
        keys[i] = (struct pxa_span){letters[i], chance_next(chance) % 4};
        for (size_t k = 0; k < 3; k++)
            letters[i][k] = (char)(0x7f * (chance_next(chance) % 3));
    }
}

static bool same(struct pxa_span a, struct pxa_span b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static bool came_before(size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (same(keys[i], keys[at]))
            return true;
    return false;
}

START_TEST(as_each_with_each)
{
    struct chance chance = {.state = (uint64_t)_i};
    struct span_index index = {0};
    size_t count;

    make_keys(&chance);
    for (size_t i = 0; i < RANDOM; i++)
        ck_assert(span_index_add(&index, keys[i], i));
    span_index_sort(&index);
    for (size_t i = 0; i < RANDOM; i++) {
        const struct span_index_item *found = span_index_take(&index, keys[i], &count);
        size_t taken = 0;

        ck_assert_int_eq(found == NULL, came_before(i));
        for (size_t k = i; found && k < RANDOM; k++) {
            if (!same(keys[k], keys[i]))
                continue;
            ck_assert_uint_lt(taken, count);
            ck_assert_uint_eq(found[taken++].number, k);
        }
        ck_assert_uint_eq(taken, count);
    }
    span_index_free(&index);
}
END_TEST

START_TEST(order)
{
    static const char *const sorted[] = {"", "a", "aa", "a\xff", "b", "\x80"}; /* without a sign */
    const int count = sizeof sorted / sizeof *sorted;

    for (int i = 0; i < count; i++) {
        for (int k = 0; k < count; k++) {
            int got = span_compare(span_of(sorted[i]), span_of(sorted[k]));

            ck_assert_int_eq((got > 0) - (got < 0), (i > k) - (i < k));
        }
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("span_index");
    TCase *tc = tcase_create("span_index");

    tcase_add_test(tc, empty);
    tcase_add_test(tc, each_key_once);
    tcase_add_loop_test(tc, as_each_with_each, 0, 20);
    tcase_add_test(tc, order);
    suite_add_tcase(s, tc);
    return s;
}
