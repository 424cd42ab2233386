/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --check: what an administrator wants to know before Squid is started. Each server is connected to
 * as a login would be, and what a login does is done with a name that nobody has.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/discovery.h"
#include "helpers/directory/engine.h"
#include "helpers/directory/protection.h"

static const char nobody[] = "proxyauth-check-no-such-user";

static bool say(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool say(bool good, const char *format, ...)
{
    va_list arguments;

    fputs(good ? "  ok    " : "  FAIL  ", stdout);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    return good;
}

/* One phase after another, in this thread. False when it failed; nothing is left open then. */
static bool connect_as(const struct directory *directory, const struct server_address *address,
                       enum purpose purpose, struct setup *setup)
{
    *setup = (struct setup){.plan = &directory->plan,
                            .address = address,
                            .purpose = purpose,
                            .wants_facts = purpose == PURPOSE_SERVICE};
    setup_run(setup);
    return setup->outcome == SETUP_READY;
}

/* ---- what the server is ---- */

static void say_ad(const struct facts *facts)
{
    const struct ad_domain *own = &facts->domains[0];

    say(true, "an Active Directory%s: the domain %s, in short %s",
        facts->global_catalog ? "'s global catalog" : "", own->dns, own->netbios);
    for (size_t i = 1; i < facts->domain_count; i++)
        say(true, "the domain %s, in short %s", facts->domains[i].dns, facts->domains[i].netbios);
    say(true, facts->in_chain ? "it finds groups within groups by itself (in chain)"
                              : "groups within groups are looked for one by one");
}

static void say_facts(const struct setup *setup)
{
    const struct facts *facts = setup->facts;

    if (!facts)
        say(true, "it says nothing about itself (%s): taken for no Active Directory",
            setup->why.text);
    else if (facts->kind == KIND_AD)
        say_ad(facts);
    else
        say(true, "no Active Directory%s%s", facts->base ? ", its base is " : "",
            facts->base ? facts->base : "");
}

/* ---- whether it can be searched ---- */

/* Where people are, or groups where only these are looked for; or NULL. */
static const char *base_of(const struct directory *directory, const struct facts *facts)
{
    const struct directory_orders *orders = &directory->orders;

    if (orders->user && orders->user->base)
        return orders->user->base;
    if (!orders->user && orders->membership && orders->membership->group_base)
        return orders->membership->group_base;
    if (directory->options->base)
        return directory->options->base;
    return facts ? facts->base : NULL;
}

/* The caller frees; NULL: memory is out. */
static char *filter_for_nobody(const struct directory *directory)
{
    const struct pxa_span name = {nobody, sizeof nobody - 1};
    char *filter = NULL;

    if (directory->filter)
        return filter_template_expand(directory->filter, name);
    return asprintf(&filter, "(sAMAccountName=%s)", nobody) < 0 ? NULL : filter;
}

/* Waits for the answer in deadline mode again; the wire is not given to the loop here. */
static int search_nobody(const struct directory *directory, struct setup *setup, const char *base)
{
    char *filter = filter_for_nobody(directory);
    struct timeval rest = {.tv_sec = (time_t)(directory->plan.timeout_ms / 1000) + 1};
    char no_attributes[] = LDAP_NO_ATTRS;
    char *attributes[] = {no_attributes, NULL};
    LDAPMessage *answer = NULL;
    int code = LDAP_NO_MEMORY;

    setup->wire->deadline_ms =
        directory->plan.dialer->now_ms(directory->plan.dialer) + directory->plan.timeout_ms;
    if (filter)
        code = ldap_search_ext_s(setup->ld, base, directory->scope, filter, attributes, 0, NULL,
                                 NULL, &rest, 2, &answer);
    ldap_msgfree(answer);
    free(filter);
    return code;
}

static bool check_search(const struct directory *directory, struct setup *setup)
{
    const char *base = base_of(directory, setup->facts);
    int code;

    if (!base)
        return say(false, "the server names no base that could be searched: add -b");
    code = search_nobody(directory, setup, base);
    if (code == LDAP_SUCCESS)
        return say(true, "the base %s can be searched", *base ? base : "of all domains");
    return say(false,
               "searching the base %s: %s (%d); -b must name an entry that the service "
               "account may search",
               base, ldap_err2string(code), code);
}

/* ---- one server ---- */

static bool check_encryption(const struct setup *setup)
{
    bool local = setup->address->transport == TRANSPORT_LDAPI || setup->local;

    if (setup->tls_on)
        return say(true, "TLS is on");
    if (setup->layer > 0)
        return say(true, "Kerberos encrypts the connection (strength %u)", setup->layer);
    if (local)
        return say(true, "no TLS, but the server is on this machine");
    return say(false, "passwords cross the network in clear: use -Z (--starttls) or ldaps://");
}

static bool check_service(const struct directory *directory, const struct server_address *address)
{
    struct setup setup;
    bool good;

    if (!connect_as(directory, address, PURPOSE_SERVICE, &setup))
        return say(false, "%s (as %s): %s", setup.phase, setup_account(&directory->plan),
                   setup.why.text);
    say(true, "connected");
    good = check_encryption(&setup);
    say(true, "service bind (%s)", setup_account(&directory->plan));
    say_facts(&setup);
    if (!directory->dn && !check_search(directory, &setup))
        good = false;
    setup_discard(&setup);
    return good;
}

static bool check_bind(const struct directory *directory, const struct server_address *address)
{
    struct setup setup;
    bool good;

    if (!connect_as(directory, address, PURPOSE_BIND, &setup))
        return say(false, "a connection for users' binds: %s: %s", setup.phase, setup.why.text);
    say(true, "a connection for users' binds");
    /* Where the service connection has no layer of its own, it has said this already. */
    good = protection_of(&directory->plan, address, PURPOSE_SERVICE) != PROTECTION_LAYER ||
           check_encryption(&setup);
    setup_discard(&setup);
    return good;
}

static bool check_server(const struct directory *directory, const struct server_address *address)
{
    const struct login_options *login = directory->orders.login;

    printf("%s%s\n", address->uri, address->backup ? " (backup)" : "");
    if (!check_service(directory, address))
        return false;
    return !login || login->compare_attr || check_bind(directory, address);
}

/* ---- all of them ---- */

static void say_record(const struct srv_record *record)
{
    say(true, "%s port %u, priority %u, weight %u", record->target, record->port, record->priority,
        record->weight);
}

/* Asks DNS, and lists the servers in the order in which this run would try them. */
static bool discover(struct directory *directory)
{
    const struct discovery_plan plan = engine_discovery_plan(directory);
    struct discovered discovered;
    bool good = discovery_ask(&plan, &discovered);

    if (good) {
        printf("%s, says DNS for %u s\n", discovered.name, (unsigned)discovered.list.ttl_s);
        good = discovery_servers(&discovered, &directory->servers, directory->ground.random,
                                 directory->ground.random_context) ||
               say(false, "out of memory");
        for (size_t i = 0; i < discovered.list.count; i++)
            say_record(&discovered.list.records[i]);
    } else {
        say(false, "%s", discovered.why.text);
    }
    srv_free(&discovered.list);
    return good;
}

static bool check_servers(struct directory *directory)
{
    bool good = !directory->discovers || discover(directory);

    for (size_t i = 0; i < directory->servers.count; i++)
        if (!check_server(directory, &directory->servers.servers[i]))
            good = false;
    return good;
}

bool directory_check(const struct directory_ground *ground, const struct directory_orders *orders)
{
    struct directory directory = {0};
    struct why why = {{0}};
    bool good = false;

    if (engine_prepare(&directory, ground, orders, &why)) {
        const char *unverified = tls_profile_unverified(directory.plan.tls);

        good = check_servers(&directory);
        if (unverified)
            good = say(false, "certificates are not verified (%s)", unverified);
        else
            printf("certificates are verified (%s)\n", tls_profile_ca(directory.plan.tls));
    } else {
        say(false, "%s", why.text);
    }
    engine_release(&directory);
    puts(good ? "all is well" : "something must be mended before Squid can rely on this");
    return good;
}
