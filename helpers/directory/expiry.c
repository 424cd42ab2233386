/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Days until a password expires.
 * Cannot do: correct for clocks that differ; a day more or less is of no importance here.
 */
#include <config.h>

#include "helpers/directory/expiry.h"

#include <limits.h>

enum { TICKS_A_SECOND = 10 * 1000 * 1000, DAY_S = 24 * 60 * 60 };

/* From 1601 to 1970 (MS-DTYP 2.3.3). */
static const int64_t epoch_s = 11644473600;

/* -1 when VALUE is no number, or one that no FILETIME can be. */
static int64_t read_filetime(struct pxa_span value)
{
    int64_t number = 0;

    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] < '0' || value.at[i] > '9' || __builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, value.at[i] - '0', &number))
            return -1;
    return value.len > 0 ? number : -1;
}

long expiry_seconds_left(struct pxa_span value, int64_t now_s)
{
    int64_t filetime = read_filetime(value);
    int64_t left_s;

    /* MS-ADTS 3.1.1.4.5.31: never; 0 stands for a password that must be changed. */
    if (filetime <= 0 || filetime == INT64_MAX)
        return -1;
    left_s = filetime / TICKS_A_SECOND - epoch_s - now_s;
    if (left_s < 0)
        return 0;
    return left_s < LONG_MAX ? (long)left_s : LONG_MAX;
}

long expiry_days(long seconds_left, long warning_days)
{
    if (seconds_left < 0 || warning_days == 0 || seconds_left / DAY_S > warning_days ||
        (seconds_left / DAY_S == warning_days && seconds_left % DAY_S > 0))
        return -1;
    return seconds_left / DAY_S;
}
