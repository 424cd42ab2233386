/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/expiry.c. FILETIMEs were calculated by hand from MS-DTYP 2.3.3:
 * 2026-11-26 00:00:00 UTC is 1,795,651,200 s after 1970, which is 11,644,473,600 s after 1601, so
 * it is 134,401,248,000,000,000.
 */
#include <config.h>

#include "helpers/directory/expiry.h"

#include <check.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

Suite *suite(void);

static const int64_t midnight_s = 1795651200;

static long left(const char *text)
{
    return expiry_seconds_left((struct pxa_span){text, strlen(text)}, midnight_s);
}

START_TEST(filetimes)
{
    ck_assert_int_eq(left("134401248000000000"), 0);
    ck_assert_int_eq(left("134401248010000000"), 1);
    ck_assert_int_eq(left("134402112000000000"), 86400);
    ck_assert_int_eq(left("134401247990000000"), 0); /* it has passed */
    ck_assert_int_eq(left("1"), 0);
}
END_TEST

START_TEST(never_and_nonsense)
{
    ck_assert_int_eq(left("0"), -1);
    ck_assert_int_eq(left("9223372036854775807"), -1); /* 0x7FFFFFFFFFFFFFFF */
    ck_assert_int_eq(left("9223372036854775808"), -1);
    ck_assert_int_eq(left("99999999999999999999999999"), -1);
    ck_assert_int_eq(left(""), -1);
    ck_assert_int_eq(left("-1"), -1);
    ck_assert_int_eq(left("13440124800000000x"), -1);
    ck_assert_int_eq(left(" 134401248000000000"), -1);
    ck_assert_int_eq(expiry_seconds_left((struct pxa_span){NULL, 0}, midnight_s), -1);
    /* 922,337,203,685 s after 1601 is the most but one */
    ck_assert_int_eq(left("9223372036854775806"), 922337203685 - 11644473600 - midnight_s);
}
END_TEST

START_TEST(days)
{
    ck_assert_int_eq(expiry_days(0, 14), 0);
    ck_assert_int_eq(expiry_days(86399, 14), 0);
    ck_assert_int_eq(expiry_days(86400, 14), 1);
    ck_assert_int_eq(expiry_days(14 * 86400L, 14), 14);
    ck_assert_int_eq(expiry_days(14 * 86400L + 1, 14), -1);
    ck_assert_int_eq(expiry_days(15 * 86400L, 14), -1);
    ck_assert_int_eq(expiry_days(LONG_MAX, 3650), -1);
    ck_assert_int_eq(expiry_days(-1, 14), -1);
    ck_assert_int_eq(expiry_days(0, 0), -1);
    ck_assert_int_eq(expiry_days(5, 0), -1);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("expiry");
    TCase *tc = tcase_create("expiry");

    tcase_add_test(tc, filetimes);
    tcase_add_test(tc, never_and_nonsense);
    tcase_add_test(tc, days);
    suite_add_tcase(s, tc);
    return s;
}
