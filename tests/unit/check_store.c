/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/store.c, with a time of their own. What the store must hold is said by a
 * model that is an array in order of last use, searched from end to end.
 */
#include <config.h>

#include "helpers/core/store.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/chance.h"

Suite *suite(void);

enum { START_MS = 1000000, SEED = 7 };

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static bool put(struct store *store, const char *key, const char *value, uint64_t ttl_ms,
                uint64_t now_ms)
{
    return store_put(store, span_of(key), span_of(value), ttl_ms, now_ms);
}

/* Whether VALUE is under KEY; NULL: whether nothing is. */
static bool holds(struct store *store, const char *key, const char *value, uint64_t now_ms)
{
    struct pxa_span got;

    if (!store_get(store, span_of(key), now_ms, &got))
        return !value;
    return value && got.len == strlen(value) && memcmp(got.at, value, got.len) == 0;
}

START_TEST(keeps_until_the_time_is_over)
{
    struct store *store = store_new(10000, SEED, false);

    ck_assert(holds(store, "a", NULL, START_MS));
    ck_assert(put(store, "a", "one", 60, START_MS));
    ck_assert(holds(store, "a", "one", START_MS));
    ck_assert(holds(store, "a", "one", START_MS + 59));
    ck_assert(holds(store, "a", NULL, START_MS + 60));
    ck_assert_uint_eq(store_bytes(store), 0);
    ck_assert(put(store, "a", "one", UINT64_MAX, START_MS + 60));
    ck_assert(holds(store, "a", "one", UINT64_MAX - 1));
    store_free(store);
}
END_TEST

/* A value that must not be kept must not leave an older one in its place. */
START_TEST(replaces_what_is_there)
{
    struct store *store = store_new(10000, SEED, false);
    static const char large[10000];

    ck_assert(put(store, "a", "one", 60, START_MS));
    ck_assert(put(store, "a", "another", 10, START_MS + 5));
    ck_assert(holds(store, "a", "another", START_MS + 14));
    ck_assert(holds(store, "a", NULL, START_MS + 15));
    ck_assert(put(store, "a", "one", 60, START_MS + 15));
    ck_assert(!put(store, "a", "two", 0, START_MS + 15));
    ck_assert(holds(store, "a", NULL, START_MS + 15));
    ck_assert(put(store, "a", "one", 60, START_MS + 15));
    ck_assert(
        !store_put(store, span_of("a"), (struct pxa_span){large, sizeof large}, 60, START_MS + 15));
    ck_assert(holds(store, "a", NULL, START_MS + 15));
    ck_assert_uint_eq(store_bytes(store), 0);
    store_free(store);
}
END_TEST

START_TEST(forgets_one)
{
    struct store *store = store_new(10000, SEED, true);

    put(store, "a", "one", 60, START_MS);
    put(store, "b", "two", 60, START_MS);
    store_forget(store, span_of("a"));
    store_forget(store, span_of("c"));
    ck_assert(holds(store, "a", NULL, START_MS));
    ck_assert(holds(store, "b", "two", START_MS));
    store_free(store);
}
END_TEST

START_TEST(keys_and_values_are_any_bytes)
{
    struct store *store = store_new(10000, SEED, false);
    struct pxa_span nothing = {NULL, 0}, nul = {"\0", 1}, two = {"\0\0", 2}, got;

    ck_assert(store_put(store, nothing, nul, 60, START_MS));
    ck_assert(store_put(store, nul, two, 60, START_MS));
    ck_assert(store_put(store, two, nothing, 60, START_MS));
    ck_assert(store_get(store, nothing, START_MS, &got) && got.len == 1);
    ck_assert(store_get(store, nul, START_MS, &got) && got.len == 2);
    ck_assert(store_get(store, two, START_MS, &got) && got.len == 0);
    ck_assert(holds(store, "A", NULL, START_MS));
    put(store, "a", "small", 60, START_MS);
    ck_assert_msg(holds(store, "A", NULL, START_MS), "the case of keys counts");
    store_free(store);
}
END_TEST

/* Three records of one byte key and value fit into the cap, and not a byte more. */
START_TEST(the_least_recently_used_goes_first)
{
    struct store *store = store_new(3 * (STORE_RECORD_COST + 2), SEED, false);

    ck_assert(put(store, "a", "1", 60, START_MS));
    ck_assert(put(store, "b", "2", 60, START_MS));
    ck_assert(put(store, "c", "3", 60, START_MS));
    ck_assert(holds(store, "a", "1", START_MS));
    ck_assert(put(store, "d", "4", 60, START_MS));
    ck_assert(holds(store, "b", NULL, START_MS));
    ck_assert(holds(store, "a", "1", START_MS));
    ck_assert(holds(store, "c", "3", START_MS));
    ck_assert(holds(store, "d", "4", START_MS));
    /* One byte more needs the room of two. */
    ck_assert(put(store, "e", "55", 60, START_MS));
    ck_assert(holds(store, "a", NULL, START_MS));
    ck_assert(holds(store, "c", NULL, START_MS));
    ck_assert(holds(store, "d", "4", START_MS));
    ck_assert_uint_le(store_bytes(store), 3 * (STORE_RECORD_COST + 2));
    store_free(store);
}
END_TEST

START_TEST(a_cap_for_nothing_keeps_nothing)
{
    struct store *store = store_new(0, SEED, false);

    ck_assert(!put(store, "", "", 60, START_MS));
    ck_assert(holds(store, "", NULL, START_MS));
    store_free(store);
    store = store_new(STORE_RECORD_COST, SEED, false);
    ck_assert(put(store, "", "", 60, START_MS));
    ck_assert(!put(store, "a", "", 60, START_MS));
    ck_assert(holds(store, "", "", START_MS));
    store_free(store);
    store_free(NULL);
}
END_TEST

/* The model: newest first. */
enum { KEYS = 40, CAP = 12 * (STORE_RECORD_COST + 12) };

struct kept {
    int key;
    char value[32];
    uint64_t until_ms;
};

struct model {
    struct kept kept[KEYS];
    size_t count;
};

static size_t key_text(char *text, int key)
{
    return (size_t)sprintf(text, "%0*d", key % 9 + 1, key);
}

static size_t model_bytes(const struct model *model)
{
    size_t bytes = 0;
    char text[16];

    for (size_t i = 0; i < model->count; i++)
        bytes +=
            STORE_RECORD_COST + key_text(text, model->kept[i].key) + strlen(model->kept[i].value);
    return bytes;
}

static void model_remove(struct model *model, size_t at)
{
    memmove(&model->kept[at], &model->kept[at + 1],
            (model->count - at - 1) * sizeof model->kept[0]);
    model->count--;
}

static bool model_find(const struct model *model, int key, size_t *at)
{
    for (*at = 0; *at < model->count; (*at)++)
        if (model->kept[*at].key == key)
            return true;
    return false;
}

static void model_push(struct model *model, const struct kept *kept)
{
    memmove(&model->kept[1], &model->kept[0], model->count * sizeof model->kept[0]);
    model->kept[0] = *kept;
    model->count++;
}

static void model_put(struct model *model, const struct kept *kept, uint64_t now_ms)
{
    size_t at;

    if (model_find(model, kept->key, &at))
        model_remove(model, at);
    for (int looks = 0; looks < 2; looks++)
        if (model->count > 0 && model->kept[model->count - 1].until_ms <= now_ms)
            model->count--;
    model_push(model, kept);
    while (model_bytes(model) > CAP)
        model->count--;
}

static bool model_get(struct model *model, int key, uint64_t now_ms, struct kept *kept)
{
    size_t at;

    if (!model_find(model, key, &at))
        return false;
    *kept = model->kept[at];
    model_remove(model, at);
    if (kept->until_ms <= now_ms)
        return false;
    model_push(model, kept);
    return true;
}

static void step(struct store *store, struct model *model, struct chance *chance, uint64_t now_ms)
{
    struct kept kept = {.key = (int)(chance_next(chance) % KEYS)};
    unsigned what = chance_next(chance) % 8;
    char text[16];
    struct pxa_span key = {text, key_text(text, kept.key)}, got;
    size_t at;

    if (what < 3) {
        uint64_t ttl_ms = 1 + chance_next(chance) % 30;

        memset(kept.value, 'a' + (int)(chance_next(chance) % 26), chance_next(chance) % 31);
        kept.until_ms = now_ms + ttl_ms;
        model_put(model, &kept, now_ms);
        ck_assert(store_put(store, key, span_of(kept.value), ttl_ms, now_ms));
    } else if (what < 7) {
        bool held = model_get(model, kept.key, now_ms, &kept);

        ck_assert_int_eq(store_get(store, key, now_ms, &got), held);
        if (held)
            ck_assert(got.len == strlen(kept.value) && !memcmp(got.at, kept.value, got.len));
    } else {
        if (model_find(model, kept.key, &at))
            model_remove(model, at);
        store_forget(store, key);
    }
    ck_assert_uint_eq(store_bytes(store), model_bytes(model));
}

START_TEST(does_as_the_model_does)
{
    struct store *store = store_new(CAP, SEED, _i & 1);
    struct chance chance = {.state = (uint64_t)_i};
    struct model model = {.count = 0};
    uint64_t now_ms = START_MS;

    for (int i = 0; i < 20000; i++) {
        step(store, &model, &chance, now_ms);
        now_ms += chance_next(&chance) % 4 == 0;
    }
    store_free(store);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("store");
    TCase *tc = tcase_create("store");

    tcase_add_test(tc, keeps_until_the_time_is_over);
    tcase_add_test(tc, replaces_what_is_there);
    tcase_add_test(tc, forgets_one);
    tcase_add_test(tc, keys_and_values_are_any_bytes);
    tcase_add_test(tc, the_least_recently_used_goes_first);
    tcase_add_test(tc, a_cap_for_nothing_keeps_nothing);
    tcase_add_loop_test(tc, does_as_the_model_does, 1, 9);
    suite_add_tcase(s, tc);
    return s;
}
