/* SPDX-License-Identifier: BSD-2-Clause */
/* The few things that every program of the bench needs: a way out, a clock, numbers from text. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdint.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

/* Prints "program: sentence" on standard error and exits with status 1. */
void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The monotonic clock in nanoseconds. */
uint64_t bench_now_ns(void);

/* The number that text is, within low and high (both included); dies with a sentence that names
 * the option otherwise. */
double bench_number(const char *option, const char *text, double low, double high);

#endif
