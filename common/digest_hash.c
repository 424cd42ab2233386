/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Digest hashes, RFC 7616 section 3.4, and RFC 2069 without qop. Every hash is that of
 * some texts with colons between them.
 * Cannot do: hash a body, or choose a nonce.
 */
#include <config.h>

#include "common/digest.h"
#include "common/nettle_shim.h"

#include <nettle/memops.h>

union hash {
    struct md5_ctx md5;
    struct sha256_ctx sha256;
    struct sha512_256_ctx sha512_256;
};

static void hash_init(union hash *hash, enum pxa_digest_algorithm base)
{
    if (base == PXA_DIGEST_MD5)
        md5_init(&hash->md5);
    else if (base == PXA_DIGEST_SHA256)
        sha256_init(&hash->sha256);
    else
        sha512_256_init(&hash->sha512_256);
}

static void hash_add(union hash *hash, enum pxa_digest_algorithm base, struct pxa_span text)
{
    const uint8_t *bytes = (const uint8_t *)text.at;

    if (text.len == 0)
        return;
    if (base == PXA_DIGEST_MD5)
        md5_update(&hash->md5, text.len, bytes);
    else if (base == PXA_DIGEST_SHA256)
        sha256_update(&hash->sha256, text.len, bytes);
    else
        sha512_update(&hash->sha512_256, text.len, bytes);
}

static void hash_end(union hash *hash, enum pxa_digest_algorithm base, uint8_t *digest)
{
    if (base == PXA_DIGEST_MD5)
        nettle_shim_md5_digest(&hash->md5, digest);
    else if (base == PXA_DIGEST_SHA256)
        nettle_shim_sha256_digest(&hash->sha256, digest);
    else
        nettle_shim_sha512_256_digest(&hash->sha512_256, digest);
}

static void put_hex(const uint8_t *bytes, struct pxa_digest_hex *out, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < len; i++)
        out->hex[i] = digits[i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 0x0f];
    out->len = len;
}

/* The hash of `count` texts with colons between them. */
static enum pxa_status hash_texts(enum pxa_digest_algorithm algorithm, const struct pxa_span *texts,
                                  size_t count, struct pxa_digest_hex *out)
{
    enum pxa_digest_algorithm base = digest_base_of(algorithm);
    uint8_t digest[SHA256_DIGEST_SIZE];
    union hash hash;

    *out = (struct pxa_digest_hex){.len = 0};
    if (base == PXA_DIGEST_OTHER)
        return PXA_UNSUPPORTED;
    hash_init(&hash, base);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            hash_add(&hash, base, span_of(":", 1));
        hash_add(&hash, base, texts[i]);
    }
    hash_end(&hash, base, digest);
    put_hex(digest, out, digest_hex_len(algorithm));
    pxa_wipe(&hash, sizeof hash);
    pxa_wipe(digest, sizeof digest);
    return PXA_OK;
}

enum pxa_status pxa_digest_ha1(enum pxa_digest_algorithm algorithm, struct pxa_span user,
                               struct pxa_span realm, struct pxa_span password,
                               struct pxa_digest_hex *out)
{
    struct pxa_span texts[] = {user, realm, password};

    return hash_texts(algorithm, texts, 3, out);
}

enum pxa_status pxa_digest_userhash(enum pxa_digest_algorithm algorithm, struct pxa_span user,
                                    struct pxa_span realm, struct pxa_digest_hex *out)
{
    struct pxa_span texts[] = {user, realm};

    return hash_texts(algorithm, texts, 2, out);
}

enum pxa_status pxa_digest_ha2(const struct pxa_digest *digest,
                               const struct pxa_digest_request *request, struct pxa_digest_hex *out)
{
    struct pxa_span texts[] = {request->method, digest->uri, request->body_hash};
    size_t hex_len = digest_hex_len(digest->algorithm);

    *out = (struct pxa_digest_hex){.len = 0};
    if (hex_len == 0 || digest->qop == PXA_QOP_OTHER)
        return PXA_UNSUPPORTED;
    if (digest->qop != PXA_QOP_AUTH_INT)
        return hash_texts(digest->algorithm, texts, 2, out);
    if (request->body_hash.len != hex_len || !digest_is_hex(request->body_hash))
        return PXA_PARAM_VALUE;
    return hash_texts(digest->algorithm, texts, 3, out);
}

/* Takes the HA1 that the caller has, in lower case: what is hashed are the digits. */
static enum pxa_status take_ha1(const struct pxa_digest *digest, struct pxa_span ha1,
                                struct pxa_digest_hex *out)
{
    *out = (struct pxa_digest_hex){.len = 0};
    if (digest_hex_len(digest->algorithm) == 0)
        return PXA_UNSUPPORTED;
    if (ha1.len != digest_hex_len(digest->algorithm) || !digest_is_hex(ha1))
        return PXA_PARAM_VALUE;
    for (size_t i = 0; i < ha1.len; i++)
        out->hex[i] = to_lower(ha1.at[i]);
    out->len = ha1.len;
    return PXA_OK;
}

/* Makes a session's HA1 of the user's. */
static enum pxa_status make_session(const struct pxa_digest *digest, struct pxa_digest_hex *ha1)
{
    struct pxa_digest_hex session;
    struct pxa_span texts[] = {span_of(ha1->hex, ha1->len), digest->nonce, digest->cnonce};
    enum pxa_status status = hash_texts(digest->algorithm, texts, 3, &session);

    *ha1 = session;
    pxa_wipe(&session, sizeof session);
    return status;
}

static enum pxa_status hash_response(const struct pxa_digest *digest,
                                     const struct pxa_digest_hex *ha1,
                                     const struct pxa_digest_hex *ha2, struct pxa_digest_hex *out)
{
    struct pxa_span first = span_of(ha1->hex, ha1->len);
    struct pxa_span last = span_of(ha2->hex, ha2->len);

    if (digest->qop == PXA_QOP_NONE) {
        struct pxa_span texts[] = {first, digest->nonce, last};

        return hash_texts(digest->algorithm, texts, 3, out);
    } else {
        struct pxa_span texts[] = {first,          digest->nonce,    digest->nc,
                                   digest->cnonce, digest->qop_name, last};

        return hash_texts(digest->algorithm, texts, 6, out);
    }
}

enum pxa_status pxa_digest_response(const struct pxa_digest *digest, struct pxa_span ha1,
                                    const struct pxa_digest_request *request,
                                    struct pxa_digest_hex *out)
{
    struct pxa_digest_hex user, ha2;
    enum pxa_status status;

    *out = (struct pxa_digest_hex){.len = 0};
    if (digest->qop != PXA_QOP_NONE && digest->qop != PXA_QOP_AUTH &&
        digest->qop != PXA_QOP_AUTH_INT)
        return PXA_UNSUPPORTED;
    status = take_ha1(digest, ha1, &user);
    if (status == PXA_OK && digest_is_session(digest->algorithm))
        status = make_session(digest, &user);
    if (status == PXA_OK)
        status = pxa_digest_ha2(digest, request, &ha2);
    if (status == PXA_OK)
        status = hash_response(digest, &user, &ha2, out);
    pxa_wipe(&user, sizeof user);
    return status;
}

/* Compares in constant time, once the lengths are the same. */
static bool is_response(struct pxa_span response, const struct pxa_digest_hex *right)
{
    char sent[sizeof right->hex];
    bool same;

    if (response.len != right->len)
        return false;
    for (size_t i = 0; i < right->len; i++)
        sent[i] = to_lower(response.at[i]);
    same = memeql_sec(sent, right->hex, right->len) != 0;
    pxa_wipe(sent, sizeof sent);
    return same;
}

enum pxa_status pxa_digest_check(const struct pxa_digest *digest, struct pxa_span ha1,
                                 const struct pxa_digest_request *request)
{
    struct pxa_digest_hex right;
    enum pxa_status status = pxa_digest_response(digest, ha1, request, &right);

    if (status == PXA_OK && !is_response(digest->response, &right))
        status = PXA_MISMATCH;
    pxa_wipe(&right, sizeof right); /* the right answer to this very nonce */
    return status;
}
