/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What session.c and request.c need of each other, and nobody else.
 */
#ifndef PROXYAUTH_CORE_SESSION_PRIVATE_H
#define PROXYAUTH_CORE_SESSION_PRIVATE_H

#include "helpers/core/session.h"

/* Requests in flight, in order of arrival. */
struct request_list {
    struct request *first;
    struct request *last;
    unsigned count;
};

/* Makes a request of LINE, whose id are its first ID_LEN bytes and the rest is behind one blank,
 * and appends it. The caller fills in session and deadline. NULL when memory is out. */
struct request *request_add(struct request_list *list, struct pxa_span line, size_t id_len);

/* Takes it off the list, wipes and frees it. */
void request_remove(struct request_list *list, struct request *request);

/* Queues the reply of REQUEST, which leaves the list of those in flight and is freed. */
void session_reply(struct request *request, const struct reply *reply);

/* Which protocol the session speaks, and its log. */
enum scheme session_scheme(const struct session *session);
struct log *session_log(const struct session *session);

#endif
