/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ntlm_users: who of those that gss-ntlmssp let in by a file may come in, and by which name.
 *
 * The mechanism verifies the password, but lets in accounts that the file disables, takes names in
 * any case, also beyond ASCII, and gives them as the client wrote them: one person would have many
 * names. Loop's thread only.
 */
#ifndef PROXYAUTH_NEGOTIATE_GSSAPI_NTLM_USERS_H
#define PROXYAUTH_NEGOTIATE_GSSAPI_NTLM_USERS_H

#include "common/proxyauth.h"
#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/why.h"

struct ntlm_users;

struct ntlm_users_config {
    const char *path;               /* smbpasswd lines; outlives the users */
    uint64_t seed;                  /* from the system's random numbers */
    void (*changed)(void *context); /* the first look has ended, or the file has changed */
    void *context;
};

/* Begins to read the file at once, in a thread of its own. NULL with WHY. */
struct ntlm_users *ntlm_users_open(struct loop *loop, struct log *log,
                                   const struct ntlm_users_config *config, struct why *why);

/* False until the first look has ended. */
bool ntlm_users_are_ready(const struct ntlm_users *users);

enum ntlm_users_verdict { NTLM_USERS_IN, NTLM_USERS_OUT, NTLM_USERS_TROUBLE };

/* NAME: the user's, without a domain; becomes the file's own spelling, valid for this turn of the
 * loop. WORDS of TROUBLE: a sentence for BH; of OUT: for the log, why. */
enum ntlm_users_verdict ntlm_users_find(const struct ntlm_users *users, struct pxa_span *name,
                                        const char **words);

/* Why a login may have failed that is none of the user's fault: there has been no good file yet; a
 * sentence for BH, or NULL. Whether the file can be read now is asked where the mechanism reads it
 * (exchange_job). */
const char *ntlm_users_trouble(const struct ntlm_users *users);

/* False while a thread is reading. NULL is allowed. */
bool ntlm_users_close(struct ntlm_users *users);

/* For --check: says on standard output what is in the file, and what is wrong with it. */
bool ntlm_users_check(const struct ntlm_users_config *config);

#endif
