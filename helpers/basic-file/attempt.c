/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens in a worker. It touches nothing but its attempt.
 */
#include <config.h>

#include "helpers/basic-file/attempt.h"

#include <stdlib.h>
#include <string.h>

void attempt_copy_hash(struct attempt_hash *copy, struct pxa_span hash)
{
    copy->len = hash.len;
    memcpy(copy->bytes, hash.at, hash.len);
}

static enum hash_verdict verify(struct hash_work *work, const struct attempt_hash *hash,
                                const struct secret *password)
{
    return hash_verify(work, (struct pxa_span){hash->bytes, hash->len}, password);
}

void attempt_run(struct turn *turn)
{
    struct attempt *attempt = (struct attempt *)turn;
    const struct secret *password = attempt->credentials.password;
    struct hash_work *work = hash_work_new();

    attempt->verdict = HASH_TROUBLE;
    if (!work)
        return;
    attempt->verdict = attempt->own.len > 0 ? verify(work, &attempt->own, password) : HASH_CANNOT;
    if (attempt->verdict == HASH_CANNOT &&
        verify(work, &attempt->stand_in, password) == HASH_TROUBLE)
        attempt->verdict = HASH_TROUBLE;
    hash_work_free(work);
}

void attempt_free(struct attempt *attempt)
{
    credentials_free(&attempt->credentials);
    pxa_wipe(attempt, sizeof *attempt);
    free(attempt);
}
