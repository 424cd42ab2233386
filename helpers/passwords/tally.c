/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Classes of hashes in the order in which they came. A file has one or two.
 */
#include <config.h>

#include "helpers/passwords/tally.h"

#include <string.h>

/* The scheme alone says what a digest costs; of a crypt(5) hash its text does. */
static bool is_of_class(const struct tally_class *class, enum hash_scheme scheme,
                        struct pxa_span cost)
{
    struct pxa_span own;

    if (class->scheme != scheme)
        return false;
    if (scheme != HASH_CRYPT)
        return true;
    own = hash_cost_of(class->example);
    return own.len == cost.len && memcmp(own.at, cost.at, cost.len) == 0;
}

static struct tally_class *class_for(struct tally *tally, struct pxa_span hash,
                                     enum hash_scheme scheme)
{
    struct pxa_span cost = hash_cost_of(hash);
    unsigned i;

    for (i = 0; i < tally->used; i++) {
        if (is_of_class(&tally->class[i], scheme, cost))
            return &tally->class[i];
    }
    if (tally->used == TALLY_CLASSES)
        return &tally->class[TALLY_CLASSES - 1];
    tally->class[tally->used] = (struct tally_class){.example = hash, .scheme = scheme};
    return &tally->class[tally->used++];
}

void tally_add(struct tally *tally, struct pxa_span hash)
{
    enum hash_scheme scheme = hash_scheme_of(hash);

    if (scheme == HASH_UNKNOWN) {
        if (tally->unknown < TALLY_UNKNOWN_KEPT)
            tally->unknown_hash[tally->unknown] = hash;
        tally->unknown++;
        return;
    }
    if (hash_scheme_is_weak(scheme))
        tally->weak++;
    class_for(tally, hash, scheme)->count++;
}

struct pxa_span tally_typical(const struct tally *tally, bool allow_weak)
{
    const struct tally_class *best = NULL;
    unsigned i;

    for (i = 0; i < tally->used; i++) {
        const struct tally_class *class = &tally->class[i];

        if ((allow_weak || !hash_scheme_is_weak(class->scheme)) &&
            (!best || class->count > best->count))
            best = class;
    }
    return best ? best->example : (struct pxa_span){"", 0};
}
