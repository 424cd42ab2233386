/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Digests of the password, or of the password and a salt that follows the digest, in Base64 behind
 * a name in braces (RFC 2307, and OpenLDAP's pw-sha2), and MD5 in hex. None of them is slow, so
 * none protects a password that can be guessed.
 */
#include <config.h>

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <nettle/memops.h>
#include <nettle/sha1.h>

#include "common/nettle_shim.h"
#include "common/span.h"
#include "helpers/passwords/hash_private.h"

enum { HEX_LEN = 2 * MD5_DIGEST_SIZE, DIGEST_MAX = SHA512_DIGEST_SIZE };

enum algorithm { MD5, SHA1, SHA256, SHA512 };

struct form {
    const char *name;
    enum hash_scheme scheme;
    enum algorithm algorithm;
    bool salted;
};

static const struct form forms[] = {
    {"{SHA}", HASH_SHA, SHA1, false},         {"{SSHA}", HASH_SSHA, SHA1, true},
    {"{SHA256}", HASH_SHA256, SHA256, false}, {"{SSHA256}", HASH_SSHA256, SHA256, true},
    {"{SHA512}", HASH_SHA512, SHA512, false}, {"{SSHA512}", HASH_SSHA512, SHA512, true},
    {"{MD5}", HASH_MD5, MD5, false},          {"{SMD5}", HASH_SMD5, MD5, true},
};

static const size_t digest_len[] = {
    [MD5] = MD5_DIGEST_SIZE,
    [SHA1] = SHA1_DIGEST_SIZE,
    [SHA256] = SHA256_DIGEST_SIZE,
    [SHA512] = SHA512_DIGEST_SIZE,
};

union context {
    struct md5_ctx md5;
    struct sha1_ctx sha1;
    struct sha256_ctx sha256;
    struct sha512_ctx sha512;
};

/* A digest, and the salt behind it. */
struct decoded {
    char bytes[HASH_LEN_MAX];
    size_t len;
};

static const struct form *form_of(struct pxa_span hash)
{
    size_t i;

    for (i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t len = strlen(forms[i].name);

        if (hash.len > len && strncasecmp(hash.at, forms[i].name, len) == 0)
            return &forms[i];
    }
    return NULL;
}

static bool decode(struct pxa_span hash, const struct form *form, struct decoded *out)
{
    size_t skip = strlen(form->name);
    struct pxa_written done;

    if (pxa_base64_decode((struct pxa_span){hash.at + skip, hash.len - skip}, out->bytes,
                          sizeof out->bytes, &done) != PXA_OK)
        return false;
    out->len = done.len;
    if (form->salted)
        return out->len > digest_len[form->algorithm];
    return out->len == digest_len[form->algorithm];
}

static bool decode_hex(struct pxa_span hash, uint8_t digest[MD5_DIGEST_SIZE])
{
    size_t i;

    if (hash.len != HEX_LEN)
        return false;
    for (i = 0; i < MD5_DIGEST_SIZE; i++) {
        int high = hex_value(hash.at[2 * i]);
        int low = hex_value(hash.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        digest[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

enum hash_scheme hash_digest_scheme(struct pxa_span hash)
{
    const struct form *form = form_of(hash);
    uint8_t digest[MD5_DIGEST_SIZE];
    struct decoded decoded;

    if (form)
        return decode(hash, form, &decoded) ? form->scheme : HASH_UNKNOWN;
    return decode_hex(hash, digest) ? HASH_MD5_HEX : HASH_UNKNOWN;
}

/* The digest of PASSWORD and SALT. */
static void compute(enum algorithm algorithm, const struct secret *password, struct pxa_span salt,
                    uint8_t *digest)
{
    const uint8_t *word = (const uint8_t *)password->bytes;
    const uint8_t *grain = (const uint8_t *)salt.at;
    union context context;

    switch (algorithm) {
    case MD5:
        md5_init(&context.md5);
        md5_update(&context.md5, password->len, word);
        md5_update(&context.md5, salt.len, grain);
        nettle_shim_md5_digest(&context.md5, digest);
        break;
    case SHA1:
        sha1_init(&context.sha1);
        sha1_update(&context.sha1, password->len, word);
        sha1_update(&context.sha1, salt.len, grain);
        nettle_shim_sha1_digest(&context.sha1, digest);
        break;
    case SHA256:
        sha256_init(&context.sha256);
        sha256_update(&context.sha256, password->len, word);
        sha256_update(&context.sha256, salt.len, grain);
        nettle_shim_sha256_digest(&context.sha256, digest);
        break;
    case SHA512:
        sha512_init(&context.sha512);
        sha512_update(&context.sha512, password->len, word);
        sha512_update(&context.sha512, salt.len, grain);
        nettle_shim_sha512_digest(&context.sha512, digest);
        break;
    }
    pxa_wipe(&context, sizeof context);
}

static bool fits(enum algorithm algorithm, const struct secret *password, struct pxa_span salt,
                 const void *wanted)
{
    uint8_t digest[DIGEST_MAX];
    bool equal;

    compute(algorithm, password, salt, digest);
    equal = memeql_sec(digest, wanted, digest_len[algorithm]);
    pxa_wipe(digest, sizeof digest);
    return equal;
}

enum hash_verdict hash_digest_verify(struct pxa_span hash, const struct secret *password)
{
    const struct form *form = form_of(hash);
    enum hash_verdict verdict = HASH_CANNOT;
    uint8_t md5[MD5_DIGEST_SIZE];
    struct decoded decoded;

    if (form && decode(hash, form, &decoded)) {
        size_t len = digest_len[form->algorithm];
        struct pxa_span salt = {decoded.bytes + len, decoded.len - len};

        verdict = fits(form->algorithm, password, salt, decoded.bytes) ? HASH_FITS : HASH_DIFFERS;
        pxa_wipe(&decoded, sizeof decoded);
    } else if (!form && decode_hex(hash, md5)) {
        verdict = fits(MD5, password, (struct pxa_span){"", 0}, md5) ? HASH_FITS : HASH_DIFFERS;
        pxa_wipe(md5, sizeof md5);
    }
    return verdict;
}
