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

#include "helpers/core/reply.h"
#include "helpers/core/session_private.h"

/* Reads in one turn before others get theirs; and when the session ends, of a buffer that grows:
 * far more than Squid's socket holds. */
enum { READS_PER_TURN = 4, READS_AT_THE_END = 6 };

/* Bytes of output that are worth a system call of their own: some 25 replies with a HA1. */
enum { WRITE_EARLY = 1200 };

/* Squid writes a digest request into 8192 bytes with snprintf() and sends them as they are: of one
 * that is longer, 8191 bytes and no newline. */
enum { DIGEST_CUT_LEN = 8191 };

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
void session_arm_deadline(struct session *session)
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
    session_arm_deadline(session);
}

/* ---- replies ---- */

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
    session->stuffed = false;
    while (bytes_len(&session->output) > 0) {
        ssize_t put = stream_write(session->stream, session->output.at + session->output.start,
                                   bytes_len(&session->output));

        if (put > 0) {
            bytes_consume(&session->output, (size_t)put);
        } else if (put < 0 && errno == EINTR) {
            continue;
        } else if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            session->stuffed = true;
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

/* Written at the end of the turn, or as soon as it is worth a call: then the peer works on these
 * while the next ones are made. */
void session_put_reply(struct session *session, struct pxa_span id, const struct reply *reply)
{
    if (!session->peer_gone)
        reply_write(&session->output, id, reply);
    if (bytes_len(&session->output) >= WRITE_EARLY && !session->stuffed && !session->output.failed)
        write_output(session);
    queue_turn(session);
}

void session_reply(struct request *request, const struct reply *reply)
{
    struct session *session = request->session;

    session_put_reply(session, (struct pxa_span){request->id, request->id_len}, reply);
    request_remove(&session->in_flight, request);
}

/* ---- input ---- */

static void end_input(struct session *session)
{
    if (session->no_more_input)
        return;
    session->no_more_input = true;
    loop_want(session->loop, session->reading, LOOP_NONE);
    queue_turn(session);
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
        if (!session->no_more_input && !session_cut_lines(session))
            break;
    }
    queue_turn(session);
}

/* ---- the end of a turn ---- */

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
    if (session->output.failed && !session->peer_gone) {
        log_event(session->log, LOG_ERROR, "memory", "out of memory: replies are lost");
        break_output(session);
    }
    write_output(session);
    drained = session_cut_lines(session);
    if (!session->no_more_input)
        loop_want(session->loop, session->reading,
                  session_may_read(session) ? LOOP_READ : LOOP_NONE);
    else if (drained)
        session_refuse_rest(session);
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
    if (config->scheme == SCHEME_DIGEST)
        session->lines.cut_len = DIGEST_CUT_LEN;
    session->channel = (struct channel){config->scheme, config->concurrency, config->key_extras};
    session->in_flight.spare_line =
        channel_has_ids(&session->channel) ? REQUEST_SPARE_LINE : REQUEST_SPARE_TOKEN;
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
    request_list_free(&session->in_flight);
    loop_unwatch(session->loop, session->reading);
    loop_unwatch(session->loop, session->writing);
    loop_timer_free(session->loop, session->deadline);
    lines_free(&session->lines);
    bytes_free(&session->output);
    session->closed = true;
    if (!session->turn_queued)
        free(session);
}
