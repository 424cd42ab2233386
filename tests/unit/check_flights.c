/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of helpers/verify/flights.c. */
#include <config.h>

#include "helpers/verify/flights.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

START_TEST(a_flight_is_found_while_it_lasts)
{
    struct flights *flights = flights_new(1);
    struct flight a, b;

    ck_assert_ptr_null(flights_find(flights, span_of("a")));
    flights_begin(flights, &a, span_of("a"));
    flights_begin(flights, &b, span_of("b"));
    ck_assert_ptr_eq(flights_find(flights, span_of("a")), &a);
    ck_assert_ptr_eq(flights_find(flights, span_of("b")), &b);
    ck_assert_ptr_null(flights_find(flights, span_of("A")));
    ck_assert_ptr_null(flights_find(flights, span_of("")));
    flights_end(flights, &a);
    ck_assert_ptr_null(flights_find(flights, span_of("a")));
    ck_assert_ptr_eq(flights_find(flights, span_of("b")), &b);
    flights_end(flights, &b);
    flights_free(flights);
    flights_free(NULL);
}
END_TEST

/* More than there are buckets, so that some share one; ended in another order than begun. */
START_TEST(very_many_flights)
{
    enum { COUNT = 30000, STEP = 7 };
    static struct flight flight[COUNT];
    static char key[COUNT][8];
    struct flights *flights = flights_new(2);

    for (int i = 0; i < COUNT; i++) {
        sprintf(key[i], "%d", i);
        flights_begin(flights, &flight[i], span_of(key[i]));
    }
    for (int i = 0; i < COUNT; i++)
        ck_assert_ptr_eq(flights_find(flights, span_of(key[i])), &flight[i]);
    for (int first = 0; first < STEP; first++)
        for (int i = first; i < COUNT; i += STEP) {
            flights_end(flights, &flight[i]);
            ck_assert_ptr_null(flights_find(flights, span_of(key[i])));
        }
    flights_free(flights);
}
END_TEST

static unsigned count_waits(const struct flight *flight)
{
    unsigned count = 0;

    for (const struct flight_wait *wait = flight->first; wait; wait = wait->next)
        count++;
    return count;
}

START_TEST(who_waits_may_leave_in_any_order)
{
    struct flights *flights = flights_new(1);
    struct flight flight;
    struct flight_wait wait[3] = {{NULL, NULL, NULL}};

    flights_begin(flights, &flight, span_of("a"));
    ck_assert_uint_eq(count_waits(&flight), 0);
    for (int i = 0; i < 3; i++)
        flight_join(&flight, &wait[i]);
    ck_assert_uint_eq(count_waits(&flight), 3);
    flight_leave(&wait[1]);
    ck_assert_ptr_null(wait[1].flight);
    ck_assert_uint_eq(count_waits(&flight), 2);
    flights_end(flights, &flight);
    ck_assert_uint_eq(count_waits(&flight), 2);
    flight_leave(&wait[2]);
    ck_assert_ptr_eq(flight.first, &wait[0]);
    flight_leave(&wait[0]);
    ck_assert_ptr_null(flight.first);
    flights_free(flights);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("flights");
    TCase *tc = tcase_create("flights");

    tcase_add_test(tc, a_flight_is_found_while_it_lasts);
    tcase_add_test(tc, very_many_flights);
    tcase_add_test(tc, who_waits_may_leave_in_any_order);
    suite_add_tcase(s, tc);
    return s;
}
