/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_world: one short life of a helper, all of it drawn from a seed.
 *
 * Configuration, servers, faults, load, end: everything follows from the seed, so a world can be
 * run again by itself.
 */
#ifndef PROXYAUTH_TESTS_SIM_WORLD_H
#define PROXYAUTH_TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sim/sim_net.h"
#include "tests/sim/sim_oracle.h"

/* What came of a world, and what all worlds together have seen. */
struct sim_outcome {
    uint64_t hash;     /* of all events */
    unsigned breaches; /* of laws */
    struct sim_counts counts;
    unsigned long dials;
    unsigned long refused;
    unsigned long faults[SIM_FAULTS];
    unsigned long states[SIM_STATES]; /* servers' phases */
    unsigned long healthy;            /* worlds in which nothing fails */
    unsigned long recoveries;         /* worlds that were seen to work again after trouble */
};

/* Runs the world of SEED over PEOPLE. VERBOSE prints its configuration and events. */
void sim_world_run(uint64_t seed, const struct sim_people *people, bool verbose,
                   struct sim_outcome *outcome);

/* Adds MORE to SUM; the hashes are folded together. */
void sim_outcome_add(struct sim_outcome *sum, const struct sim_outcome *more);

#endif
