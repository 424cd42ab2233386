/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bench for tests of the pool: servers in memory that behave as they are told, a loop whose time
 * the test moves, and jobs that run when the test says so. Everything between is real: setup, wire,
 * libldap, conn and pool.
 */
#ifndef TESTS_UNIT_POOL_BENCH_H
#define TESTS_UNIT_POOL_BENCH_H

#include <check.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/offload.h"
#include "helpers/directory/conn.h"
#include "helpers/directory/pool.h"
#include "tests/unit/fake_carrier.h"
#include "tests/unit/fake_loop.h"

enum { BENCH_SERVERS = 10, BENCH_LINKS = 12, BENCH_SILENCE_MS = 5000, BENCH_CHANCE = 0 };

/* A directory server. */
struct bench_server {
    bool refuses;         /* connections */
    bool mute_at_setup;   /* takes connections, then says nothing */
    bool mute;            /* answers set-up alone */
    bool cuts;            /* ends a connection when it is used */
    bool resets;          /* each connection as soon as it is made */
    bool mute_about_root; /* answers no question about itself */
    const char *base;     /* says that this is its only naming context, or NULL: nothing */
    int service_code;     /* for service binds */
    unsigned gives;       /* connections, before it refuses; UINT_MAX: as many as asked for */
    unsigned dials;
    unsigned service_binds;
    unsigned roots;    /* read */
    unsigned searches; /* of users */
    unsigned binds;
};

struct bench;

struct bench_link {
    struct bench *bench;
    struct bench_server *server;
    struct fake_carrier *fake; /* NULL: the slot is free */
    bool ready;                /* set up: what comes now is a user's */
    bool unread;               /* the helper's loop has not been told of what is there to read */
};

struct bench {
    struct dialer dialer;
    struct offload offload;
    struct loop *loop;
    struct job *jobs; /* submitted, first in front */
    unsigned job_count;
    struct bench_server servers[BENCH_SERVERS];
    struct bench_link links[BENCH_LINKS];
    struct server_list list;
    struct setup_plan plan;
    struct pool_config config;
    struct pool *pool;
};

/* ---- servers ---- */

static inline void bench_closed(struct fake_carrier *fake)
{
    struct bench_link *link = fake->context;

    link->fake = NULL;
}

static inline void bench_answer(struct bench_link *link, struct peer_message message)
{
    fake_give_message(link->fake, message);
    link->unread = true;
}

/* A user's request, when the connection has been set up. */
static inline void bench_serve(struct bench_link *link, const struct peer_request *request)
{
    struct bench_server *server = link->server;
    bool bind = request->operation == LDAP_REQ_BIND;

    if (bind)
        server->binds++;
    else
        server->searches++;
    if (server->cuts) {
        link->fake->ended = true;
        link->unread = true;
    } else if (!server->mute) {
        bench_answer(link, peer_result(request->id, peer_answer_to(request->operation),
                                       bind ? LDAP_INVALID_CREDENTIALS : LDAP_SUCCESS));
    }
}

/* What it says about itself. */
static inline void bench_serve_root(struct bench_link *link, const struct peer_request *request)
{
    static const struct berval root = {0, (char *)(uintptr_t) ""};

    link->server->roots++;
    if (link->server->mute_about_root)
        return;
    if (link->server->base)
        bench_answer(link, peer_entry(request->id, &root, "namingContexts", link->server->base));
    bench_answer(link, peer_result(request->id, LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS));
}

static inline void bench_heard(struct fake_carrier *fake, const struct peer_request *request)
{
    struct bench_link *link = fake->context;
    bool bind = request->operation == LDAP_REQ_BIND;

    if (request->operation == LDAP_REQ_UNBIND)
        return;
    if (link->ready) {
        bench_serve(link, request);
        return;
    }
    link->server->service_binds += bind;
    if (!bind && !link->server->mute_at_setup) {
        bench_serve_root(link, request);
        return;
    }
    if (!link->server->mute_at_setup)
        bench_answer(link, peer_result(request->id, peer_answer_to(request->operation),
                                       bind ? link->server->service_code : LDAP_SUCCESS));
}

static inline struct carrier *bench_dial(struct dialer *dialer,
                                         const struct server_address *address, uint64_t deadline_ms,
                                         bool *local, struct why *why)
{
    struct bench *bench = (struct bench *)dialer;
    struct bench_server *server = &bench->servers[strtoul(address->host + 2, NULL, 10)];
    struct bench_link *link = bench->links;

    (void)deadline_ms;
    *local = true;
    server->dials++;
    if (server->refuses || server->gives == 0) {
        why_set(why, "refused");
        return NULL;
    }
    server->gives -= server->gives != UINT_MAX;
    while (link->fake)
        ck_assert(++link < bench->links + BENCH_LINKS);
    *link = (struct bench_link){bench, server, fake_carrier_new(), false, false};
    link->fake->context = link;
    link->fake->heard = bench_heard;
    link->fake->closed = bench_closed;
    return &link->fake->carrier;
}

static inline uint64_t bench_now_ms(struct dialer *dialer)
{
    return loop_now_ms(((struct bench *)dialer)->loop);
}

static inline uint32_t bench_chance(void *context)
{
    (void)context;
    return BENCH_CHANCE;
}

/* ---- jobs ---- */

static inline void bench_submit(struct offload *offload, struct job *job)
{
    struct bench *bench =
        (struct bench *)(void *)((char *)offload - offsetof(struct bench, offload));
    struct job **end = &bench->jobs;

    while (*end)
        end = &(*end)->next;
    job->next = NULL;
    *end = job;
    bench->job_count++;
}

/* Runs the first job to its end. False when there is none. */
static inline bool bench_run_job(struct bench *bench)
{
    struct job *job = bench->jobs;

    if (!job)
        return false;
    bench->jobs = job->next;
    bench->job_count--;
    job->run(job);
    for (int i = 0; i < BENCH_LINKS; i++) {
        struct bench_link *link = &bench->links[i];

        link->ready = true;
        if (link->fake && link->server->resets)
            link->fake->error = ECONNRESET;
    }
    job->done(job);
    fake_loop_settle(bench->loop);
    return true;
}

/* Tells the loop what there is to read. False when there is nothing. */
static inline bool bench_read(struct bench *bench)
{
    bool any = false;

    for (int i = 0; i < BENCH_LINKS; i++) {
        struct bench_link *link = &bench->links[i];

        if (link->fake && link->unread) {
            link->unread = link->fake->ended;
            any = true;
            fake_loop_ready(bench->loop, link->fake->carrier.fd, LOOP_READ);
        }
    }
    return any;
}

/* Until nothing happens without time. */
static inline void bench_settle(struct bench *bench)
{
    for (int i = 0; i < 10000; i++) {
        fake_loop_settle(bench->loop);
        if (!bench_run_job(bench) && !bench_read(bench))
            return;
    }
    ck_abort_msg("it never comes to rest");
}

/* Time passes in steps, with all that belongs to it. */
static inline void bench_advance(struct bench *bench, uint64_t by_ms)
{
    for (uint64_t done_ms = 0; done_ms < by_ms; done_ms += 50) {
        fake_loop_advance(bench->loop, by_ms - done_ms < 50 ? by_ms - done_ms : 50);
        bench_settle(bench);
    }
}

/* ---- a bench's life ---- */

static inline struct server_address *bench_addresses(size_t count)
{
    static char uris[BENCH_SERVERS][32];
    static struct server_address addresses[BENCH_SERVERS];

    for (size_t i = 0; i < count; i++) {
        snprintf(uris[i], sizeof uris[i], "ldap://dc%zu.example.test", i);
        addresses[i] = (struct server_address){.uri = uris[i], .host = uris[i] + 7, .port = 389};
    }
    return addresses;
}

/* All servers work; nothing has been connected to. */
static inline void bench_prepare(struct bench *bench, size_t servers)
{
    static const struct offload_ops offload_ops = {.submit = bench_submit};

    *bench = (struct bench){.dialer = {bench_dial, bench_now_ms},
                            .offload = {&offload_ops},
                            .loop = fake_loop_open(),
                            .list = {bench_addresses(servers), servers}};
    for (size_t i = 0; i < servers; i++)
        bench->servers[i].gives = UINT_MAX;
    bench->plan = (struct setup_plan){.dialer = &bench->dialer, .timeout_ms = 3000};
    bench->config = (struct pool_config){
        .ground = {.loop = bench->loop,
                   .offload = &bench->offload,
                   .dialer = &bench->dialer,
                   .deadline_ms = 2 * BENCH_SILENCE_MS,
                   .random = bench_chance},
        .plan = &bench->plan,
        .servers = &bench->list,
        .connections_max = 6,
        .silence_ms = BENCH_SILENCE_MS,
        .first_purpose = PURPOSE_SERVICE,
    };
}

static inline void bench_start(struct bench *bench)
{
    bench->pool = pool_new(&bench->config);
    ck_assert_ptr_nonnull(bench->pool);
}

/* All tasks must have ended. */
static inline void bench_close(struct bench *bench)
{
    pool_quiet(bench->pool);
    bench_settle(bench);
    ck_assert_msg(pool_quiet(bench->pool), "something is still being made");
    pool_free(bench->pool);
    for (int i = 0; i < BENCH_LINKS; i++)
        ck_assert_msg(!bench->links[i].fake, "a connection is left open");
    fake_loop_close(bench->loop);
}

static inline unsigned bench_open(const struct bench *bench, unsigned server)
{
    unsigned count = 0;

    for (int i = 0; i < BENCH_LINKS; i++)
        count += bench->links[i].fake && bench->links[i].server == &bench->servers[server];
    return count;
}

#endif
