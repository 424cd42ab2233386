/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_random: every draw of a simulated world, so that its seed tells all of it.
 */
#ifndef PROXYAUTH_TESTS_SIM_RANDOM_H
#define PROXYAUTH_TESTS_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct sim_random {
    uint64_t state;
};

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t sim_draw(struct sim_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* LOW to HIGH, both included. */
static inline uint64_t sim_between(struct sim_random *random, uint64_t low, uint64_t high)
{
    return low + sim_draw(random) % (high - low + 1);
}

static inline bool sim_chance(struct sim_random *random, unsigned per_mille)
{
    return sim_draw(random) % 1000 < per_mille;
}

#endif
