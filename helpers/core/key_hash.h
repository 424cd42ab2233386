/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * key_hash: a number of 64 bits for the key of a record, and whether two keys are the same.
 *
 * Each 8 bytes are mixed in by one multiplication of 64 by 64 bits whose two halves are folded
 * together. Both the state that the bytes meet and the factor come from a secret seed, so who
 * chooses user names cannot choose names that collide. Not a MAC: nothing may hang on it but the
 * place of a record in memory.
 */
#ifndef PROXYAUTH_CORE_KEY_HASH_H
#define PROXYAUTH_CORE_KEY_HASH_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/proxyauth.h"

/* How keys are compared, and hashed. */
struct key_hash {
    uint64_t start;
    uint64_t factor; /* odd */
    bool ignore_case;
};

struct key_hash key_hash_seeded(uint64_t seed, bool ignore_case);

/* Equal for keys that are the same. */
uint64_t key_hash_of(const struct key_hash *hash, struct pxa_span key);

bool key_hash_same(const struct key_hash *hash, struct pxa_span a, struct pxa_span b);

#endif
