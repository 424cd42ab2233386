/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sink: text that is written piece by piece into a buffer of limited size. Not installed.
 *
 * What does not fit is counted and not written; sink_end() then wipes what was, so that no
 * part of a result is taken for the whole.
 */
#ifndef COMMON_SINK_H
#define COMMON_SINK_H

#include "common/span.h"

struct sink {
    char *out;
    size_t cap;
    size_t len; /* of all pieces, those that did not fit included; SIZE_MAX or more is that */
};

static inline void sink_put(struct sink *sink, char c)
{
    if (sink->len < sink->cap)
        sink->out[sink->len] = c;
    sink->len += sink->len < SIZE_MAX;
}

static inline void sink_span(struct sink *sink, struct pxa_span span)
{
    if (span.len > 0 && sink->len < sink->cap && span.len <= sink->cap - sink->len)
        memcpy(sink->out + sink->len, span.at, span.len);
    sink->len = span.len < SIZE_MAX - sink->len ? sink->len + span.len : SIZE_MAX;
}

/* A number in decimal digits. */
void sink_number(struct sink *sink, uint64_t number);

/* PXA_OK and the length, or PXA_SMALL_BUFFER. */
enum pxa_status sink_end(struct sink *sink, struct pxa_written *done);

/* Gives up: nothing was written, for that reason, which lies at that offset in the input. */
enum pxa_status sink_fail(struct sink *sink, enum pxa_status status, size_t fault_at,
                          struct pxa_written *done);

#endif
