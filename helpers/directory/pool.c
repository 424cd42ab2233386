/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Assignment: once in each turn of the loop in which something changed, the waiting requests are
 * given to connections with room, and connections are ordered for those that remain.
 */
#include <config.h>

#include "helpers/directory/pool.h"

#include <stddef.h>
#include <stdlib.h>

#include "helpers/directory/pool_private.h"

/* A server that is slow to connect to does not keep the next one from being tried. */
enum { NEXT_SERVER_AFTER_MS = 1000 };

/* Connections that are found to be broken when a request is sent: it is given up after so many, or
 * a server that ends each new one would keep us connecting. */
enum { BROKEN_SENDS_MAX = 8 };

void pool_fail_queue(struct pool *pool, enum purpose purpose, const char *reason)
{
    struct task *task;

    while ((task = pool->queue[purpose].first) != NULL) {
        task_queue_remove(&pool->queue[purpose], task);
        task->state = TASK_IDLE;
        task->failed(task, reason, false);
    }
}

/* ---- giving tasks to connections ---- */

static struct conn *pick_service(struct server *server)
{
    struct conn *best = NULL;

    for (struct conn *conn = server->conns[PURPOSE_SERVICE]; conn; conn = conn->next)
        if (conn_has_room(conn) && (!best || conn->outstanding < best->outstanding))
            best = conn;
    return best;
}

/* The most recently used idle one, so that those that are not needed grow old. */
static struct conn *pick_bind(struct pool *pool, struct server *server)
{
    struct conn *conn;

    while ((conn = server->conns[PURPOSE_BIND]) != NULL && conn_has_room(conn)) {
        if (!conn_is_stale(conn))
            return conn;
        pool_drop(pool, conn);
    }
    return NULL;
}

/* Sends the first waiting task. False when this connection cannot take it. */
static bool send_first(struct pool *pool, struct conn *conn)
{
    struct task_queue *queue = &pool->queue[conn->purpose];
    struct task *task = queue->first;
    int code;

    task_queue_remove(queue, task);
    switch (conn_send(conn, task, &code)) {
    case CONN_SENT:
        pool_reorder(conn);
        return true;
    case CONN_BUSY:
        task_queue_push_front(queue, task);
        return false;
    case CONN_REFUSED:
        task->state = TASK_IDLE;
        task->failed(task, "the LDAP library refused the request", false);
        return true;
    case CONN_BROKEN:
        if (task->resends++ < BROKEN_SENDS_MAX) {
            task_queue_push_front(queue, task);
        } else {
            task->state = TASK_IDLE;
            task->failed(task, "the connection to the directory was lost", false);
        }
        pool_lose(pool, conn, true);
        return false;
    }
    return false;
}

static void assign(struct pool *pool, struct server *server, enum purpose purpose)
{
    struct conn *conn;

    while (pool->queue[purpose].first) {
        conn = purpose == PURPOSE_SERVICE ? pick_service(server) : pick_bind(pool, server);
        if (!conn)
            return;
        send_first(pool, conn);
    }
}

/* ---- ordering connections ---- */

/* Those whose time is over only wait for their last answers. */
static unsigned service_connections(const struct server *server)
{
    unsigned count = 0;

    for (const struct conn *conn = server->conns[PURPOSE_SERVICE]; conn; conn = conn->next)
        count += !conn_is_over(conn);
    return count;
}

/* Never two service binds at once: a refused account is asked about one time. */
static void order_service(struct pool *pool, struct server *server)
{
    if (pool->queue[PURPOSE_SERVICE].count == 0 || server->connecting[PURPOSE_SERVICE] > 0 ||
        service_connections(server) >= POOL_SERVICE_MAX ||
        service_guard_blocks(&pool->guard, pool_now_ms(pool)))
        return;
    pool_connect(pool, server, PURPOSE_SERVICE);
}

static void order_binds(struct pool *pool, struct server *server)
{
    unsigned have = server->open[PURPOSE_BIND] + server->connecting[PURPOSE_BIND];

    while (have < pool->config.connections_max && pool->connecting < POOL_CONNECTING_MAX &&
           server->connecting[PURPOSE_BIND] < pool->queue[PURPOSE_BIND].count) {
        if (!pool_connect(pool, server, PURPOSE_BIND))
            return;
        have++;
    }
}

static struct server *first_up(struct pool *pool)
{
    for (size_t i = 0; i < pool->server_count; i++)
        if (pool->servers[i]->health.state == HEALTH_UP)
            return pool->servers[i];
    return NULL;
}

struct server *pool_next_to_try(struct pool *pool, size_t count)
{
    uint64_t now_ms = pool_now_ms(pool);
    struct server *best = NULL;

    for (size_t i = 0; i < count; i++) {
        struct server *server = pool->servers[i];

        if (!server_is_being_tried(server) && health_may_try(&server->health, now_ms) &&
            (!best || server->health.failures < best->health.failures))
            best = server;
    }
    return best;
}

/* A refused service account is not asked about again only to find a server. */
static enum purpose purpose_to_try(struct pool *pool)
{
    return service_guard_blocks(&pool->guard, pool_now_ms(pool)) ? PURPOSE_BIND
                                                                 : pool->config.first_purpose;
}

/* No server is known to be up: the next one that may be tried is, unless one is being tried
 * already and has not had its time, or as many are as there are threads: the rest would only wait
 * behind them, each with the account that the first may find refused. False when there is nothing
 * to hope for. */
static bool look_for_server(struct pool *pool)
{
    struct server *next;
    bool trying = false;

    for (size_t i = 0; i < pool->server_count; i++)
        trying = trying || server_is_being_tried(pool->servers[i]);
    if (trying && (pool->connecting >= POOL_CONNECTING_MAX ||
                   pool_now_ms(pool) - pool->connecting_since_ms < NEXT_SERVER_AFTER_MS))
        return true;
    next = pool_next_to_try(pool, pool->server_count);
    return (next && pool_connect(pool, next, purpose_to_try(pool))) || trying;
}

static void serve(struct pool *pool, struct server *server)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        assign(pool, server, (enum purpose)purpose);
    if (pool_now_ms(pool) >= server->enough_until_ms[PURPOSE_SERVICE])
        order_service(pool, server);
    if (pool_now_ms(pool) >= server->enough_until_ms[PURPOSE_BIND])
        order_binds(pool, server);
}

static void fail_without_servers(struct pool *pool)
{
    if (!pool->no_servers)
        return;
    pool_fail_queue(pool, PURPOSE_SERVICE, pool->no_servers);
    pool_fail_queue(pool, PURPOSE_BIND, pool->no_servers);
}

void pool_no_servers(struct pool *pool, const char *reason)
{
    pool->no_servers = reason;
    if (reason)
        pool_pump_later(pool);
}

static void pump(struct posted *posted)
{
    struct pool *pool = (struct pool *)(void *)((char *)posted - offsetof(struct pool, pump));
    struct server *server = first_up(pool);

    pool->pump_queued = false;
    pool_reap(pool);
    if ((!server || server->open[PURPOSE_SERVICE] == 0) &&
        service_guard_blocks(&pool->guard, pool_now_ms(pool)))
        pool_fail_queue(pool, PURPOSE_SERVICE, "the directory refuses the service account");
    if (pool->queue[PURPOSE_SERVICE].count + pool->queue[PURPOSE_BIND].count == 0)
        return;
    if (server) {
        serve(pool, server);
    } else if (pool->server_count == 0) {
        fail_without_servers(pool);
    } else if (!look_for_server(pool)) {
        pool_fail_queue(pool, PURPOSE_SERVICE, "no directory server can be reached");
        pool_fail_queue(pool, PURPOSE_BIND, "no directory server can be reached");
    }
    pool_tick_soon(pool);
}

void pool_pump_later(struct pool *pool)
{
    if (pool->pump_queued)
        return;
    pool->pump_queued = true;
    loop_later(pool->config.ground.loop, &pool->pump);
}

/* ---- tasks come and go ---- */

void pool_submit(struct pool *pool, struct task *task)
{
    task->state = TASK_QUEUED;
    task->resends = 0;
    task_queue_push(&pool->queue[task->purpose], task);
    pool_pump_later(pool);
}

bool pool_withdraw(struct pool *pool, struct task *task)
{
    struct conn *conn = task->conn;

    switch (task->state) {
    case TASK_IDLE:
        return false;
    case TASK_QUEUED:
        task_queue_remove(&pool->queue[task->purpose], task);
        task->state = TASK_IDLE;
        return false;
    case TASK_SENT:
        conn_detach(conn, task);
        if (task->purpose == PURPOSE_BIND)
            pool_drop(pool, conn);
        return true;
    }
    return false;
}

/* ---- a pool's life ---- */

struct pool *pool_new(const struct pool_config *config)
{
    struct pool *pool = calloc(1, sizeof *pool);

    if (!pool)
        return NULL;
    pool->config = *config;
    pool->pump.run = pump;
    pool->guard.file = setup_secret_file(config->plan);
    pool->tick = loop_timer(config->ground.loop, pool_tick, pool);
    if (!pool->tick || !pool_set_servers(pool, config->servers)) {
        pool_free(pool);
        return NULL;
    }
    return pool;
}

bool pool_quiet(struct pool *pool)
{
    pool->closing = true;
    return pool->connecting == 0 && !pool->pump_queued;
}

void pool_free(struct pool *pool)
{
    pool_free_servers(pool);
    loop_timer_free(pool->config.ground.loop, pool->tick);
    free(pool);
}
