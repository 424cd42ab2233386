/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tally: which schemes and costs the hashes of a file have, counted as the file is read.
 *
 * An unknown user must take as long as a wrong password, so the hash whose scheme and cost is most
 * frequent is hashed against in their place. Up to TALLY_CLASSES classes are told apart; more share
 * the last one. Zeroed, it is empty: it is a format's tally (helpers/files/table.h).
 */
#ifndef PROXYAUTH_PASSWORDS_TALLY_H
#define PROXYAUTH_PASSWORDS_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/proxyauth.h"
#include "helpers/passwords/hash.h"

enum {
    TALLY_CLASSES = 32,
    TALLY_UNKNOWN_KEPT =
        8 /* as many hashes of no known scheme are kept, to be told where they are */
};

struct tally_class {
    struct pxa_span example; /* a hash of that class, in the file's text */
    uint64_t count;
    enum hash_scheme scheme;
};

struct tally {
    struct tally_class class[TALLY_CLASSES];
    unsigned used;
    uint64_t weak;                                    /* hashes of weak schemes */
    uint64_t unknown;                                 /* hashes that nobody can log in with */
    struct pxa_span unknown_hash[TALLY_UNKNOWN_KEPT]; /* the first of them, in the file's text */
};

void tally_add(struct tally *tally, struct pxa_span hash);

/* A hash of the most frequent class among those that may be used (weak ones with ALLOW_WEAK alone);
 * of two as frequent the first. Empty if there is none. */
struct pxa_span tally_typical(const struct tally *tally, bool allow_weak);

#endif
