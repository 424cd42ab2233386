/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_log: what happened in a world: a hash of every event, and the first breach of a law.
 */
#ifndef PROXYAUTH_TESTS_SIM_LOG_H
#define PROXYAUTH_TESTS_SIM_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_log {
    uint64_t seed;     /* of the world */
    uint64_t hash;     /* of all events: equal for equal seeds */
    unsigned breaches; /* how many laws were broken; only the first is printed */
    bool verbose;      /* print every event */
    const uint64_t *now_ms;
};

void sim_log_init(struct sim_log *log, uint64_t seed, bool verbose, const uint64_t *now_ms);

/* Folds an event into the hash: a word that names it and its bytes (may be NULL). */
void sim_event(struct sim_log *log, const char *name, uint64_t number, const void *bytes,
               size_t len);

/* A law has been broken: one line that names the world's seed, the time and what happened. */
void sim_breach(struct sim_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
