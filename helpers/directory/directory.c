/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The engine's beginning and end: a pool, and who finds its servers; and what must be said at
 * start.
 */
#include <config.h>

#include "helpers/directory/directory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "helpers/directory/discovery.h"
#include "helpers/directory/engine.h"
#include "helpers/directory/protection.h"
#include "helpers/directory/membership_private.h"

/* ---- what must be said at every start ---- */

static bool looks_local(const struct server_address *server)
{
    return server->transport == TRANSPORT_LDAPI || strcasecmp(server->host, "localhost") == 0 ||
           strncmp(server->host, "127.", 4) == 0 || strcmp(server->host, "::1") == 0;
}

/* Whether users bind on connections of their own. */
static bool binds_users(const struct directory *directory)
{
    return directory->orders.login && !directory->orders.login->compare_attr;
}

static bool is_clear(const struct directory *directory, const struct server_address *server)
{
    const struct setup_plan *plan = &directory->plan;

    if (looks_local(server))
        return false;
    return protection_of(plan, server, PURPOSE_SERVICE) == PROTECTION_NONE ||
           (binds_users(directory) && protection_of(plan, server, PURPOSE_BIND) == PROTECTION_NONE);
}

static void warn_of_clear(const struct directory *directory, const char *server)
{
    log_event(directory->ground.log, LOG_WARNING, "start",
              directory->plan.cleartext_allowed
                  ? "PASSWORDS CROSS THE NETWORK IN CLEAR to %s: add -Z or use ldaps://"
                  : "%s will be refused unless it is on this machine: passwords would "
                    "cross the network in clear (see --allow-cleartext)",
              server);
}

static void warn_at_start(const struct directory *directory)
{
    struct log *log = directory->ground.log;
    const char *unverified = tls_profile_unverified(directory->plan.tls);

    for (size_t i = 0; i < directory->servers.count; i++)
        if (is_clear(directory, &directory->servers.servers[i]))
            warn_of_clear(directory, directory->servers.servers[i].uri);
    if (directory->discovers && !directory->plan.starttls)
        warn_of_clear(directory, directory->options->domain);
    if (unverified)
        log_event(log, LOG_WARNING, "start",
                  "certificates of directory servers are NOT VERIFIED (%s)", unverified);
}

/* A connection for searches where every login begins with one. */
static enum purpose first_purpose(const struct directory *directory)
{
    const struct login_options *login = directory->orders.login;

    return !directory->dn || !login || login->compare_attr ? PURPOSE_SERVICE : PURPOSE_BIND;
}

/* ---- servers that DNS knows ---- */

static bool found(void *context, const struct server_list *servers)
{
    struct directory *directory = context;

    return pool_set_servers(directory->pool, servers);
}

static void not_found(void *context, const char *why)
{
    struct directory *directory = context;

    pool_no_servers(directory->pool, why);
}

/* False when memory is out. */
static bool discover(struct directory *directory)
{
    const struct directory_ground *ground = &directory->ground;
    const struct discovery_config config = {
        .plan = engine_discovery_plan(directory),
        .loop = ground->loop,
        .offload = ground->offload,
        .log = ground->log,
        .random = ground->random,
        .random_context = ground->random_context,
        .found = found,
        .failed = not_found,
        .context = directory,
    };

    if (!directory->discovers)
        return true;
    directory->discovery = discovery_new(&config);
    return directory->discovery;
}

/* ---- a life ---- */

struct directory *directory_open(const struct directory_ground *ground,
                                 const struct directory_orders *orders, struct why *why)
{
    struct directory *directory = calloc(1, sizeof *directory);
    struct pool_config config;

    if (!directory) {
        why_set(why, "out of memory");
        return NULL;
    }
    if (!engine_prepare(directory, ground, orders, why)) {
        directory_close(directory);
        return NULL;
    }
    warn_at_start(directory);
    config = (struct pool_config){
        .ground = *ground,
        .plan = &directory->plan,
        .servers = &directory->servers,
        .connections_max = orders->login ? (unsigned)orders->login->connections : 0,
        .silence_ms = ground->deadline_ms / ENGINE_SILENCE_DIVISOR,
        .first_purpose = first_purpose(directory),
    };
    directory->pool = pool_new(&config);
    if (!directory->pool || !discover(directory)) {
        why_set(why, "out of memory");
        directory_close(directory);
        return NULL;
    }
    return directory;
}

bool directory_quiet(struct directory *directory)
{
    bool quiet = !directory->discovery || discovery_quiet(directory->discovery);

    return pool_quiet(directory->pool) && quiet;
}

void directory_close(struct directory *directory)
{
    while (directory->first)
        login_cancel(directory->first);
    while (directory->finds)
        find_cancel(directory->finds);
    memberships_end(directory);
    discovery_free(directory->discovery);
    if (directory->pool)
        pool_free(directory->pool);
    engine_release(directory);
    free(directory);
}
