/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hash of keys. ASCII letters are folded eight at a time, as the bytes come.
 */
#include <config.h>

#include "helpers/core/key_hash.h"

#include "helpers/core/chance.h"

static const uint64_t every_byte = UINT64_C(0x0101010101010101);

/* The product of A and B, its upper half folded onto its lower. */
static uint64_t fold_product(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t a_high = a >> 32, a_low = (uint32_t)a;
    uint64_t b_high = b >> 32, b_low = (uint32_t)b;
    uint64_t middle = a_high * b_low + (a_low * b_low >> 32);
    uint64_t other = a_low * b_high + (uint32_t)middle;

    return a * b ^ (a_high * b_high + (middle >> 32) + (other >> 32));
#endif
}

/* A word whose bytes 'A' to 'Z' are made small. Bytes from 0x80 on stay as they are. */
static uint64_t lower_word(uint64_t word)
{
    uint64_t low_bits = word & (0x7f * every_byte);
    uint64_t from_a = low_bits + (0x80 - 'A') * every_byte;
    uint64_t beyond_z = low_bits + (0x7f - 'Z') * every_byte;
    uint64_t upper = from_a & ~beyond_z & ~word & (0x80 * every_byte);

    return word | upper >> 2;
}

static uint64_t load_word(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

static uint64_t load_half(const char *at)
{
    uint32_t half;

    memcpy(&half, at, sizeof half);
    return half;
}

/* The last bytes of a key, 1 to 8: those of a longer key with some of the bytes before them, those
 * of a short one in a way that no other bytes of the same length give. */
static uint64_t load_last(struct pxa_span key, size_t left)
{
    const unsigned char *at = (const unsigned char *)key.at;

    if (key.len >= 8)
        return load_word(key.at + key.len - 8);
    if (left >= 4)
        return load_half(key.at) | load_half(key.at + left - 4) << 32;
    return at[0] | (uint64_t)at[left / 2] << 8 | (uint64_t)at[left - 1] << 16;
}

struct key_hash key_hash_seeded(uint64_t seed, bool ignore_case)
{
    struct chance chance = {.state = seed};
    uint64_t part[4];

    for (int i = 0; i < 4; i++)
        part[i] = chance_next(&chance);
    return (struct key_hash){
        .start = part[0] << 32 | part[1],
        .factor = part[2] << 32 | part[3] | 1,
        .ignore_case = ignore_case,
    };
}

uint64_t key_hash_of(const struct key_hash *hash, struct pxa_span key)
{
    uint64_t state = hash->start;
    size_t left = key.len;
    uint64_t word;

    for (; left > 8; left -= 8) {
        word = load_word(key.at + (key.len - left));
        state = fold_product(state ^ (hash->ignore_case ? lower_word(word) : word), hash->factor);
    }
    if (left > 0) {
        word = load_last(key, left);
        state = fold_product(state ^ (hash->ignore_case ? lower_word(word) : word), hash->factor);
    }
    /* The length counts, as the last word may hold bytes twice; and at the end, where nobody can
     * make up for it with a byte. */
    return fold_product(state ^ key.len, hash->factor);
}

static unsigned lower(char byte)
{
    unsigned value = (unsigned char)byte;

    return value >= 'A' && value <= 'Z' ? value | 0x20 : value;
}

bool key_hash_same(const struct key_hash *hash, struct pxa_span a, struct pxa_span b)
{
    if (a.len != b.len)
        return false;
    if (!hash->ignore_case)
        return a.len == 0 || memcmp(a.at, b.at, a.len) == 0;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}
