/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passwords are in the key and beside it; both are secrets, wiped when the attempt ends.
 */
#include <config.h>

#include "helpers/verify/check_attempt.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The user, NUL, the password. */
struct secret *attempt_key(const struct credentials *credentials)
{
    size_t user_len = credentials->user.len;
    size_t len = user_len + 1 + credentials->password->len;
    struct secret *key = secret_new(len);

    if (!key)
        return NULL;
    memcpy(key->bytes, credentials->user.at, user_len);
    key->bytes[user_len] = '\0';
    memcpy(key->bytes + user_len + 1, credentials->password->bytes, credentials->password->len);
    key->len = len;
    key->bytes[len] = '\0';
    return key;
}

struct attempt *attempt_new(struct checker *checker, struct credentials *credentials,
                            struct secret *key)
{
    struct attempt *attempt = calloc(1, sizeof *attempt);

    if (!attempt)
        return NULL;
    attempt->checker = checker;
    attempt->key = key;
    attempt->password = credentials->password;
    credentials->password = NULL;
    attempt->check.user = (struct pxa_span){key->bytes, credentials->user.len};
    attempt->check.password = attempt->password;
    attempt->check.verdict = CHECK_UNAVAILABLE;
    return attempt;
}

void attempt_free(struct attempt *attempt)
{
    secret_free(&attempt->key);
    secret_free(&attempt->password);
    pxa_wipe(attempt, sizeof *attempt);
    free(attempt);
}

struct attempt *attempt_of_flight(struct flight *flight)
{
    return (struct attempt *)(void *)((char *)flight - offsetof(struct attempt, flight));
}

bool attempt_join(struct attempt *attempt, struct request *request)
{
    struct waiter *waiter = calloc(1, sizeof *waiter);

    if (!waiter)
        return false;
    waiter->attempt = attempt;
    waiter->request = request;
    flight_join(&attempt->flight, &waiter->wait);
    request->holder = waiter;
    return true;
}

struct request *attempt_leave(struct waiter *waiter)
{
    struct request *request = waiter->request;

    flight_leave(&waiter->wait);
    free(waiter);
    return request;
}
