/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hashes of crypt(5), which libxcrypt computes.
 *
 * crypt_checksalt(3) looks at a hash's prefix and not at its end, so the table here says how long
 * the end is: of a hash that lost its last characters nobody can tell what was meant.
 *
 * What the methods do with long passwords is theirs: bcrypt takes the first 72 bytes, libxcrypt
 * refuses more than 511. Traditional DES would take the first 8; a longer password fits no such
 * hash here, as in basic_ncsa_auth of Squid. DES also drops the highest bit of each byte. With a
 * salt and no hash (slappasswd), libxcrypt makes the bigcrypt of a longer password: a block of DES
 * for each 8 bytes.
 */
#include <config.h>

#include "helpers/passwords/hash.h"

#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/memops.h>

#include "helpers/passwords/hash_private.h"

enum {
    DES_SALT_LEN = 2,
    DES_BLOCK_LEN = 11,  /* characters, for ... */
    DES_BLOCK_BYTES = 8, /* ... so many bytes of the password */
    DES_BLOCKS_MAX = 16,
    BSDI_LEN = 20,
    BSDI_COST_LEN = 5,
    STACK_WIPED = 16 * 1024, /* a thread has 512 KB */
};

/* What stands between prefix and salt. */
enum cost_form {
    COST_NONE,
    COST_FIELD,  /* up to the next '$' */
    COST_ROUNDS, /* the same if it begins with "rounds=", else nothing */
    COST_SCRYPT, /* eleven characters: N, r and p */
};

struct form {
    const char *prefix;
    size_t tail_len; /* behind the last '$' */
    enum cost_form cost;
    bool wants_memory; /* megabytes */
};

/* crypt(5). */
static const struct form forms[] = {
    {"$y$", 43, COST_FIELD, true},    {"$gy$", 43, COST_FIELD, true},
    {"$7$", 43, COST_SCRYPT, true},   {"$2a$", 53, COST_FIELD, false},
    {"$2b$", 53, COST_FIELD, false},  {"$2x$", 53, COST_FIELD, false},
    {"$2y$", 53, COST_FIELD, false},  {"$6$", 86, COST_ROUNDS, false},
    {"$5$", 43, COST_ROUNDS, false},  {"$sm3$", 43, COST_ROUNDS, false},
    {"$sm3y$", 43, COST_FIELD, true}, {"$sha1$", 28, COST_FIELD, false},
    {"$md5$", 22, COST_NONE, false},  {"$md5,", 22, COST_FIELD, false},
    {"$1$", 22, COST_NONE, false},    {"$3$", 32, COST_NONE, false},
};

struct hash_work {
    struct crypt_data data;
    char setting[CRYPT_OUTPUT_SIZE];
};

static const struct form *form_of(struct pxa_span hash)
{
    size_t i;

    for (i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (hash_begins(hash, forms[i].prefix))
            return &forms[i];
    }
    return NULL;
}

/* As a string, in OUT of CRYPT_OUTPUT_SIZE bytes. False when it has a NUL byte or is too long. */
static bool copy_setting(struct pxa_span hash, char *out)
{
    if (hash.len >= CRYPT_OUTPUT_SIZE || memchr(hash.at, '\0', hash.len))
        return false;
    memcpy(out, hash.at, hash.len);
    out[hash.len] = '\0';
    return true;
}

/* 0: it is not one. */
static size_t des_blocks(struct pxa_span hash)
{
    size_t blocks = hash.len / DES_BLOCK_LEN;

    if (hash.len != DES_SALT_LEN + blocks * DES_BLOCK_LEN || blocks > DES_BLOCKS_MAX ||
        !hash_is_crypt64(hash))
        return 0;
    return blocks;
}

static bool has_the_form(struct pxa_span hash)
{
    const struct form *form = form_of(hash);
    struct pxa_span tail = hash_last_field(hash);

    if (hash_begins(hash, "_"))
        return hash.len == BSDI_LEN &&
               hash_is_crypt64((struct pxa_span){hash.at + 1, hash.len - 1});
    if (!form)
        return des_blocks(hash) > 0;
    return tail.len == form->tail_len && hash_is_crypt64(tail);
}

enum hash_scheme hash_crypt_scheme(struct pxa_span hash)
{
    char setting[CRYPT_OUTPUT_SIZE];

    if (hash.len == 0 || !has_the_form(hash) || !copy_setting(hash, setting) ||
        crypt_checksalt(setting) == CRYPT_SALT_INVALID)
        return HASH_UNKNOWN;
    return hash.at[0] == '$' || hash.at[0] == '_' ? HASH_CRYPT : HASH_DES;
}

/* The length of PREFIX, of what follows up to the next '$', and of that. */
static size_t end_of_field(struct pxa_span hash, size_t prefix_len)
{
    const char *dollar = memchr(hash.at + prefix_len, '$', hash.len - prefix_len);

    return dollar ? (size_t)(dollar - hash.at) + 1 : prefix_len;
}

static size_t cost_len(struct pxa_span hash, const struct form *form)
{
    enum { SCRYPT_COST_LEN = 11 };
    size_t len = strlen(form->prefix);
    struct pxa_span rest = {hash.at + len, hash.len - len};

    switch (form->cost) {
    case COST_NONE:
        break;
    case COST_SCRYPT:
        return rest.len < SCRYPT_COST_LEN ? len : len + SCRYPT_COST_LEN;
    case COST_ROUNDS:
        return hash_begins(rest, "rounds=") ? end_of_field(hash, len) : len;
    case COST_FIELD:
        return end_of_field(hash, len);
    }
    return len;
}

struct pxa_span hash_crypt_cost(struct pxa_span hash)
{
    const struct form *form = form_of(hash);

    if (hash_begins(hash, "_"))
        return (struct pxa_span){hash.at, BSDI_COST_LEN};
    if (!form)
        return (struct pxa_span){"DES", strlen("DES")};
    return (struct pxa_span){hash.at, cost_len(hash, form)};
}

struct hash_work *hash_work_new(void)
{
    return calloc(1, sizeof(struct hash_work));
}

void hash_work_free(struct hash_work *work)
{
    free(work);
}

/* What libxcrypt says instead of a hash begins with a character that no hash has. */
static bool is_hash(const char *result)
{
    return result && result[0] != '*' && result[0] != '\0';
}

/* For memory that it did not get libxcrypt 4.4 says EINVAL, as for parameters that cannot be; the
 * latter no program writes. ERANGE is for the password. */
static enum hash_verdict refusal(struct pxa_span hash, int error)
{
    const struct form *form = form_of(hash);
    bool was_memory = error == ENOMEM || (error == EINVAL && form && form->wants_memory);

    return was_memory ? HASH_TROUBLE : HASH_CANNOT;
}

/* MD5 of libxcrypt leaves blocks of the password on the stack (seen with $1$ of 4.4). What this
 * function wipes lies where the frames of crypt_r() were. */
__attribute__((noinline, no_sanitize_address)) static void wipe_stack(void)
{
    char room[STACK_WIPED];

    pxa_wipe(room, sizeof room);
}

static char *crypt_wiping(const struct secret *password, struct hash_work *work)
{
    char *result = crypt_r(password->bytes, work->setting, &work->data);
    int error = errno;

    wipe_stack();
    errno = error;
    return result;
}

enum hash_verdict hash_crypt_verify(struct hash_work *work, struct pxa_span hash,
                                    const struct secret *password)
{
    enum hash_verdict verdict = HASH_CANNOT;
    const char *result;
    size_t blocks;

    if (copy_setting(hash, work->setting)) {
        errno = 0;
        result = crypt_wiping(password, work);
        if (!is_hash(result))
            verdict = refusal(hash, errno);
        else
            verdict = strlen(result) == hash.len && memeql_sec(result, hash.at, hash.len)
                          ? HASH_FITS
                          : HASH_DIFFERS;
    }
    pxa_wipe(work, sizeof *work);
    blocks = des_blocks(hash);
    if (verdict == HASH_FITS && blocks > 0 && password->len > blocks * DES_BLOCK_BYTES)
        return HASH_DIFFERS;
    return verdict;
}

bool hash_make(struct hash_work *work, const char *prefix, unsigned long cost,
               const struct secret *password, char *out, size_t cap)
{
    const char *result = NULL;
    bool made = false;

    if (!memchr(password->bytes, '\0', password->len) &&
        crypt_gensalt_rn(prefix, cost, NULL, 0, work->setting, (int)sizeof work->setting))
        result = crypt_wiping(password, work);
    if (is_hash(result) && strlen(result) < cap) {
        memcpy(out, result, strlen(result) + 1);
        made = true;
    }
    pxa_wipe(work, sizeof *work);
    return made;
}
