/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/health.c: pauses that double between stated bounds, what makes a
 * server up and down, and what is forgotten when. The expected pauses are calculated here by hand:
 * 250 ms doubled, at most 30 s, from three quarters to five quarters of it.
 */
#include <config.h>

#include <check.h>
#include <stdlib.h>

#include "helpers/directory/health.h"

Suite *suite(void);

enum { NOW = 1000000 };

/* It fails when it may be tried: the pause, with the smallest chance. */
static uint64_t fail_again(struct health *health)
{
    uint64_t now_ms = health->retry_ms > NOW ? health->retry_ms : NOW;

    return health_failed(health, now_ms, 0);
}

START_TEST(zeroed_it_is_unknown_and_may_be_tried)
{
    struct health health = {0};

    ck_assert_int_eq(health.state, HEALTH_UNKNOWN);
    ck_assert(health_may_try(&health, 1));
}
END_TEST

START_TEST(success_is_news_once)
{
    struct health health = {0};

    ck_assert(health_succeeded(&health));
    ck_assert_int_eq(health.state, HEALTH_UP);
    ck_assert(!health_succeeded(&health));
    health_failed(&health, NOW, 0);
    ck_assert(health_succeeded(&health));
}
END_TEST

START_TEST(one_that_is_up_needs_no_try)
{
    struct health health = {0};

    health_succeeded(&health);
    ck_assert(!health_may_try(&health, UINT64_MAX));
}
END_TEST

/* The shortest pauses of one failure after the other: three quarters of 250, 500, ... 30,000. */
static const uint64_t shortest_ms[] = {187, 375, 750, 1500, 3000, 6000, 12000, 22500, 22500};
static const uint64_t nominal_ms[] = {250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000};
enum { PAUSES = sizeof nominal_ms / sizeof nominal_ms[0] };

START_TEST(pauses_double_up_to_a_bound)
{
    struct health health = {0};

    for (int i = 0; i < PAUSES; i++)
        ck_assert_uint_eq(fail_again(&health), shortest_ms[i]);
    for (int i = 0; i < 100000; i++)
        ck_assert_uint_eq(fail_again(&health), 22500);
}
END_TEST

START_TEST(chance_spreads_from_three_to_five_quarters)
{
    static const uint32_t chances[] = {0, 1, 2, 12345, 0x7fffffff, 0x80000000, UINT32_MAX};

    for (int i = 0; i < PAUSES; i++) {
        uint64_t least = UINT64_MAX;
        uint64_t most = 0;

        for (uint32_t chance = 0; chance < 40000; chance++) {
            struct health health = {.failures = (unsigned)i};
            uint64_t pause_ms = health_failed(&health, NOW, chance);

            least = pause_ms < least ? pause_ms : least;
            most = pause_ms > most ? pause_ms : most;
        }
        ck_assert_uint_eq(least, shortest_ms[i]);
        ck_assert_uint_eq(most, shortest_ms[i] + nominal_ms[i] / 2);
        for (size_t j = 0; j < sizeof chances / sizeof chances[0]; j++) {
            struct health health = {.failures = (unsigned)i};
            uint64_t pause_ms = health_failed(&health, NOW, chances[j]);

            ck_assert_uint_ge(pause_ms, least);
            ck_assert_uint_le(pause_ms, most);
        }
    }
}
END_TEST

START_TEST(one_that_is_down_waits_for_its_time)
{
    struct health health = {0};
    uint64_t pause_ms = health_failed(&health, NOW, 99);

    ck_assert_int_eq(health.state, HEALTH_DOWN);
    ck_assert(!health_may_try(&health, NOW));
    ck_assert(!health_may_try(&health, NOW + pause_ms - 1));
    ck_assert(health_may_try(&health, NOW + pause_ms));
    ck_assert(health_may_try(&health, UINT64_MAX));
}
END_TEST

/* Many connections end at once when a server goes. */
START_TEST(failures_at_the_same_time_count_as_one)
{
    struct health health = {0};

    health_failed(&health, NOW, 0);
    for (uint64_t after_ms = 0; after_ms < 187; after_ms++)
        ck_assert_uint_eq(health_failed(&health, NOW + after_ms, 0), 187 - after_ms);
    ck_assert_uint_eq(health_failed(&health, NOW + 187, 0), 375);
}
END_TEST

START_TEST(a_connection_alone_forgets_nothing)
{
    struct health health = {0};

    fail_again(&health);
    fail_again(&health);
    health_succeeded(&health);
    ck_assert_uint_eq(fail_again(&health), 750);
}
END_TEST

START_TEST(a_good_answer_forgets_failures)
{
    struct health health = {0};

    for (int i = 0; i < 10; i++)
        fail_again(&health);
    health_succeeded(&health);
    health_answered(&health);
    ck_assert_uint_eq(fail_again(&health), 187);
}
END_TEST

START_TEST(three_strikes_in_a_row_are_too_many)
{
    struct health health = {0};

    health_succeeded(&health);
    ck_assert(!health_strike(&health));
    ck_assert(!health_strike(&health));
    ck_assert(health_strike(&health));
}
END_TEST

START_TEST(a_good_answer_forgets_strikes)
{
    struct health health = {0};

    health_strike(&health);
    health_strike(&health);
    health_answered(&health);
    ck_assert(!health_strike(&health));
    ck_assert(!health_strike(&health));
    ck_assert(health_strike(&health));
}
END_TEST

/* Or a server that ends each connection when it is used would never be left. */
START_TEST(a_new_connection_does_not_forget_strikes)
{
    struct health health = {0};

    health_succeeded(&health);
    ck_assert(!health_strike(&health));
    health_succeeded(&health);
    ck_assert(!health_strike(&health));
    health_succeeded(&health);
    ck_assert(health_strike(&health));
}
END_TEST

START_TEST(strikes_begin_anew_after_a_failure)
{
    struct health health = {0};

    health_strike(&health);
    health_strike(&health);
    health_failed(&health, NOW, 0);
    health_succeeded(&health);
    ck_assert(!health_strike(&health));
}
END_TEST

START_TEST(trouble_of_ours_has_a_fixed_pause_and_no_count)
{
    struct health health = {0};

    for (int i = 0; i < 20; i++)
        health_failed_locally(&health, NOW);
    ck_assert_int_eq(health.state, HEALTH_DOWN);
    ck_assert(!health_may_try(&health, NOW + 999));
    ck_assert(health_may_try(&health, NOW + 1000));
    ck_assert_uint_eq(fail_again(&health), 187);
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("health");
    TCase *pauses = tcase_create("pauses");
    TCase *states = tcase_create("states");

    tcase_add_test(pauses, pauses_double_up_to_a_bound);
    tcase_add_test(pauses, chance_spreads_from_three_to_five_quarters);
    tcase_add_test(pauses, one_that_is_down_waits_for_its_time);
    tcase_add_test(pauses, trouble_of_ours_has_a_fixed_pause_and_no_count);
    tcase_add_test(pauses, failures_at_the_same_time_count_as_one);
    tcase_add_test(pauses, a_connection_alone_forgets_nothing);
    tcase_add_test(pauses, a_good_answer_forgets_failures);
    suite_add_tcase(made, pauses);
    tcase_add_test(states, zeroed_it_is_unknown_and_may_be_tried);
    tcase_add_test(states, success_is_news_once);
    tcase_add_test(states, one_that_is_up_needs_no_try);
    tcase_add_test(states, three_strikes_in_a_row_are_too_many);
    tcase_add_test(states, a_good_answer_forgets_strikes);
    tcase_add_test(states, a_new_connection_does_not_forget_strikes);
    tcase_add_test(states, strikes_begin_anew_after_a_failure);
    suite_add_tcase(made, states);
    return made;
}
