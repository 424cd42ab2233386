/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What request.c needs of a session, and nobody else.
 */
#ifndef PROXYAUTH_CORE_SESSION_PRIVATE_H
#define PROXYAUTH_CORE_SESSION_PRIVATE_H

#include "helpers/core/session.h"

/* Queues the reply of REQUEST, which leaves the list of those in flight and is freed. */
void session_reply(struct request *request, const struct reply *reply);

/* Which protocol the session speaks, and its log. */
enum scheme session_scheme(const struct session *session);
struct log *session_log(const struct session *session);

#endif
