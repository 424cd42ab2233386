/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chance: numbers for jitter and the like, never for keys (splitmix64 by Vigna, public domain
 * algorithm).
 */
#ifndef PROXYAUTH_CORE_CHANCE_H
#define PROXYAUTH_CORE_CHANCE_H

#include <stdint.h>

struct chance {
    uint64_t state; /* the seed */
};

/* 32 bits. CONTEXT is a struct chance *, so that it fits where a callback is asked for. */
static inline uint32_t chance_next(void *context)
{
    struct chance *chance = context;
    uint64_t z = (chance->state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

#endif
