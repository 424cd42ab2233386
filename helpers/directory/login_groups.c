/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A login's groups: whether the user may log in at all (--require-group), and which are told
 * (--groups, --group-filter). Asked when the password is known to be right.
 */
#include <config.h>

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/login_private.h"
#include "helpers/directory/trouble.h"

/* ---- which groups are told ---- */

/* Names in a directory have no case. */
static bool matches_any(const struct option_list *patterns, const char *name)
{
    for (size_t i = 0; i < patterns->count; i++)
        if (fnmatch(patterns->values[i], name, FNM_CASEFOLD) == 0)
            return true;
    return patterns->count == 0;
}

/* A name that cannot be matched (a NUL byte) is left out: nobody can have meant it. */
static bool is_told(const struct option_list *patterns, struct pxa_span name)
{
    char *text;
    bool told;

    if (name.len == 0 || memchr(name.at, '\0', name.len))
        return false;
    text = strndup(name.at, name.len);
    told = !text || matches_any(patterns, text); /* no memory: rather one too many */
    free(text);
    return told;
}

static void end_with_groups(struct login *login, const struct membership_result *result)
{
    const struct login_options *options = login->directory->orders.login;
    struct pxa_span *told = calloc(result->name_count + 1, sizeof *told);
    size_t count = 0;

    if (!told) {
        login_end_unavailable(login, "out of memory");
        return;
    }
    for (size_t i = 0; i < result->name_count; i++)
        if (is_told(&options->group_filters, result->names[i]))
            told[count++] = result->names[i];
    login_end_ok(login, told, count);
    free(told);
}

/* ---- the question ---- */

static bool is_member(const struct membership_result *result, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (result->member[i])
            return true;
    return count == 0;
}

static void on_groups(void *context, const struct membership_result *result)
{
    struct login *login = context;
    const struct login_options *options = login->directory->orders.login;

    login->membership = NULL;
    if (result->verdict != VERDICT_OK) {
        log_event(login_log(login), LOG_WARNING, "groups", "groups of %.*s: %s",
                  trouble_shown_len(login->query.user), login->query.user.at,
                  result->reason ? result->reason : "not known");
        login_end_unavailable(login, "the directory cannot tell groups now");
    } else if (!is_member(result, options->require_groups.count)) {
        login_end_denied(login, ACCOUNT_NO_GROUP);
    } else if (options->groups) {
        end_with_groups(login, result);
    } else {
        login_end_ok(login, NULL, 0);
    }
}

/* False when memory is out. */
static bool list_required(struct login *login)
{
    const struct option_list *names = &login->directory->orders.login->require_groups;

    login->required = calloc(names->count + 1, sizeof *login->required);
    if (!login->required)
        return false;
    for (size_t i = 0; i < names->count; i++)
        login->required[i] = (struct pxa_span){names->values[i], strlen(names->values[i])};
    return true;
}

static void ask(struct login *login)
{
    const struct login_options *options = login->directory->orders.login;
    const struct membership_query query = {
        .user = login->query.user,
        .entry = login->entry,
        .groups = login->required,
        .group_count = options->require_groups.count,
        .list = options->groups,
        .done = on_groups,
        .context = login,
    };
    struct membership *membership;

    login->stage = STAGE_GROUPS;
    login_hold(login);
    membership = directory_membership(login->directory, &query);
    if (membership)
        login->membership = membership;
    login_let_go(login);
}

void login_groups(struct login *login)
{
    if (!login_wants_groups(login->directory))
        login_end_ok(login, NULL, 0);
    else if (list_required(login))
        ask(login);
    else
        login_end_unavailable(login, "out of memory");
}
