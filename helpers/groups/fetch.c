/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is asked of the directory: the user's entry, where it is needed, and then its groups.
 *
 * The directory may call back before its function returns. So whoever calls it holds the fetch, and
 * the last to let go frees it.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "helpers/groups/groups_private.h"

struct fetch *fetch_new(struct groups *groups, const struct groups_question *question, size_t count,
                        size_t keys_len)
{
    struct fetch *fetch = calloc(1, sizeof *fetch + count * sizeof fetch->list[0]);

    if (!fetch)
        return NULL;
    fetch->names = calloc(count, sizeof *fetch->names);
    fetch->keys = malloc(keys_len);
    if (!fetch->names || !fetch->keys) {
        free(fetch->names);
        free(fetch->keys);
        free(fetch);
        return NULL;
    }
    fetch->groups = groups;
    fetch->user.len = question->user.len;
    fetch->base_extension.len = question->base_extension.len;
    return fetch;
}

/* The key's end are user, base extension and group. */
static void name_parts(struct fetch *fetch, struct pxa_span key, size_t group_len)
{
    const char *group = key.at + (key.len - group_len);

    fetch->names[fetch->count] = (struct pxa_span){group, group_len};
    fetch->base_extension.at = group - fetch->base_extension.len;
    fetch->user.at = fetch->base_extension.at - fetch->user.len;
}

struct flight *fetch_add(struct fetch *fetch, struct pxa_span group, struct pxa_span key)
{
    struct fetch_group *added = &fetch->list[fetch->count];
    const struct pxa_span kept = {fetch->keys + fetch->keys_len, key.len};

    memcpy(fetch->keys + fetch->keys_len, key.at, key.len);
    fetch->keys_len += key.len;
    name_parts(fetch, kept, group.len);
    fetch->count++;
    added->fetch = fetch;
    flights_begin(fetch->groups->flights, &added->flight, kept);
    return &added->flight;
}

static void let_go(struct fetch *fetch)
{
    if (!fetch->over || fetch->holds > 0)
        return;
    entry_free(fetch->entry);
    free(fetch->names);
    free(fetch->keys);
    free(fetch);
}

/* Nobody can join it any more. */
static void retire(struct fetch *fetch)
{
    for (size_t i = 0; i < fetch->count; i++)
        flights_end(fetch->groups->flights, &fetch->list[i].flight);
    fetch->over = true;
}

/* Its answer; the caller holds it. */
static void end(struct fetch *fetch, const bool *member, const char *reason)
{
    retire(fetch);
    groups_fetched(fetch, member, reason);
}

static void log_answer(const struct fetch *fetch, const bool *member)
{
    int user_len = fetch->user.len < 128 ? (int)fetch->user.len : 128;
    size_t count = 0;

    for (size_t i = 0; i < fetch->count; i++)
        count += member[i];
    log_event(fetch->groups->config.log, LOG_DEBUG, "groups", "%.*s: in %zu of %zu groups asked",
              user_len, fetch->user.at, count, fetch->count);
}

/* ---- the groups ---- */

static void on_membership(void *context, const struct membership_result *result)
{
    struct fetch *fetch = context;

    fetch->membership = NULL;
    fetch->holds++;
    if (result->verdict == VERDICT_OK) {
        log_answer(fetch, result->member);
        end(fetch, result->member, NULL);
    } else {
        end(fetch, NULL, result->reason);
    }
    fetch->holds--;
    let_go(fetch);
}

static void ask_groups(struct fetch *fetch)
{
    const struct membership_query query = {
        .user = fetch->user,
        .entry = fetch->entry,
        .groups = fetch->names,
        .group_count = fetch->count,
        .base_extension = fetch->base_extension,
        .done = on_membership,
        .context = fetch,
    };
    struct membership *membership = directory_membership(fetch->groups->config.directory, &query);

    if (membership)
        fetch->membership = membership;
}

/* ---- the user ---- */

/* A name that is nobody's is in no group. */
static void end_unknown(struct fetch *fetch)
{
    bool *member = calloc(fetch->count, sizeof *member);

    if (!member) {
        end(fetch, NULL, "out of memory");
        return;
    }
    log_answer(fetch, member);
    end(fetch, member, NULL);
    free(member);
}

static void on_found(void *context, struct find_result *result)
{
    struct fetch *fetch = context;

    fetch->find = NULL;
    fetch->holds++;
    switch (result->verdict) {
    case VERDICT_OK:
        fetch->entry = result->entry;
        result->entry = NULL;
        ask_groups(fetch);
        break;
    case VERDICT_DENIED:
        end_unknown(fetch);
        break;
    case VERDICT_UNAVAILABLE:
        end(fetch, NULL, result->reason);
        break;
    }
    fetch->holds--;
    let_go(fetch);
}

static void ask_user(struct fetch *fetch)
{
    const struct find_query query = {
        .user = fetch->user,
        .attributes = fetch->groups->config.attributes,
        .base_extension = fetch->base_extension,
        .done = on_found,
        .context = fetch,
    };
    struct find *find = directory_find(fetch->groups->config.directory, &query);

    if (find)
        fetch->find = find;
}

void fetch_start(struct fetch *fetch)
{
    fetch->holds++;
    if (fetch->groups->config.find_first)
        ask_user(fetch);
    else
        ask_groups(fetch);
    fetch->holds--;
    let_go(fetch);
}

void fetch_cancel(struct fetch *fetch)
{
    if (fetch->find)
        find_cancel(fetch->find);
    if (fetch->membership)
        membership_cancel(fetch->membership);
    retire(fetch);
    let_go(fetch);
}
