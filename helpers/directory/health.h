/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * health: whether a server is worth a try.
 *
 * Pure: time and chance are arguments. A server is unknown until it has been tried, up after a
 * success, down after a failure; a server that is down may be tried again after a pause that
 * doubles with each failure and is spread by chance, so that many helpers do not come back at once.
 */
#ifndef PROXYAUTH_DIRECTORY_HEALTH_H
#define PROXYAUTH_DIRECTORY_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    HEALTH_PAUSE_FIRST_MS = 250,
    HEALTH_PAUSE_MAX_MS = 30 * 1000,
    HEALTH_STRIKES_MAX = 3, /* bad answers or lost connections in a row that make a server down */
};

enum health_state { HEALTH_UNKNOWN, HEALTH_UP, HEALTH_DOWN };

/* Zeroed, it is unknown. */
struct health {
    enum health_state state;
    unsigned failures; /* since it last answered a request well */
    unsigned strikes;  /* since then, or since it was last down */
    uint64_t retry_ms; /* while down: when it may be tried again */
};

/* It has been connected to. True when this is news: it was not up. What it did before still counts:
 * a server that takes connections and then answers nothing is tried less and less often. */
bool health_succeeded(struct health *health);

/* It answered a request well: earlier strikes and failures do not count any more. */
void health_answered(struct health *health);

/* It could not be used. When many connections end at once this is told many times: only the first
 * counts, until the server may be tried again. CHANCE is any 32 random bits. Returns the pause in
 * milliseconds: between three quarters and five quarters of the nominal one, or what is left. */
uint64_t health_failed(struct health *health, uint64_t now_ms, uint32_t chance);

/* It could not be used for a reason of ours that may pass soon: a fixed pause. */
void health_failed_locally(struct health *health, uint64_t now_ms);

/* It answered that it is overloaded, or lost a connection with requests on it. True when that was
 * one too many: the caller then calls health_failed(). */
bool health_strike(struct health *health);

/* Whether a connection may be tried now although it is not known to be up. */
bool health_may_try(const struct health *health, uint64_t now_ms);

#endif
