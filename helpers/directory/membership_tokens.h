/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * membership_tokens: the SIDs in a user's token whose names are not known yet.
 */
#ifndef PROXYAUTH_DIRECTORY_MEMBERSHIP_TOKENS_H
#define PROXYAUTH_DIRECTORY_MEMBERSHIP_TOKENS_H

struct tokens;

/* NULL is allowed. */
void tokens_free(struct tokens *tokens);

#endif
