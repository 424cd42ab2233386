/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mechanism reads the file at each login, and this keeps up with it within a second: for that
 * long an account that is new, or not disabled any more, is refused.
 */
#include <config.h>

#include "helpers/negotiate-gssapi/ntlm_users.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "helpers/core/offload.h"
#include "helpers/files/keeper.h"
#include "helpers/files/smbpasswd_lines.h"

struct ntlm_users {
    struct offload *offload;
    struct keeper *keeper;
};

static struct keeper_config keeper_config_of(const struct ntlm_users_config *config)
{
    return (struct keeper_config){
        .path = config->path,
        .what = "the NTLM file",
        .format = &smbpasswd_format,
        .look_ms = KEEPER_LOOK_MS,
        .empty_ms = KEEPER_EMPTY_MS,
        .seed = config->seed,
        .changed = config->changed,
        .context = config->context,
    };
}

struct ntlm_users *ntlm_users_open(struct loop *loop, struct log *log,
                                   const struct ntlm_users_config *config, struct why *why)
{
    const struct keeper_config keeper = keeper_config_of(config);
    struct ntlm_users *users = calloc(1, sizeof *users);

    if (!users) {
        why_set(why, "out of memory");
        return NULL;
    }
    users->offload = offload_open(loop, 1, why);
    if (users->offload)
        users->keeper = keeper_open(loop, users->offload, log, &keeper, why);
    if (users->keeper)
        return users;
    if (users->offload)
        (void)offload_close(users->offload);
    free(users);
    return NULL;
}

bool ntlm_users_are_ready(const struct ntlm_users *users)
{
    return keeper_is_ready(users->keeper);
}

struct search {
    struct pxa_span name;
    bool found;
};

static bool is_behind_domain(void *context, const struct file_record *record)
{
    struct search *search = context;
    const char *mark = memrchr(record->key.at, '\\', record->key.len);
    size_t head_len = mark ? (size_t)(mark + 1 - record->key.at) : 0;

    search->found = mark && record->key.len - head_len == search->name.len &&
                    strncasecmp(mark + 1, search->name.at, search->name.len) == 0;
    return !search->found;
}

/* Whether the file has DOMAIN\NAME as well: the mechanism takes that line for a client that writes
 * the same domain, which nobody else here looks at. */
static bool has_domain(const struct table *table, struct pxa_span name)
{
    struct search search = {.name = name};

    if (memchr(table->file.text.at, '\\', table->file.text.len))
        table_walk(table, is_behind_domain, &search);
    return search.found;
}

enum ntlm_users_verdict ntlm_users_find(const struct ntlm_users *users, struct pxa_span *name,
                                        const char **words)
{
    const struct table *table = keeper_table(users->keeper);
    struct file_record record;

    if (!table) {
        *words = keeper_trouble(users->keeper);
        return NTLM_USERS_TROUBLE;
    }
    if (!table_find(table, *name, &record)) {
        *words = "the file had no such user when it was read last";
        return NTLM_USERS_OUT;
    }
    if (table_has_twice(table, *name)) {
        *words = "the file has the user in more than one line, of which the mechanism takes the "
                 "first: remove those that do not count";
        return NTLM_USERS_OUT;
    }
    if (has_domain(table, *name)) {
        *words =
            "the file has the user behind a domain, too, and is to have none: remove that line";
        return NTLM_USERS_OUT;
    }
    if (record.kind != SMBPASSWD_ACTIVE) {
        *words = "the account is disabled, locked, not a user's, or has no NT hash";
        return NTLM_USERS_OUT;
    }
    *words = NULL;
    *name = record.user;
    return NTLM_USERS_IN;
}

const char *ntlm_users_trouble(const struct ntlm_users *users)
{
    return keeper_table(users->keeper) ? NULL : keeper_trouble(users->keeper);
}

bool ntlm_users_close(struct ntlm_users *users)
{
    if (!users)
        return true;
    if (!keeper_close(users->keeper) || !offload_close(users->offload))
        return false;
    free(users);
    return true;
}

bool ntlm_users_check(const struct ntlm_users_config *config)
{
    const struct keeper_config keeper = keeper_config_of(config);

    return keeper_check(&keeper, NULL);
}
