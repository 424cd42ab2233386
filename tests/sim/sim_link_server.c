/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_link_server: what happens at the server's end of a connection, and when.
 *
 * Acknowledging is modelled as TCP does it: bytes are acknowledged when the server's kernel has
 * them, whether or not its process reads them; bytes on a path that is gone are not, and when the
 * oldest of them is SIM_USER_TIMEOUT_MS old the connection ends with ETIMEDOUT. One thing is not
 * modelled: an acknowledgement that is lost on its own after the bytes have arrived.
 */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <ldap.h>

#include "tests/sim/sim_answer.h"
#include "tests/sim/sim_link_private.h"

enum {
    RETRANSMIT_MS = 200,
    FOREIGN_ID = 1000000,
};

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
    switch (sim_draw(&link->random) % 6) {
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
    if (!link->server_closed && !link->client_closed && state != SIM_MUTE &&
        (state != SIM_FROZEN || until_ms != SIM_NEVER)) {
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
    link->active_ms = now_ms;
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

/* A process that stands still does not empty its kernel's buffer; a full one takes no more until
 * it goes on. */
static uint64_t room_ms(const struct sim_link *link, uint64_t now_ms)
{
    uint64_t until_ms;

    if (link->up_acknowledged - link->up_read < link->net->window ||
        sim_server_state(link->server, now_ms, &until_ms) != SIM_FROZEN)
        return now_ms;
    return until_ms;
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
    if (at_ms == now_ms)
        at_ms = room_ms(link, now_ms);
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

/* When the server will be tired of a client that says nothing. */
static uint64_t idle_end_ms(const struct sim_link *link)
{
    if (link->net->idle_ms == 0 || link->server_closed || link->peer.answers)
        return SIM_NEVER;
    return link->active_ms + link->net->idle_ms;
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

uint64_t sim_link_due_ms(const struct sim_link *link)
{
    uint64_t at_ms = sim_earlier(sim_flow_next_ms(&link->up), sim_flow_next_ms(&link->inbox));

    if (link->peer.answers)
        at_ms = sim_earlier(at_ms, link->peer.answers->ready_ms);
    at_ms = sim_earlier(at_ms, sim_earlier(link->timeout_ms, link->end_ms));
    at_ms = sim_earlier(at_ms, idle_end_ms(link));
    return sim_earlier(at_ms, link->server_closed ? SIM_NEVER : link->boundary_ms);
}

void sim_link_advance(struct sim_link *link, uint64_t now_ms)
{
    for (;;) {
        uint64_t at_ms = sim_link_due_ms(link);

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
        else if (idle_end_ms(link) == at_ms)
            server_ends(link, at_ms, 0);
        else
            connection_ends(link);
    }
}
