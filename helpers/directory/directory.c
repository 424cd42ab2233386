/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The engine's beginning and end: options become templates, a plan for connections and a pool.
 */
#include <config.h>

#include "helpers/directory/directory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "helpers/directory/dial.h"
#include "helpers/directory/engine.h"
#include "helpers/directory/sasl_external.h"

/* A server that answers nothing for this part of a request's time is given up for another one. */
enum { SILENCE_DIVISOR = 2 };

static const int ldap_scopes[] = {LDAP_SCOPE_BASE, LDAP_SCOPE_ONELEVEL, LDAP_SCOPE_SUBTREE};
static const int ldap_derefs[] = {LDAP_DEREF_NEVER, LDAP_DEREF_ALWAYS, LDAP_DEREF_SEARCHING,
                                  LDAP_DEREF_FINDING};

static bool make_templates(struct directory *directory, struct why *why)
{
    const struct directory_options *options = directory->options;
    struct why fault = {{0}};

    if (options->filter) {
        directory->filter = filter_template_new(options->filter, &fault);
        return directory->filter || why_set(why, "option -f (--filter): %s", fault.text);
    }
    directory->dn = dn_template_new(options->user_attr, options->base, &fault);
    return directory->dn ||
           why_set(why, "options -u (--user-attr) and -b (--base): %s", fault.text);
}

static bool list_servers(struct directory *directory, struct why *why)
{
    struct why fault = {{0}};

    return directory_options_servers(directory->options, &directory->servers, &fault) ||
           why_set(why, "servers (-H, -h, --backup-uri or words): %s", fault.text);
}

static void make_plan(struct directory *directory, bool cleartext_allowed)
{
    const struct directory_options *options = directory->options;
    struct dialer *dialer = directory->ground.dialer;

    directory->plan = (struct setup_plan){
        .dialer = dialer ? dialer : dialer_network(),
        .tls = tls_profile_new(options),
        .starttls = options->starttls,
        .cleartext_allowed = cleartext_allowed,
        .timeout_ms = (uint64_t)options->connect_timeout_s * 1000,
        .deref = ldap_derefs[options->deref],
        .time_limit_s = (int)options->search_timeout_s,
        .external = options->sasl_mech && strcasecmp(options->sasl_mech, "EXTERNAL") == 0,
        .bind_dn = options->bind_dn,
        .bind_password = options->bind_password,
        .bind_password_file = options->bind_password_file,
    };
    /* Another server must have time to answer when this one does not. */
    if (directory->plan.timeout_ms > directory->ground.deadline_ms / SILENCE_DIVISOR)
        directory->plan.timeout_ms = directory->ground.deadline_ms / SILENCE_DIVISOR;
}

bool engine_prepare(struct directory *directory, const struct directory_ground *ground,
                    const struct directory_options *options, bool cleartext_allowed,
                    struct why *why)
{
    directory->ground = *ground;
    directory->options = options;
    directory->scope = ldap_scopes[options->scope];
    tls_prepare_process();
    if (!list_servers(directory, why) || !make_templates(directory, why))
        return false;
    make_plan(directory, cleartext_allowed);
    if (!directory->plan.tls)
        return why_set(why, "out of memory");
    if (directory->plan.external && !sasl_external_supported())
        return why_set(why, "option --sasl-mech: this build has no SASL");
    return true;
}

void engine_release(struct directory *directory)
{
    filter_template_free(directory->filter);
    dn_template_free(directory->dn);
    tls_profile_free(directory->plan.tls);
    server_list_free(&directory->servers);
}

/* ---- what must be said at every start ---- */

static bool looks_local(const struct server_address *server)
{
    return server->transport == TRANSPORT_LDAPI || strcasecmp(server->host, "localhost") == 0 ||
           strncmp(server->host, "127.", 4) == 0 || strcmp(server->host, "::1") == 0;
}

static bool is_clear(const struct directory *directory, const struct server_address *server)
{
    return server->transport == TRANSPORT_LDAP && !directory->plan.starttls &&
           !looks_local(server);
}

static void warn_at_start(const struct directory *directory)
{
    struct log *log = directory->ground.log;
    const char *unverified = tls_profile_unverified(directory->plan.tls);

    for (size_t i = 0; i < directory->servers.count; i++)
        if (is_clear(directory, &directory->servers.servers[i]))
            log_event(log, LOG_WARNING, "start",
                      directory->plan.cleartext_allowed
                          ? "PASSWORDS CROSS THE NETWORK IN CLEAR to %s: add -Z or use ldaps://"
                          : "%s will be refused unless it is on this machine: passwords would "
                            "cross the network in clear (see --allow-cleartext)",
                      directory->servers.servers[i].uri);
    if (unverified)
        log_event(log, LOG_WARNING, "start",
                  "certificates of directory servers are NOT VERIFIED (%s)", unverified);
}

/* A connection for searches where every login begins with one. */
static enum purpose first_purpose(const struct directory *directory)
{
    return directory->filter || directory->options->compare_attr ? PURPOSE_SERVICE : PURPOSE_BIND;
}

struct directory *directory_open(const struct directory_ground *ground,
                                 const struct directory_options *options, bool cleartext_allowed,
                                 struct why *why)
{
    struct directory *directory = calloc(1, sizeof *directory);
    struct pool_config config;

    if (!directory) {
        why_set(why, "out of memory");
        return NULL;
    }
    if (!engine_prepare(directory, ground, options, cleartext_allowed, why)) {
        directory_close(directory);
        return NULL;
    }
    warn_at_start(directory);
    config = (struct pool_config){
        .ground = *ground,
        .plan = &directory->plan,
        .servers = &directory->servers,
        .connections_max = (unsigned)options->connections,
        .silence_ms = ground->deadline_ms / SILENCE_DIVISOR,
        .first_purpose = first_purpose(directory),
    };
    directory->pool = pool_new(&config);
    if (!directory->pool) {
        why_set(why, "out of memory");
        directory_close(directory);
        return NULL;
    }
    return directory;
}

bool directory_quiet(struct directory *directory)
{
    return pool_quiet(directory->pool);
}

void directory_close(struct directory *directory)
{
    while (directory->first)
        login_cancel(directory->first);
    if (directory->pool)
        pool_free(directory->pool);
    engine_release(directory);
    free(directory);
}
