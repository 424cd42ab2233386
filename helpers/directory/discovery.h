/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * discovery: the servers of a domain, asked of DNS and asked again when the answer grows old
 * (RFC 2782; MS-ADTS 6.3.2.3 for Active Directory).
 *
 * The names that are asked for, one after the other until one has records:
 *   _ldap._tcp.dc._msdcs.DOMAIN, _ldap._tcp.DOMAIN
 * and for global catalogs
 *   _ldap._tcp.gc._msdcs.DOMAIN, _gc._tcp.DOMAIN, and as the last resort the domain controllers of
 *   _ldap._tcp.dc._msdcs.DOMAIN at port 3268 (global catalogs are listed under the forest's name).
 * Of a domain that is no Active Directory: _ldap._tcp.DOMAIN.
 */
#ifndef PROXYAUTH_DIRECTORY_DISCOVERY_H
#define PROXYAUTH_DIRECTORY_DISCOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/core/why.h"
#include "helpers/directory/dns.h"
#include "helpers/directory/server_list.h"
#include "helpers/directory/srv.h"

/* The age at which an answer is refreshed, whatever its TTL says, and how many servers are used. */
enum { DISCOVERY_TTL_MIN_S = 30, DISCOVERY_TTL_MAX_S = 3600, DISCOVERY_SERVERS_MAX = 64 };

/* After a failure: while no server is known, and while an older list is used. */
enum {
    DISCOVERY_RETRY_FIRST_MS = 1000,
    DISCOVERY_RETRY_MAX_MS = 30 * 1000,
};

/* What is asked. */
struct discovery_plan {
    const char *domain; /* borrowed */
    bool controllers;   /* of an Active Directory; else any LDAP server of the domain */
    bool global_catalog;
    const struct dns_server *dns; /* borrowed; NULL: the system's */
    uint64_t timeout_ms;          /* for all names together */
    /* Asks one question, in an offload thread; dns_ask() but in tests. */
    enum dns_outcome (*ask)(const struct dns_question *question, struct dns_answer *answer,
                            struct why *why);
};

/* What DNS said. */
struct discovered {
    struct srv_list list; /* not ordered; empty on failure */
    char name[300];       /* that has the records */
    unsigned port;        /* in the place of the records' own, or 0 */
    struct why why;       /* on failure: what was asked and what came of it */
};

/* Asks, in the calling thread. False with why. The caller frees DISCOVERED->list. */
bool discovery_ask(const struct discovery_plan *plan, struct discovered *discovered);

/* Adds the servers of DISCOVERED, which are put into order first, to SERVERS (empty). False when
 * memory is out. */
bool discovery_servers(struct discovered *discovered, struct server_list *servers,
                       uint32_t (*random)(void *context), void *random_context);

struct discovery;

struct discovery_config {
    struct discovery_plan plan;
    struct loop *loop;
    struct offload *offload;
    struct log *log;
    uint32_t (*random)(void *context);
    void *random_context;
    /* Another list, the caller's to copy. False: it could not be taken; it is tried again. */
    bool (*found)(void *context, const struct server_list *servers);
    /* None is known and none could be found out; WHY lives until the next call of either. */
    void (*failed)(void *context, const char *why);
    void *context;
};

/* Begins at once. NULL when memory is out. */
struct discovery *discovery_new(const struct discovery_config *config);

/* Asks no more; true when nothing is being asked. */
bool discovery_quiet(struct discovery *discovery);

/* Must be quiet. NULL is allowed. */
void discovery_free(struct discovery *discovery);

#endif
