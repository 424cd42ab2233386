/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of hash share: the forms of crypt(5) hashes, of $apr1$ and of {NAME} hashes.
 */
#ifndef PROXYAUTH_PASSWORDS_HASH_PRIVATE_H
#define PROXYAUTH_PASSWORDS_HASH_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"
#include "helpers/core/secret.h"
#include "helpers/passwords/hash.h"

/* Whether HASH begins with the NUL-terminated PREFIX. */
bool hash_begins(struct pxa_span hash, const char *prefix);

/* Whether all of TEXT is of [./0-9A-Za-z], as crypt(5) writes six bits. */
bool hash_is_crypt64(struct pxa_span text);

/* What stands behind the last '$'; all of HASH if it has none. */
struct pxa_span hash_last_field(struct pxa_span hash);

/* ---- hash_crypt.c: what libxcrypt verifies ---- */

/* HASH_CRYPT, HASH_DES or HASH_UNKNOWN. */
enum hash_scheme hash_crypt_scheme(struct pxa_span hash);

/* Of a HASH whose scheme is HASH_CRYPT or HASH_DES. */
struct pxa_span hash_crypt_cost(struct pxa_span hash);
enum hash_verdict hash_crypt_verify(struct hash_work *work, struct pxa_span hash,
                                    const struct secret *password);

/* ---- hash_apr1.c ---- */

bool hash_is_apr1(struct pxa_span hash);
enum hash_verdict hash_apr1_verify(struct pxa_span hash, const struct secret *password);

/* ---- hash_digest.c: plain and salted digests, {NAME}Base64 and 32 hex digits ---- */

/* One of HASH_SHA to HASH_MD5_HEX, or HASH_UNKNOWN. */
enum hash_scheme hash_digest_scheme(struct pxa_span hash);
enum hash_verdict hash_digest_verify(struct pxa_span hash, const struct secret *password);

#endif
