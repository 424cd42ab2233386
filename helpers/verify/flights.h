/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flights: requests to a backend that are under way, by what they ask, so that whoever asks the
 * same joins them instead of asking again.
 *
 * A flight belongs to no one of those who wait for it: each may leave at any time (its deadline has
 * passed), and it is called off only when nobody is left. Everything is embedded in what the caller
 * has anyway; nothing is allocated but the table. One thread.
 */
#ifndef PROXYAUTH_VERIFY_FLIGHTS_H
#define PROXYAUTH_VERIFY_FLIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/proxyauth.h"

struct flights;

/* One request. All members are for flights.c, but `first`: who owns the flight tells those who
 * wait. */
struct flight {
    struct pxa_span key; /* borrowed from its owner */
    uint64_t hash;
    struct flight *next; /* in its bucket */
    struct flight_wait *first;
};

/* Somebody who waits for it. */
struct flight_wait {
    struct flight *flight; /* NULL: for none */
    struct flight_wait *next;
    struct flight_wait *prev;
};

/* SEED is a secret: who chooses keys must not know it. NULL when memory is out. */
struct flights *flights_new(uint64_t seed);

/* Every flight must have ended. NULL is allowed. */
void flights_free(struct flights *flights);

/* The flight for KEY, any bytes; NULL when there is none. */
struct flight *flights_find(struct flights *flights, struct pxa_span key);

/* FLIGHT is under way for KEY, which must stay until flights_end(), and for which there is none
 * yet. Nobody waits for it at first. */
void flights_begin(struct flights *flights, struct flight *flight, struct pxa_span key);

/* It is over: nobody can join it any more. Who waits for it still does. */
void flights_end(struct flights *flights, struct flight *flight);

/* WAIT, which waits for none, waits for FLIGHT. */
void flight_join(struct flight *flight, struct flight_wait *wait);

/* WAIT waits no more. */
void flight_leave(struct flight_wait *wait);

#endif
