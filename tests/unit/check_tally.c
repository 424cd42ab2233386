/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of helpers/passwords/tally.c; hashes from tests/unit/hash_vectors.h, counted by hand. */
#include <config.h>

#include "helpers/passwords/tally.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *suite(void);

static const char bcrypt5[] = "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC";
static const char bcrypt4[] = "$2y$04$G97g5bUlLlb61ntwvtTds.owFn3f1NidZ4GSj7nlrytaZkR2B6rha";
static const char other_bcrypt4[] = "$2y$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
static const char des[] = "rqXexS6ZhobKA";
static const char ssha[] = "{SSHA}BK4q2g0+m389ujwJb8H38DZL2QUZAcZ8";
static const char other_ssha[] = "{ssha}MaU9bf6KNazD8CCKdLztxAF8GKR+iI4/";

static void add(struct tally *tally, const char *hash, unsigned times)
{
    while (times-- > 0)
        tally_add(tally, (struct pxa_span){hash, strlen(hash)});
}

static const char *typical(const struct tally *tally, bool allow_weak)
{
    struct pxa_span hash = tally_typical(tally, allow_weak);

    return hash.len > 0 ? hash.at : NULL;
}

START_TEST(nothing_counted)
{
    struct tally tally = {0};

    ck_assert_ptr_null(typical(&tally, true));
    add(&tally, "plaintext", 3);
    add(&tally, "", 1);
    ck_assert_ptr_null(typical(&tally, true));
    ck_assert_uint_eq(tally.unknown, 4);
    ck_assert_uint_eq(tally.weak, 0);
}
END_TEST

START_TEST(the_most_frequent)
{
    struct tally tally = {0};

    add(&tally, bcrypt5, 2);
    add(&tally, bcrypt4, 1);
    add(&tally, ssha, 1);
    ck_assert_ptr_eq(typical(&tally, false), bcrypt5);
    add(&tally, other_bcrypt4, 2);
    ck_assert_ptr_eq(typical(&tally, false), bcrypt4);
    add(&tally, other_ssha, 3);
    ck_assert_ptr_eq(typical(&tally, false), ssha);
    ck_assert_uint_eq(tally.used, 3);
}
END_TEST

START_TEST(the_first_of_two_as_frequent)
{
    struct tally tally = {0};

    add(&tally, ssha, 1);
    add(&tally, bcrypt4, 2);
    add(&tally, ssha, 1);
    ck_assert_ptr_eq(typical(&tally, false), ssha);
}
END_TEST

START_TEST(weak_ones_where_allowed)
{
    struct tally tally = {0};

    add(&tally, des, 5);
    ck_assert_ptr_null(typical(&tally, false));
    ck_assert_ptr_eq(typical(&tally, true), des);
    add(&tally, bcrypt4, 1);
    ck_assert_ptr_eq(typical(&tally, false), bcrypt4);
    ck_assert_ptr_eq(typical(&tally, true), des);
    ck_assert_uint_eq(tally.weak, 5);
}
END_TEST

/* As many costs as there are classes, and more: those share the last class. */
START_TEST(more_classes_than_there_is_room)
{
    enum { COSTS = TALLY_CLASSES + 5 };
    char hashes[COSTS][128];
    struct tally tally = {0};
    unsigned i;

    for (i = 0; i < COSTS; i++) {
        snprintf(hashes[i], sizeof hashes[i],
                 "$5$rounds=%u$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5", 1000 + i);
        add(&tally, hashes[i], 1);
    }
    ck_assert_uint_eq(tally.used, TALLY_CLASSES);
    ck_assert_uint_eq(tally.class[TALLY_CLASSES - 2].count, 1);
    ck_assert_uint_eq(tally.class[TALLY_CLASSES - 1].count, 6);
    ck_assert_ptr_eq(typical(&tally, false), hashes[TALLY_CLASSES - 1]);
    add(&tally, hashes[3], 6);
    ck_assert_ptr_eq(typical(&tally, false), hashes[3]);
}
END_TEST

START_TEST(the_first_unknown_ones_are_kept)
{
    char hashes[TALLY_UNKNOWN_KEPT + 2][8];
    struct tally tally = {0};
    unsigned i;

    for (i = 0; i < TALLY_UNKNOWN_KEPT + 2; i++) {
        snprintf(hashes[i], sizeof hashes[i], "!%u", i);
        add(&tally, hashes[i], 1);
        add(&tally, bcrypt4, 1);
    }
    ck_assert_uint_eq(tally.unknown, TALLY_UNKNOWN_KEPT + 2);
    for (i = 0; i < TALLY_UNKNOWN_KEPT; i++)
        ck_assert_ptr_eq(tally.unknown_hash[i].at, hashes[i]);
    ck_assert_ptr_eq(typical(&tally, false), bcrypt4);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("tally");
    TCase *t = tcase_create("tally");

    tcase_add_test(t, nothing_counted);
    tcase_add_test(t, the_most_frequent);
    tcase_add_test(t, the_first_of_two_as_frequent);
    tcase_add_test(t, weak_ones_where_allowed);
    tcase_add_test(t, more_classes_than_there_is_room);
    tcase_add_test(t, the_first_unknown_ones_are_kept);
    suite_add_tcase(s, t);
    return s;
}
