/* SPDX-License-Identifier: BSD-2-Clause */
/* A log-linear histogram: below HISTOGRAM_STEPS ns one bucket a nanosecond, above that
 * HISTOGRAM_STEPS buckets for each doubling. */
#include <config.h>

#include "tests/bench/histogram.h"

#include <stddef.h>

/* log2(HISTOGRAM_STEPS) */
enum { STEP_BITS = 7 };

static size_t bucket_of(uint64_t latency_ns)
{
    unsigned octave = 0;
    size_t index;

    if (latency_ns >= HISTOGRAM_STEPS)
        octave = 63 - (unsigned)__builtin_clzll(latency_ns) - STEP_BITS + 1;
    /* From the second octave on, the leading bit is implied by the octave. */
    index = octave == 0 ? latency_ns
                        : (size_t)octave * HISTOGRAM_STEPS +
                              ((latency_ns >> (octave - 1)) - HISTOGRAM_STEPS);
    return index < HISTOGRAM_BUCKETS ? index : HISTOGRAM_BUCKETS - 1;
}

static double middle_of(size_t bucket)
{
    size_t octave = bucket / HISTOGRAM_STEPS;
    size_t step = bucket % HISTOGRAM_STEPS;

    if (octave == 0)
        return (double)step;
    return ((double)(HISTOGRAM_STEPS + step) + 0.5) * (double)(UINT64_C(1) << (octave - 1));
}

void histogram_add(struct histogram *histogram, uint64_t latency_ns)
{
    histogram->count++;
    histogram->bucket[bucket_of(latency_ns)]++;
    if (latency_ns > histogram->max_ns)
        histogram->max_ns = latency_ns;
}

double histogram_quantile(const struct histogram *histogram, double share)
{
    double wanted = share * (double)histogram->count;
    uint64_t seen = 0;

    if (histogram->count == 0)
        return 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->bucket[i];
        if ((double)seen >= wanted && seen > 0)
            return middle_of(i);
    }
    return (double)histogram->max_ns;
}
