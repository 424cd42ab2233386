/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of helpers/verify/unsettled.c, with a time of their own. */
#include <config.h>

#include "helpers/verify/unsettled.h"

#include <check.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

enum { START_MS = 1000000 };

static struct unsettled *memory_for(unsigned cap)
{
    struct why why = {""};
    struct unsettled *memory = unsettled_new(cap, &why);

    ck_assert_msg(memory != NULL, "%s", why.text);
    return memory;
}

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static void remember(struct unsettled *memory, const char *user, const char *password,
                     uint64_t now_ms)
{
    struct secret *secret = secret_copy(password, strlen(password));

    unsettled_remember(memory, span_of(user), secret, now_ms);
    secret_free(&secret);
}

static bool holds(struct unsettled *memory, const char *user, const char *password,
                  uint64_t now_ms)
{
    struct secret *secret = secret_copy(password, strlen(password));
    bool held = unsettled_holds(memory, span_of(user), secret, now_ms);

    secret_free(&secret);
    return held;
}

START_TEST(holds_for_two_seconds)
{
    struct unsettled *memory = memory_for(10);

    ck_assert(!holds(memory, "bob", "secret", START_MS));
    remember(memory, "bob", "secret", START_MS);
    ck_assert(holds(memory, "bob", "secret", START_MS));
    ck_assert(holds(memory, "bob", "secret", START_MS + 1999));
    ck_assert(!holds(memory, "bob", "secret", START_MS + 2000));
    ck_assert(!holds(memory, "bob", "secret", START_MS + 2001));
    unsettled_free(memory);
}
END_TEST

START_TEST(holds_nothing_else)
{
    struct unsettled *memory = memory_for(10);

    remember(memory, "bob", "secret", START_MS);
    ck_assert(!holds(memory, "bob", "Secret", START_MS));
    ck_assert(!holds(memory, "bob", "secre", START_MS));
    ck_assert(!holds(memory, "bob", "secrets", START_MS));
    ck_assert(!holds(memory, "bob", "", START_MS));
    ck_assert(!holds(memory, "Bob", "secret", START_MS));
    ck_assert(!holds(memory, "bobs", "ecret", START_MS));
    ck_assert(!holds(memory, "bo", "bsecret", START_MS));
    ck_assert(!holds(memory, "", "bobsecret", START_MS));
    ck_assert(!holds(memory, "bobsecret", "", START_MS));
    ck_assert(!holds(memory, "secret", "bob", START_MS));
    ck_assert(holds(memory, "bob", "secret", START_MS));
    unsettled_free(memory);
}
END_TEST

START_TEST(any_bytes)
{
    static const char bytes[] = {'a', 0, 'b', (char)0xff, '\n'};
    struct unsettled *memory = memory_for(10);
    struct secret *password = secret_copy(bytes, 5);
    struct secret *shorter = secret_copy(bytes, 2);
    struct secret *nothing = secret_new(0);

    unsettled_remember(memory, (struct pxa_span){bytes, 5}, password, START_MS);
    ck_assert(unsettled_holds(memory, (struct pxa_span){bytes, 5}, password, START_MS));
    ck_assert(!unsettled_holds(memory, (struct pxa_span){bytes, 2}, password, START_MS));
    ck_assert(!unsettled_holds(memory, (struct pxa_span){bytes, 5}, shorter, START_MS));
    ck_assert(!unsettled_holds(memory, (struct pxa_span){NULL, 0}, nothing, START_MS));
    unsettled_remember(memory, (struct pxa_span){NULL, 0}, nothing, START_MS);
    ck_assert(unsettled_holds(memory, (struct pxa_span){NULL, 0}, nothing, START_MS));
    secret_free(&password);
    secret_free(&shorter);
    secret_free(&nothing);
    unsettled_free(memory);
}
END_TEST

START_TEST(a_repeat_counts_from_the_last)
{
    struct unsettled *memory = memory_for(10);

    remember(memory, "bob", "secret", START_MS);
    remember(memory, "rob", "secret", START_MS + 1000);
    remember(memory, "bob", "secret", START_MS + 1500);
    ck_assert(holds(memory, "bob", "secret", START_MS + 2999));
    ck_assert(holds(memory, "rob", "secret", START_MS + 2999));
    ck_assert(!holds(memory, "rob", "secret", START_MS + 3000));
    ck_assert(holds(memory, "bob", "secret", START_MS + 3499));
    ck_assert(!holds(memory, "bob", "secret", START_MS + 3500));
    unsettled_free(memory);
}
END_TEST

START_TEST(the_oldest_makes_room)
{
    struct unsettled *memory = memory_for(3);

    remember(memory, "a", "x", START_MS);
    remember(memory, "b", "x", START_MS);
    remember(memory, "c", "x", START_MS);
    remember(memory, "a", "x", START_MS + 1);
    remember(memory, "d", "x", START_MS + 2);
    ck_assert(holds(memory, "a", "x", START_MS + 2));
    ck_assert(!holds(memory, "b", "x", START_MS + 2));
    ck_assert(holds(memory, "c", "x", START_MS + 2));
    ck_assert(holds(memory, "d", "x", START_MS + 2));
    unsettled_free(memory);
}
END_TEST

START_TEST(room_for_one)
{
    struct unsettled *memory = memory_for(1);

    for (uint64_t i = 0; i < 10; i++) {
        remember(memory, i % 2 ? "a" : "b", "x", START_MS + i);
        ck_assert_int_eq(holds(memory, "a", "x", START_MS + i), i % 2);
        ck_assert_int_eq(holds(memory, "b", "x", START_MS + i), !(i % 2));
    }
    unsettled_free(memory);
}
END_TEST

START_TEST(two_memories_share_nothing)
{
    struct unsettled *a = memory_for(4);
    struct unsettled *b = memory_for(4);

    remember(a, "bob", "secret", START_MS);
    remember(b, "rob", "secret", START_MS);
    ck_assert(!holds(b, "bob", "secret", START_MS));
    ck_assert(!holds(a, "rob", "secret", START_MS));
    unsettled_free(a);
    unsettled_free(b);
}
END_TEST

START_TEST(sizes)
{
    struct why why = {""};

    ck_assert(!unsettled_new(0, &why));
    ck_assert_ptr_nonnull(strstr(why.text, "1 to 1048576"));
    ck_assert(!unsettled_new(UNSETTLED_CAP_MAX + 1, NULL));
    unsettled_free(memory_for(UNSETTLED_CAP_MAX));
    unsettled_free(NULL);
}
END_TEST

/* ---- Against a model: a list in the order of remembering ---- */

enum { MODEL_CAP = 13, USERS = 40 };

struct model {
    unsigned users[MODEL_CAP + 1]; /* the oldest first */
    uint64_t at_ms[MODEL_CAP + 1];
    size_t count;
};

static void model_drop(struct model *model, size_t at)
{
    model->count--;
    memmove(&model->users[at], &model->users[at + 1],
            (model->count - at) * sizeof model->users[0]);
    memmove(&model->at_ms[at], &model->at_ms[at + 1],
            (model->count - at) * sizeof model->at_ms[0]);
}

static size_t model_find(const struct model *model, unsigned user)
{
    size_t at = 0;

    while (at < model->count && model->users[at] != user)
        at++;
    return at;
}

static void model_remember(struct model *model, unsigned user, uint64_t now_ms)
{
    size_t at = model_find(model, user);

    if (at < model->count)
        model_drop(model, at);
    else if (model->count == MODEL_CAP)
        model_drop(model, 0);
    model->users[model->count] = user;
    model->at_ms[model->count++] = now_ms;
}

START_TEST(does_as_the_model_does)
{
    struct unsettled *memory = memory_for(MODEL_CAP);
    struct model model = {.count = 0};
    uint64_t now_ms = START_MS;
    uint32_t state = 31337;
    unsigned held = 0;

    for (unsigned round = 0; round < 20000; round++) {
        char user[20];
        unsigned which;

        state = state * 1664525 + 1013904223;
        which = (state >> 8) % USERS;
        snprintf(user, sizeof user, "user%u", which);
        now_ms += (state >> 20) % 16 == 0 ? (state >> 24) * 8 : (state >> 24) / 8;
        while (model.count > 0 && model.at_ms[0] + 2000 <= now_ms)
            model_drop(&model, 0);
        if (state >> 31) {
            remember(memory, user, "x", now_ms);
            model_remember(&model, which, now_ms);
        } else {
            bool want = model_find(&model, which) < model.count;

            ck_assert_msg(holds(memory, user, "x", now_ms) == want, "round %u", round);
            held += want;
        }
    }
    ck_assert_uint_gt(held, 500);
    unsettled_free(memory);
}
END_TEST

/* ---- Nothing of it can be read in memory ---- */

static const char masked[] = "\x32\x33\x30\x39\x68\x6e\x75\x60\x7a\x6b\x2f\x3a\x35\x68\x2b\x31";
enum { MASK = 0x5b, MARK_LEN = sizeof masked - 1 };

static bool find_mark(const char *from, const char *to)
{
    for (const char *at = from; to - at >= (ptrdiff_t)MARK_LEN; at++) {
        size_t same = 0;

        while (same < MARK_LEN && at[same] == (masked[same] ^ MASK))
            same++;
        if (same == MARK_LEN)
            return true;
    }
    return false;
}

/* Whether the mark is in the heap. The search itself never puts it together. */
static bool is_in_heap(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[256];
    void *from = NULL;
    void *to = NULL;

    ck_assert_ptr_nonnull(maps);
    while (fgets(line, sizeof line, maps))
        if (strstr(line, "[heap]") && sscanf(line, "%p-%p", &from, &to) == 2)
            break;
    (void)fclose(maps);
    return from && find_mark(from, to);
}

START_TEST(keeps_no_plain_text)
{
    struct unsettled *memory = memory_for(10);
    struct secret *secret = secret_new(MARK_LEN);
    bool seen;

    for (size_t i = 0; i < MARK_LEN; i++)
        secret->bytes[i] = (char)(masked[i] ^ MASK);
    secret->len = MARK_LEN;
    seen = is_in_heap(); /* not under a sanitizer, whose heap is elsewhere */
    unsettled_remember(memory, (struct pxa_span){secret->bytes, secret->len}, secret, START_MS);
    ck_assert(unsettled_holds(memory, (struct pxa_span){secret->bytes, secret->len}, secret,
                              START_MS));
    secret_free(&secret);
    if (seen)
        ck_assert(!is_in_heap());
    unsettled_free(memory);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("unsettled");
    TCase *tc = tcase_create("unsettled");

    tcase_add_test(tc, holds_for_two_seconds);
    tcase_add_test(tc, holds_nothing_else);
    tcase_add_test(tc, any_bytes);
    tcase_add_test(tc, a_repeat_counts_from_the_last);
    tcase_add_test(tc, the_oldest_makes_room);
    tcase_add_test(tc, room_for_one);
    tcase_add_test(tc, two_memories_share_nothing);
    tcase_add_test(tc, sizes);
    tcase_add_test(tc, does_as_the_model_does);
    tcase_add_test(tc, keeps_no_plain_text);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return s;
}
