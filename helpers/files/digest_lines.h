/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_lines: what a line of a Digest file means (digest_file_auth of Squid, htdigest of Apache).
 *
 *     user:realm:32hex            with `hashes_only`: cut at the first and at the last colon; the
 *                                 realm may be missing, {HHA1} may be there
 *     user:realm:{HHA1}32hex      else: a hash, with or without realm
 *     user:REALM:password         if REALM is one of `realms`
 *     user:password               else: all behind the first colon
 *
 * The key is user:realm, or user where there is no realm. A user never has a colon. Hex digits of
 * either case.
 */
#ifndef PROXYAUTH_FILES_DIGEST_LINES_H
#define PROXYAUTH_FILES_DIGEST_LINES_H

#include "helpers/core/option.h"
#include "helpers/files/table.h"

struct digest_lines {
    bool hashes_only;                 /* -c */
    const struct option_list *realms; /* --realm, may be empty */
};

enum digest_record_kind { DIGEST_RECORD_HASH, DIGEST_RECORD_PASSWORD };

/* What --check and the log of the start say about a file. */
struct digest_tally {
    uint64_t without_realm;
    uint64_t passwords;
    uint64_t other_realm;     /* with one that is not in `realms`, where that is not empty */
    uint64_t looks_like_hash; /* without `hashes_only`: a last field of 32 hex digits, no {HHA1} */
};

/* Whether REALM is one of REALMS, byte by byte. */
bool digest_lines_names(const struct option_list *realms, struct pxa_span realm);

/* A format whose context is LINES, which outlives it. */
struct file_format digest_lines_format(const struct digest_lines *lines);

#endif
