/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pool: which request goes to which server on which connection.
 *
 * Servers are in order of preference; the first that is up is used, the others are kept in mind.
 * Service connections carry many searches each, bind connections one bind each; both are opened on
 * demand. Requests wait here while connections are being made, and are told at once when nothing
 * can be had.
 */
#ifndef PROXYAUTH_DIRECTORY_POOL_H
#define PROXYAUTH_DIRECTORY_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "helpers/directory/directory.h"
#include "helpers/directory/server_list.h"
#include "helpers/directory/setup.h"
#include "helpers/directory/task.h"

enum { POOL_SERVICE_MAX = 4, POOL_CONNECTING_MAX = 4, POOL_IDLE_MS = 60 * 1000 };

struct pool;

struct pool_config {
    struct directory_ground ground;
    const struct setup_plan *plan;     /* outlives the pool */
    const struct server_list *servers; /* the first list, copied; empty: not known yet */
    unsigned connections_max;          /* bind connections to one server */
    uint64_t silence_ms;               /* a server that answers nothing for so long is silent */
    enum purpose first_purpose;        /* what a server is tried with */
};

/* NULL when memory is out. Begins to connect to the first server. */
struct pool *pool_new(const struct pool_config *config);

/* Replaces the list of servers, which is copied. Those that are in both keep their connections and
 * their health; requests on those that are gone are let finish. False, and nothing has changed,
 * when memory is out. */
bool pool_set_servers(struct pool *pool, const struct server_list *servers);

/* While the pool has no servers, requests wait for pool_set_servers(). After this they fail at once
 * with REASON, which must live until it is replaced; NULL: they wait again. */
void pool_no_servers(struct pool *pool, const char *reason);

/* Queues TASK. Its callbacks come later, never from inside. */
void pool_submit(struct pool *pool, struct task *task);

/* Takes TASK back, whatever its state; no callback follows. A bind that has been sent ends with its
 * connection. True when the request may have reached a server. */
bool pool_withdraw(struct pool *pool, struct task *task);

/* Makes no more connections; true when none is being made. */
bool pool_quiet(struct pool *pool);

/* All tasks must have been withdrawn and the pool quiet. */
void pool_free(struct pool *pool);

#endif
