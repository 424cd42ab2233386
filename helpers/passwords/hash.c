/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of the three kinds of hashes one is, and who verifies it.
 *
 * {CRYPT} of OpenLDAP is a crypt(5) hash with a name before it, and judged by what follows.
 */
#include <config.h>

#include "helpers/passwords/hash.h"

#include <string.h>
#include <strings.h>

#include "helpers/passwords/hash_private.h"

bool hash_begins(struct pxa_span hash, const char *prefix)
{
    size_t len = strlen(prefix);

    return hash.len >= len && memcmp(hash.at, prefix, len) == 0;
}

bool hash_is_crypt64(struct pxa_span text)
{
    size_t i;

    for (i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (!((c >= '.' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
            return false;
    }
    return true;
}

struct pxa_span hash_last_field(struct pxa_span hash)
{
    const char *dollar = hash.len > 0 ? memrchr(hash.at, '$', hash.len) : NULL;
    size_t skip = dollar ? (size_t)(dollar - hash.at) + 1 : 0;

    return (struct pxa_span){hash.at + skip, hash.len - skip};
}

static struct pxa_span without_crypt_name(struct pxa_span hash)
{
    static const char name[] = "{CRYPT}";
    const size_t len = sizeof name - 1;

    if (hash.len >= len && strncasecmp(hash.at, name, len) == 0)
        return (struct pxa_span){hash.at + len, hash.len - len};
    return hash;
}

enum hash_scheme hash_scheme_of(struct pxa_span hash)
{
    struct pxa_span inner = without_crypt_name(hash);
    enum hash_scheme scheme;

    if (hash.len == 0 || hash.len > HASH_LEN_MAX)
        return HASH_UNKNOWN;
    if (inner.len == hash.len) {
        if (hash_is_apr1(hash))
            return HASH_APR1;
        scheme = hash_digest_scheme(hash);
        if (scheme != HASH_UNKNOWN)
            return scheme;
    }
    return hash_crypt_scheme(inner);
}

bool hash_scheme_is_weak(enum hash_scheme scheme)
{
    return scheme == HASH_DES || scheme == HASH_MD5 || scheme == HASH_SMD5 ||
           scheme == HASH_MD5_HEX;
}

struct pxa_span hash_cost_of(struct pxa_span hash)
{
    enum hash_scheme scheme = hash_scheme_of(hash);
    const char *brace;

    if (scheme == HASH_UNKNOWN)
        return (struct pxa_span){"", 0};
    if (scheme == HASH_CRYPT || scheme == HASH_DES)
        return hash_crypt_cost(without_crypt_name(hash));
    if (scheme == HASH_APR1)
        return (struct pxa_span){hash.at, strlen("$apr1$")};
    brace = memchr(hash.at, '}', hash.len);
    if (brace)
        return (struct pxa_span){hash.at, (size_t)(brace - hash.at) + 1};
    return (struct pxa_span){"MD5", strlen("MD5")};
}

enum hash_verdict hash_verify(struct hash_work *work, struct pxa_span hash,
                              const struct secret *password)
{
    enum hash_scheme scheme = hash_scheme_of(hash);

    if (scheme == HASH_UNKNOWN)
        return HASH_CANNOT;
    if (memchr(password->bytes, '\0', password->len))
        return HASH_DIFFERS;
    if (scheme == HASH_CRYPT || scheme == HASH_DES)
        return hash_crypt_verify(work, without_crypt_name(hash), password);
    if (scheme == HASH_APR1)
        return hash_apr1_verify(hash, password);
    return hash_digest_verify(hash, password);
}
