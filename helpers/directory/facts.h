/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * facts: what a server says about itself in its root entry, and an Active Directory about its
 * domains: read once per server, by the setup of the first service connection to it.
 *
 * Constant once made; counted references, because tasks and a server may outlive one another.
 * Loop's thread, but for facts_read().
 */
#ifndef PROXYAUTH_DIRECTORY_FACTS_H
#define PROXYAUTH_DIRECTORY_FACTS_H

#include <stdbool.h>
#include <stddef.h>

struct setup;

/* --directory; KIND_AUTO is an option's value alone, never a server's. */
enum directory_kind { KIND_AUTO, KIND_AD, KIND_OPENLDAP };

/* A domain of an Active Directory forest (crossRef objects below CN=Partitions). */
struct ad_domain {
    char *dns;     /* corp.example.com, as it is written there */
    char *netbios; /* CORP */
    char *dn;      /* DC=corp,DC=example,DC=com */
};

struct facts {
    unsigned references;      /* facts.c's own */
    enum directory_kind kind; /* KIND_OPENLDAP: anything that is no Active Directory */
    /* defaultNamingContext, else the only namingContexts, else NULL; of a global catalog the empty
     * DN, below which it searches all domains of the forest. */
    char *base;
    bool in_chain;       /* knows 1.2.840.113556.1.4.1941 */
    bool global_catalog; /* asked on 3268 or 3269 */
    /* Active Directory, at least one: the server's own domain first; of a global catalog the one
     * that --domain names first, if any, and all others of the forest behind it. */
    struct ad_domain *domains;
    size_t domain_count;
};

/* Reads them over SETUP's connection, which is bound and in deadline mode, into setup->facts. False
 * with why, outcome and phase when the setup has failed: the connection is of no use any more, or
 * the server was to be an Active Directory (plan->kind) and is none, or tells too little. True
 * without facts, and with why, when any other server tells nothing that can be used. Offload
 * thread. */
bool facts_read(struct setup *setup);

struct facts *facts_hold(const struct facts *facts);

/* NULL is allowed. */
void facts_release(struct facts *facts);

#endif
