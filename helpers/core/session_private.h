/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What session.c, session_lines.c and request.c need of each other, and nobody else.
 */
#ifndef PROXYAUTH_CORE_SESSION_PRIVATE_H
#define PROXYAUTH_CORE_SESSION_PRIVATE_H

#include "helpers/core/bytes.h"
#include "helpers/core/lines.h"
#include "helpers/core/session.h"

/* Requests in flight, in order of arrival, and some that were: their memory is used again. */
struct request_list {
    struct request *first;
    struct request *last;
    unsigned count;
    size_t spare_line;     /* set by the owner: one of the two lengths below */
    struct request *spare; /* wiped, each with room for a line of `spare_line` bytes */
    unsigned spare_count;
};

/* Where lines have ids there may be many requests, with short lines; without ids there is one at a
 * time, which may hold a token of Kerberos. Nothing is kept with AddressSanitizer, which sees then
 * who touches a request after its answer, or bytes behind its line. */
#ifdef __SANITIZE_ADDRESS__
enum { REQUEST_SPARE_LINE = 0, REQUEST_SPARE_TOKEN = 0, REQUEST_SPARE_MAX = 0 };
#else
enum { REQUEST_SPARE_LINE = 255, REQUEST_SPARE_TOKEN = 16 * 1024, REQUEST_SPARE_MAX = 128 };
#endif

/* Makes a request of LINE, whose id are its first ID_LEN bytes and the rest is behind one blank,
 * and appends it. The caller fills in session and deadline. NULL when memory is out. */
struct request *request_add(struct request_list *list, struct pxa_span line, size_t id_len);

/* Takes it off the list, wipes and frees it. */
void request_remove(struct request_list *list, struct request *request);

/* Frees what is kept; none is in flight. */
void request_list_free(struct request_list *list);

struct session {
    struct loop *loop;
    struct stream *stream;
    struct session_config config;
    struct log *log;
    struct watch *reading;
    struct watch *writing;
    struct timer *deadline;
    bool deadline_set;
    uint64_t now_ms; /* when the lines that are being cut were looked at */
    struct lines lines;
    struct channel channel;
    struct bytes output;
    struct request_list in_flight;
    bool no_more_input; /* the input ended or session_finish() was called */
    bool rest_refused;  /* what came behind the last whole line has been looked at */
    bool peer_gone;     /* the output is broken */
    bool stuffed;       /* the peer took no more; it is awaited */
    bool over;          /* `ended` has been called */
    bool closed;        /* an empty shell that the queued turn frees */
    bool cutting;       /* session_cut_lines() is at work: nobody else starts it */
    bool turn_queued;
    struct posted turn; /* end of turn: write, go on reading, end */
};

/* ---- session.c ---- */

/* Queues a reply to the line with ID. */
void session_put_reply(struct session *session, struct pxa_span id, const struct reply *reply);

/* Sees to it that the oldest request in flight has its deadline. */
void session_arm_deadline(struct session *session);

/* Queues the reply of REQUEST, which leaves the list of those in flight and is freed. */
void session_reply(struct request *request, const struct reply *reply);

/* Which protocol the session speaks, and its log. */
enum scheme session_scheme(const struct session *session);
struct log *session_log(const struct session *session);

/* ---- session_lines.c ---- */

/* Hands up lines while there is room. True when no whole line is left. */
bool session_cut_lines(struct session *session);

/* Whether more may be read: there is room for what comes. */
bool session_may_read(struct session *session);

/* A last line without its end may hold half a password: it is never verified. Called when the
 * whole lines before it have been handed up. */
void session_refuse_rest(struct session *session);

#endif
