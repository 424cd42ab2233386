/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check_attempt: one call of a checker's `verify`, and the requests that wait for it.
 */
#ifndef PROXYAUTH_VERIFY_CHECK_ATTEMPT_H
#define PROXYAUTH_VERIFY_CHECK_ATTEMPT_H

#include <stdbool.h>

#include "helpers/core/credentials.h"
#include "helpers/core/request.h"
#include "helpers/core/secret.h"
#include "helpers/verify/checker.h"
#include "helpers/verify/flights.h"
#include "helpers/verify/turns.h"

struct attempt {
    struct turn turn; /* first: a turn of ours is an attempt */
    struct flight flight;
    struct checker *checker;
    struct secret *key; /* the flight's */
    struct secret *password;
    struct check check; /* its user and password stay; the rest is a thread's while it runs */
};

/* A request that waits for an attempt. */
struct waiter {
    struct flight_wait wait; /* first: a wait of ours is a waiter */
    struct attempt *attempt;
    struct request *request;
};

/* What identifies an attempt: user and password, neither of which has a NUL. NULL when memory is
 * out. */
struct secret *attempt_key(const struct credentials *credentials);

static inline struct pxa_span attempt_key_span(const struct secret *key)
{
    return (struct pxa_span){key->bytes, key->len};
}

/* Takes over KEY, which is CREDENTIALS' own, and the password. NULL when memory is out: both stay
 * where they were. */
struct attempt *attempt_new(struct checker *checker, struct credentials *credentials,
                            struct secret *key);

/* Wipes and frees. */
void attempt_free(struct attempt *attempt);

struct attempt *attempt_of_flight(struct flight *flight);

/* REQUEST waits, and its holder is the waiter. False when memory is out. */
bool attempt_join(struct attempt *attempt, struct request *request);

/* WAITER waits no more, and is freed. Its request. */
struct request *attempt_leave(struct waiter *waiter);

#endif
