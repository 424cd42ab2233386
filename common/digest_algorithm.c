/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The algorithms of Digest: their names, RFC 7616 section 6.1, and how long their hashes are.
 * Cannot do: compute them; digest_hash.c does.
 */
#include <config.h>

#include "common/digest.h"

enum { MD5_HEX = 32, SHA_HEX = 64 };

static const struct {
    const char *name;
    enum pxa_digest_algorithm base; /* the algorithm of which this is a session variant */
    size_t hex_len;
} algorithms[] = {
    [PXA_DIGEST_OTHER] = {"", PXA_DIGEST_OTHER, 0},
    [PXA_DIGEST_MD5] = {"MD5", PXA_DIGEST_MD5, MD5_HEX},
    [PXA_DIGEST_MD5_SESS] = {"MD5-sess", PXA_DIGEST_MD5, MD5_HEX},
    [PXA_DIGEST_SHA256] = {"SHA-256", PXA_DIGEST_SHA256, SHA_HEX},
    [PXA_DIGEST_SHA256_SESS] = {"SHA-256-sess", PXA_DIGEST_SHA256, SHA_HEX},
    [PXA_DIGEST_SHA512_256] = {"SHA-512-256", PXA_DIGEST_SHA512_256, SHA_HEX},
    [PXA_DIGEST_SHA512_256_SESS] = {"SHA-512-256-sess", PXA_DIGEST_SHA512_256, SHA_HEX},
};
enum { ALGORITHM_COUNT = sizeof algorithms / sizeof algorithms[0] };

/* An index that is safe for any value of the enum. */
static size_t index_of(enum pxa_digest_algorithm algorithm)
{
    size_t index = (size_t)algorithm;

    return index < ALGORITHM_COUNT ? index : PXA_DIGEST_OTHER;
}

const char *pxa_digest_algorithm_name(enum pxa_digest_algorithm algorithm)
{
    return algorithms[index_of(algorithm)].name;
}

enum pxa_digest_algorithm digest_algorithm_of(struct pxa_span name)
{
    for (size_t i = PXA_DIGEST_OTHER + 1; i < ALGORITHM_COUNT; i++)
        if (pxa_name_is(name, algorithms[i].name))
            return (enum pxa_digest_algorithm)i;
    return PXA_DIGEST_OTHER;
}

enum pxa_digest_algorithm digest_base_of(enum pxa_digest_algorithm algorithm)
{
    return algorithms[index_of(algorithm)].base;
}

bool digest_is_session(enum pxa_digest_algorithm algorithm)
{
    return digest_base_of(algorithm) != algorithm && digest_base_of(algorithm) != PXA_DIGEST_OTHER;
}

size_t digest_hex_len(enum pxa_digest_algorithm algorithm)
{
    return algorithms[index_of(algorithm)].hex_len;
}

bool digest_is_hex(struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (hex_value(text.at[i]) < 0)
            return false;
    return true;
}
