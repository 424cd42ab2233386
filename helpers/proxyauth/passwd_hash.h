/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * passwd_hash: what a file has in the place of a password.
 */
#ifndef PROXYAUTH_TOOL_PASSWD_HASH_H
#define PROXYAUTH_TOOL_PASSWD_HASH_H

#include "helpers/proxyauth/passwd.h"

/* The hashes that new records of PASSWD_BASIC can have, by their numbers in --hash. */
enum passwd_hash { PASSWD_YESCRYPT, PASSWD_BCRYPT, PASSWD_SHA512 };

extern const char *const passwd_hash_names[]; /* ends with NULL */

/* Whether COST is one that HASH can have; 0 stands for the usual one. False with WHY. */
bool passwd_hash_cost_fits(enum passwd_hash hash, long cost, struct why *why);

/* The value of PASSWORD in the record of TARGET's user: a hash with COST, HA1, or an NT hash. Takes
 * tenths of a second for PASSWD_BASIC. NULL with WHY. */
struct secret *passwd_hash_make(const struct passwd_target *target, enum passwd_hash hash,
                                long cost, const struct secret *password, struct why *why);

/* Whether PASSWORD is that of RECORD, of TARGET's user. False with WHY, which says so or why it
 * cannot be told. */
bool passwd_hash_fits(const struct passwd_target *target, const struct file_record *record,
                      const struct secret *password, struct why *why);

#endif
