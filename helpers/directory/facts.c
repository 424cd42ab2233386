/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two searches: the root entry (RFC 4512 5.1, MS-ADTS 3.1.1.3.2), and for an Active Directory the
 * crossRef objects (MS-ADTS 6.1.1.2.1.1) with the names of its domains.
 *
 * What the server sends is taken entry by entry and within bounds; anything that does not look like
 * what it should be makes the whole of it unusable. Domains of other forests are not found.
 */
#include <config.h>

#include "helpers/directory/facts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "helpers/directory/facts_read.h"
#include "helpers/directory/setup.h"

/* MS-ADTS 3.1.1.3.4.3: what the server is, and that it is Windows Server 2003 or newer, since when
 * the matching rule "in chain" is there (it is listed nowhere). */
static const char capability_ad[] = "1.2.840.113556.1.4.800";
static const char capability_2003[] = "1.2.840.113556.1.4.1670";

enum { PORT_GC = 3268, PORT_GC_TLS = 3269 };

/* More domains than any forest has. */
enum { DOMAINS_MAX = 1000 };

/* ---- a life ---- */

struct facts *facts_hold(const struct facts *facts)
{
    /* Constant but for the count. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    struct facts *held = (struct facts *)(uintptr_t)facts;

    held->references++;
    return held;
}

static void free_domain(struct ad_domain *domain)
{
    free(domain->dns);
    free(domain->netbios);
    free(domain->dn);
}

void facts_release(struct facts *facts)
{
    if (!facts || --facts->references > 0)
        return;
    for (size_t i = 0; i < facts->domain_count; i++)
        free_domain(&facts->domains[i]);
    free(facts->domains);
    free(facts->base);
    free(facts);
}

/* ---- the root entry ---- */

struct root {
    struct facts *facts;
    char *own;           /* defaultNamingContext */
    char *configuration; /* configurationNamingContext */
    char *only;          /* namingContexts, where there is one */
    bool is_ad;
    bool is_2003;
};

static bool take_root(struct reading *reading, LDAPMessage *entry)
{
    struct root *root = reading->context;

    root->is_ad = reading_has_value(reading, entry, "supportedCapabilities", capability_ad);
    root->is_2003 = reading_has_value(reading, entry, "supportedCapabilities", capability_2003);
    return reading_text(reading, entry, "defaultNamingContext", &root->own) &&
           reading_text(reading, entry, "configurationNamingContext", &root->configuration) &&
           reading_text(reading, entry, "namingContexts", &root->only);
}

static bool read_root(struct reading *reading, struct root *root)
{
    static const char *const attributes[] = {"supportedCapabilities", "defaultNamingContext",
                                             "configurationNamingContext", "namingContexts", NULL};

    reading->what = "root entry";
    reading->entry = take_root;
    reading->context = root;
    reading->entries_max = 1;
    return reading_search(reading, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes);
}

/* ---- domains ---- */

static bool add_domain(struct reading *reading, LDAPMessage *entry)
{
    struct facts *facts = reading->context;
    struct ad_domain *grown =
        realloc(facts->domains, (facts->domain_count + 1) * sizeof *facts->domains);
    struct ad_domain *domain;

    if (!grown)
        return reading_fault(reading, "out of memory");
    facts->domains = grown;
    domain = &grown[facts->domain_count];
    *domain = (struct ad_domain){NULL, NULL, NULL};
    if (!reading_text(reading, entry, "dnsRoot", &domain->dns) ||
        !reading_text(reading, entry, "nETBIOSName", &domain->netbios) ||
        !reading_text(reading, entry, "nCName", &domain->dn)) {
        free_domain(domain);
        return false;
    }
    if (domain->dns && domain->netbios && domain->dn)
        facts->domain_count++;
    else /* readable in part: as good as not there */
        free_domain(domain);
    return true;
}

/* Those with a NetBIOS name: the others are no domains (configuration, schema, DNS zones). */
static bool read_domains(struct reading *reading, const char *configuration, struct facts *facts)
{
    static const char *const attributes[] = {"dnsRoot", "nETBIOSName", "nCName", NULL};
    char *base = NULL;
    bool good;

    if (asprintf(&base, "CN=Partitions,%s", configuration) < 0)
        return reading_fault(reading, "out of memory");
    reading->what = "names of the domains";
    reading->entry = add_domain;
    reading->context = facts;
    reading->entries_max = DOMAINS_MAX;
    good = reading_search(reading, base, LDAP_SCOPE_ONELEVEL,
                          "(&(objectClass=crossRef)(nETBIOSName=*))", attributes);
    free(base);
    return good;
}

static bool is_own(const struct ad_domain *domain, const struct root *root,
                   const char *named_domain)
{
    return named_domain ? strcasecmp(domain->dns, named_domain) == 0
                        : root->own && strcasecmp(domain->dn, root->own) == 0;
}

/* Puts the own domain first; without a global catalog the others go. */
static bool order_domains(struct reading *reading, struct facts *facts, const struct root *root,
                          const char *named_domain)
{
    size_t own = 0;

    while (own < facts->domain_count && !is_own(&facts->domains[own], root, named_domain))
        own++;
    if (own == facts->domain_count && named_domain)
        return why_set(&reading->why, "the forest has no domain %s (--domain)",
                       why_excerpt(named_domain).text);
    if (own == facts->domain_count)
        return reading_fault(reading, "the own domain is not among them (may the service account "
                                      "read below CN=Partitions in the configuration?)");
    if (own > 0) {
        struct ad_domain first = facts->domains[own];

        facts->domains[own] = facts->domains[0];
        facts->domains[0] = first;
    }
    while (!facts->global_catalog && facts->domain_count > 1)
        free_domain(&facts->domains[--facts->domain_count]);
    return true;
}

/* ---- all of it ---- */

/* Below the empty name a global catalog searches all domains of the forest, whatever trees they are
 * in. */
static bool choose_base(struct reading *reading, struct root *root)
{
    struct facts *facts = root->facts;
    const char *base = root->own ? root->own : root->only;

    if (facts->kind == KIND_AD && facts->global_catalog)
        base = "";
    if (!base)
        return true;
    facts->base = strdup(base);
    return facts->base || reading_fault(reading, "out of memory");
}

static bool read_ad(struct reading *reading, struct root *root)
{
    const struct setup_plan *plan = reading->setup->plan;
    struct facts *facts = root->facts;

    reading->what = "root entry";
    if (!root->own || !root->configuration)
        return reading_fault(reading, "it has no defaultNamingContext or no "
                                      "configurationNamingContext");
    facts->in_chain = root->is_2003;
    if (!read_domains(reading, root->configuration, facts) ||
        !order_domains(reading, facts, root, facts->global_catalog ? plan->domain : NULL))
        return false;
    if (plan->domain && strcasecmp(facts->domains[0].dns, plan->domain) != 0) {
        reading->what = "domain";
        why_set(&reading->why, "it serves %s, not %s (--domain)",
                why_excerpt(facts->domains[0].dns).text, why_excerpt(plan->domain).text);
        return false;
    }
    return true;
}

static bool read_all(struct reading *reading, struct root *root)
{
    const struct setup *setup = reading->setup;
    struct facts *facts = root->facts;
    unsigned port = setup->address->port;

    if (!read_root(reading, root))
        return false;
    if (setup->plan->kind == KIND_AD && !root->is_ad)
        return reading_fault(reading, "it is no Active Directory (--directory, --domain)");
    facts->kind = root->is_ad && setup->plan->kind != KIND_OPENLDAP ? KIND_AD : KIND_OPENLDAP;
    facts->global_catalog = setup->plan->global_catalog || port == PORT_GC || port == PORT_GC_TLS;
    if (facts->kind == KIND_AD && !read_ad(reading, root))
        return false;
    return choose_base(reading, root);
}

bool facts_read(struct setup *setup)
{
    struct reading reading = {.setup = setup, .received = setup->wire->received};
    struct root root = {.facts = calloc(1, sizeof *root.facts)};
    bool good;

    if (root.facts)
        root.facts->references = 1;
    good = root.facts ? read_all(&reading, &root) : reading_fault(&reading, "out of memory");
    free(root.own);
    free(root.configuration);
    free(root.only);
    if (good) {
        setup->facts = root.facts;
        return true;
    }
    facts_release(root.facts);
    setup->facts_failed = true;
    setup->why = reading.why;
    setup->outcome = SETUP_SERVER;
    setup->phase = reading.what ? reading.what : "root entry";
    return !reading.dead && setup->plan->kind != KIND_AD;
}
