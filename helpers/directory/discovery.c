/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One job at a time asks DNS in an offload thread. A list that is known stays in use while DNS says
 * nothing, or nothing of use; the order within it is drawn again only when its records change, so
 * that connections stay where they are.
 *
 * Cannot do: sites. A domain controller far away is kept out by its SRV priority, or by naming the
 * servers (-H).
 */
#include <config.h>

#include "helpers/directory/discovery.h"

#include <arpa/nameser.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PORT_LDAPS = 636, PORT_GC = 3268, PORT_GC_TLS = 3269 };

/* A name in DNS, and the port in the place of what its records say. */
struct service {
    const char *prefix;
    unsigned port;
};

static const struct service controllers[] = {
    {"_ldap._tcp.dc._msdcs.", 0},
    {"_ldap._tcp.", 0},
    {NULL, 0},
};

static const struct service any_server[] = {
    {"_ldap._tcp.", 0},
    {NULL, 0},
};

static const struct service catalogs[] = {
    {"_ldap._tcp.gc._msdcs.", 0},
    {"_gc._tcp.", 0},
    {"_ldap._tcp.dc._msdcs.", PORT_GC},
    {NULL, 0},
};

/* ---- asking ---- */

/* One name. DNS_NO_NAME: no record of use, why says so. */
static enum dns_outcome ask_name(const struct discovery_plan *plan, struct discovered *discovered,
                                 uint64_t timeout_ms)
{
    const struct dns_question question = {
        .name = discovered->name, .type = ns_t_srv, .server = plan->dns, .timeout_ms = timeout_ms};
    struct why why = {{0}};
    struct dns_answer answer;
    enum dns_outcome outcome = plan->ask(&question, &answer, &why);
    bool refused = false;

    if (outcome == DNS_ANSWER) {
        if (!srv_read(answer.bytes, answer.len, discovered->name, &discovered->list, &why))
            outcome = DNS_TROUBLE;
        else if (discovered->list.count == 0)
            outcome = DNS_NO_NAME;
        refused = discovered->list.refused;
        free(answer.bytes);
    }
    if (outcome == DNS_TROUBLE)
        why_set(&discovered->why, "DNS was asked for %s (SRV): %s",
                why_excerpt(discovered->name).text, why.text);
    else if (outcome == DNS_NO_NAME)
        why_set(&discovered->why, "DNS was asked for %s (SRV): %s",
                why_excerpt(discovered->name).text,
                refused ? "the domain says that nobody offers this" : "there are no such records");
    return outcome;
}

static const struct service *services_of(const struct discovery_plan *plan)
{
    if (plan->global_catalog)
        return catalogs;
    return plan->controllers ? controllers : any_server;
}

static uint64_t time_left(uint64_t deadline_ms)
{
    uint64_t now_ms = dns_now_ms();

    return now_ms < deadline_ms ? deadline_ms - now_ms : 1;
}

bool discovery_ask(const struct discovery_plan *plan, struct discovered *discovered)
{
    const struct service *service = services_of(plan);
    uint64_t deadline_ms = dns_now_ms() + plan->timeout_ms;
    enum dns_outcome outcome = DNS_NO_NAME;

    *discovered = (struct discovered){.port = 0};
    for (; service->prefix && outcome == DNS_NO_NAME; service++) {
        int len = snprintf(discovered->name, sizeof discovered->name, "%s%s", service->prefix,
                           plan->domain);

        if (len < 0 || (size_t)len >= sizeof discovered->name)
            return why_set(&discovered->why, "the domain %s has a name that is too long for DNS",
                           why_excerpt(plan->domain).text);
        srv_free(&discovered->list);
        discovered->port = service->port;
        outcome = ask_name(plan, discovered, time_left(deadline_ms));
    }
    return outcome == DNS_ANSWER;
}

/* ---- records become servers ---- */

static bool is_listed(const struct server_list *servers, const char *host, unsigned port)
{
    for (size_t i = 0; i < servers->count; i++)
        if (servers->servers[i].port == port && strcasecmp(servers->servers[i].host, host) == 0)
            return true;
    return false;
}

/* Behind the ports of LDAP over TLS nobody answers StartTLS. */
static bool add_server(struct server_list *servers, const struct srv_record *record, unsigned port)
{
    char uri[sizeof "ldaps://:65535" + NS_MAXDNAME];

    if (port == 0)
        port = record->port;
    if (is_listed(servers, record->target, port))
        return true;
    snprintf(uri, sizeof uri, "%s://%s:%u",
             port == PORT_LDAPS || port == PORT_GC_TLS ? "ldaps" : "ldap", record->target, port);
    return server_list_add(servers, uri, port, NULL);
}

bool discovery_servers(struct discovered *discovered, struct server_list *servers,
                       uint32_t (*random)(void *context), void *random_context)
{
    const struct srv_list *list = &discovered->list;

    srv_order(&discovered->list, random, random_context);
    for (size_t i = 0; i < list->count && servers->count < DISCOVERY_SERVERS_MAX; i++)
        if (!add_server(servers, &list->records[i], discovered->port))
            return false;
    return true;
}

/* ---- again and again ---- */

struct discovery {
    struct discovery_config config;
    struct timer *timer;
    struct job job;
    struct discovered latest; /* the job's own while it runs */
    struct srv_list known;    /* the records in use */
    unsigned failures;        /* since the last success */
    struct why why;           /* that the owner was told */
    bool asking;
    bool closing;
};

static struct discovery *of_job(struct job *job)
{
    return (struct discovery *)(void *)((char *)job - offsetof(struct discovery, job));
}

static void run(struct job *job)
{
    struct discovery *discovery = of_job(job);

    discovery_ask(&discovery->config.plan, &discovery->latest);
}

static void again(struct discovery *discovery, uint64_t after_ms)
{
    loop_timer_at(discovery->config.loop, discovery->timer,
                  loop_now_ms(discovery->config.loop) + after_ms);
}

static void failed(struct discovery *discovery)
{
    const struct discovery_config *config = &discovery->config;
    uint64_t pause_ms = DISCOVERY_RETRY_FIRST_MS;

    for (unsigned i = 0; i < discovery->failures && pause_ms < DISCOVERY_RETRY_MAX_MS; i++)
        pause_ms *= 2;
    if (pause_ms > DISCOVERY_RETRY_MAX_MS)
        pause_ms = DISCOVERY_RETRY_MAX_MS;
    log_event(config->log, discovery->failures++ == 0 ? LOG_WARNING : LOG_INFO, "dns",
              "%s; %s; next try in %" PRIu64 " s", discovery->latest.why.text,
              discovery->known.count > 0 ? "the servers that are known stay in use"
                                         : "no server is known",
              pause_ms / 1000);
    again(discovery, pause_ms);
    if (discovery->known.count > 0)
        return;
    why_set(&discovery->why, "no server of the domain %s is known: %s",
            why_excerpt(config->plan.domain).text, discovery->latest.why.text);
    config->failed(config->context, discovery->why.text);
}

static uint64_t age_ms(uint32_t ttl_s)
{
    uint64_t s = ttl_s;

    if (s < DISCOVERY_TTL_MIN_S)
        s = DISCOVERY_TTL_MIN_S;
    if (s > DISCOVERY_TTL_MAX_S)
        s = DISCOVERY_TTL_MAX_S;
    return s * 1000;
}

static bool take(struct discovery *discovery)
{
    const struct discovery_config *config = &discovery->config;
    struct discovered *latest = &discovery->latest;
    struct server_list servers = {NULL, 0};
    bool good;

    if (srv_same(&latest->list, &discovery->known))
        return true;
    good = discovery_servers(latest, &servers, config->random, config->random_context) &&
           config->found(config->context, &servers);
    if (good) {
        log_event(config->log, LOG_NOTICE, "dns", "%s names %zu servers, the first is %s",
                  latest->name, servers.count, servers.servers[0].uri);
        srv_free(&discovery->known);
        discovery->known = latest->list;
        latest->list = (struct srv_list){NULL, 0, 0, false};
    } else {
        why_set(&latest->why, "out of memory");
    }
    server_list_free(&servers);
    return good;
}

static void done(struct job *job)
{
    struct discovery *discovery = of_job(job);
    uint32_t ttl_s = discovery->latest.list.ttl_s;

    discovery->asking = false;
    if (!discovery->closing) {
        if (discovery->latest.list.count > 0 && take(discovery)) {
            if (discovery->failures > 0)
                log_event(discovery->config.log, LOG_NOTICE, "dns", "%s: DNS answers again",
                          discovery->latest.name);
            discovery->failures = 0;
            again(discovery, age_ms(ttl_s));
        } else {
            failed(discovery);
        }
    }
    srv_free(&discovery->latest.list);
}

static void ask(void *context)
{
    struct discovery *discovery = context;

    if (discovery->asking || discovery->closing)
        return;
    discovery->asking = true;
    offload_submit(discovery->config.offload, &discovery->job);
}

struct discovery *discovery_new(const struct discovery_config *config)
{
    struct discovery *discovery = calloc(1, sizeof *discovery);

    if (!discovery)
        return NULL;
    discovery->config = *config;
    discovery->job.run = run;
    discovery->job.done = done;
    discovery->timer = loop_timer(config->loop, ask, discovery);
    if (!discovery->timer) {
        free(discovery);
        return NULL;
    }
    ask(discovery);
    return discovery;
}

bool discovery_quiet(struct discovery *discovery)
{
    discovery->closing = true;
    return !discovery->asking;
}

void discovery_free(struct discovery *discovery)
{
    if (!discovery)
        return;
    loop_timer_free(discovery->config.loop, discovery->timer);
    srv_free(&discovery->known);
    free(discovery);
}
