/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/key_hash.c: it tells keys apart as chance would, and folds the case of
 * ASCII letters and of nothing else.
 */
#include <config.h>

#include "helpers/core/key_hash.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

enum { SEED = 20061126 };

/* Keys that are nearly the same get numbers that are not, in both halves. With 100,000 of them one
 * pair in 2^32 is to be expected (n^2 / 2^33 = 1.2); ten never happen. */
static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

START_TEST(spreads)
{
    enum { KEYS = 100000, CLASHES = 10 };
    static uint32_t half[2][KEYS];
    struct key_hash hash = key_hash_seeded(SEED, false);

    for (unsigned i = 0; i < KEYS; i++) {
        char key[32];
        int len = snprintf(key, sizeof key, "user%07u:realm", i);
        uint64_t value = key_hash_of(&hash, (struct pxa_span){key, (size_t)len});

        half[0][i] = (uint32_t)value;
        half[1][i] = (uint32_t)(value >> 32);
    }
    for (int which = 0; which < 2; which++) {
        unsigned clashes = 0;

        qsort(half[which], KEYS, sizeof half[which][0], by_value);
        for (unsigned i = 1; i < KEYS; i++)
            clashes += half[which][i] == half[which][i - 1];
        ck_assert_uint_lt(clashes, CLASHES);
    }
}
END_TEST

/* Each byte of a key of each length counts, and so does the length. */
START_TEST(sees_every_byte)
{
    enum { LEN_MAX = 40 };
    struct key_hash hash = key_hash_seeded(SEED, false);
    struct key_hash other = key_hash_seeded(SEED + 1, false);
    char key[LEN_MAX];

    memset(key, 'a', sizeof key);
    for (size_t len = 0; len <= LEN_MAX; len++) {
        struct pxa_span span = {key, len};
        uint64_t before = key_hash_of(&hash, span);

        ck_assert(len == LEN_MAX || before != key_hash_of(&hash, (struct pxa_span){key, len + 1}));
        ck_assert(before != key_hash_of(&other, span));
        for (size_t at = 0; at < len; at++) {
            key[at] = 'A';
            ck_assert_msg(key_hash_of(&hash, span) != before, "byte %zu of %zu", at, len);
            key[at] = 'a';
        }
    }
}
END_TEST

/* Folding a word at once does as tolower() does in the C locale, for every byte at every place. */
START_TEST(folds_ascii)
{
    enum { LEN_MAX = 17 };
    struct key_hash hash = key_hash_seeded(SEED, true);
    char a[LEN_MAX], b[LEN_MAX];

    for (size_t len = 1; len <= LEN_MAX; len++) {
        for (size_t at = 0; at < len; at++) {
            for (int byte = 0; byte < 256; byte++) {
                bool upper = byte >= 'A' && byte <= 'Z';
                struct pxa_span x = {a, len}, y = {b, len};

                memset(a, 'q', len);
                memset(b, 'Q', len);
                a[at] = (char)byte;
                b[at] = (char)(upper ? byte - 'A' + 'a' : byte);
                ck_assert(key_hash_of(&hash, x) == key_hash_of(&hash, y));
                ck_assert(key_hash_same(&hash, x, y));
                b[at] = (char)(byte ^ 0x20);
                if (!upper && !(byte >= 'a' && byte <= 'z')) {
                    ck_assert(key_hash_of(&hash, x) != key_hash_of(&hash, y));
                    ck_assert(!key_hash_same(&hash, x, y));
                }
            }
        }
    }
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("key_hash");
    TCase *tc = tcase_create("key_hash");

    tcase_add_test(tc, spreads);
    tcase_add_test(tc, sees_every_byte);
    tcase_add_test(tc, folds_ascii);
    suite_add_tcase(s, tc);
    return s;
}
