/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session: one byte stream that speaks Squid's helper protocol.
 *
 * It cuts lines, finds channel-IDs, hands requests up, keeps their deadlines and writes replies.
 * Whatever comes in, each line gets exactly one reply and nothing unsolicited is written:
 * Squid aborts on a reply without the id it expects (src/helper.cc).
 */
#ifndef PROXYAUTH_CORE_SESSION_H
#define PROXYAUTH_CORE_SESSION_H

#include "helpers/core/channel.h"
#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/request.h"
#include "helpers/core/stream.h"

/* A line longer than LINES_MAX (lines.h) is answered BH once and skipped. */
enum {
    SESSION_IN_FLIGHT_MAX = 4096,    /* reading stops at this; at 1 where lines have no ids */
    SESSION_OUTPUT_MAX = 256 * 1024, /* and while this much output is not being read */
};

struct session_config {
    enum scheme scheme;
    enum concurrency concurrency;
    unsigned key_extras;  /* fields that key_extras adds behind the scheme's own */
    uint64_t deadline_ms; /* how long a request may take */
    /* Hands up a well-formed request. It must be answered, now or later. */
    void (*request)(void *context, struct request *request);
    /* May be NULL. Called when no more lines can be handed up for now, from within the same turn: a
     * holder may gather the requests that come together and answer them here, where there is
     * something to gain from it. Nothing else of the loop runs in between. */
    void (*handed_up)(void *context);
    /* Called once: when the input has ended or session_finish() was called and every request has
     * been answered and written, or as soon as the peer takes no more replies (requests may be in
     * flight then). The session may be closed in it. */
    void (*ended)(void *context);
    void *context;
};

/* Starts to read. STREAM and LOOP must outlive the session. NULL when memory is out or a
 * descriptor cannot be watched. */
struct session *session_open(struct loop *loop, struct stream *stream,
                             const struct session_config *config, struct log *log);

/* Reads what has been sent so far and no more, answers what is pending, then calls `ended`, always
 * from a later callback of the loop. What SIGTERM does; the end of input does the same. */
void session_finish(struct session *session);

/* Requests that were handed up and not answered yet. */
unsigned session_in_flight(const struct session *session);

/* Wipes and frees; requests in flight are cancelled and freed without an answer. Not from within
 * `request` or `cancel`. */
void session_close(struct session *session);

#endif
