/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of a session: which of them become requests, which are answered here, and how many may
 * be under way.
 */
#include <config.h>

#include <string.h>

#include "helpers/core/reply.h"
#include "helpers/core/session_private.h"

/* A line that is no request is answered here. */
static void refuse_line(struct session *session, struct pxa_span line, size_t id_len,
                        const char *reason)
{
    const struct reply reply = {.word = REPLY_BH, .text = reason};

    log_event(session->log, LOG_WARNING, "line", "a line from Squid was refused: %s", reason);
    session_put_reply(session, (struct pxa_span){line.at, id_len}, &reply);
}

/* The same for one whose fields cannot be looked at: with the id that it seems to have. */
static void refuse_fragment(struct session *session, struct pxa_span line, const char *reason)
{
    refuse_line(session, line, channel_fragment_id(&session->channel, line), reason);
}

/* False, and refused, if LINE cannot be a request; else its id is known. */
static bool judge_line(struct session *session, struct pxa_span line, size_t *id_len)
{
    if (memchr(line.at, '\0', line.len)) {
        refuse_fragment(session, line, "NUL byte in the request");
        return false;
    }
    if (channel_judge(&session->channel, line, id_len) == CHANNEL_MALFORMED) {
        refuse_line(session, line, *id_len,
                    "malformed request (do --concurrency and --key-extras fit squid.conf?)");
        return false;
    }
    return true;
}

/* Whoever sent such names gets no further; the requests behind it are not harmed. Bare text would
 * make Squid complain of an old helper (src/auth/digest/UserRequest.cc). */
static void take_cut_line(struct session *session, struct pxa_span line)
{
    static const char text[] = "the user name or realm is too long";
    static const struct reply_note note = {.key = "message", .value = {text, sizeof text - 1}};
    static const struct reply reply = {.word = REPLY_ERR, .notes = &note, .note_count = 1};
    size_t id_len;

    if (!judge_line(session, line, &id_len))
        return;
    log_event(session->log, LOG_NOTICE, "cut",
              "a request with a user name or realm too long for Squid was answered ERR");
    session_put_reply(session, (struct pxa_span){line.at, id_len}, &reply);
}

static void take_line(struct session *session, struct pxa_span line)
{
    size_t id_len;
    struct request *request;

    if (!judge_line(session, line, &id_len))
        return;
    request = request_add(&session->in_flight, line, id_len);
    if (!request) {
        refuse_line(session, line, id_len, "out of memory");
        return;
    }
    request->session = session;
    request->deadline_ms = session->now_ms + session->config.deadline_ms;
    session_arm_deadline(session);
    session->config.request(session->config.context, request);
}

static bool output_flows(const struct session *session)
{
    return !session->peer_gone && bytes_len(&session->output) < SESSION_OUTPUT_MAX;
}

/* Whether the next line may be handed up. Without ids only the order tells which reply belongs to
 * which line, so there is one request at a time. */
static bool has_room(const struct session *session)
{
    unsigned max = channel_has_ids(&session->channel) ? SESSION_IN_FLIGHT_MAX : 1;

    return session->in_flight.count < max && output_flows(session);
}

bool session_may_read(struct session *session)
{
    return session->in_flight.count < SESSION_IN_FLIGHT_MAX && output_flows(session) &&
           !lines_waiting(&session->lines);
}

bool session_cut_lines(struct session *session)
{
    struct pxa_span line;
    bool drained = false;

    if (session->cutting)
        return false;
    session->cutting = true;
    session->now_ms = loop_now_ms(session->loop);
    while (!drained && has_room(session)) {
        switch (lines_next(&session->lines, &line)) {
        case LINES_LINE:
            take_line(session, line);
            break;
        case LINES_CUT:
            take_cut_line(session, line);
            break;
        case LINES_TOO_LONG:
            refuse_fragment(session, line, "the request is too long");
            break;
        case LINES_NONE:
            drained = true;
            break;
        }
    }
    if (session->config.handed_up)
        session->config.handed_up(session->config.context);
    session->cutting = false;
    return drained;
}

void session_refuse_rest(struct session *session)
{
    struct pxa_span rest;

    if (session->rest_refused)
        return;
    session->rest_refused = true;
    if (!lines_rest(&session->lines, &rest))
        return;
    if (channel_is_cut_id(&session->channel, rest))
        log_event(session->log, LOG_WARNING, "line",
                  "the input ended inside a channel-ID, which cannot be answered");
    else
        refuse_fragment(session, rest, "incomplete line");
}
