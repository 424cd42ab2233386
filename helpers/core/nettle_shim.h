/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nettle_shim: one way to write what Nettle 3 and 4 write differently.
 *
 * Nettle 4.0 dropped the length argument of the *_digest functions and always gives the whole
 * digest.
 */
#ifndef PROXYAUTH_CORE_NETTLE_SHIM_H
#define PROXYAUTH_CORE_NETTLE_SHIM_H

#include <stdint.h>

#include <nettle/hmac.h>
#include <nettle/version.h>

/* Ends a message, writes SHA256_DIGEST_SIZE bytes, and makes CTX ready for the next message under
 * the same key. */
static inline void nettle_shim_hmac_sha256_digest(struct hmac_sha256_ctx *ctx, uint8_t *digest)
{
#if NETTLE_VERSION_MAJOR >= 4
    hmac_sha256_digest(ctx, digest);
#else
    hmac_sha256_digest(ctx, SHA256_DIGEST_SIZE, digest);
#endif
}

#endif
