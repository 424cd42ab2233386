/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * $apr1$salt$hash: the MD5 method of crypt(3) in FreeBSD with a name of Apache's own in place of
 * "$1$", which is mixed in. A thousand rounds, whatever the hash says.
 * Source: "Password Formats" of the Apache HTTP Server, and the method of md5crypt in crypt(5).
 */
#include <config.h>

#include <stdint.h>
#include <string.h>

#include <nettle/memops.h>

#include "common/nettle_shim.h"
#include "helpers/passwords/hash_private.h"

enum { SALT_MAX = 8, TEXT_LEN = 22, ROUNDS = 1000 };

static const char prefix[] = "$apr1$";

enum { PREFIX_LEN = sizeof prefix - 1 };

static struct pxa_span salt_of(struct pxa_span hash)
{
    return (struct pxa_span){hash.at + PREFIX_LEN, hash.len - PREFIX_LEN - 1 - TEXT_LEN};
}

bool hash_is_apr1(struct pxa_span hash)
{
    struct pxa_span tail = hash_last_field(hash);
    struct pxa_span salt;

    if (!hash_begins(hash, prefix) || tail.len != TEXT_LEN || !hash_is_crypt64(tail) ||
        hash.len < PREFIX_LEN + 1 + TEXT_LEN)
        return false;
    salt = salt_of(hash);
    return salt.len <= SALT_MAX && (salt.len == 0 || !memchr(salt.at, '$', salt.len));
}

static void add(struct md5_ctx *md5, struct pxa_span text)
{
    md5_update(md5, text.len, (const uint8_t *)text.at);
}

/* The digest that the rounds begin with. */
static void first_digest(struct md5_ctx *md5, struct pxa_span password, struct pxa_span salt,
                         uint8_t digest[MD5_DIGEST_SIZE])
{
    size_t left;

    md5_init(md5);
    add(md5, password);
    add(md5, salt);
    add(md5, password);
    nettle_shim_md5_digest(md5, digest);

    add(md5, password);
    add(md5, (struct pxa_span){prefix, PREFIX_LEN});
    add(md5, salt);
    for (left = password.len; left > MD5_DIGEST_SIZE; left -= MD5_DIGEST_SIZE)
        md5_update(md5, MD5_DIGEST_SIZE, digest);
    md5_update(md5, left, digest);
    /* For each bit of the length a NUL byte or the first character. */
    for (left = password.len; left > 0; left >>= 1)
        add(md5, (struct pxa_span){left & 1 ? "" : password.at, 1});
    nettle_shim_md5_digest(md5, digest);
}

static void next_digest(struct md5_ctx *md5, struct pxa_span password, struct pxa_span salt,
                        unsigned round, uint8_t digest[MD5_DIGEST_SIZE])
{
    const struct pxa_span before = {(const char *)digest, MD5_DIGEST_SIZE};

    add(md5, round % 2 ? password : before);
    if (round % 3 != 0)
        add(md5, salt);
    if (round % 7 != 0)
        add(md5, password);
    add(md5, round % 2 ? before : password);
    nettle_shim_md5_digest(md5, digest);
}

/* COUNT characters for the low bits of VALUE, the lowest six first. */
static char *write_bits(char *out, uint32_t value, unsigned count)
{
    static const char alphabet[] =
        "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    while (count-- > 0) {
        *out++ = alphabet[value & 63];
        value >>= 6;
    }
    return out;
}

static void write_digest(const uint8_t digest[MD5_DIGEST_SIZE], char text[TEXT_LEN])
{
    static const uint8_t order[][3] = {{0, 6, 12}, {1, 7, 13}, {2, 8, 14}, {3, 9, 15}, {4, 10, 5}};
    size_t i;

    for (i = 0; i < sizeof order / sizeof *order; i++)
        text = write_bits(text,
                          (uint32_t)digest[order[i][0]] << 16 | (uint32_t)digest[order[i][1]] << 8 |
                              digest[order[i][2]],
                          4);
    write_bits(text, digest[11], 2);
}

enum hash_verdict hash_apr1_verify(struct pxa_span hash, const struct secret *password)
{
    const struct pxa_span word = {password->bytes, password->len};
    const struct pxa_span salt = salt_of(hash);
    uint8_t digest[MD5_DIGEST_SIZE];
    char text[TEXT_LEN];
    struct md5_ctx md5;
    unsigned round;
    bool fits;

    first_digest(&md5, word, salt, digest);
    for (round = 0; round < ROUNDS; round++)
        next_digest(&md5, word, salt, round, digest);
    write_digest(digest, text);
    fits = memeql_sec(text, hash.at + hash.len - TEXT_LEN, TEXT_LEN);
    pxa_wipe(&md5, sizeof md5);
    pxa_wipe(digest, sizeof digest);
    pxa_wipe(text, sizeof text);
    return fits ? HASH_FITS : HASH_DIFFERS;
}
