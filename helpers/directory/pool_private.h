/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the pool share: pool.c assigns, pool_connect.c opens and closes connections,
 * pool_watch.c looks after them when time passes.
 */
#ifndef PROXYAUTH_DIRECTORY_POOL_PRIVATE_H
#define PROXYAUTH_DIRECTORY_POOL_PRIVATE_H

#include "helpers/directory/conn.h"
#include "helpers/directory/health.h"
#include "helpers/directory/pool.h"
#include "helpers/directory/service_guard.h"
#include "helpers/directory/verdict.h"

enum { PURPOSES = 2 };

struct server {
    struct pool *pool;
    struct server_address address; /* its own copy: jobs borrow it */
    bool listed;                   /* pool_servers.c's own */
    bool retired;                  /* no longer among the servers */
    struct server *next_retired;
    struct health health;
    struct facts *facts; /* held; NULL when none are known */
    bool facts_known;    /* they have been read since it was last down, whatever came of it */
    bool facts_skipped;  /* the next connection does without: reading them failed last */
    uint64_t heard_ms;   /* when it last answered anything */
    uint64_t failed_ms;  /* when it was last found to be down */
    struct conn *conns[PURPOSES]; /* idle bind connections first */
    unsigned open[PURPOSES];
    unsigned connecting[PURPOSES];
    uint64_t enough_until_ms[PURPOSES]; /* no further connections are to be had before that */
};

struct pool {
    struct pool_config config;
    struct server **servers; /* in order of preference */
    size_t server_count;
    struct server *retired;
    const char *no_servers; /* why there are none, or NULL: they will be known soon */
    struct task_queue queue[PURPOSES];
    struct service_guard guard;
    unsigned connecting; /* to all servers */
    uint64_t connecting_since_ms;
    struct timer *tick;
    uint64_t tick_at_ms; /* when it will expire */
    struct posted pump;
    bool pump_queued;
    bool closing;
};

static inline uint64_t pool_now_ms(const struct pool *pool)
{
    return loop_now_ms(pool->config.ground.loop);
}

/* Assigns at the end of this turn. */
void pool_pump_later(struct pool *pool);

/* Fails all queued tasks of PURPOSE. */
void pool_fail_queue(struct pool *pool, enum purpose purpose, const char *reason);

/* Of the first COUNT servers, the one to try next: the first of those that failed least often,
 * may be tried now and are not being tried. NULL when there is none. */
struct server *pool_next_to_try(struct pool *pool, size_t count);

static inline bool server_is_being_tried(const struct server *server)
{
    return server->connecting[PURPOSE_SERVICE] + server->connecting[PURPOSE_BIND] > 0;
}

/* pool_servers.c */

/* Closes what retired servers do not need any more, and frees those that need nothing. */
void pool_reap(struct pool *pool);

/* Closes all connections and frees all servers. */
void pool_free_servers(struct pool *pool);

/* pool_connect.c */

/* Starts to make a connection; false when memory is out or the pool is closing. */
bool pool_connect(struct pool *pool, struct server *server, enum purpose purpose);

/* Takes a dead connection away; its tasks are queued again or failed. IN_USE: the server is to
 * blame for its end. */
void pool_lose(struct pool *pool, struct conn *conn, bool in_use);

/* Closes a connection that has no tasks. */
void pool_drop(struct pool *pool, struct conn *conn);

/* Moves a bind connection to the idle (front) or busy (back) end of its list. */
void pool_reorder(struct conn *conn);

/* The server could not be used: its health, and one line in the log. */
void pool_server_failed(struct pool *pool, struct server *server, const char *phase,
                        const char *what);

/* pool_watch.c */

/* The timer's callback. */
void pool_tick(void *context);

/* Tries servers that would be better than the first that is up, one at a time. */
void pool_try_better(struct pool *pool);

/* Something is awaited: has the pool looked at in a tenth of a second. */
void pool_tick_soon(struct pool *pool);

#endif
