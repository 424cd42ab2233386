/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_flow: bytes under way, in pieces that arrive one after the other.
 */
#ifndef PROXYAUTH_TESTS_SIM_FLOW_H
#define PROXYAUTH_TESTS_SIM_FLOW_H

#include <stddef.h>
#include <stdint.h>

#include "tests/sim/sim_random.h"

struct sim_segment {
    struct sim_segment *next;
    uint64_t at_ms; /* when it arrives */
    uint64_t sent_ms;
    size_t start; /* bytes that were taken already */
    size_t len;
    void *mark; /* the sender's own: something ends with this piece */
    char bytes[];
};

struct sim_flow {
    struct sim_segment *first;
    struct sim_segment *last;
    uint64_t last_ms; /* nothing overtakes */
};

/* How bytes travel. */
struct sim_pace {
    unsigned delay_low_ms; /* of each piece */
    unsigned delay_high_ms;
    unsigned chunk_max; /* the longest piece; 0: all in one */
};

/* What is sent at once. */
struct sim_parcel {
    const char *bytes;
    size_t len;
    uint64_t sent_ms;
    void *mark; /* goes with the last piece */
};

void sim_flow_send(struct sim_flow *flow, struct sim_random *random, const struct sim_pace *pace,
                   const struct sim_parcel *parcel);

/* Appends a piece as it is; takes it over. */
void sim_flow_append(struct sim_flow *flow, struct sim_segment *segment);

/* Takes away the first piece, which the caller frees. NULL when there is none. */
struct sim_segment *sim_flow_shift(struct sim_flow *flow);

/* When the first piece arrives; UINT64_MAX when there is none. */
uint64_t sim_flow_next_ms(const struct sim_flow *flow);

/* Copies what has arrived by NOW_MS, at most CAP bytes; tells TAKER (may be NULL) each mark that
 * was passed. */
struct sim_taker {
    void (*taken)(void *context, void *mark);
    void *context;
};

size_t sim_flow_take(struct sim_flow *flow, char *to, size_t cap, uint64_t now_ms,
                     const struct sim_taker *taker);

void sim_flow_clear(struct sim_flow *flow);

#endif
