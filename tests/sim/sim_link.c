/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_link: one connection in memory: a carrier on the helper's side, a sim_peer on the server's.
 *
 * It keeps its own calendar and is brought up to date whenever somebody looks at it, by the loop's
 * clock or by the clock of the job that owns it. So what happens on one connection depends on no
 * other, and a job may run ahead of the loop.
 *
 * Acknowledging is modelled as TCP does it: bytes are acknowledged when the server's kernel has
 * them, whether or not its process reads them; bytes on a path that is gone are not, and when
 * the oldest of them is SIM_USER_TIMEOUT_MS old the connection ends with ETIMEDOUT. One thing is
 * not modelled: an acknowledgement that is lost on its own after the bytes have arrived.
 */
#include <config.h>

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <ldap.h>

#include "tests/sim/sim_answer.h"
#include "tests/sim/sim_net.h"

enum {
    SIM_USER_TIMEOUT_MS = 3000, /* TCP_USER_TIMEOUT as dial.c sets it */
    RETRANSMIT_MS = 200,
    FAULT_BYTES = 500,
    FAULT_MESSAGES = 4,
    FOREIGN_ID = 1000000,
};

struct sim_link {
    struct carrier carrier;
    struct sim_source source;
    struct sim_net *net;
    const struct sim_server *server;
    struct sim_random random;
    struct sim_peer peer;
    struct sim_flow up;    /* sent by the helper, not at the server yet */
    struct sim_flow inbox; /* at the server's kernel, not read yet */
    struct sim_flow down;  /* sent by the server */
    size_t up_sent;
    size_t up_acknowledged;
    size_t up_read;
    size_t down_sent;
    uint64_t boundary_ms; /* when the server's state changes next */
    uint64_t timeout_ms;  /* when ETIMEDOUT comes */
    uint64_t end_ms;      /* when the end reaches the helper */
    int end_error;        /* with what: 0 is an orderly end */
    bool server_closed;
    bool client_closed;
    bool path_lost;
    bool tainted;  /* bytes went down that no honest server sends */
    bool ended;
    bool told;     /* the helper has seen the error */
    enum sim_fault fault;
    size_t fault_after; /* bytes or messages */
    size_t messages;
};

static struct sim_link *link_of(struct carrier *carrier)
{
    return (struct sim_link *)carrier;
}

/* ---- The server's end ---- */

/* The end of the connection, as it will reach the helper. */
static void server_ends(struct sim_link *link, uint64_t now_ms, int error)
{
    uint64_t at_ms = now_ms + sim_between(&link->random, link->net->down.delay_low_ms,
                                          link->net->down.delay_high_ms);

    if (at_ms < link->down.last_ms)
        at_ms = link->down.last_ms;
    link->server_closed = true;
    sim_flow_clear(&link->inbox);
    if (link->path_lost || link->end_ms <= at_ms)
        return;
    link->end_ms = at_ms;
    link->end_error = error;
}

/* Packets at NOW_MS: do they come through, or when? SIM_NEVER when never. */
static uint64_t path_ms(struct sim_link *link, uint64_t now_ms)
{
    uint64_t until_ms;

    if (link->path_lost)
        return SIM_NEVER;
    if (sim_server_state(link->server, now_ms, &until_ms) != SIM_DROPPED)
        return now_ms;
    return until_ms == SIM_NEVER ? SIM_NEVER
                                 : until_ms + sim_between(&link->random, 1, RETRANSMIT_MS);
}

static void send_down(struct sim_link *link, const char *bytes, size_t len, uint64_t now_ms,
                      struct sim_call *mark)
{
    uint64_t at_ms = path_ms(link, now_ms);
    struct sim_parcel parcel = {bytes, len, at_ms, mark};

    if (at_ms == SIM_NEVER || len == 0)
        return;
    link->down_sent += len;
    sim_flow_send(&link->down, &link->random, &link->net->down, &parcel);
}

static void send_answer(struct sim_link *link, const struct sim_answer *answer, uint64_t now_ms)
{
    size_t len = answer->len;
    size_t left = link->fault_after - link->down_sent;
    bool cut = link->fault == SIM_CUT_DOWN || link->fault == SIM_RESET_DOWN;

    if ((cut || link->fault == SIM_STALL_DOWN) && len > left) {
        send_down(link, answer->bytes, left, now_ms, NULL);
        if (cut)
            server_ends(link, now_ms, link->fault == SIM_RESET_DOWN ? ECONNRESET : 0);
        return;
    }
    send_down(link, answer->bytes, len, now_ms, answer->mark);
}

static void send_made(struct sim_link *link, struct sim_answer *answer, uint64_t now_ms)
{
    link->tainted = true;
    send_down(link, answer->bytes, answer->len, now_ms, NULL);
    free(answer);
}

/* Bytes that are no LDAP message: noise, a message id that is longer than its message, or the
 * right id with noise behind it. */
static struct sim_answer *make_garbage(struct sim_link *link, const struct sim_answer *answer)
{
    static const char long_id[] = "\x30\x03\x02\x04\x01";
    char noise[40];
    struct sim_answer *made;

    switch (sim_draw(&link->random) % 3) {
    case 0:
        return sim_answer_new(long_id, sizeof(long_id) - 1);
    case 1:
        made = sim_answer_result(answer->id, LDAP_RES_BIND, LDAP_SUCCESS);
        memset(made->bytes + made->len - 7, 0xff, 7);
        return made;
    default:
        for (size_t i = 0; i < sizeof(noise); i++)
            noise[i] = (char)sim_draw(&link->random);
        noise[0] = (char)0xf0;
        return sim_answer_new(noise, sizeof(noise));
    }
}

/* A success that nobody asked for: of another operation, or of another kind. */
static struct sim_answer *make_foreign(struct sim_link *link, const struct sim_answer *answer)
{
    switch (sim_draw(&link->random) % 3) {
    case 0:
        return sim_answer_result(answer->id - 1, LDAP_RES_BIND, LDAP_SUCCESS);
    case 1:
        return sim_answer_result(answer->id + FOREIGN_ID, LDAP_RES_BIND, LDAP_SUCCESS);
    default:
        return sim_answer_result(answer->id, LDAP_RES_MODIFY, LDAP_SUCCESS);
    }
}

/* Makes something else of a message, or adds something. False: send it all the same. */
static bool spoil(struct sim_link *link, const struct sim_answer *answer, uint64_t now_ms)
{
    static const char huge[] = "\x30\x84\x7f\xff\xff\xff\x02\x01\x01\x64";

    switch (link->fault) {
    case SIM_GARBAGE:
        send_made(link, make_garbage(link, answer), now_ms);
        return true;
    case SIM_HUGE:
        send_made(link, sim_answer_new(huge, sizeof(huge) - 1), now_ms);
        return true;
    case SIM_FOREIGN:
        send_made(link, make_foreign(link, answer), now_ms);
        return false;
    case SIM_TWICE: /* not an entry: two entries are an ambiguous name */
        if (!answer->last) {
            link->fault_after++;
            return false;
        }
        send_answer(link, answer, now_ms);
        link->tainted = true;
        return false;
    case SIM_NOTICE:
        send_made(link, sim_answer_notice(), now_ms);
        server_ends(link, now_ms, 0);
        return true;
    case SIM_NO_FAULT: case SIM_CUT_UP: case SIM_CUT_DOWN: case SIM_RESET_UP:
    case SIM_RESET_DOWN: case SIM_STALL_UP: case SIM_STALL_DOWN: case SIM_LOSE_PATH:
    case SIM_SLOW: case SIM_FAULTS:
        break;
    }
    return false;
}

/* The first answer is ready. */
static void answer_leaves(struct sim_link *link)
{
    struct sim_answer *answer = sim_peer_shift(&link->peer);
    uint64_t now_ms = answer->ready_ms;
    uint64_t until_ms;
    enum sim_state state = sim_server_state(link->server, now_ms, &until_ms);

    if (state == SIM_FROZEN && until_ms != SIM_NEVER)
        now_ms = until_ms;
    if (link->fault == SIM_SLOW)
        now_ms += sim_between(&link->random, 0, link->net->slow_ms);
    if (!link->server_closed && !link->client_closed && state != SIM_MUTE
        && (state != SIM_FROZEN || until_ms != SIM_NEVER)) {
        if (link->messages++ != link->fault_after || !spoil(link, answer, now_ms))
            send_answer(link, answer, now_ms);
    }
    free(answer);
}

/* The server's process reads what its kernel has. */
static void server_reads(struct sim_link *link)
{
    struct sim_segment *segment = sim_flow_shift(&link->inbox);
    uint64_t now_ms = segment->at_ms;
    size_t len = segment->len;
    bool cut = link->fault == SIM_CUT_UP || link->fault == SIM_RESET_UP;
    bool last = cut && link->up_read + len >= link->fault_after;

    if (last)
        len = link->fault_after - link->up_read;
    link->up_read += len;
    sim_peer_input(&link->peer, (struct pxa_span){segment->bytes, len}, segment->sent_ms, now_ms);
    if (last)
        server_ends(link, now_ms, link->fault == SIM_RESET_UP ? ECONNRESET : 0);
    else if (link->peer.hung_up)
        server_ends(link, now_ms, 0);
    free(segment);
}

/* When the process reads what came at NOW_MS. */
static uint64_t reading_ms(const struct sim_link *link, uint64_t now_ms)
{
    uint64_t until_ms;

    if (link->fault == SIM_STALL_UP && link->up_acknowledged > link->fault_after)
        return SIM_NEVER;
    return sim_server_state(link->server, now_ms, &until_ms) == SIM_FROZEN ? until_ms : now_ms;
}

static void lose(struct sim_link *link, struct sim_segment *segment)
{
    if (link->timeout_ms == SIM_NEVER)
        link->timeout_ms = segment->sent_ms + SIM_USER_TIMEOUT_MS;
    link->path_lost = true;
    free(segment);
    sim_flow_clear(&link->up);
}

/* SEGMENT comes later, and what is behind it waits. */
static void retransmit(struct sim_link *link, struct sim_segment *segment, uint64_t at_ms)
{
    segment->next = link->up.first;
    link->up.first = segment;
    if (!segment->next)
        link->up.last = segment;
    for (; segment && segment->at_ms < at_ms; segment = segment->next)
        segment->at_ms = at_ms;
    if (link->up.last_ms < at_ms)
        link->up.last_ms = at_ms;
}

/* The first piece has come to the server, or would have. */
static void bytes_arrive(struct sim_link *link)
{
    struct sim_segment *segment = sim_flow_shift(&link->up);
    uint64_t now_ms = segment->at_ms;
    uint64_t at_ms;

    if (link->fault == SIM_LOSE_PATH && link->up_acknowledged + segment->len > link->fault_after)
        link->path_lost = true;
    at_ms = path_ms(link, now_ms);
    if (at_ms == SIM_NEVER || at_ms >= segment->sent_ms + SIM_USER_TIMEOUT_MS) {
        lose(link, segment);
        return;
    }
    if (at_ms > now_ms) {
        retransmit(link, segment, at_ms);
        return;
    }
    if (link->server_closed) { /* nobody takes them: a reset comes back, nothing is acknowledged */
        if (link->end_error == 0) {
            link->end_error = ECONNRESET;
            link->told = false;
        }
        free(segment);
        return;
    }
    link->up_acknowledged += segment->len;
    segment->at_ms = reading_ms(link, now_ms);
    if (segment->at_ms == SIM_NEVER)
        free(segment);
    else
        sim_flow_append(&link->inbox, segment);
}

/* The server's state changes: a process that dies takes its connections along. */
static void server_changes(struct sim_link *link)
{
    uint64_t now_ms = link->boundary_ms;
    enum sim_state state = sim_server_state(link->server, now_ms, &link->boundary_ms);

    if (state == SIM_REFUSING && !link->server_closed)
        server_ends(link, now_ms, sim_chance(&link->random, 500) ? ECONNRESET : 0);
}

static void connection_ends(struct sim_link *link)
{
    link->ended = true;
    if (link->timeout_ms <= link->end_ms) {
        link->end_error = ETIMEDOUT;
        link->path_lost = true;
        sim_flow_clear(&link->up);
    }
    link->timeout_ms = SIM_NEVER;
    link->end_ms = SIM_NEVER;
}

/* ---- The calendar ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* When the link does something by itself next. */
static uint64_t due_ms(const struct sim_link *link)
{
    uint64_t at_ms = earlier(sim_flow_next_ms(&link->up), sim_flow_next_ms(&link->inbox));

    if (link->peer.answers)
        at_ms = earlier(at_ms, link->peer.answers->ready_ms);
    at_ms = earlier(at_ms, earlier(link->timeout_ms, link->end_ms));
    return earlier(at_ms, link->server_closed ? SIM_NEVER : link->boundary_ms);
}

static void link_advance(struct sim_link *link, uint64_t now_ms)
{
    for (;;) {
        uint64_t at_ms = due_ms(link);

        if (at_ms > now_ms || at_ms == SIM_NEVER)
            return;
        if (!link->server_closed && link->boundary_ms == at_ms)
            server_changes(link);
        else if (sim_flow_next_ms(&link->up) == at_ms)
            bytes_arrive(link);
        else if (sim_flow_next_ms(&link->inbox) == at_ms)
            server_reads(link);
        else if (link->peer.answers && link->peer.answers->ready_ms == at_ms)
            answer_leaves(link);
        else
            connection_ends(link);
    }
}

static struct sim_link *link_now(struct carrier *carrier)
{
    struct sim_link *link = link_of(carrier);

    link_advance(link, sim_loop_clock(link->net->loop));
    return link;
}

/* ---- The helper's end ---- */

static enum loop_events events_of(const struct sim_link *link, uint64_t now_ms)
{
    unsigned events = LOOP_NONE;

    if (link->ended || sim_flow_next_ms(&link->down) <= now_ms)
        events |= LOOP_READ;
    if ((link->ended && link->end_error)
        || link->up_sent - link->up_acknowledged < link->net->window)
        events |= LOOP_WRITE;
    return (enum loop_events)events;
}

static enum loop_events source_ready(struct sim_source *source, uint64_t now_ms)
{
    struct sim_link *link = (struct sim_link *)(void *)((char *)source
                                                        - offsetof(struct sim_link, source));

    link_advance(link, now_ms);
    return events_of(link, now_ms);
}

static uint64_t source_next_ms(const struct sim_source *source)
{
    const struct sim_link *link =
        (const struct sim_link *)(const void *)((const char *)source
                                                - offsetof(struct sim_link, source));
    uint64_t down_ms = sim_flow_next_ms(&link->down);

    return earlier(due_ms(link), down_ms > link->net->loop->now_ms ? down_ms : SIM_NEVER);
}

/* What the end looks like from here: the error once, then as for any closed socket. */
static int end_errno(struct sim_link *link, int after)
{
    if (link->end_error && !link->told) {
        link->told = true;
        return link->end_error;
    }
    return after;
}

static void delivered(void *context, void *mark)
{
    struct sim_link *link = context;

    sim_oracle_delivered(mark, !link->tainted, sim_loop_clock(link->net->loop));
}

static ssize_t op_recv(struct carrier *carrier, void *to, size_t cap)
{
    struct sim_link *link = link_now(carrier);
    struct sim_taker taker = {delivered, link};
    size_t len = sim_flow_take(&link->down, to, cap, sim_loop_clock(link->net->loop), &taker);

    sim_loop_touch(link->net->loop, &link->source);
    if (len > 0) {
        sim_event(link->net->log, "recv", len, to, len);
        return (ssize_t)len;
    }
    errno = EAGAIN;
    if (!link->ended)
        return -1;
    errno = end_errno(link, 0);
    return errno ? -1 : 0;
}

static ssize_t op_send(struct carrier *carrier, const void *from, size_t len)
{
    struct sim_link *link = link_now(carrier);
    size_t room = link->net->window - (link->up_sent - link->up_acknowledged);
    struct sim_parcel parcel = {from, len < room ? len : room,
                                sim_loop_clock(link->net->loop), NULL};

    if (link->ended && link->end_error) {
        errno = end_errno(link, EPIPE);
        return -1;
    }
    if (parcel.len == 0) {
        errno = EAGAIN;
        return -1;
    }
    sim_event(link->net->log, "send", parcel.len, from, parcel.len);
    link->up_sent += parcel.len;
    if (!link->path_lost)
        sim_flow_send(&link->up, &link->random, &link->net->up, &parcel);
    else if (link->timeout_ms == SIM_NEVER)
        link->timeout_ms = parcel.sent_ms + SIM_USER_TIMEOUT_MS;
    sim_loop_touch(link->net->loop, &link->source);
    return (ssize_t)parcel.len;
}

static bool op_wait(struct carrier *carrier, enum loop_events events, uint64_t deadline_ms)
{
    struct sim_link *link = link_now(carrier);
    struct sim_loop *loop = link->net->loop;

    if (!loop->in_job)
        abort(); /* the loop's thread must never wait */
    while (!(events_of(link, loop->job_ms) & events)) {
        uint64_t down_ms = sim_flow_next_ms(&link->down);
        uint64_t at_ms = earlier(due_ms(link), down_ms);

        if (at_ms >= deadline_ms) {
            loop->job_ms = deadline_ms > loop->job_ms ? deadline_ms : loop->job_ms;
            return false;
        }
        loop->job_ms = at_ms;
        link_advance(link, at_ms);
    }
    return true;
}

static size_t op_unacknowledged(struct carrier *carrier)
{
    const struct sim_link *link = link_now(carrier);

    return link->up_sent - link->up_acknowledged;
}

static bool op_peer_gone(struct carrier *carrier)
{
    return link_now(carrier)->ended;
}

/* What is under way still arrives, and the server may process it. */
static void op_close(struct carrier *carrier)
{
    struct sim_link *link = link_now(carrier);

    sim_event(link->net->log, "close", link->up_sent, NULL, 0);
    link->client_closed = true;
    while (link->up.first || link->inbox.first)
        link_advance(link, due_ms(link));
    sim_loop_remove(link->net->loop, &link->source);
    sim_flow_clear(&link->down);
    sim_peer_free(&link->peer);
    link->net->connections--;
    close(carrier->fd);
    free(link);
}

static const struct carrier_ops sim_link_ops = {
    .recv = op_recv,
    .send = op_send,
    .wait = op_wait,
    .unacknowledged = op_unacknowledged,
    .peer_gone = op_peer_gone,
    .close = op_close,
};

static size_t draw_fault_after(struct sim_link *link)
{
    switch (link->fault) {
    case SIM_GARBAGE: case SIM_HUGE: case SIM_FOREIGN: case SIM_TWICE: case SIM_NOTICE:
        return (size_t)sim_between(&link->random, 0, FAULT_MESSAGES);
    case SIM_NO_FAULT: case SIM_CUT_UP: case SIM_CUT_DOWN: case SIM_RESET_UP:
    case SIM_RESET_DOWN: case SIM_STALL_UP: case SIM_STALL_DOWN: case SIM_LOSE_PATH:
    case SIM_SLOW: case SIM_FAULTS:
        break;
    }
    return (size_t)sim_between(&link->random, 0, FAULT_BYTES);
}

struct carrier *sim_link_new(struct sim_net *net, const struct sim_server *server,
                             enum sim_fault fault)
{
    struct sim_link *link = calloc(1, sizeof(*link));

    if (!link)
        abort();
    *link = (struct sim_link){.carrier = {&sim_link_ops, -1},
                              .source = {.ready = source_ready, .next_ms = source_next_ms},
                              .net = net,
                              .server = server,
                              .random = {sim_draw(&net->random)},
                              .timeout_ms = SIM_NEVER,
                              .end_ms = SIM_NEVER,
                              .fault = fault};
    /* A real descriptor that is never readable, for libldap's own poll(). */
    link->carrier.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (link->carrier.fd < 0)
        abort();
    link->source.fd = link->carrier.fd;
    link->fault_after = draw_fault_after(link);
    sim_peer_init(&link->peer, net->directory);
    sim_server_state(server, net->loop->job_ms, &link->boundary_ms);
    sim_loop_add(net->loop, &link->source);
    if (++net->connections > net->most)
        net->most = net->connections;
    sim_event(net->log, "connected", fault, NULL, 0);
    return &link->carrier;
}
