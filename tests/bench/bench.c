/* SPDX-License-Identifier: BSD-2-Clause */
/* What every program of the bench needs. A measurement that meets trouble is worth nothing, so the
 * only error handling here is to say what went wrong and leave. */
#include <config.h>

#include "tests/bench/bench.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void bench_die(const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "%s: ", program_invocation_short_name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

uint64_t bench_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

double bench_number(const char *option, const char *text, double low, double high)
{
    char *end;
    double number = strtod(text, &end);

    /* Written so that "nan" fails as well. */
    if (end == text || *end != '\0' || !(number >= low && number <= high))
        bench_die("%s %s: expected a number from %g to %g", option, text, low, high);
    return number;
}
