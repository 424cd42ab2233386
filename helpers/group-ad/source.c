/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Users are looked for as the stock helper does (get_memberof() of support_ldap.cc): by
 * sAMAccountName below the base of their realm. The names of an Active Directory beside that come
 * with --domain, which the Kerberos source has; there DOMAIN\user is refused where DOMAIN is
 * another one.
 */
#include <config.h>

#include "helpers/group-ad/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/facts.h"
#include "helpers/directory/membership.h"

/* ---- plans ---- */

/* DC=corp,DC=example,DC=com for CORP.EXAMPLE.COM, whose labels need no escapes. */
static char *base_of(struct pxa_span realm)
{
    size_t labels = 1;
    char *base;
    char *at;

    for (size_t i = 0; i < realm.len; i++)
        labels += realm.at[i] == '.';
    base = malloc(realm.len + labels * (sizeof ",DC=" - 1) + 1);
    if (!base)
        return NULL;
    at = stpcpy(base, "DC=");
    for (size_t i = 0; i < realm.len; i++)
        if (realm.at[i] == '.')
            at = stpcpy(at, ",DC=");
        else
            *at++ = realm.at[i];
    *at = '\0';
    return base;
}

/* The servers that -S names for REALM take the place of others. False when memory is out. */
static bool take_servers(struct source_plan *plan, const struct realm_list *servers,
                         struct pxa_span realm)
{
    size_t count = 0;

    plan->server_words = calloc(servers->count + 1, sizeof *plan->server_words);
    if (!plan->server_words)
        return false;
    for (size_t i = 0; i < servers->count; i++)
        if (realm_name_is_for(&servers->names[i], realm))
            plan->server_words[count++] = servers->names[i].name;
    if (count > 0) {
        plan->directory.servers = (struct option_list){plan->server_words, count};
        plan->directory.dns = NULL;
    }
    return true;
}

static void drop_account(struct directory_options *directory)
{
    directory->bind_dn = NULL;
    directory->bind_password = NULL;
    directory->bind_password_file = NULL;
}

static bool is_openldap(const struct source_plan *plan)
{
    return plan->directory.kind == KIND_OPENLDAP;
}

/* The servers that are not named for a realm belong to the account, where there is one. */
static bool plan_kerberos(struct source_plan *plan, const struct group_ad_options *options,
                          struct pxa_span realm)
{
    static char gssapi[] = "GSSAPI";
    struct directory_options *directory = &plan->directory;

    if (options->account) {
        directory->servers = (struct option_list){NULL, 0};
        directory->backup_uris = (struct option_list){NULL, 0};
    }
    drop_account(directory);
    if (!directory->sasl_mech)
        directory->sasl_mech = gssapi;
    plan->domain = strndup(realm.at, realm.len);
    directory->domain = plan->domain;
    directory->base = NULL;
    if (is_openldap(plan)) {
        plan->base = base_of(realm);
        directory->base = plan->base;
    }
    if (!plan->domain || (is_openldap(plan) && !plan->base) ||
        !take_servers(plan, &options->servers, realm))
        return false;
    if (directory_options_discover(directory))
        directory->port = 0; /* for the servers of other realms */
    return true;
}

/* Without a base of its own, nobody of another realm is taken for one of this. */
static bool plan_account(struct source_plan *plan, struct pxa_span realm)
{
    struct directory_options *directory = &plan->directory;

    directory->domain = NULL;
    directory->dns = NULL;
    if (directory->kind == KIND_AD)
        directory->kind = KIND_AUTO; /* TLS is as the server's URI says */
    directory->bind_keytab = NULL;
    directory->bind_principal = NULL;
    directory->sasl_in_tls = false;
    if (directory->sasl_mech && strncmp(directory->sasl_mech, "GSS", 3) == 0)
        directory->sasl_mech = NULL;
    if (directory->base || realm.len == 0)
        return true;
    plan->base = base_of(realm);
    directory->base = plan->base;
    return plan->base;
}

bool source_plan_make(struct source_plan *plan, const struct group_ad_options *options,
                      enum source_kind kind, struct pxa_span realm, struct why *why)
{
    static char by_account_name[] = "(sAMAccountName=%s)";
    static char by_uid[] = "(uid=%s)";
    static char all_forms[] = "sam,upn,down-level";
    bool made;

    plan->directory = options->directory;
    plan->user = options->user;
    plan->user.login_names = all_forms;
    made =
        kind == SOURCE_KERBEROS ? plan_kerberos(plan, options, realm) : plan_account(plan, realm);
    if (!made)
        return why_set(why, "out of memory");
    if (is_openldap(plan))
        plan->user.filter = by_uid;
    else if (kind == SOURCE_ACCOUNT)
        plan->user.filter = by_account_name;
    return user_options_check(&plan->user, &plan->directory, why);
}

void source_plan_free(struct source_plan *plan)
{
    free(plan->domain);
    free(plan->base);
    free(plan->server_words);
    *plan = (struct source_plan){0};
}

/* ---- sources ---- */

static struct directory_orders orders_of(const struct source_plan *plan,
                                         const struct source_ground *ground)
{
    return (struct directory_orders){
        .options = &plan->directory,
        .user = &plan->user,
        .membership = &ground->options->membership,
        .cleartext_allowed = ground->cleartext_allowed,
    };
}

static bool open_groups(struct source *source, const struct source_ground *ground, struct why *why)
{
    const struct groups_config config = {
        .loop = ground->directory.loop,
        .directory = source->directory,
        .log = ground->directory.log,
        .ttl_ms = (uint64_t)ground->options->ttl_s * 1000,
        .cap_bytes = (size_t)ground->options->memory_mib << 20,
        .seed = ground->seed,
        .find_first = true,
        .attributes = membership_attributes(),
    };

    source->groups = groups_new(&config, why);
    return source->groups;
}

static bool open_directory(struct source *source, const struct source_ground *ground,
                           struct why *why)
{
    const struct directory_orders orders = orders_of(&source->plan, ground);

    source->directory = directory_open(&ground->directory, &orders, why);
    return source->directory;
}

bool source_open(struct source *source, const struct source_ground *ground, enum source_kind kind,
                 struct pxa_span realm, struct why *why)
{
    if (source_plan_make(&source->plan, ground->options, kind, realm, why) &&
        open_directory(source, ground, why) && open_groups(source, ground, why))
        return true;
    source_close(source);
    return false;
}

bool source_quiet(struct source *source)
{
    return !source->directory || directory_quiet(source->directory);
}

void source_close(struct source *source)
{
    groups_free(source->groups);
    if (source->directory)
        directory_close(source->directory);
    source_plan_free(&source->plan);
    *source = (struct source){.directory = NULL};
}

bool source_check(const struct source_ground *ground, enum source_kind kind, struct pxa_span realm)
{
    struct source_plan plan = {.domain = NULL};
    struct why why = {""};
    bool good = source_plan_make(&plan, ground->options, kind, realm, &why);

    printf("%s of %.*s\n", kind == SOURCE_KERBEROS ? "directory" : "directory, by an account,",
           (int)realm.len, realm.at);
    if (good) {
        const struct directory_orders orders = orders_of(&plan, ground);

        good = directory_check(&ground->directory, &orders);
    } else {
        printf("  bad: %s\n", why.text);
    }
    source_plan_free(&plan);
    return good;
}
