/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hashes of the three kinds of file. HA1 and NT hash are as good as the password to whoever has
 * them, and are secrets here as the password is.
 */
#include <config.h>

#include "helpers/proxyauth/passwd_hash.h"

#include <stdio.h>
#include <string.h>

#include <nettle/memops.h>

#include "helpers/ntlm/nt_hash.h"
#include "helpers/passwords/hash.h"

enum { HA1_HEX = 32, BCRYPT_USES = 72 };

const char *const passwd_hash_names[] = {"yescrypt", "bcrypt", "sha512", NULL};

/* The usual costs take some hundredths of a second. $2y$ is how Apache writes bcrypt, on every
 * system. */
static const struct {
    const char *prefix;
    long min;
    long max;
    long usual;
} hashes[] = {
    [PASSWD_YESCRYPT] = {"$y$", 1, 11, 5},
    [PASSWD_BCRYPT] = {"$2y$", 4, 17, 10},
    [PASSWD_SHA512] = {"$6$", 1000, 999999999, 100000},
};

bool passwd_hash_cost_fits(enum passwd_hash hash, long cost, struct why *why)
{
    if (cost == 0 || (cost >= hashes[hash].min && cost <= hashes[hash].max))
        return true;
    return why_set(why, "option --cost: %s takes a number from %ld to %ld", passwd_hash_names[hash],
                   hashes[hash].min, hashes[hash].max);
}

static struct secret *make_basic(enum passwd_hash hash, long cost, const struct secret *password,
                                 struct why *why)
{
    struct hash_work *work = NULL;
    struct secret *value = NULL;

    if (hash == PASSWD_BCRYPT && password->len > BCRYPT_USES) {
        why_set(why, "the password is longer than the %d bytes that bcrypt uses", BCRYPT_USES);
        return NULL;
    }
    work = hash_work_new();
    value = secret_new(HASH_LEN_MAX);
    if (!work || !value) {
        why_set(why, "out of memory");
        secret_free(&value);
    } else if (hash_make(work, hashes[hash].prefix,
                         (unsigned long)(cost ? cost : hashes[hash].usual), password, value->bytes,
                         value->cap)) {
        value->len = strlen(value->bytes);
    } else {
        why_set(why, "libxcrypt of this system cannot make a %s hash", passwd_hash_names[hash]);
        secret_free(&value);
    }
    hash_work_free(work);
    return value;
}

static struct secret *make_ha1(const struct passwd_target *target, const struct secret *password,
                               struct why *why)
{
    const struct pxa_span text = {password->bytes, password->len};
    struct pxa_digest_hex hex;
    struct secret *value = NULL;

    if (pxa_digest_ha1(PXA_DIGEST_MD5, target->user, target->realm, text, &hex) == PXA_OK)
        value = secret_copy(hex.hex, HA1_HEX);
    pxa_wipe(&hex, sizeof hex);
    if (!value)
        why_set(why, "out of memory");
    return value;
}

static struct secret *make_nt(const struct secret *password, struct why *why)
{
    const struct pxa_span text = {password->bytes, password->len};
    unsigned char hash[NT_HASH_LEN];
    struct secret *value = NULL;

    if (!nt_hash(text, hash)) {
        why_set(why, "the password is not UTF-8, as a password of NTLM must be here");
        return NULL;
    }
    value = secret_new(NT_HASH_HEX);
    for (size_t i = 0; value && i < NT_HASH_LEN; i++)
        value->len += (size_t)snprintf(value->bytes + value->len, 3, "%02X", hash[i]);
    pxa_wipe(hash, sizeof hash);
    if (!value)
        why_set(why, "out of memory");
    return value;
}

struct secret *passwd_hash_make(const struct passwd_target *target, enum passwd_hash hash,
                                long cost, const struct secret *password, struct why *why)
{
    switch (target->kind) {
    case PASSWD_BASIC:
        return make_basic(hash, cost, password, why);
    case PASSWD_DIGEST:
        return make_ha1(target, password, why);
    case PASSWD_NT:
        break;
    }
    return make_nt(password, why);
}

static const char differs[] = "the password is not the user's";

static bool fits_basic(const struct file_record *record, const struct secret *password,
                       struct why *why)
{
    struct hash_work *work = hash_work_new();
    enum hash_verdict verdict;

    if (!work)
        return why_set(why, "out of memory");
    verdict = hash_verify(work, record->value, password);
    hash_work_free(work);
    if (verdict == HASH_CANNOT)
        return why_set(why, "the user's hash is of no kind that is known here, or damaged");
    if (verdict == HASH_TROUBLE)
        return why_set(why, "out of memory");
    return verdict == HASH_FITS || why_set(why, "%s", differs);
}

/* 32 hex digits in either case, compared in constant time. */
static bool same_hex(const struct secret *wanted, struct pxa_span hex)
{
    char lower[HA1_HEX], own[HA1_HEX];
    bool same;

    if (wanted->len != HA1_HEX || hex.len != HA1_HEX)
        return false;
    for (size_t i = 0; i < HA1_HEX; i++) {
        lower[i] = (char)(hex.at[i] | 0x20); /* digits have that bit already */
        own[i] = (char)(wanted->bytes[i] | 0x20);
    }
    same = memeql_sec(lower, own, HA1_HEX);
    pxa_wipe(lower, sizeof lower);
    pxa_wipe(own, sizeof own);
    return same;
}

bool passwd_hash_fits(const struct passwd_target *target, const struct file_record *record,
                      const struct secret *password, struct why *why)
{
    struct secret *value;
    bool same;

    if (target->kind == PASSWD_BASIC)
        return fits_basic(record, password, why);
    value = passwd_hash_make(target, PASSWD_YESCRYPT, 0, password, why);
    if (!value)
        return false;
    same = same_hex(value, record->value);
    secret_free(&value);
    return same || why_set(why, "%s", differs);
}
