/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a login ends, and what is told about the user then.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "helpers/directory/ad_names.h"
#include "helpers/directory/expiry.h"
#include "helpers/directory/login_private.h"
#include "helpers/directory/trouble.h"

/* An unknown user never waits longer than this part of a request's time for the answer. */
enum { WAIT_DIVISOR = 4 };

static void unlink_login(struct login *login)
{
    struct directory *directory = login->directory;

    if (login->prev)
        login->prev->next = login->next;
    else
        directory->first = login->next;
    if (login->next)
        login->next->prev = login->prev;
}

static void free_unlinked(struct login *login)
{
    loop_timer_free(login->directory->ground.loop, login->wait);
    entry_free(login->entry);
    facts_release(login->facts);
    secret_free(&login->password);
    free(login->attributes);
    free(login->required);
    free(login);
}

void login_free(struct login *login)
{
    unlink_login(login);
    free_unlinked(login);
}

void login_hold(struct login *login)
{
    login->held++;
}

bool login_let_go(struct login *login)
{
    bool goes_on = !login->ended;

    login->held--;
    if (!goes_on && login->held == 0)
        free_unlinked(login);
    return goes_on;
}

static void finish(struct login *login, struct login_result *result)
{
    static const char *const words[] = {"unavailable", "denied", "OK"};
    const struct login_query *query = &login->query;
    const char *why = result->reason ? result->reason : account_state_word(result->state);

    result->bind_sent = login->bind_sent;
    log_event(login_log(login), LOG_DEBUG, "login", "%.*s: %s%s%s%s%s",
              trouble_shown_len(query->user), query->user.at,
              words[result->verdict - VERDICT_UNAVAILABLE], login->entry ? " as " : "",
              login->entry ? entry_dn(login->entry) : "", why ? ": " : "", why ? why : "");
    unlink_login(login);
    login->ended = true;
    query->done(query->context, result);
    if (login->held == 0)
        free_unlinked(login);
}

void login_end_unavailable(struct login *login, const char *reason)
{
    struct login_result result = {.verdict = VERDICT_UNAVAILABLE, .reason = reason};

    finish(login, &result);
}

void login_end_denied(struct login *login, enum account_state state)
{
    struct login_result result = {.verdict = VERDICT_DENIED, .state = state};

    finish(login, &result);
}

/* ---- what is told about a user who logged in ---- */

static int64_t unix_s(const struct directory *directory)
{
    return directory->ground.unix_s ? directory->ground.unix_s() : (int64_t)time(NULL);
}

static long days_left(const struct login *login)
{
    const struct directory *directory = login->directory;
    long left_s = login->remarks.expires_s;

    if (left_s < 0)
        left_s = expiry_seconds_left(
            entry_value(login->entry, "msDS-UserPasswordExpiryTimeComputed"), unix_s(directory));
    return expiry_days(left_s, directory->orders.login->expiry_warning_days);
}

/* Allocated; NULL when memory is out. */
static char *canonical_name(const struct login *login)
{
    const struct directory *directory = login->directory;
    int which = directory_options_say_ad(directory->options) ? directory->orders.login->user_name
                                                             : USER_NAME_AS_TYPED;

    return ad_user_name(which, login->query.user, login->entry, login->facts);
}

void login_end_ok(struct login *login, const struct pxa_span *groups, size_t count)
{
    char *name = canonical_name(login);
    struct login_result result = {
        .verdict = VERDICT_OK,
        .state = login->remarks.state,
        .user = {name, name ? strlen(name) : 0},
        .expires_days = days_left(login),
        .grace_logins = login->remarks.grace_logins,
        .groups = groups,
        .group_count = count,
    };

    if (name)
        finish(login, &result);
    else
        login_end_unavailable(login, "out of memory");
    free(name);
}

/* ---- a user who is unknown takes as long as a wrong password ---- */

static void on_waited(void *context)
{
    login_end_denied(context, ACCOUNT_UNTOLD);
}

/* Answers after as long as one of the last wrong passwords took, drawn by chance, so that the
 * time does not tell whether a name exists; before the first of them, as long as a right one.
 * Nothing is asked of the directory for it. */
void login_end_unknown(struct login *login)
{
    struct directory *directory = login->directory;
    struct denied_times *denied = &directory->denied;
    unsigned known = denied->count < DENIED_SAMPLES ? denied->count : DENIED_SAMPLES;
    uint32_t chance = directory->ground.random(directory->ground.random_context);
    uint64_t wait_ms = known > 0 ? denied->ms[chance % known] : denied->accepted_ms;

    if (wait_ms > directory->ground.deadline_ms / WAIT_DIVISOR)
        wait_ms = directory->ground.deadline_ms / WAIT_DIVISOR;
    login->stage = STAGE_WAIT;
    login->wait = wait_ms > 0 ? loop_timer(directory->ground.loop, on_waited, login) : NULL;
    if (login->wait)
        loop_timer_at(directory->ground.loop, login->wait, login_now_ms(login) + wait_ms);
    else
        on_waited(login);
}
