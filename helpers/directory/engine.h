/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the engine's own files share: engine.c reads options, directory.c opens and closes, find.c
 * finds entries, login.c runs logins, check.c is --check.
 */
#ifndef PROXYAUTH_DIRECTORY_ENGINE_H
#define PROXYAUTH_DIRECTORY_ENGINE_H

#include "helpers/directory/directory.h"
#include "helpers/directory/dn_template.h"
#include "helpers/directory/filter_template.h"
#include "helpers/directory/group_filter.h"
#include "helpers/directory/find.h"
#include "helpers/directory/login.h"
#include "helpers/directory/pool.h"
#include "helpers/directory/setup.h"

/* A server that answers nothing for this part of a request's time is given up for another one. */
enum { ENGINE_SILENCE_DIVISOR = 2 };

struct discovery;
struct discovery_plan; /* discovery.h */
struct dns_server;     /* dns.h */

/* How long recent binds with a wrong password took; see login_end.c. */
enum { DENIED_SAMPLES = 32 };

struct denied_times {
    uint32_t ms[DENIED_SAMPLES];
    unsigned count;       /* ever taken */
    uint32_t accepted_ms; /* how long the last right one took: as good, as long as there are none */
};

struct directory {
    struct directory_ground ground;
    struct directory_orders orders;
    const struct directory_options *options; /* of the orders */
    struct server_list servers;              /* that are named; empty when DNS is asked: */
    bool discovers;
    struct dns_server *dns; /* of --dns, or NULL */
    char *realm;            /* the plan's */
    char *account; /* the service account's name with its domain, where it has none; or NULL */
    struct setup_plan plan;
    struct filter_template *filter;    /* of -f; or NULL, then: */
    struct dn_template *dn;            /* of -u */
    struct group_filter *group_filter; /* of -f of group-ldap, or NULL */
    int scope;                         /* LDAP_SCOPE_* */
    struct pool *pool;
    struct discovery *discovery; /* NULL: the servers are named */
    struct denied_times denied;
    struct login *first;            /* all logins under way */
    struct find *finds;             /* all finds under way, those of logins included */
    struct membership *memberships; /* all questions about groups under way */
    struct store *group_store;      /* what is known about groups, or NULL (group_names.h) */
};

/* Everything but the pool, for directory_open() and directory_check(). False with WHY. */
bool engine_prepare(struct directory *directory, const struct directory_ground *ground,
                    const struct directory_orders *orders, struct why *why);

/* Frees what engine_prepare() made. */
void engine_release(struct directory *directory);

/* Whom DNS is asked for. */
struct discovery_plan engine_discovery_plan(const struct directory *directory);

#endif
