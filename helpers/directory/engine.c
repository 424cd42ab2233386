/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From options to what the engine works with: servers, templates for names, and the plan that all
 * connections have in common.
 */
#include <config.h>

#include "helpers/directory/engine.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/dial.h"
#include "helpers/directory/discovery.h"
#include "helpers/directory/protection.h"

static const int ldap_scopes[] = {LDAP_SCOPE_BASE, LDAP_SCOPE_ONELEVEL, LDAP_SCOPE_SUBTREE};
static const int ldap_derefs[] = {LDAP_DEREF_NEVER, LDAP_DEREF_ALWAYS, LDAP_DEREF_SEARCHING,
                                  LDAP_DEREF_FINDING};

static bool make_templates(struct directory *directory, struct why *why)
{
    const struct user_options *user = directory->orders.user;
    struct why fault = {{0}};

    if (!user)
        return true;
    if (user->filter) {
        directory->filter = filter_template_new(user->filter, &fault);
        return directory->filter || why_set(why, "option -f (--filter): %s", fault.text);
    }
    if (directory_options_say_ad(directory->options) && !user->user_attr)
        return true; /* the names of an Active Directory: ad_names.h */
    directory->dn = dn_template_new(user->user_attr ? user->user_attr : "uid",
                                    user->base ? user->base : directory->options->base, &fault);
    return directory->dn ||
           why_set(why, "options -u (--user-attr) and -b (--base): %s", fault.text);
}

static bool make_group_filter(struct directory *directory, struct why *why)
{
    const struct membership_options *membership = directory->orders.membership;
    const struct user_options *user = directory->orders.user;
    struct why fault = {{0}};

    if (!membership || !membership->filter)
        return true;
    directory->group_filter =
        group_filter_new(membership->filter, user && (user->filter || user->user_attr), &fault);
    return directory->group_filter || why_set(why, "option -f (--filter): %s", fault.text);
}

static bool list_servers(struct directory *directory, struct why *why)
{
    struct why fault = {{0}};

    directory->discovers = directory_options_discover(directory->options);
    if (directory->discovers)
        return true;
    return directory_options_servers(directory->options, &directory->servers, &fault) ||
           why_set(why, "servers (--uri, --host, --backup-uri or words): %s", fault.text);
}

/* Kerberos realms of Active Directory are the domain's name in capitals (MS-KILE 3.1.5.7). */
static bool make_realm(struct directory *directory)
{
    const char *domain = directory->options->domain;
    char *realm = domain ? strdup(domain) : NULL;

    for (char *at = realm; at && *at; at++)
        *at = (char)toupper((unsigned char)*at);
    directory->realm = realm;
    return realm || !domain;
}

/* A bare name is none that an Active Directory takes for a simple bind; with its domain it is. */
static bool make_account(struct directory *directory)
{
    const struct directory_options *options = directory->options;
    int len;

    if (!options->domain || !directory_options_bare_account(options))
        return true;
    len = asprintf(&directory->account, "%s@%s", options->bind_dn, options->domain);
    if (len < 0)
        directory->account = NULL;
    return len >= 0;
}

static bool read_dns(struct directory *directory, struct why *why)
{
    struct why fault = {{0}};

    if (!directory->options->dns)
        return true;
    directory->dns = calloc(1, sizeof *directory->dns);
    if (!directory->dns)
        return why_set(why, "out of memory");
    return dns_server_parse(directory->options->dns, directory->dns, &fault) ||
           why_set(why, "option --dns: %s", fault.text);
}

static void make_plan(struct directory *directory)
{
    const struct directory_options *options = directory->options;
    struct dialer *dialer = directory->ground.dialer;
    bool say_ad = directory_options_say_ad(options);

    directory->plan = (struct setup_plan){
        .dialer = dialer ? dialer : dialer_network(),
        .tls = tls_profile_new(options),
        .starttls = options->starttls || say_ad || protection_by_kerberos(options->sasl_mech),
        /* A line with SASL is none of the stock helper's, which may do as they always did. */
        .cleartext_allowed = options->allow_cleartext ||
                             (directory->orders.cleartext_allowed && !options->sasl_mech),
        .timeout_ms = (uint64_t)options->connect_timeout_s * 1000,
        .deref = ldap_derefs[options->deref],
        .time_limit_s = (int)options->search_timeout_s,
        .sasl_mech = options->sasl_mech,
        .sasl_user = options->sasl_user,
        .bind_keytab = options->bind_keytab,
        .bind_principal = options->bind_principal,
        .sasl_in_tls = options->sasl_in_tls,
        .kind = say_ad ? KIND_AD : (enum directory_kind)options->kind,
        .domain = say_ad ? options->domain : NULL,
        .realm = directory->realm,
        .global_catalog = options->global_catalog,
        .bind_dn = directory->account ? directory->account : options->bind_dn,
        .bind_password = options->bind_password,
        .bind_password_file = options->bind_password_file,
    };
    /* Another server must have time to answer when this one does not. */
    if (directory->plan.timeout_ms > directory->ground.deadline_ms / ENGINE_SILENCE_DIVISOR)
        directory->plan.timeout_ms = directory->ground.deadline_ms / ENGINE_SILENCE_DIVISOR;
}

bool engine_prepare(struct directory *directory, const struct directory_ground *ground,
                    const struct directory_orders *orders, struct why *why)
{
    directory->ground = *ground;
    directory->orders = *orders;
    directory->options = orders->options;
    directory->scope = ldap_scopes[orders->options->scope];
    tls_prepare_process();
    if (!list_servers(directory, why) || !read_dns(directory, why) ||
        !make_templates(directory, why) || !make_group_filter(directory, why))
        return false;
    if (!make_realm(directory) || !make_account(directory))
        return why_set(why, "out of memory");
    make_plan(directory);
    if (!directory->plan.tls)
        return why_set(why, "out of memory");
    return true;
}

void engine_release(struct directory *directory)
{
    filter_template_free(directory->filter);
    group_filter_free(directory->group_filter);
    dn_template_free(directory->dn);
    tls_profile_free(directory->plan.tls);
    server_list_free(&directory->servers);
    free(directory->dns);
    free(directory->realm);
    free(directory->account);
}

struct discovery_plan engine_discovery_plan(const struct directory *directory)
{
    return (struct discovery_plan){
        .domain = directory->options->domain,
        .controllers = directory_options_say_ad(directory->options),
        .global_catalog = directory->options->global_catalog,
        .dns = directory->dns,
        .timeout_ms = directory->plan.timeout_ms,
        .ask = dns_ask,
    };
}
