/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_flow: a list of pieces in the order of arrival.
 */
#include <config.h>

#include "tests/sim/sim_flow.h"

#include <stdlib.h>
#include <string.h>

static struct sim_segment *segment_new(const char *bytes, size_t len)
{
    struct sim_segment *segment = malloc(sizeof(*segment) + len);

    if (!segment)
        abort();
    *segment = (struct sim_segment){.len = len};
    memcpy(segment->bytes, bytes, len);
    return segment;
}

void sim_flow_append(struct sim_flow *flow, struct sim_segment *segment)
{
    segment->next = NULL;
    if (segment->at_ms < flow->last_ms)
        segment->at_ms = flow->last_ms;
    flow->last_ms = segment->at_ms;
    if (flow->first)
        flow->last->next = segment;
    else
        flow->first = segment;
    flow->last = segment;
}

void sim_flow_send(struct sim_flow *flow, struct sim_random *random, const struct sim_pace *pace,
                   const struct sim_parcel *parcel)
{
    size_t done = 0;

    while (done < parcel->len) {
        size_t len = parcel->len - done;
        struct sim_segment *segment;

        if (pace->chunk_max > 0 && len > pace->chunk_max)
            len = (size_t)sim_between(random, 1, pace->chunk_max);
        segment = segment_new(parcel->bytes + done, len);
        segment->sent_ms = parcel->sent_ms;
        segment->at_ms =
            parcel->sent_ms + sim_between(random, pace->delay_low_ms, pace->delay_high_ms);
        done += len;
        segment->mark = done == parcel->len ? parcel->mark : NULL;
        sim_flow_append(flow, segment);
    }
}

struct sim_segment *sim_flow_shift(struct sim_flow *flow)
{
    struct sim_segment *segment = flow->first;

    if (segment)
        flow->first = segment->next;
    return segment;
}

uint64_t sim_flow_next_ms(const struct sim_flow *flow)
{
    return flow->first ? flow->first->at_ms : UINT64_MAX;
}

size_t sim_flow_take(struct sim_flow *flow, char *to, size_t cap, uint64_t now_ms,
                     const struct sim_taker *taker)
{
    size_t done = 0;

    while (done < cap && flow->first && flow->first->at_ms <= now_ms) {
        struct sim_segment *segment = flow->first;
        size_t len = segment->len - segment->start;

        if (len > cap - done)
            len = cap - done;
        memcpy(to + done, segment->bytes + segment->start, len);
        segment->start += len;
        done += len;
        if (segment->start < segment->len)
            break;
        if (taker && segment->mark)
            taker->taken(taker->context, segment->mark);
        free(sim_flow_shift(flow));
    }
    return done;
}

void sim_flow_clear(struct sim_flow *flow)
{
    struct sim_segment *segment;

    while ((segment = sim_flow_shift(flow)))
        free(segment);
}
