/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of chained buckets. Its size is fixed: a session has some thousand requests in flight at
 * most, each with a few keys.
 */
#include <config.h>

#include "helpers/verify/flights.h"

#include <stdlib.h>

#include "helpers/core/key_hash.h"

enum { BUCKETS = 1 << 13 };

struct flights {
    struct key_hash hash;
    struct flight *buckets[BUCKETS];
};

struct flights *flights_new(uint64_t seed)
{
    struct flights *flights = calloc(1, sizeof *flights);

    if (flights)
        flights->hash = key_hash_seeded(seed, false);
    return flights;
}

void flights_free(struct flights *flights)
{
    free(flights);
}

static struct flight **bucket_of(struct flights *flights, uint64_t hash)
{
    return &flights->buckets[hash % BUCKETS];
}

struct flight *flights_find(struct flights *flights, struct pxa_span key)
{
    uint64_t hash = key_hash_of(&flights->hash, key);
    struct flight *flight = *bucket_of(flights, hash);

    while (flight && (flight->hash != hash || !key_hash_same(&flights->hash, flight->key, key)))
        flight = flight->next;
    return flight;
}

void flights_begin(struct flights *flights, struct flight *flight, struct pxa_span key)
{
    uint64_t hash = key_hash_of(&flights->hash, key);
    struct flight **bucket = bucket_of(flights, hash);

    *flight = (struct flight){.key = key, .hash = hash, .next = *bucket};
    *bucket = flight;
}

void flights_end(struct flights *flights, struct flight *flight)
{
    struct flight **link = bucket_of(flights, flight->hash);

    while (*link != flight)
        link = &(*link)->next;
    *link = flight->next;
}

void flight_join(struct flight *flight, struct flight_wait *wait)
{
    *wait = (struct flight_wait){.flight = flight, .next = flight->first};
    if (flight->first)
        flight->first->prev = wait;
    flight->first = wait;
}

void flight_leave(struct flight_wait *wait)
{
    if (wait->prev)
        wait->prev->next = wait->next;
    else
        wait->flight->first = wait->next;
    if (wait->next)
        wait->next->prev = wait->prev;
    *wait = (struct flight_wait){.flight = NULL};
}
