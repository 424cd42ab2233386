/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hash: the password hashes that password files hold, and whether a password fits one.
 *
 * What htpasswd, openssl passwd, mkpasswd and slappasswd write: every crypt(5) hash of libxcrypt,
 * $apr1$ of Apache, {SHA}, {SSHA}, {SHA256}, {SSHA256}, {SHA512}, {SSHA512}, {CRYPT}..., and as
 * weak ones traditional DES, {MD5}, {SMD5} and 32 hex digits (MD5 without salt). Names in braces in
 * any case. Pure but for libxcrypt's own memory; any thread with its own struct hash_work.
 */
#ifndef PROXYAUTH_PASSWORDS_HASH_H
#define PROXYAUTH_PASSWORDS_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "common/proxyauth.h"
#include "helpers/core/secret.h"

enum { HASH_LEN_MAX = 1024 }; /* bytes; libxcrypt's longest output has 384 */

enum hash_scheme {
    HASH_UNKNOWN = 0, /* nothing that is known, or cut short, or with a byte it cannot have */
    HASH_CRYPT,       /* a crypt(5) prefix: $y$ $gy$ $7$ $2b$ $6$ $5$ $sha1$ $md5 $1$ _ ... */
    HASH_DES,         /* traditional crypt(3), 13 characters, or bigcrypt, 24, 35 ...: weak */
    HASH_APR1,
    HASH_SHA,
    HASH_SSHA,
    HASH_SHA256,
    HASH_SSHA256,
    HASH_SHA512,
    HASH_SSHA512,
    HASH_MD5,     /* {MD5}: weak */
    HASH_SMD5,    /* weak */
    HASH_MD5_HEX, /* weak */
};

/* Which scheme HASH is of, by its form: a hash that is of a scheme can be verified. */
enum hash_scheme hash_scheme_of(struct pxa_span hash);
bool hash_scheme_is_weak(enum hash_scheme scheme);

/* The part of HASH that says how expensive it is: the scheme and its cost, without the salt
 * ("$2b$12$", "$y$j9T$", "$6$rounds=656000$", "{SSHA}"). A constant name where HASH has no such
 * part ("DES", "MD5"). Empty for HASH_UNKNOWN. */
struct pxa_span hash_cost_of(struct pxa_span hash);

enum hash_verdict {
    HASH_FITS,
    HASH_DIFFERS,
    HASH_CANNOT, /* the scheme is not known, or libxcrypt refuses the hash or the password */
    HASH_TROUBLE /* memory is out: nothing is known about the password. Also for impossible
                  * parameters of $y$, $gy$ and $7$, which libxcrypt does not tell from that */
};

/* What a thread needs to verify: 32 KB for libxcrypt. Wiped after each use. */
struct hash_work;
struct hash_work *hash_work_new(void); /* NULL: memory is out */
void hash_work_free(struct hash_work *work);

/* Whether PASSWORD is that of HASH. Blocking: bcrypt and yescrypt take tenths of a second. Results
 * are compared in constant time; a password with a NUL byte fits nothing. Neither does one that is
 * longer than what a DES hash covers (8 bytes a block): its end would not count. bcrypt takes the
 * first 72 bytes of a password. libxcrypt takes none longer than 511 bytes: HASH_CANNOT. */
enum hash_verdict hash_verify(struct hash_work *work, struct pxa_span hash,
                              const struct secret *password);

/* Makes a new hash of PASSWORD with a salt from the system's random numbers. PREFIX is a crypt(5)
 * prefix ("$y$", "$2b$", "$6$") with COST as crypt_gensalt(3) understands it, 0 for its default.
 * Writes at most CAP bytes (HASH_LEN_MAX is enough) and a NUL. False: libxcrypt cannot, or the
 * system gives no random numbers. */
bool hash_make(struct hash_work *work, const char *prefix, unsigned long cost,
               const struct secret *password, char *out, size_t cap);

#endif
