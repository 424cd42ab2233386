/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libldap's rules kept here: after -1 a handle is dead for good, or libldap would connect by
 * itself; after "readable" it is asked until nothing is left, because it and TLS hold what the
 * kernel no longer shows; a request that does not fit is finished before the next one is begun.
 */
#include <config.h>

#include "helpers/directory/conn.h"

#include <errno.h>
#include <stdlib.h>

/* A peer that closes an idle connection does so long after its last use. */
enum { STALE_AFTER_MS = 20 };

/* Steps in one turn, which the wire bounds already: more mean that libldap makes no progress. */
enum { STEPS_PER_TURN = 10000 };

/* Bytes without one answer to what was asked: 64 searches bring far less. */
enum { UNANSWERED_MAX = 16 * 1024 * 1024 };

/* The successor is made this long before the end, or in the last quarter of a short life. */
enum { RENEW_BEFORE_MS = 60 * 1000 };

static void want_events(struct conn *conn)
{
    loop_want(conn->loop, conn->watch, conn->wire->blocked ? LOOP_READ_WRITE : LOOP_READ);
}

static struct task *find_task(const struct conn *conn, int msgid)
{
    struct task *task = conn->tasks.first;

    while (task && task->msgid != msgid)
        task = task->next;
    return task;
}

static void take_answer(struct conn *conn, LDAPMessage *answer)
{
    int msgid = ldap_msgid(answer);
    struct task *task = find_task(conn, msgid);

    /* Message id 0 is the server's own word: Notice of Disconnection (RFC 4511 4.4.1). */
    if (msgid == 0) {
        conn->dead = true;
    } else if (conn->outstanding > 0) {
        conn->outstanding--;
        conn->heard_mark = conn->wire->received;
        conn->waiting_since_ms = loop_now_ms(conn->loop);
        conn->idle_since_ms = conn->waiting_since_ms;
    }
    if (task) {
        conn_detach(conn, task);
        conn->events->answer(conn, task, answer);
    }
    ldap_msgfree(answer);
}

static bool may_have_input(struct conn *conn)
{
    return ber_sockbuf_ctrl(conn->buffer, LBER_SB_OPT_DATA_READY, NULL) == 1;
}

/* libldap's next step: it reads what there is, up to one whole answer. */
static void step(struct conn *conn)
{
    struct timeval at_once = {0, 0};
    LDAPMessage *answer = NULL;
    int type = ldap_result(conn->ld, LDAP_RES_ANY, LDAP_MSG_ALL, &at_once, &answer);

    if (type < 0)
        conn->dead = true;
    else if (type > 0)
        take_answer(conn, answer);
}

/* Takes every answer that is there. */
static void drain(struct conn *conn)
{
    int steps = 0;

    while (!conn->dead && may_have_input(conn)) {
        step(conn);
        if (++steps == STEPS_PER_TURN || conn->wire->received - conn->heard_mark > UNANSWERED_MAX)
            conn->dead = true;
    }
}

/* libldap looks whether it can send the rest of a request only when there is nothing to read, so
 * this comes after drain(). */
static void flush(struct conn *conn)
{
    if (!conn->dead && conn->wire->blocked)
        step(conn);
}

static void on_event(void *context, enum loop_events ready)
{
    struct conn *conn = context;
    bool was_blocked = conn->wire->blocked;

    wire_refresh(conn->wire);
    conn->draining = true;
    drain(conn);
    if (ready & LOOP_WRITE)
        flush(conn);
    conn->draining = false;
    if (conn->closed) {
        conn_close(conn);
    } else if (conn->dead || conn->wire->broken) {
        conn->dead = true;
        conn->events->lost(conn);
    } else {
        want_events(conn);
        if (was_blocked && !conn->wire->blocked)
            conn->events->writable(conn);
    }
}

static void limit_life(struct conn *conn, uint64_t lifetime_ms)
{
    uint64_t before_ms = lifetime_ms / 4;

    if (lifetime_ms == 0)
        return;
    if (before_ms > RENEW_BEFORE_MS)
        before_ms = RENEW_BEFORE_MS;
    conn->good_until_ms = loop_now_ms(conn->loop) + lifetime_ms;
    conn->renew_ms = conn->good_until_ms - before_ms;
}

struct conn *conn_new(struct loop *loop, struct setup *setup, const struct conn_events *events)
{
    struct conn *conn = calloc(1, sizeof *conn);

    if (!conn)
        return NULL;
    conn->loop = loop;
    conn->events = events;
    conn->purpose = setup->purpose;
    conn->ld = setup->ld;
    conn->wire = setup->wire;
    conn->idle_since_ms = loop_now_ms(loop);
    conn->watch = loop_watch(loop, setup->wire->carrier->fd, on_event, conn);
    if (!conn->watch ||
        ldap_get_option(conn->ld, LDAP_OPT_SOCKBUF, &conn->buffer) != LDAP_OPT_SUCCESS) {
        loop_unwatch(loop, conn->watch);
        free(conn);
        return NULL;
    }
    setup->ld = NULL;
    setup->wire = NULL;
    limit_life(conn, setup->lifetime_ms);
    want_events(conn);
    return conn;
}

bool conn_is_over(const struct conn *conn)
{
    return conn->good_until_ms > 0 && loop_now_ms(conn->loop) >= conn->good_until_ms;
}

bool conn_has_room(const struct conn *conn)
{
    if (conn->dead || conn->wire->blocked || conn_is_over(conn))
        return false;
    return conn->outstanding < (conn->purpose == PURPOSE_BIND ? 1 : CONN_SEARCHES_MAX);
}

enum conn_sent conn_send(struct conn *conn, struct task *task, int *code)
{
    uint64_t mark = conn->wire->sent;

    *code = task->send(task, conn->ld, conn->facts, &task->msgid);
    if (*code == LDAP_BUSY) {
        conn->wire->blocked = true;
        want_events(conn);
        return CONN_BUSY;
    }
    if (*code != LDAP_SUCCESS) {
        if (conn->wire->broken == 0 && *code != LDAP_SERVER_DOWN && *code != LDAP_LOCAL_ERROR)
            return CONN_REFUSED;
        conn->dead = true;
        return CONN_BROKEN;
    }
    task->state = TASK_SENT;
    task->conn = conn;
    task->sent_mark = mark;
    conn->last_msgid = task->msgid;
    task_queue_push(&conn->tasks, task);
    if (conn->outstanding++ == 0) {
        conn->waiting_since_ms = loop_now_ms(conn->loop);
        conn->heard_mark = conn->wire->received;
    }
    if (conn->wire->blocked)
        want_events(conn);
    return CONN_SENT;
}

bool conn_cannot_have_processed(const struct conn *conn, const struct task *task)
{
    const struct wire *wire = conn->wire;
    uint64_t own = wire->sent - task->sent_mark;

    /* A part of a message is not a message. */
    if (own == 0 || (wire->blocked && task->msgid == conn->last_msgid))
        return true;
    /* A reset proves nothing: it is not acknowledged itself and can follow the processing. */
    return wire->broken == ETIMEDOUT && wire->carrier->ops->unacknowledged(wire->carrier) >= own;
}

bool conn_is_stale(struct conn *conn)
{
    if (conn->dead)
        return true;
    if (loop_now_ms(conn->loop) - conn->idle_since_ms < STALE_AFTER_MS)
        return false;
    return conn->wire->carrier->ops->peer_gone(conn->wire->carrier);
}

void conn_detach(struct conn *conn, struct task *task)
{
    task_queue_remove(&conn->tasks, task);
    task->conn = NULL;
    task->state = TASK_IDLE;
}

void conn_close(struct conn *conn)
{
    if (conn->draining) {
        conn->dead = true;
        conn->closed = true;
        return;
    }
    loop_unwatch(conn->loop, conn->watch);
    /* More bytes, libldap's good-bye too, would make a whole message of one that is half sent, with
     * a password that nobody typed. */
    if (conn->wire->blocked && !conn->wire->broken)
        conn->wire->broken = EPIPE;
    ldap_unbind_ext(conn->ld, NULL, NULL);
    wire_free(conn->wire);
    facts_release(conn->facts);
    free(conn);
}
