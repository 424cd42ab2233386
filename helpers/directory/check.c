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

#include "helpers/directory/engine.h"

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
    *setup = (struct setup){.plan = &directory->plan, .address = address, .purpose = purpose};
    setup_run(setup);
    return setup->outcome == SETUP_READY;
}

static const char *service_name(const struct directory *directory)
{
    if (directory->plan.external)
        return "SASL EXTERNAL";
    return directory->plan.bind_dn ? directory->plan.bind_dn : "anonymous";
}

/* Waits for the answer in deadline mode again; the wire is not given to the loop here. */
static int search_nobody(const struct directory *directory, struct setup *setup)
{
    const struct pxa_span name = {nobody, sizeof nobody - 1};
    char *filter = filter_template_expand(directory->filter, name);
    struct timeval rest = {.tv_sec = (time_t)(directory->plan.timeout_ms / 1000) + 1};
    char no_attributes[] = LDAP_NO_ATTRS;
    char *attributes[] = {no_attributes, NULL};
    LDAPMessage *answer = NULL;
    int code = LDAP_NO_MEMORY;

    setup->wire->deadline_ms =
        directory->plan.dialer->now_ms(directory->plan.dialer) + directory->plan.timeout_ms;
    if (filter)
        code = ldap_search_ext_s(setup->ld, directory->options->base, directory->scope, filter,
                                 attributes, 0, NULL, NULL, &rest, 2, &answer);
    ldap_msgfree(answer);
    free(filter);
    return code;
}

static bool check_search(const struct directory *directory, struct setup *setup)
{
    const char *base = directory->options->base;
    int code = search_nobody(directory, setup);

    if (code == LDAP_SUCCESS)
        return say(true, "the base %s can be searched", base);
    return say(false, "searching the base %s: %s (%d); -b must name an entry that the service "
                      "account may search",
               base, ldap_err2string(code), code);
}

static bool check_encryption(const struct setup *setup)
{
    bool local = setup->address->transport == TRANSPORT_LDAPI || setup->local;

    if (setup->tls_on)
        return say(true, "TLS is on");
    if (local)
        return say(true, "no TLS, but the server is on this machine");
    return say(false, "passwords cross the network in clear: use -Z (--starttls) or ldaps://");
}

static bool check_service(const struct directory *directory, const struct server_address *address)
{
    struct setup setup;
    bool good;

    if (!connect_as(directory, address, PURPOSE_SERVICE, &setup))
        return say(false, "%s (as %s): %s", setup.phase, service_name(directory), setup.why.text);
    say(true, "connected");
    good = check_encryption(&setup);
    say(true, "service bind (%s)", service_name(directory));
    if (directory->filter && !check_search(directory, &setup))
        good = false;
    setup_discard(&setup);
    return good;
}

static bool check_bind(const struct directory *directory, const struct server_address *address)
{
    struct setup setup;

    if (!connect_as(directory, address, PURPOSE_BIND, &setup))
        return say(false, "a connection for users' binds: %s: %s", setup.phase, setup.why.text);
    setup_discard(&setup);
    return say(true, "a connection for users' binds");
}

static bool check_servers(const struct directory *directory)
{
    bool good = true;

    for (size_t i = 0; i < directory->servers.count; i++) {
        const struct server_address *address = &directory->servers.servers[i];
        bool works;

        printf("%s%s\n", address->uri, address->backup ? " (backup)" : "");
        works = check_service(directory, address);
        if (works && !directory->options->compare_attr)
            works = check_bind(directory, address);
        good = good && works;
    }
    return good;
}

bool directory_check(const struct directory_ground *ground,
                     const struct directory_options *options, bool cleartext_allowed)
{
    struct directory directory = {0};
    struct why why = {{0}};
    bool good = false;

    if (engine_prepare(&directory, ground, options, cleartext_allowed, &why)) {
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
