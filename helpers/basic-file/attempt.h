/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * attempt: one login, with all that a worker needs to hash it.
 *
 * The hashes are copies: the table that they came from may be swapped while the worker hashes.
 */
#ifndef PROXYAUTH_BASIC_FILE_ATTEMPT_H
#define PROXYAUTH_BASIC_FILE_ATTEMPT_H

#include <stdbool.h>

#include "helpers/core/credentials.h"
#include "helpers/core/request.h"
#include "helpers/passwords/hash.h"
#include "helpers/verify/turns.h"

struct verifier;

struct attempt_hash {
    size_t len;
    char bytes[HASH_LEN_MAX];
};

struct attempt {
    struct turn turn; /* first: a turn of ours is an attempt */
    struct verifier *verifier;
    struct request *request; /* NULL: its deadline has passed while a worker hashed */
    struct credentials credentials;
    struct attempt_hash own; /* empty: nobody can log in under this name */
    struct attempt_hash stand_in;
    enum hash_verdict verdict; /* the worker's */
};

/* HASH is at most HASH_LEN_MAX long. */
void attempt_copy_hash(struct attempt_hash *copy, struct pxa_span hash);

/* In a worker: sets the verdict. Where there is no hash of the user's own, or libxcrypt refuses it,
 * the stand-in is hashed in its place, so that it takes as long, and the verdict stays
 * HASH_CANNOT, but where memory is out. */
void attempt_run(struct turn *turn);

/* Wipes and frees. */
void attempt_free(struct attempt *attempt);

#endif
