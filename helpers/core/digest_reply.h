/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest_reply: what is answered to a Digest request, the same for every source of users.
 */
#ifndef PROXYAUTH_CORE_DIGEST_REPLY_H
#define PROXYAUTH_CORE_DIGEST_REPLY_H

#include <stdbool.h>

#include "helpers/core/digest_query.h"
#include "helpers/core/log.h"
#include "helpers/core/request.h"

/* Reads REQUEST into QUERY, whose spans are in its line. False when there is nothing to look up:
 * then it is answered already. */
bool digest_reply_takes(struct request *request, unsigned key_extras, struct log *log,
                        struct digest_query *query);

/* Unknown user, other realm, malformed name, no usable record: the same words for all. */
void digest_reply_denied(struct request *request);

/* HASH: the HA1, 32 hex digits, large letters allowed; another length is denied. */
void digest_reply_hash(struct request *request, struct pxa_span hash);

/* The HA1 of QUERY's user and realm with PASSWORD. */
void digest_reply_password(struct request *request, const struct digest_query *query,
                           struct pxa_span password);

#endif
