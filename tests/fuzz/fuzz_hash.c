/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hashes of password files: the input is a hash, a NUL and a password. Promised: a hash is of a
 * scheme exactly if it has a cost, and only then can be verified; a name in braces may be in either
 * case; what is counted is found again, weak ones with permission alone. Methods of crypt(3) but
 * DES are recognised and not run: their cost is up to the text.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include "helpers/passwords/hash.h"
#include "helpers/passwords/tally.h"

static void check_cost(struct pxa_span hash, enum hash_scheme scheme)
{
    struct pxa_span cost = hash_cost_of(hash);

    PROMISE((cost.len > 0) == (scheme != HASH_UNKNOWN));
    PROMISE(cost.len <= hash.len);
}

static void check_verdict(struct pxa_span hash, enum hash_scheme scheme, struct pxa_span password)
{
    struct hash_work *work = hash_work_new();
    struct secret *secret = secret_copy(password.at, password.len);
    enum hash_verdict verdict;

    PROMISE(work && secret);
    verdict = hash_verify(work, hash, secret);
    if (scheme == HASH_UNKNOWN)
        PROMISE(verdict == HASH_CANNOT);
    else if (scheme != HASH_DES) /* libxcrypt may refuse a salt, and takes 511 bytes at most */
        PROMISE(verdict == HASH_FITS || verdict == HASH_DIFFERS);
    secret_free(&secret);
    hash_work_free(work);
}

static void check_case(struct pxa_span hash, enum hash_scheme scheme)
{
    const char *brace = hash.len > 0 && hash.at[0] == '{' ? memchr(hash.at, '}', hash.len) : NULL;
    char *other = malloc(hash.len + 1);

    PROMISE(other != NULL);
    if (brace) {
        memcpy(other, hash.at, hash.len);
        for (size_t i = 0; hash.at + i < brace; i++)
            if ((other[i] >= 'a' && other[i] <= 'z') || (other[i] >= 'A' && other[i] <= 'Z'))
                other[i] ^= 0x20;
        PROMISE(hash_scheme_of((struct pxa_span){other, hash.len}) == scheme);
    }
    free(other);
}

static void check_tally(struct pxa_span hash, enum hash_scheme scheme)
{
    struct tally tally = {0};
    bool weak = hash_scheme_is_weak(scheme);

    tally_add(&tally, hash);
    tally_add(&tally, hash);
    PROMISE(tally.unknown == (scheme == HASH_UNKNOWN ? 2 : 0));
    PROMISE(tally.weak == (weak ? 2 : 0));
    PROMISE(tally.used == (scheme == HASH_UNKNOWN ? 0 : 1));
    PROMISE(tally_typical(&tally, true).len == (scheme == HASH_UNKNOWN ? 0 : hash.len));
    PROMISE(tally_typical(&tally, false).len == (scheme == HASH_UNKNOWN || weak ? 0 : hash.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t hash_len = strnlen((const char *)data, size);
    size_t password_at = hash_len < size ? hash_len + 1 : size;
    struct pxa_span password = {(const char *)data + password_at, size - password_at};
    /* In memory of its own, so that a read behind it is seen. */
    char *exact = malloc(hash_len > 0 ? hash_len : 1);
    struct pxa_span hash = {exact, hash_len};
    enum hash_scheme scheme;

    PROMISE(exact != NULL);
    memcpy(exact, data, hash_len);
    scheme = hash_scheme_of(hash);
    check_cost(hash, scheme);
    check_case(hash, scheme);
    check_tally(hash, scheme);
    if (scheme != HASH_CRYPT && password.len <= SECRET_MAX)
        check_verdict(hash, scheme, password);
    free(exact);
    return 0;
}
