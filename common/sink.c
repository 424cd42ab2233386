/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers into a buffer, and the end of what was written there.
 * Cannot do: tell where in an input it stopped fitting.
 */
#include <config.h>

#include "common/sink.h"

enum { DIGITS_MAX = 20 }; /* of 2^64 - 1 */

void sink_number(struct sink *sink, uint64_t number)
{
    char digits[DIGITS_MAX];
    size_t at = DIGITS_MAX;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    sink_span(sink, span_of(digits + at, DIGITS_MAX - at));
}

enum pxa_status sink_fail(struct sink *sink, enum pxa_status status, size_t fault_at,
                          struct pxa_written *done)
{
    pxa_wipe(sink->out, sink->len < sink->cap ? sink->len : sink->cap);
    *done = (struct pxa_written){0, fault_at};
    return status;
}

enum pxa_status sink_end(struct sink *sink, struct pxa_written *done)
{
    if (sink->len > sink->cap)
        return sink_fail(sink, PXA_SMALL_BUFFER, 0, done);
    *done = (struct pxa_written){sink->len, 0};
    return PXA_OK;
}
