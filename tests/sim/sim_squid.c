/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_squid: one helper process as Squid uses it.
 *
 * Without concurrency= one line is open at a time; with it any number. Replies are parsed as
 * Squid's src/helper.cc does, but stricter: whatever it would only log is a breach here.
 */
#include <config.h>

#include "tests/sim/sim_squid.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/lines.h"
#include "helpers/core/session.h"
#include "tests/sim/sim_notes.h"
#include "tests/sim/sim_users.h"

enum {
    ATTEMPTS = 3, /* MAX_RETRIES of src/helper.cc is 2 */
    BLOCKED_MS = 300,
    RECENT = 8,
    TRICKLE = 20, /* bytes */
    GIANTS = 2,   /* per mille of the lines that are no login */
};

/* ---- Sending ---- */

static void remember(struct sim_squid *squid, struct sim_call *call, unsigned attempt)
{
    if (squid->calls == squid->cap) {
        squid->cap = squid->cap ? squid->cap * 2 : 64;
        squid->by_id = realloc(squid->by_id, squid->cap * sizeof(struct sim_call *));
        squid->attempts = realloc(squid->attempts, squid->cap * sizeof(unsigned));
        if (!squid->by_id || !squid->attempts)
            abort();
    }
    squid->by_id[squid->calls] = call;
    squid->attempts[squid->calls++] = attempt;
    call->id = squid->calls; /* Squid counts from 1 */
    if (++squid->open > SESSION_IN_FLIGHT_MAX)
        squid->oracle->choked_ms = SIM_NEVER; /* lines wait until others have been answered */
}

static void begin_line(const struct sim_squid *squid, struct sim_line *line)
{
    char id[24];

    line->len = 0;
    if (squid->load.ids)
        sim_line_add(line, id, (size_t)snprintf(id, sizeof(id), "%zu ", squid->calls));
}

/* The line is under way; the helper has read it when it has read the last byte. */
static void send_line(struct sim_squid *squid, struct sim_line *line, struct sim_call *call)
{
    struct sim_parcel parcel = {line->bytes, line->len, squid->loop->now_ms + 1, call};

    sim_event(squid->log, "line", call->id, line->bytes, line->len);
    sim_flow_send(&squid->input, &squid->random, &squid->load.pace, &parcel);
    sim_loop_touch(squid->loop, &squid->source);
}

static struct sim_call *send_login(struct sim_squid *squid, struct sim_pair *pair, unsigned attempt)
{
    struct sim_call *call = sim_oracle_call(squid->oracle, pair);
    struct sim_line line;

    remember(squid, call, attempt);
    begin_line(squid, &line);
    sim_line_login(&line, &squid->random, pair, squid->load.extras);
    if (sim_chance(&squid->random, 20))
        sim_line_add(&line, "\r", 1);
    sim_line_add(&line, "\n", 1);
    send_line(squid, &line, call);
    return call;
}

/* A line that is longer than any that is taken. */
static void send_giant(struct sim_squid *squid, struct sim_call *call, struct sim_line *line)
{
    static const struct sim_pace pace = {0, 0, 64 * 1024};
    size_t len = line->len + LINES_MAX + 1;
    char *bytes = malloc(len + 1);
    struct sim_parcel parcel = {bytes, len + 1, squid->loop->now_ms + 1, call};

    if (!bytes)
        abort();
    memcpy(bytes, line->bytes, line->len);
    memset(bytes + line->len, 'x', len - line->len);
    bytes[len] = '\n';
    sim_event(squid->log, "giant", call->id, NULL, len);
    sim_flow_send(&squid->input, &squid->random, &pace, &parcel);
    sim_loop_touch(squid->loop, &squid->source);
    free(bytes);
}

static void send_broken(struct sim_squid *squid)
{
    struct sim_call *call = sim_oracle_call(squid->oracle, NULL);
    struct sim_line line;

    remember(squid, call, ATTEMPTS);
    begin_line(squid, &line);
    if (sim_chance(&squid->random, GIANTS)) {
        send_giant(squid, call, &line);
        return;
    }
    sim_line_broken(&line, &squid->random, squid->load.extras);
    sim_line_add(&line, "\n", 1);
    send_line(squid, &line, call);
}

static struct sim_pair *recent_pair(const struct sim_squid *squid, struct sim_random *random)
{
    size_t back = (size_t)sim_between(random, 1, RECENT);

    return back <= squid->calls ? squid->by_id[squid->calls - back]->pair : NULL;
}

static void send_next(struct sim_squid *squid)
{
    const struct sim_load *load = &squid->load;
    struct sim_pair *pair = NULL;

    squid->sent++;
    /* The first line decides about ids when the helper has to find out: it must be a login. */
    if (squid->calls > 0 && sim_chance(&squid->random, load->broken)) {
        send_broken(squid);
        return;
    }
    if (sim_chance(&squid->random, load->again))
        pair = recent_pair(squid, &squid->random);
    if (!pair)
        pair = sim_users_draw(squid->oracle, &squid->random, load->wrong, load->odd);
    send_login(squid, pair, 1);
}

static void on_tick(void *context)
{
    struct sim_squid *squid = context;
    unsigned burst = (unsigned)sim_between(&squid->random, 1, squid->load.burst);

    for (; burst > 0 && squid->sent < squid->load.total && squid->open < squid->load.window;
         burst--)
        send_next(squid);
    if (squid->sent < squid->load.total)
        loop_timer_at(&squid->loop->loop, squid->tick,
                      squid->loop->now_ms + 1 + sim_between(&squid->random, 0, squid->load.gap_ms));
}

void sim_squid_start(struct sim_squid *squid)
{
    loop_timer_at(&squid->loop->loop, squid->tick, squid->loop->now_ms + 1);
}

bool sim_squid_is_done(const struct sim_squid *squid)
{
    return squid->sent >= squid->load.total && squid->open == 0;
}

struct sim_call *sim_squid_probe(struct sim_squid *squid)
{
    return send_login(squid, sim_users_plain(squid->oracle, &squid->random), ATTEMPTS);
}

void sim_squid_close(struct sim_squid *squid, bool cut)
{
    struct sim_line line;

    if (cut) { /* half a password must not be tried */
        struct sim_call *call = sim_oracle_call(squid->oracle, NULL);

        remember(squid, call, ATTEMPTS);
        begin_line(squid, &line);
        sim_line_add(&line, "user001 secre", 13);
        send_line(squid, &line, call);
    }
    squid->closed = true;
    sim_loop_touch(squid->loop, &squid->source);
}

void sim_squid_die(struct sim_squid *squid)
{
    squid->dead = true;
    squid->blocked_ms = 0;
    sim_squid_close(squid, false);
}

/* ---- Replies ---- */

static enum sim_word word_of(const char *at, size_t len)
{
    static const struct {
        const char *text;
        size_t len;
        enum sim_word word;
    } words[] = {{"OK", 2, SIM_OK}, {"ERR", 3, SIM_ERR}, {"BH", 2, SIM_BH}};

    for (size_t i = 0; i < 3; i++)
        if (len >= words[i].len && memcmp(at, words[i].text, words[i].len) == 0 &&
            (len == words[i].len || at[words[i].len] == ' '))
            return words[i].word;
    return SIM_OTHER;
}

/* Without ids replies come in the order of the lines. */
static struct sim_call *oldest_open(struct sim_squid *squid)
{
    while (squid->answered < squid->calls && squid->by_id[squid->answered]->word)
        squid->answered++;
    return squid->answered < squid->calls ? squid->by_id[squid->answered] : NULL;
}

/* The call that the line answers; *AT moves behind the id. */
static struct sim_call *answered_call(struct sim_squid *squid, const char **at, const char *end)
{
    uint64_t id = 0;
    const char *digits = *at;

    if (!squid->load.ids)
        return oldest_open(squid);
    while (*at < end && **at >= '0' && **at <= '9')
        id = id * 10 + (uint64_t)(*(*at)++ - '0');
    if (*at == digits || *at == end || **at != ' ')
        return NULL;
    ++*at;
    return id >= 1 && id <= squid->calls ? squid->by_id[id - 1] : NULL;
}

static void check_text(struct sim_squid *squid, const struct sim_call *call, const char *at,
                       size_t len)
{
    if (memchr(at, '\0', len))
        sim_breach(squid->log, "law 1: a NUL in a reply");
    if (call->pair && memmem(at, len, call->pair->password.at, call->pair->password.len))
        sim_breach(squid->log, "law 6: a password in a reply");
}

static void take_reply(struct sim_squid *squid, const char *at, size_t len)
{
    const char *end = at + len;
    struct sim_call *call = answered_call(squid, &at, end);
    bool first;

    if (!call) {
        sim_breach(squid->log, "law 1: a line that answers nothing: %.*s", (int)len, end - len);
        return;
    }
    first = !call->word;
    check_text(squid, call, at, (size_t)(end - at));
    sim_oracle_reply(squid->oracle, call, word_of(at, (size_t)(end - at)), squid->loop->now_ms);
    if (!first)
        return;
    sim_notes_judge(squid->oracle, call, (struct pxa_span){at, (size_t)(end - at)});
    squid->open--;
    if (call->word == SIM_BH && call->pair && !squid->closed &&
        squid->attempts[call->id - 1] < ATTEMPTS)
        send_login(squid, call->pair, squid->attempts[call->id - 1] + 1);
}

static void take_bytes(struct sim_squid *squid, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != '\n') {
            if (squid->reply_len < SIM_REPLY_CAP)
                squid->reply[squid->reply_len++] = bytes[i];
            continue;
        }
        take_reply(squid, squid->reply, squid->reply_len);
        squid->reply_len = 0;
    }
}

/* ---- The stream ---- */

static struct sim_squid *squid_of(struct stream *stream)
{
    return (struct sim_squid *)stream;
}

static void line_was_read(void *context, void *mark)
{
    struct sim_squid *squid = context;

    sim_oracle_read(squid->oracle, mark, squid->loop->now_ms);
}

static ssize_t op_read(struct stream *stream, void *to, size_t cap)
{
    struct sim_squid *squid = squid_of(stream);
    struct sim_taker taker = {line_was_read, squid};
    size_t len = sim_flow_take(&squid->input, to, cap, squid->loop->now_ms, &taker);

    sim_loop_touch(squid->loop, &squid->source);
    if (len > 0)
        return (ssize_t)len;
    if (squid->closed && !squid->input.first)
        return 0;
    errno = EAGAIN;
    return -1;
}

static ssize_t op_write(struct stream *stream, const void *from, size_t len)
{
    struct sim_squid *squid = squid_of(stream);

    if (squid->dead) {
        errno = EPIPE;
        return -1;
    }
    if (squid->loop->now_ms < squid->blocked_ms) {
        errno = EAGAIN;
        return -1;
    }
    if (sim_chance(&squid->random, squid->load.blocked)) {
        squid->blocked_ms = squid->loop->now_ms + sim_between(&squid->random, 1, BLOCKED_MS);
        if (squid->oracle->choked_ms < squid->blocked_ms)
            squid->oracle->choked_ms = squid->blocked_ms;
        if (len > TRICKLE)
            len = (size_t)sim_between(&squid->random, 1, TRICKLE);
    }
    sim_event(squid->log, "reply", len, from, len);
    take_bytes(squid, from, len);
    sim_loop_touch(squid->loop, &squid->source);
    return (ssize_t)len;
}

static struct sim_squid *squid_of_source(const struct sim_source *source)
{
    return (struct sim_squid *)(void *)((char *)(uintptr_t)source -
                                        offsetof(struct sim_squid, source));
}

static enum loop_events source_ready(struct sim_source *source, uint64_t now_ms)
{
    const struct sim_squid *squid = squid_of_source(source);
    unsigned events = LOOP_NONE;

    if (sim_flow_next_ms(&squid->input) <= now_ms || (squid->closed && !squid->input.first))
        events |= LOOP_READ;
    if (now_ms >= squid->blocked_ms)
        events |= LOOP_WRITE;
    return (enum loop_events)events;
}

static uint64_t source_next_ms(const struct sim_source *source)
{
    const struct sim_squid *squid = squid_of_source(source);
    uint64_t now_ms = squid->loop->now_ms;
    uint64_t input_ms = sim_flow_next_ms(&squid->input);
    uint64_t blocked_ms = squid->blocked_ms > now_ms ? squid->blocked_ms : SIM_NEVER;

    if (input_ms <= now_ms)
        input_ms = SIM_NEVER;
    return input_ms < blocked_ms ? input_ms : blocked_ms;
}

static const struct stream_ops sim_squid_ops = {.read = op_read, .write = op_write};

void sim_squid_init(struct sim_squid *squid, struct sim_loop *loop, struct sim_oracle *oracle,
                    uint64_t seed)
{
    *squid = (struct sim_squid){
        .stream = {&sim_squid_ops, SIM_SQUID_FD, SIM_SQUID_FD},
        .source = {.fd = SIM_SQUID_FD, .ready = source_ready, .next_ms = source_next_ms},
        .loop = loop,
        .log = loop->log,
        .oracle = oracle,
        .random = {seed}};
    squid->tick = loop_timer(&loop->loop, on_tick, squid);
    sim_loop_add(loop, &squid->source);
}

void sim_squid_end(struct sim_squid *squid)
{
    loop_timer_free(&squid->loop->loop, squid->tick);
    sim_loop_remove(squid->loop, &squid->source);
    sim_flow_clear(&squid->input);
    free(squid->by_id);
    free(squid->attempts);
}
