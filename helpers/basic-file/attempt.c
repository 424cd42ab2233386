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
    bool has_own = attempt->own.len > 0;
    enum hash_verdict verdict;

    attempt->verdict = HASH_TROUBLE;
    if (!work)
        return;
    verdict = verify(work, has_own ? &attempt->own : &attempt->stand_in, password);
    /* A password that is too long for libxcrypt is refused twice for everybody. */
    if (verdict == HASH_CANNOT && verify(work, &attempt->stand_in, password) == HASH_TROUBLE)
        verdict = HASH_TROUBLE;
    attempt->verdict = has_own || verdict == HASH_TROUBLE ? verdict : HASH_CANNOT;
    hash_work_free(work);
}

void attempt_free(struct attempt *attempt)
{
    credentials_free(&attempt->credentials);
    pxa_wipe(attempt, sizeof *attempt);
    free(attempt);
}
