/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_clock: gettimeofday() of this program, which the dynamic linker gives to libldap, too.
 *
 * The one state that is not a world's own: the function has no argument for it.
 */
#include <config.h>

#include "tests/sim/sim_clock.h"

#include <sys/time.h>

#include "tests/sim/sim_random.h"

enum { MICROSECONDS = 1000000, SINCE_1970_S = 1500000000 };

static struct sim_random steps;
static uint64_t now_us;

void sim_clock_start(uint64_t seed)
{
    steps.state = seed;
    now_us = 0;
}

/* Between two calls a microsecond has passed, or nothing. */
int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    now_us += sim_draw(&steps) % 2;
    now->tv_sec = (time_t)(SINCE_1970_S + now_us / MICROSECONDS);
    now->tv_usec = (suseconds_t)(now_us % MICROSECONDS);
    return 0;
}
