/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A short list: realms are few, and those that options name are found first.
 */
#include <config.h>

#include "helpers/group-ad/realms.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "helpers/core/visible.h"

struct realm {
    struct realms *realms;
    struct realm *next;
    struct pxa_span name; /* in capitals; behind this */
    struct source sources[SOURCE_KINDS];
};

struct realms {
    struct source_ground ground;
    struct realm *first;
    unsigned unnamed;
};

/* ---- which realms there are ---- */

static bool is_realm(const char *text, struct pxa_span name)
{
    return text && strlen(text) == name.len && strncasecmp(text, name.at, name.len) == 0;
}

static bool list_names(const struct realm_list *list, struct pxa_span name)
{
    for (size_t i = 0; i < list->count; i++)
        if (is_realm(list->names[i].realm, name))
            return true;
    return false;
}

static bool options_name(const struct group_ad_options *options, struct pxa_span name)
{
    return name.len == 0 || is_realm(options->default_realm, name) ||
           list_names(&options->groups, name) || list_names(&options->netbios_names, name) ||
           list_names(&options->servers, name);
}

static struct realm *find(const struct realms *realms, struct pxa_span name)
{
    struct realm *realm = realms->first;

    while (realm && (realm->name.len != name.len ||
                     (name.len > 0 && strncasecmp(realm->name.at, name.at, name.len) != 0)))
        realm = realm->next;
    return realm;
}

static struct realm *add(struct realms *realms, struct pxa_span name)
{
    struct realm *realm = calloc(1, sizeof *realm + name.len + 1);
    char *copy;

    if (!realm)
        return NULL;
    copy = (char *)(realm + 1);
    for (size_t i = 0; i < name.len; i++)
        copy[i] = (char)toupper((unsigned char)name.at[i]);
    realm->realms = realms;
    realm->name = (struct pxa_span){copy, name.len};
    realm->next = realms->first;
    realms->first = realm;
    return realm;
}

struct realm *realms_get(struct realms *realms, struct pxa_span name, const char **reason)
{
    struct realm *realm = find(realms, name);
    bool named;

    *reason = NULL;
    if (realm)
        return realm;
    named = options_name(realms->ground.options, name);
    if (!named && realms->unnamed == REALMS_UNNAMED_MAX) {
        log_event(realms->ground.directory.log, LOG_WARNING, "realm",
                  "%s: users of %d realms that no option names have come; further ones get BH (-g "
                  "and -S name realms)",
                  visible_excerpt(name).text, REALMS_UNNAMED_MAX);
        *reason = "too many realms";
        return NULL;
    }
    realm = add(realms, name);
    if (!realm)
        *reason = "out of memory";
    else if (!named)
        realms->unnamed++;
    return realm;
}

/* ---- their sources ---- */

static bool is_asked(const struct group_ad_options *options, enum source_kind kind,
                     struct pxa_span realm)
{
    if (kind == SOURCE_KERBEROS)
        return options->kerberos && realm.len > 0;
    return options->account;
}

struct groups *realm_groups(struct realm *realm, enum source_kind kind, const char **reason)
{
    const struct source_ground *ground = &realm->realms->ground;
    struct source *source = &realm->sources[kind];
    struct why why = {""};

    *reason = NULL;
    if (!is_asked(ground->options, kind, realm->name))
        return NULL;
    if (source->groups || source_open(source, ground, kind, realm->name, &why))
        return source->groups;
    log_event(ground->directory.log, LOG_ERROR, "realm", "%s: %s",
              visible_excerpt(realm->name).text, why.text);
    *reason = "the directory of the realm cannot be opened";
    return NULL;
}

/* ---- the beginning and the end ---- */

struct realms *realms_new(const struct source_ground *ground)
{
    struct realms *realms = calloc(1, sizeof *realms);

    if (realms)
        realms->ground = *ground;
    return realms;
}

bool realms_quiet(struct realms *realms)
{
    bool quiet = true;

    for (struct realm *realm = realms->first; realm; realm = realm->next)
        for (int kind = 0; kind < SOURCE_KINDS; kind++)
            if (!source_quiet(&realm->sources[kind]))
                quiet = false;
    return quiet;
}

void realms_free(struct realms *realms)
{
    while (realms && realms->first) {
        struct realm *realm = realms->first;

        realms->first = realm->next;
        for (int kind = 0; kind < SOURCE_KINDS; kind++)
            source_close(&realm->sources[kind]);
        free(realm);
    }
    free(realms);
}

/* ---- checks ---- */

/* EACH is called once for each source of every realm that options name. */
struct visit {
    const struct group_ad_options *options;
    bool (*each)(void *context, enum source_kind kind, struct pxa_span realm);
    void *context;
};

static bool visit_realm(const struct visit *visit, const char *realm)
{
    const struct pxa_span name = {realm, strlen(realm)};
    bool good = true;

    for (int kind = 0; kind < SOURCE_KINDS; kind++)
        if (is_asked(visit->options, (enum source_kind)kind, name) &&
            !visit->each(visit->context, (enum source_kind)kind, name))
            good = false;
    return good;
}

/* Whether an earlier name of LIST is of the same realm as number END. */
static bool came_before(const struct realm_list *list, size_t end)
{
    for (size_t i = 0; i < end; i++)
        if (list->names[i].realm && strcasecmp(list->names[i].realm, list->names[end].realm) == 0)
            return true;
    return false;
}

/* Whether all went well. */
static bool visit_all(const struct visit *visit)
{
    const struct realm_list *groups = &visit->options->groups;
    const char *first = visit->options->default_realm;
    bool good = visit_realm(visit, first ? first : "");

    for (size_t i = 0; i < groups->count; i++) {
        const char *realm = groups->names[i].realm;

        if (realm && *realm && !(first && strcasecmp(first, realm) == 0) &&
            !came_before(groups, i) && !visit_realm(visit, realm))
            good = false;
    }
    return good;
}

struct option_fault {
    const struct group_ad_options *options;
    struct why *why;
};

static bool check_plan(void *context, enum source_kind kind, struct pxa_span realm)
{
    static char from_the_server[] = "";
    const struct option_fault *fault = context;
    struct source_plan plan = {.domain = NULL};
    bool good = source_plan_make(&plan, fault->options, kind, realm, fault->why);

    if (realm.len == 0 && !plan.directory.base)
        plan.directory.base = from_the_server;
    good = good && directory_options_check(&plan.directory, true, fault->why);
    source_plan_free(&plan);
    return good;
}

bool realms_check_options(const struct group_ad_options *options, struct why *why)
{
    struct option_fault fault = {options, why};
    const struct visit visit = {options, check_plan, &fault};

    return visit_all(&visit);
}

struct checking {
    const struct source_ground *ground;
    bool any;
};

static bool check_source(void *context, enum source_kind kind, struct pxa_span realm)
{
    struct checking *checking = context;

    checking->any = true;
    return source_check(checking->ground, kind, realm);
}

bool realms_check(const struct source_ground *ground)
{
    struct checking checking = {ground, false};
    const struct visit visit = {ground->options, check_source, &checking};
    bool good = visit_all(&visit);

    if (!checking.any)
        puts("no option names a realm (-D REALM, -g GROUP@REALM): there is nothing to try");
    return good && checking.any;
}
