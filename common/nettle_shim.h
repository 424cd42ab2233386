/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nettle_shim: one way to write what Nettle 3 and 4 write differently. Not installed.
 *
 * Nettle 4.0 dropped the length argument of the *_digest functions and always gives the whole
 * digest. Each function here ends a message, writes the whole digest, and makes CTX ready for
 * the next message (of HMAC: under the same key).
 *
 * It also wipes what Nettle left on the stack. The compression functions in C (since Nettle 3.10
 * that of MD5 on x86-64, too) copy each block there, with the passwords and keys in it, and leave
 * it. What the caller called for this message before counts as well: it was called from here or
 * deeper.
 */
#ifndef COMMON_NETTLE_SHIM_H
#define COMMON_NETTLE_SHIM_H

#include <stdint.h>

#include <nettle/hmac.h>
#include <nettle/md4.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/version.h>

#include "common/proxyauth.h"

#if NETTLE_VERSION_MAJOR >= 4
#define NETTLE_SHIM_CALL(function, ctx, size, digest) function((ctx), (digest))
#else
#define NETTLE_SHIM_CALL(function, ctx, size, digest) function((ctx), (size), (digest))
#endif

#define NETTLE_SHIM_DIGEST(function, ctx, size, digest)                                            \
    do {                                                                                           \
        NETTLE_SHIM_CALL(function, ctx, size, digest);                                             \
        nettle_shim_wipe_stack();                                                                  \
    } while (0)

/* More than three times what Nettle 3.10 takes on x86-64: 292 bytes, for HMAC of MD5. */
enum { NETTLE_SHIM_STACK_LEN = 1024 };

/* Its own frame lies where that of the last call was. AddressSanitizer would put a gap beside the
 * array, in which a block can lie. */
static __attribute__((noinline, unused, no_sanitize_address)) void nettle_shim_wipe_stack(void)
{
    unsigned char used[NETTLE_SHIM_STACK_LEN];

    pxa_wipe(used, sizeof used);
}

static inline void nettle_shim_hmac_md5_digest(struct hmac_md5_ctx *ctx, uint8_t *digest)
{
    NETTLE_SHIM_DIGEST(hmac_md5_digest, ctx, MD5_DIGEST_SIZE, digest);
}

static inline void nettle_shim_hmac_sha256_digest(struct hmac_sha256_ctx *ctx, uint8_t *digest)
{
    NETTLE_SHIM_DIGEST(hmac_sha256_digest, ctx, SHA256_DIGEST_SIZE, digest);
}

static inline void nettle_shim_md4_digest(struct md4_ctx *ctx, uint8_t *digest)
{
    NETTLE_SHIM_DIGEST(md4_digest, ctx, MD4_DIGEST_SIZE, digest);
}

static inline void nettle_shim_md5_digest(struct md5_ctx *ctx, uint8_t *digest)
{
    NETTLE_SHIM_DIGEST(md5_digest, ctx, MD5_DIGEST_SIZE, digest);
}

static inline void nettle_shim_sha1_digest(struct sha1_ctx *ctx, uint8_t *digest)
{
    NETTLE_SHIM_DIGEST(sha1_digest, ctx, SHA1_DIGEST_SIZE, digest);
}

static inline void nettle_shim_sha256_digest(struct sha256_ctx *ctx, uint8_t *digest)
{
    NETTLE_SHIM_DIGEST(sha256_digest, ctx, SHA256_DIGEST_SIZE, digest);
}

static inline void nettle_shim_sha512_digest(struct sha512_ctx *ctx, uint8_t *digest)
{
    NETTLE_SHIM_DIGEST(sha512_digest, ctx, SHA512_DIGEST_SIZE, digest);
}

static inline void nettle_shim_sha512_256_digest(struct sha512_256_ctx *ctx, uint8_t *digest)
{
    NETTLE_SHIM_DIGEST(sha512_256_digest, ctx, SHA512_256_DIGEST_SIZE, digest);
}

#endif
