/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_link: one connection in memory: a carrier on the helper's side, a sim_peer on the server's.
 *
 * It keeps its own calendar (sim_link_server.c) and is brought up to date whenever somebody looks
 * at it, by the loop's clock or by the clock of the job that owns it. So what happens on one
 * connection depends on no other, and a job may run ahead of the loop.
 */
#include <config.h>

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/sim/sim_link_private.h"

enum {
    FAULT_BYTES = 500,
    FAULT_MESSAGES = 4,
};

static struct sim_link *link_of(struct carrier *carrier)
{
    return (struct sim_link *)carrier;
}

static struct sim_link *link_now(struct carrier *carrier)
{
    struct sim_link *link = link_of(carrier);

    sim_link_advance(link, sim_loop_clock(link->net->loop));
    return link;
}

static enum loop_events events_of(const struct sim_link *link, uint64_t now_ms)
{
    unsigned events = LOOP_NONE;

    if (link->ended || sim_flow_next_ms(&link->down) <= now_ms)
        events |= LOOP_READ;
    if ((link->ended && link->end_error) ||
        link->up_sent - link->up_acknowledged < link->net->window)
        events |= LOOP_WRITE;
    return (enum loop_events)events;
}

static enum loop_events source_ready(struct sim_source *source, uint64_t now_ms)
{
    struct sim_link *link =
        (struct sim_link *)(void *)((char *)source - offsetof(struct sim_link, source));

    sim_link_advance(link, now_ms);
    return events_of(link, now_ms);
}

static uint64_t source_next_ms(const struct sim_source *source)
{
    const struct sim_link *link =
        (const struct sim_link *)(const void *)((const char *)source -
                                                offsetof(struct sim_link, source));
    uint64_t down_ms = sim_flow_next_ms(&link->down);

    return sim_earlier(sim_link_due_ms(link),
                       down_ms > link->net->loop->now_ms ? down_ms : SIM_NEVER);
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
    struct sim_parcel parcel = {from, len < room ? len : room, sim_loop_clock(link->net->loop),
                                NULL};

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
        uint64_t at_ms = sim_earlier(sim_link_due_ms(link), down_ms);

        if (at_ms >= deadline_ms) {
            loop->job_ms = deadline_ms > loop->job_ms ? deadline_ms : loop->job_ms;
            return false;
        }
        loop->job_ms = at_ms;
        sim_link_advance(link, at_ms);
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
        sim_link_advance(link, sim_link_due_ms(link));
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
    case SIM_GARBAGE:
    case SIM_HUGE:
    case SIM_FOREIGN:
    case SIM_TWICE:
    case SIM_NOTICE:
        return (size_t)sim_between(&link->random, 0, FAULT_MESSAGES);
    case SIM_NO_FAULT:
    case SIM_CUT_UP:
    case SIM_CUT_DOWN:
    case SIM_RESET_UP:
    case SIM_RESET_DOWN:
    case SIM_STALL_UP:
    case SIM_STALL_DOWN:
    case SIM_LOSE_PATH:
    case SIM_SLOW:
    case SIM_FAULTS:
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
    link->active_ms = net->loop->job_ms;
    link->fault_after = draw_fault_after(link);
    sim_peer_init(&link->peer, net->directory);
    sim_server_state(server, net->loop->job_ms, &link->boundary_ms);
    sim_loop_add(net->loop, &link->source);
    if (++net->connections > net->most)
        net->most = net->connections;
    sim_event(net->log, "connected", fault, NULL, 0);
    return &link->carrier;
}
