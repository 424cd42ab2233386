/* SPDX-License-Identifier: BSD-2-Clause */
/* Latencies, counted in buckets of a fixed relative width: no list to sort, no allocation, and a
 * quantile that is at most 0.4 % off. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum {
    HISTOGRAM_STEPS = 128,  /* buckets for each doubling of the latency */
    HISTOGRAM_OCTAVES = 36, /* up to 2^42 ns, more than an hour; longer ones land in the last */
    HISTOGRAM_BUCKETS = HISTOGRAM_STEPS * HISTOGRAM_OCTAVES
};

struct histogram {
    uint64_t count;
    uint64_t max_ns;
    uint64_t bucket[HISTOGRAM_BUCKETS];
};

/* Counts one latency. A zeroed histogram is an empty one. */
void histogram_add(struct histogram *histogram, uint64_t latency_ns);

/* The latency in ns below which the given share (0 to 1) of all was; 0 for an empty histogram. */
double histogram_quantile(const struct histogram *histogram, double share);

#endif
