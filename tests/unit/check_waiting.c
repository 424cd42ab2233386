/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/files/waiting.c: who is handed on, and in which order. The requests are of no
 * session; what a session does with them, the tests do.
 */
#include <config.h>

#include "helpers/files/waiting.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

enum { COUNT = 4 };

static struct waiting_list list;
static struct request *requests[COUNT];
static char answered[COUNT + 1]; /* the number of each request, in the order in which they were */
static int cancels_at_first;     /* with the first answer this one's time is up; -1: nobody's */

static void cancel(int number)
{
    ck_assert_ptr_nonnull(requests[number]->cancel);
    requests[number]->cancel(requests[number]);
    requests[number]->cancel = NULL;
}

static void setup(void)
{
    memset(answered, 0, sizeof answered);
    cancels_at_first = -1;
    list = (struct waiting_list){NULL, NULL};
    for (int i = 0; i < COUNT; i++) {
        requests[i] = calloc(1, sizeof *requests[i]);
        ck_assert_ptr_nonnull(requests[i]);
        waiting_add(&list, requests[i], "late");
        ck_assert_str_eq(requests[i]->late_text, "late");
    }
}

static void teardown(void)
{
    for (int i = 0; i < COUNT; i++)
        free(requests[i]);
}

static void note(void *context, struct request *request)
{
    int number = 0;

    ck_assert_ptr_eq(context, &list);
    ck_assert_ptr_null(request->cancel);
    while (requests[number] != request)
        ck_assert_int_lt(++number, COUNT);
    answered[strlen(answered)] = (char)('0' + number);
    if (answered[1] == '\0' && cancels_at_first >= 0)
        cancel(cancels_at_first);
}

static void expect(const char *numbers)
{
    waiting_release(&list, note, &list);
    ck_assert_str_eq(answered, numbers);
    ck_assert(!list.first && !list.last);
}

START_TEST(in_their_order)
{
    expect("0123");
    waiting_release(&list, note, &list);
    ck_assert_str_eq(answered, "0123");
}
END_TEST

static const char *const without[COUNT] = {"123", "023", "013", "012"};

START_TEST(one_is_cancelled)
{
    cancel(_i);
    expect(without[_i]);
}
END_TEST

START_TEST(all_are_cancelled)
{
    for (int i = 0; i < COUNT; i++)
        cancel(i);
    expect("");
}
END_TEST

START_TEST(one_is_cancelled_by_an_answer)
{
    cancels_at_first = _i;
    expect(without[_i]);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("waiting");
    TCase *tc = tcase_create("waiting");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, in_their_order);
    tcase_add_loop_test(tc, one_is_cancelled, 0, COUNT);
    tcase_add_test(tc, all_are_cancelled);
    tcase_add_loop_test(tc, one_is_cancelled_by_an_answer, 1, COUNT);
    suite_add_tcase(s, tc);
    return s;
}
