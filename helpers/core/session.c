/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of a session: read, cut, hand up; collect replies, write them once a turn; keep
 * deadlines; end when the input has ended and all is answered.
 *
 * All requests have the same time to live, so the list in order of arrival is the list of
 * deadlines and one timer serves them all.
 */
#include <config.h>

#include "helpers/core/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/bytes.h"
#include "helpers/core/lines.h"
#include "helpers/core/reply.h"
#include "helpers/core/session_private.h"

/* Reads in one turn before others get theirs; and when the session ends, of a buffer that grows:
 * far more than Squid's socket holds. */
enum { READS_PER_TURN = 4, READS_AT_THE_END = 6 };

struct session {
    struct loop *loop;
    struct stream *stream;
    struct session_config config;
    struct log *log;
    struct watch *reading;
    struct watch *writing;
    struct timer *deadline;
    bool deadline_set;
    struct lines lines;
    struct channel channel;
    struct bytes output;
    struct request_list in_flight;
    bool no_more_input; /* the input ended or session_finish() was called */
    bool rest_refused;  /* what came behind the last whole line has been looked at */
    bool peer_gone;     /* the output is broken */
    bool over;          /* `ended` has been called */
    bool closed;        /* an empty shell that the queued turn frees */
    bool cutting;       /* cut_lines() is at work: nobody else starts it */
    bool turn_queued;
    struct posted turn; /* end of turn: write, go on reading, end */
};

enum scheme session_scheme(const struct session *session)
{
    return session->config.scheme;
}

struct log *session_log(const struct session *session)
{
    return session->log;
}

unsigned session_in_flight(const struct session *session)
{
    return session->in_flight.count;
}

static void queue_turn(struct session *session)
{
    if (session->turn_queued)
        return;
    session->turn_queued = true;
    loop_later(session->loop, &session->turn);
}

/* ---- requests in flight ---- */

/* Armed for the oldest request. When that has been answered meanwhile, the timer finds out when it
 * expires: cheaper than setting it for each request. */
static void arm_deadline(struct session *session)
{
    if (session->deadline_set || !session->in_flight.first)
        return;
    session->deadline_set = true;
    loop_timer_at(session->loop, session->deadline, session->in_flight.first->deadline_ms);
}

static void on_deadline(void *context)
{
    struct session *session = context;
    uint64_t now_ms = loop_now_ms(session->loop);
    char text[80];

    session->deadline_set = false;
    snprintf(text, sizeof text, "no answer within %" PRIu64 " s",
             (session->config.deadline_ms + 999) / 1000);
    while (session->in_flight.first && session->in_flight.first->deadline_ms <= now_ms) {
        struct request *request = session->in_flight.first;

        if (request->cancel)
            request->cancel(request);
        log_event(session->log, LOG_WARNING, "deadline", "a request got %s: answered BH", text);
        request_answer_text(request, REPLY_BH, request->late_text ? request->late_text : text);
    }
    arm_deadline(session);
}

/* ---- replies ---- */

static void put_reply(struct session *session, struct pxa_span id, const struct reply *reply)
{
    if (!session->peer_gone)
        reply_write(&session->output, id, reply);
    queue_turn(session);
}

void session_reply(struct request *request, const struct reply *reply)
{
    struct session *session = request->session;

    put_reply(session, (struct pxa_span){request->id, request->id_len}, reply);
    request_remove(&session->in_flight, request);
}

/* A line that is no request is answered here. */
static void refuse_line(struct session *session, struct pxa_span line, size_t id_len,
                        const char *reason)
{
    const struct reply reply = {.word = REPLY_BH, .text = reason};

    log_event(session->log, LOG_WARNING, "line", "a line from Squid was refused: %s", reason);
    put_reply(session, (struct pxa_span){line.at, id_len}, &reply);
}

/* The same for one whose fields cannot be looked at: with the id that it seems to have. */
static void refuse_fragment(struct session *session, struct pxa_span line, const char *reason)
{
    refuse_line(session, line, channel_fragment_id(&session->channel, line), reason);
}

/* ---- input ---- */

static void take_line(struct session *session, struct pxa_span line)
{
    size_t id_len;
    enum channel_verdict verdict;
    struct request *request;

    if (memchr(line.at, '\0', line.len)) {
        refuse_fragment(session, line, "NUL byte in the request");
        return;
    }
    verdict = channel_judge(&session->channel, line, &id_len);
    if (verdict == CHANNEL_MALFORMED) {
        refuse_line(session, line, id_len,
                    "malformed request (do --concurrency and --key-extras fit squid.conf?)");
        return;
    }
    request = request_add(&session->in_flight, line, id_len);
    if (!request) {
        refuse_line(session, line, id_len, "out of memory");
        return;
    }
    request->session = session;
    request->deadline_ms = loop_now_ms(session->loop) + session->config.deadline_ms;
    arm_deadline(session);
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

static bool may_read(struct session *session)
{
    return session->in_flight.count < SESSION_IN_FLIGHT_MAX && output_flows(session) &&
           !lines_waiting(&session->lines);
}

/* Hands up lines while there is room. True when no whole line is left. */
static bool cut_lines(struct session *session)
{
    struct pxa_span line;
    bool drained = false;

    if (session->cutting)
        return false;
    session->cutting = true;
    while (!drained && has_room(session)) {
        switch (lines_next(&session->lines, &line)) {
        case LINES_LINE:
            take_line(session, line);
            break;
        case LINES_TOO_LONG:
            refuse_fragment(session, line, "the request is too long");
            break;
        case LINES_NONE:
            drained = true;
            break;
        }
    }
    session->cutting = false;
    return drained;
}

static void end_input(struct session *session)
{
    if (session->no_more_input)
        return;
    session->no_more_input = true;
    loop_want(session->loop, session->reading, LOOP_NONE);
    queue_turn(session);
}

/* A last line without its end may hold half a password: it is never verified. Called when the
 * whole lines before it have been handed up. */
static void refuse_rest(struct session *session)
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

/* Reads once. False when there is nothing more to read now. */
static bool read_once(struct session *session)
{
    size_t room;
    char *to = lines_room(&session->lines, &room);
    ssize_t got;

    if (!to) {
        log_event(session->log, LOG_ERROR, "memory", "out of memory: no more requests are read");
        end_input(session);
        return false;
    }
    got = stream_read(session->stream, to, room);
    if (got > 0) {
        lines_filled(&session->lines, (size_t)got);
        return (size_t)got == room;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return false;
    if (got < 0)
        log_event(session->log, LOG_WARNING, "input", "cannot read requests: %s", strerror(errno));
    end_input(session);
    return false;
}

static void on_readable(void *context, enum loop_events ready)
{
    struct session *session = context;
    bool more = true;

    (void)ready;
    for (int i = 0; i < READS_PER_TURN && more && !session->no_more_input; i++) {
        more = read_once(session);
        if (!session->no_more_input && !cut_lines(session))
            break;
    }
    queue_turn(session);
}

/* ---- the end of a turn ---- */

static void break_output(struct session *session)
{
    session->peer_gone = true;
    bytes_consume(&session->output, bytes_len(&session->output));
    loop_want(session->loop, session->writing, LOOP_NONE);
    session->no_more_input = true;
    loop_want(session->loop, session->reading, LOOP_NONE);
}

/* Writes what the peer takes now; waits for the rest. */
static void write_output(struct session *session)
{
    while (bytes_len(&session->output) > 0) {
        ssize_t put = stream_write(session->stream, session->output.at + session->output.start,
                                   bytes_len(&session->output));

        if (put > 0) {
            bytes_consume(&session->output, (size_t)put);
        } else if (put < 0 && errno == EINTR) {
            continue;
        } else if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            loop_want(session->loop, session->writing, LOOP_WRITE);
            return;
        } else {
            log_event(session->log, LOG_WARNING, "output", "Squid does not take replies: %s",
                      strerror(errno));
            break_output(session);
            return;
        }
    }
    loop_want(session->loop, session->writing, LOOP_NONE);
}

static bool is_over(const struct session *session)
{
    if (session->peer_gone)
        return true;
    return session->rest_refused && session->in_flight.count == 0 &&
           bytes_len(&session->output) == 0;
}

static void end_turn(struct posted *posted)
{
    struct session *session =
        (struct session *)(void *)((char *)posted - offsetof(struct session, turn));
    bool drained;

    session->turn_queued = false;
    if (session->closed) {
        free(session);
        return;
    }
    if (session->output.failed)
        break_output(session);
    write_output(session);
    drained = cut_lines(session);
    if (!session->no_more_input)
        loop_want(session->loop, session->reading, may_read(session) ? LOOP_READ : LOOP_NONE);
    else if (drained)
        refuse_rest(session);
    if (is_over(session) && !session->turn_queued && !session->over) {
        session->over = true;
        session->config.ended(session->config.context);
    }
}

static void on_writable(void *context, enum loop_events ready)
{
    struct session *session = context;

    (void)ready;
    queue_turn(session);
}

/* ---- open and close ---- */

struct session *session_open(struct loop *loop, struct stream *stream,
                             const struct session_config *config, struct log *log)
{
    struct session *session = calloc(1, sizeof *session);

    if (!session)
        return NULL;
    session->loop = loop;
    session->stream = stream;
    session->config = *config;
    session->log = log;
    session->turn.run = end_turn;
    session->channel = (struct channel){config->scheme, config->concurrency, config->key_extras};
    session->reading = loop_watch(loop, stream->in, on_readable, session);
    session->writing = loop_watch(loop, stream->out, on_writable, session);
    session->deadline = loop_timer(loop, on_deadline, session);
    if (!session->reading || !session->writing || !session->deadline) {
        session_close(session);
        return NULL;
    }
    loop_want(loop, session->reading, LOOP_READ);
    return session;
}

/* What the peer has sent already is read: it waits for answers. */
void session_finish(struct session *session)
{
    for (int i = 0; i < READS_AT_THE_END && !session->no_more_input; i++)
        if (!read_once(session))
            break;
    end_input(session);
}

void session_close(struct session *session)
{
    while (session->in_flight.first) {
        struct request *request = session->in_flight.first;

        if (request->cancel)
            request->cancel(request);
        request_remove(&session->in_flight, request);
    }
    loop_unwatch(session->loop, session->reading);
    loop_unwatch(session->loop, session->writing);
    loop_timer_free(session->loop, session->deadline);
    lines_free(&session->lines);
    bytes_free(&session->output);
    session->closed = true;
    if (!session->turn_queued)
        free(session);
}
