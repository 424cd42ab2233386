/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One login: find the entry (find.h), verify the password by a bind, or have it compared by the
 * server (-U), then ask for the groups where they matter (membership.h).
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "helpers/directory/login_private.h"

/* ---- the entry ---- */

/* What ad_user_name() needs, and the date of expiry; both of an Active Directory. */
static size_t own_attributes(const struct directory *directory,
                             const char *names[LOGIN_OWN_ATTRIBUTES])
{
    const struct login_options *options = directory->orders.login;
    bool ad = directory_options_say_ad(directory->options);
    size_t count = 0;

    if (ad && options->user_name != USER_NAME_AS_TYPED)
        names[count++] = "sAMAccountName";
    if (ad && options->user_name == USER_NAME_UPN)
        names[count++] = "userPrincipalName";
    /* With a filter it costs nothing to ask; a name that a template makes is not looked up for
     * what most likely is not there. */
    if (options->expiry_warning_days > 0 && (ad || directory->orders.user->filter))
        names[count++] = "msDS-UserPasswordExpiryTimeComputed";
    return count;
}

/* False when memory is out. */
static bool choose_attributes(struct login *login)
{
    static const char *const nothing[] = {NULL};
    const char *const *for_groups =
        login_wants_groups(login->directory) ? membership_attributes() : nothing;
    const char *own[LOGIN_OWN_ATTRIBUTES];
    size_t own_count = own_attributes(login->directory, own);
    size_t group_count = 0;

    while (for_groups[group_count])
        group_count++;
    if (own_count + group_count == 0)
        return true;
    login->attributes = calloc(own_count + group_count + 1, sizeof *login->attributes);
    if (!login->attributes)
        return false;
    memcpy(login->attributes, own, own_count * sizeof *own);
    memcpy(login->attributes + own_count, for_groups, group_count * sizeof *for_groups);
    return true;
}

static void on_found(void *context, struct find_result *result)
{
    struct login *login = context;

    login->find = NULL;
    switch (result->verdict) {
    case VERDICT_UNAVAILABLE:
        login_end_unavailable(login, result->reason);
        break;
    case VERDICT_DENIED:
        login_end_unknown(login);
        break;
    case VERDICT_OK:
        login->entry = result->entry;
        login->facts = result->facts;
        result->entry = NULL;
        result->facts = NULL;
        login_verify(login);
        break;
    }
}

/* False when the login has ended already. */
static bool begin(struct login *login)
{
    const struct find_query query = {
        .user = login->query.user,
        .attributes = login->attributes,
        .done = on_found,
        .context = login,
    };
    struct find *find;

    login->stage = STAGE_FIND;
    login_hold(login);
    find = directory_find(login->directory, &query);
    if (find)
        login->find = find;
    return login_let_go(login);
}

/* ---- beginning and cancelling ---- */

static struct login *login_new(struct directory *directory, const struct login_query *query)
{
    struct login *login = calloc(1, sizeof *login);

    if (!login)
        return NULL;
    login->directory = directory;
    login->query = *query;
    login->remarks = account_no_remarks;
    login->next = directory->first;
    if (login->next)
        login->next->prev = login;
    directory->first = login;
    if (choose_attributes(login))
        return login;
    login_free(login);
    return NULL;
}

struct login *directory_login(struct directory *directory, const struct login_query *query)
{
    static const struct login_result no_memory = {.verdict = VERDICT_UNAVAILABLE,
                                                  .reason = "out of memory"};
    static const struct login_result no_password = {.verdict = VERDICT_DENIED};
    struct login *login;

    /* A bind without a password would be anonymous, and succeed (RFC 4513 5.1.2). */
    if (query->password->len == 0) {
        query->done(query->context, &no_password);
        return NULL;
    }
    login = login_new(directory, query);
    if (!login) {
        query->done(query->context, &no_memory);
        return NULL;
    }
    return begin(login) ? login : NULL;
}

bool login_cancel(struct login *login)
{
    bool bind_sent = login->bind_sent;

    if (login->find)
        find_cancel(login->find);
    if (login->membership)
        membership_cancel(login->membership);
    if (login->stage == STAGE_VERIFY && pool_withdraw(login->directory->pool, &login->task))
        bind_sent = login->task.purpose == PURPOSE_BIND;
    login_free(login);
    return bind_sent;
}
