/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections of a pool: ordered from the offload threads, adopted, lost, and what is said about it
 * in the log.
 */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/pool_private.h"

/* A bind whose bytes cannot have arrived, or a search, is sent again this often at most. */
enum { RESENDS_MAX = 2 };

/* A server that has answered so recently lives, though it gives no further connection. */
enum { HEARD_RECENTLY_MS = 1000, ENOUGH_MS = 1000 };

/* ---- a server's list of connections ---- */

static void link_front(struct conn *conn)
{
    struct server *server = conn->server;
    struct conn **head = &server->conns[conn->purpose];

    conn->prev = NULL;
    conn->next = *head;
    if (*head)
        (*head)->prev = conn;
    *head = conn;
}

static void unlink_conn(struct conn *conn)
{
    struct server *server = conn->server;

    if (conn->prev)
        conn->prev->next = conn->next;
    else
        server->conns[conn->purpose] = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
}

static void link_back(struct conn *conn)
{
    struct server *server = conn->server;
    struct conn *last = server->conns[conn->purpose];

    if (!last) {
        link_front(conn);
        return;
    }
    while (last->next)
        last = last->next;
    last->next = conn;
    conn->prev = last;
    conn->next = NULL;
}

void pool_reorder(struct conn *conn)
{
    if (conn->purpose != PURPOSE_BIND)
        return;
    unlink_conn(conn);
    if (conn->outstanding == 0)
        link_front(conn);
    else
        link_back(conn);
}

/* ---- what is said about a server ---- */

void pool_server_failed(struct pool *pool, struct server *server, const char *phase,
                        const char *what)
{
    uint64_t now_ms = pool_now_ms(pool);
    bool known = server->retired ||
                 (server->health.state == HEALTH_DOWN && now_ms < server->health.retry_ms);
    uint32_t chance = pool->config.ground.random(pool->config.ground.random_context);
    uint64_t pause_ms = health_failed(&server->health, now_ms, chance);

    server->failed_ms = now_ms;
    server->facts_known = false;
    log_event(pool->config.ground.log, known ? LOG_INFO : LOG_WARNING, "server",
              "%s: %s: %s; next try in %" PRIu64 ".%" PRIu64 " s", server->address.uri, phase, what,
              pause_ms / 1000, pause_ms % 1000 / 100);
    pool_pump_later(pool);
    pool_tick_soon(pool);
}

static void server_works(struct pool *pool, struct server *server, const struct setup *setup)
{
    server->heard_ms = pool_now_ms(pool);
    if (health_succeeded(&server->health))
        log_event(pool->config.ground.log, LOG_NOTICE, "server", "%s: connected%s%s",
                  server->address.uri, setup->tls_on ? ", TLS is on" : "",
                  setup->layer > 0 ? ", encrypted by Kerberos" : "");
}

/* One that has connections and answers on them is not down because it gives no more: there may be a
 * limit, there or in between. Trouble of ours (no KDC, a missing file) says nothing about it at
 * all. */
static bool is_enough(const struct server *server, const struct setup *setup)
{
    return server->health.state == HEALTH_UP && server->open[setup->purpose] > 0 &&
           (setup->outcome == SETUP_LOCAL ||
            setup->began_ms <= server->heard_ms + HEARD_RECENTLY_MS);
}

static void do_with_what_is_open(struct pool *pool, struct server *server,
                                 const struct setup *setup)
{
    server->enough_until_ms[setup->purpose] = pool_now_ms(pool) + ENOUGH_MS;
    log_event(pool->config.ground.log, LOG_WARNING, "enough",
              "%s: %s: %s; going on with the %u connections that are open", server->address.uri,
              setup->phase, setup->why.text, server->open[setup->purpose]);
}

static void setup_failed(struct pool *pool, struct server *server, const struct setup *setup)
{
    struct log *log = pool->config.ground.log;

    /* One that answers slowly is better than none where facts are not needed. */
    if (setup->facts_failed && setup->plan->kind != KIND_AD)
        server->facts_skipped = true;
    if (setup->outcome != SETUP_CREDENTIAL) {
        if (server->health.state == HEALTH_DOWN && setup->began_ms <= server->failed_ms)
            return; /* begun before that was known: no news */
        if (is_enough(server, setup)) {
            do_with_what_is_open(pool, server, setup);
            return;
        }
    }
    switch (setup->outcome) {
    case SETUP_CREDENTIAL:
        log_event(log, LOG_ERROR, "service",
                  "%s: service bind as %s: %s; not tried again for %" PRIu64
                  " s unless its password file or keytab changes",
                  server->address.uri, setup_account(pool->config.plan), setup->why.text,
                  service_guard_refused(&pool->guard, pool_now_ms(pool)) / 1000);
        break;
    case SETUP_LOCAL:
        health_failed_locally(&server->health, pool_now_ms(pool));
        server->failed_ms = pool_now_ms(pool);
        log_event(log, LOG_ERROR, "local", "%s: %s: %s; next try in 1 s", server->address.uri,
                  setup->phase, setup->why.text);
        break;
    case SETUP_SERVER:
    case SETUP_READY:
        pool_server_failed(pool, server, setup->phase, setup->why.text);
        break;
    }
}

/* ---- answers ---- */

/* Whether another server could be used or tried instead. */
static bool has_alternative(const struct pool *pool, const struct server *server)
{
    uint64_t now_ms = pool_now_ms(pool);

    for (size_t i = 0; i < pool->server_count; i++) {
        const struct health *other = &pool->servers[i]->health;

        if (pool->servers[i] != server &&
            (other->state == HEALTH_UP || health_may_try(other, now_ms)))
            return true;
    }
    return false;
}

/* A server that answers, if badly, is better than none: one entry that it cannot serve would
 * otherwise lock out everybody. One that is down already has had its blame. */
static void strike(struct pool *pool, struct server *server, const char *phase, const char *what)
{
    if (health_strike(&server->health) && server->health.state == HEALTH_UP &&
        has_alternative(pool, server))
        pool_server_failed(pool, server, phase, what);
}

static void on_answer(struct conn *conn, struct task *task, LDAPMessage *answer)
{
    struct pool *pool = conn->owner;
    struct server *server = conn->server;
    int code;

    server->heard_ms = pool_now_ms(pool);
    code = task->answered(task, conn->ld, answer);
    /* What was no answer to the question may still come: nothing more is asked there. */
    if (code == LDAP_DECODING_ERROR)
        conn->dead = true;
    if (conn->dead || verdict_hurts_server(code))
        strike(pool, server, "answers", ldap_err2string(code));
    else
        health_answered(&server->health);
    pool_reorder(conn);
    pool_pump_later(pool);
}

static void on_lost(struct conn *conn)
{
    pool_lose(conn->owner, conn, conn->tasks.count > 0);
}

static void on_writable(struct conn *conn)
{
    pool_pump_later(conn->owner);
}

static const struct conn_events conn_events = {
    .answer = on_answer,
    .lost = on_lost,
    .writable = on_writable,
};

/* ---- connections come ---- */

/* What may be another server by now is asked anew. */
static void take_facts(struct pool *pool, struct server *server, struct setup *setup)
{
    if (setup->purpose == PURPOSE_SERVICE)
        server->facts_skipped = false;
    if (!setup->wants_facts)
        return;
    if (!setup->facts)
        log_event(pool->config.ground.log, LOG_INFO, "facts", "%s: %s: %s; going on without",
                  server->address.uri, setup->phase, setup->why.text);
    facts_release(server->facts);
    server->facts = setup->facts;
    setup->facts = NULL;
    server->facts_known = true;
}

static bool adopt(struct pool *pool, struct server *server, struct setup *setup)
{
    struct conn *conn = conn_new(pool->config.ground.loop, setup, &conn_events);

    if (!conn)
        return false;
    take_facts(pool, server, setup);
    conn->owner = pool;
    conn->server = server;
    conn->facts = server->facts ? facts_hold(server->facts) : NULL;
    link_front(conn);
    server->open[conn->purpose]++;
    return true;
}

static void setup_done(struct setup *setup)
{
    struct server *server = setup->context;
    struct pool *pool = server->pool;

    server->connecting[setup->purpose]--;
    pool->connecting--;
    if (setup->outcome == SETUP_READY && !pool->closing) {
        if (setup->purpose == PURPOSE_SERVICE)
            service_guard_accepted(&pool->guard);
        if (adopt(pool, server, setup)) {
            server_works(pool, server, setup);
        } else {
            setup->outcome = SETUP_LOCAL;
            setup->phase = "connect";
            why_set(&setup->why, "out of memory or of descriptors");
            setup_failed(pool, server, setup);
        }
    } else if (setup->outcome != SETUP_READY) {
        setup_failed(pool, server, setup);
    }
    setup_discard(setup);
    free(setup);
    pool_pump_later(pool);
}

bool pool_connect(struct pool *pool, struct server *server, enum purpose purpose)
{
    const struct setup order = {
        .plan = pool->config.plan,
        .address = &server->address,
        .purpose = purpose,
        .wants_facts = purpose == PURPOSE_SERVICE && !server->facts_known && !server->facts_skipped,
        .done = setup_done,
        .context = server,
        .began_ms = pool_now_ms(pool),
    };

    if (purpose == PURPOSE_SERVICE)
        service_guard_begins(&pool->guard);
    if (pool->closing || !setup_start(pool->config.ground.offload, &order))
        return false;
    server->connecting[purpose]++;
    pool->connecting++;
    pool->connecting_since_ms = pool_now_ms(pool);
    return true;
}

/* ---- connections go ---- */

void pool_drop(struct pool *pool, struct conn *conn)
{
    struct server *server = conn->server;

    (void)pool;
    unlink_conn(conn);
    server->open[conn->purpose]--;
    conn_close(conn);
}

/* A search may be sent again anywhere; a password only if no server can have seen it. */
static void retrieve(struct pool *pool, struct conn *conn, struct task *task)
{
    bool again = !task->once || conn_cannot_have_processed(conn, task);

    conn_detach(conn, task);
    if (again && task->resends < RESENDS_MAX) {
        task->resends++;
        task->state = TASK_QUEUED;
        task_queue_push_front(&pool->queue[task->purpose], task);
    } else {
        task->failed(task, "the connection to the directory was lost", !again);
    }
}

void pool_lose(struct pool *pool, struct conn *conn, bool in_use)
{
    struct server *server = conn->server;
    int error = conn->wire->broken;

    log_event(pool->config.ground.log, in_use ? LOG_NOTICE : LOG_INFO, "lost",
              "%s: a connection ended with %u requests on it%s%s", server->address.uri,
              conn->tasks.count, error ? ": " : "", error ? strerror(error) : "");
    while (conn->tasks.last)
        retrieve(pool, conn, conn->tasks.last);
    pool_drop(pool, conn);
    if (in_use && error == ETIMEDOUT && server->health.state == HEALTH_UP)
        pool_server_failed(pool, server, "connection", "the path to it swallows packets");
    else if (in_use)
        strike(pool, server, "connection", "it ends connections that are in use");
    pool_pump_later(pool);
}
