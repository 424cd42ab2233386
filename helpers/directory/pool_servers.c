/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The servers of a pool come and go: a list is replaced by another one while requests are under
 * way. A server that is in both keeps its connections and its health. One that has gone takes no
 * new request; it is freed when its last request has been answered and nothing is being made.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "helpers/directory/pool_private.h"

static void free_server(struct server *server)
{
    facts_release(server->facts);
    free(server->address.uri);
    free(server->address.host);
    free(server);
}

static struct server *new_server(struct pool *pool, const struct server_address *address)
{
    struct server *server = calloc(1, sizeof *server);

    if (!server)
        return NULL;
    server->pool = pool;
    server->address = *address;
    server->address.uri = strdup(address->uri);
    server->address.host = strdup(address->host);
    if (!server->address.uri || !server->address.host) {
        free_server(server);
        return NULL;
    }
    return server;
}

/* The one that has this address and has no place in the new list yet. */
static struct server *find_known(struct pool *pool, const struct server_address *address)
{
    for (size_t i = 0; i < pool->server_count; i++)
        if (!pool->servers[i]->listed && strcmp(pool->servers[i]->address.uri, address->uri) == 0)
            return pool->servers[i];
    return NULL;
}

/* Fills MADE. False, and only what was there before is left, when memory is out. */
static bool list_anew(struct pool *pool, const struct server_list *list, struct server **made)
{
    for (size_t i = 0; i < pool->server_count; i++)
        pool->servers[i]->listed = false;
    for (size_t i = 0; i < list->count; i++) {
        made[i] = find_known(pool, &list->servers[i]);
        if (made[i]) {
            made[i]->listed = true;
            continue;
        }
        made[i] = new_server(pool, &list->servers[i]);
        if (made[i])
            continue;
        while (i-- > 0)
            if (!made[i]->listed)
                free_server(made[i]);
        return false;
    }
    return true;
}

static void close_unused(struct server *server)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++) {
        struct conn *conn = server->conns[purpose];

        while (conn) {
            struct conn *next = conn->next;

            if (conn->outstanding == 0)
                pool_drop(server->pool, conn);
            conn = next;
        }
    }
}

static void retire(struct pool *pool, struct server *server)
{
    log_event(pool->config.ground.log, LOG_NOTICE, "servers", "%s: no longer among the servers",
              server->address.uri);
    server->retired = true;
    server->next_retired = pool->retired;
    pool->retired = server;
}

bool pool_set_servers(struct pool *pool, const struct server_list *list)
{
    struct server **made = calloc(list->count + 1, sizeof(struct server *));

    if (!made || !list_anew(pool, list, made)) {
        free(made);
        return false;
    }
    for (size_t i = 0; i < pool->server_count; i++)
        if (!pool->servers[i]->listed)
            retire(pool, pool->servers[i]);
    free(pool->servers);
    pool->servers = made;
    pool->server_count = list->count;
    for (size_t i = 0; i < pool->server_count; i++)
        made[i]->address.backup = list->servers[i].backup;
    pool_try_better(pool);
    pool_pump_later(pool);
    pool_tick_soon(pool);
    return true;
}

void pool_reap(struct pool *pool)
{
    struct server **at = &pool->retired;

    while (*at) {
        struct server *server = *at;

        close_unused(server);
        if (server_is_being_tried(server) ||
            server->open[PURPOSE_SERVICE] + server->open[PURPOSE_BIND] > 0) {
            at = &server->next_retired;
            continue;
        }
        *at = server->next_retired;
        free_server(server);
    }
}

static void free_all(struct pool *pool, struct server *server)
{
    for (int purpose = 0; purpose < PURPOSES; purpose++)
        while (server->conns[purpose])
            pool_drop(pool, server->conns[purpose]);
    free_server(server);
}

void pool_free_servers(struct pool *pool)
{
    struct server *server;

    for (size_t i = 0; i < pool->server_count; i++)
        free_all(pool, pool->servers[i]);
    while ((server = pool->retired) != NULL) {
        pool->retired = server->next_retired;
        free_all(pool, server);
    }
    free(pool->servers);
}
