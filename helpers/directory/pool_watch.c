/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What needs the passing of time: servers that have gone silent, connections that are idle, and a
 * better server that may be back.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>

#include "helpers/directory/pool_private.h"

/* How often to look: while something is awaited, and while nothing is. */
enum { TICK_BUSY_MS = 100, TICK_IDLE_MS = 5000 };

static bool is_silent(const struct pool *pool, uint64_t since_ms, uint64_t now_ms)
{
    return now_ms - since_ms >= pool->config.silence_ms;
}

/* A connection without answers is given up: its searches go elsewhere. The server is blamed when it
 * has answered nothing on any other connection either. A bind stays: it may be answered yet, and it
 * is sent only once. */
static void look_at_conn(struct pool *pool, struct server *server, struct conn *conn,
                         uint64_t now_ms)
{
    char what[80];
    bool server_silent;

    if (conn->outstanding == 0 || !is_silent(pool, conn->waiting_since_ms, now_ms))
        return;
    server_silent = is_silent(pool, server->heard_ms, now_ms);
    if (server_silent && server->health.state == HEALTH_UP) {
        snprintf(what, sizeof what, "it has answered nothing for %" PRIu64 " ms",
                 now_ms - conn->waiting_since_ms);
        pool_server_failed(pool, server, "answers", what);
    }
    if (conn->purpose == PURPOSE_SERVICE)
        pool_lose(pool, conn, conn->tasks.count > 0);
}

static void look_for_silence(struct pool *pool, struct server *server, uint64_t now_ms)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        struct conn *conn = server->conns[purpose];

        while (conn) {
            struct conn *next = conn->next;

            look_at_conn(pool, server, conn, now_ms);
            conn = next;
        }
    }
}

/* One service connection is kept, but none to a server that is down: nobody knows what has become
 * of them. */
static void close_idle(struct pool *pool, struct server *server, uint64_t now_ms)
{
    bool down = server->health.state == HEALTH_DOWN;

    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        struct conn *conn = server->conns[purpose];

        while (conn) {
            struct conn *next = conn->next;
            bool spare = purpose == PURPOSE_BIND || server->open[purpose] > 1;
            bool old = spare && now_ms - conn->idle_since_ms >= POOL_IDLE_MS;

            if (conn->outstanding == 0 && (down || old || conn_is_over(conn)))
                pool_drop(pool, conn);
            conn = next;
        }
    }
}

/* Before the time of the last good service connection is over there is another one: nobody waits
 * for a ticket. */
static void renew(struct pool *pool, struct server *server, uint64_t now_ms)
{
    if (server->health.state != HEALTH_UP || server->open[PURPOSE_SERVICE] == 0 ||
        server->connecting[PURPOSE_SERVICE] > 0 ||
        now_ms < server->enough_until_ms[PURPOSE_SERVICE] ||
        service_guard_blocks(&pool->guard, now_ms))
        return;
    for (struct conn *conn = server->conns[PURPOSE_SERVICE]; conn; conn = conn->next)
        if (conn->renew_ms == 0 || now_ms < conn->renew_ms)
            return;
    pool_connect(pool, server, PURPOSE_SERVICE);
}

/* Servers before the first that is up are tried again, so that the preferred one comes back into
 * use without a user having to wait for it. One at a time: several that are silent would keep the
 * threads from connecting to the one that is up. */
void pool_try_better(struct pool *pool)
{
    uint64_t now_ms = pool_now_ms(pool);
    struct server *next;
    size_t count = 0;

    while (count < pool->server_count && pool->servers[count]->health.state != HEALTH_UP)
        if (server_is_being_tried(pool->servers[count++]))
            return;
    next = pool_next_to_try(pool, count);
    if (next && !service_guard_blocks(&pool->guard, now_ms))
        pool_connect(pool, next, pool->config.first_purpose);
}

static bool awaits_answers(const struct server *server)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        for (const struct conn *conn = server->conns[purpose]; conn; conn = conn->next)
            if (conn->outstanding > 0)
                return true;
    return false;
}

static bool is_busy(const struct pool *pool)
{
    if (pool->queue[PURPOSE_SERVICE].count + pool->queue[PURPOSE_BIND].count > 0 || pool->retired)
        return true;
    for (size_t i = 0; i < pool->server_count; i++)
        if (awaits_answers(pool->servers[i]))
            return true;
    return false;
}

static void set_tick(struct pool *pool, uint64_t after_ms)
{
    pool->tick_at_ms = pool_now_ms(pool) + after_ms;
    loop_timer_at(pool->config.ground.loop, pool->tick, pool->tick_at_ms);
}

/* Not moved when it is near already, or it would never expire under load. */
void pool_tick_soon(struct pool *pool)
{
    if (pool->tick_at_ms == 0 || pool->tick_at_ms > pool_now_ms(pool) + TICK_BUSY_MS)
        set_tick(pool, TICK_BUSY_MS);
}

void pool_tick(void *context)
{
    struct pool *pool = context;
    uint64_t now_ms = pool_now_ms(pool);

    for (size_t i = 0; i < pool->server_count; i++) {
        look_for_silence(pool, pool->servers[i], now_ms);
        renew(pool, pool->servers[i], now_ms);
        close_idle(pool, pool->servers[i], now_ms);
    }
    for (struct server *server = pool->retired; server; server = server->next_retired)
        look_for_silence(pool, server, now_ms);
    pool_try_better(pool);
    pool_pump_later(pool);
    set_tick(pool, is_busy(pool) ? TICK_BUSY_MS : TICK_IDLE_MS);
}
