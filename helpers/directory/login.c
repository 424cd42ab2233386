/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One login: find the entry, check the name, verify the password.
 *
 * With a filter the entry is searched; with a DN template its name is known, and the entry is read
 * only when the typed name could be a folded form of another. Then the password is verified by a
 * bind, or compared by the server (-U).
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "helpers/directory/login_private.h"

/* An unknown user never waits longer than this part of a request's time for the answer. */
enum { WAIT_DIVISOR = 4 };

/* ---- the end of a login ---- */

static void free_login(struct login *login)
{
    struct directory *directory = login->directory;

    if (login->prev)
        login->prev->next = login->next;
    else
        directory->first = login->next;
    if (login->next)
        login->next->prev = login->prev;
    loop_timer_free(directory->ground.loop, login->wait);
    free(login->filter);
    free(login->dn);
    free(login);
}

static void finish(struct login *login, const struct login_result *result)
{
    static const char *const words[] = {"unavailable", "denied", "OK"};
    struct login_query query = login->query;

    log_event(login_log(login), LOG_DEBUG, "login", "%.*s: %s%s%s%s%s", login_shown_len(login),
              query.user.at, words[result->verdict - VERDICT_UNAVAILABLE], login->dn ? " as " : "",
              login->dn ? login->dn : "", result->reason ? ": " : "",
              result->reason ? result->reason : "");
    free_login(login);
    query.done(query.context, result);
}

void login_end_unavailable(struct login *login, const char *reason, bool bind_sent)
{
    const struct login_result result = {VERDICT_UNAVAILABLE, reason, bind_sent};

    finish(login, &result);
}

void login_end_verified(struct login *login, enum verdict verdict)
{
    const struct login_result result = {verdict, NULL, login->task.purpose == PURPOSE_BIND};

    finish(login, &result);
}

/* ---- a user who is unknown takes as long as a wrong password ---- */

static void on_waited(void *context)
{
    login_end_verified(context, VERDICT_DENIED);
}

/* Answers after as long as one of the last wrong passwords took, drawn by chance, so that the
 * time does not tell whether a name exists. Nothing is asked of the directory for it. */
void login_end_unknown(struct login *login)
{
    struct directory *directory = login->directory;
    struct denied_times *denied = &directory->denied;
    unsigned known = denied->count < DENIED_SAMPLES ? denied->count : DENIED_SAMPLES;
    uint32_t chance = directory->ground.random(directory->ground.random_context);
    uint64_t wait_ms = known > 0 ? denied->ms[chance % known] : 0;

    if (wait_ms > directory->ground.deadline_ms / WAIT_DIVISOR)
        wait_ms = directory->ground.deadline_ms / WAIT_DIVISOR;
    login->stage = STAGE_WAIT;
    login->task.purpose = PURPOSE_SERVICE; /* no bind was sent */
    login->wait = wait_ms > 0 ? loop_timer(directory->ground.loop, on_waited, login) : NULL;
    if (login->wait)
        loop_timer_at(directory->ground.loop, login->wait, login_now_ms(login) + wait_ms);
    else
        on_waited(login);
}

/* ---- trouble ---- */

/* The server that a referral names, which is not followed. */
static void log_referral(struct login *login, LDAP *ld, LDAPMessage *answer)
{
    char **urls = NULL;

    if (ldap_parse_result(ld, answer, NULL, NULL, NULL, &urls, NULL, 0) == LDAP_SUCCESS && urls &&
        urls[0])
        log_event(login_log(login), LOG_WARNING, "referral", "the server refers to %.300s",
                  urls[0]);
    ldap_memvfree((void **)urls);
}

void login_log_trouble(struct login *login, LDAP *ld, LDAPMessage *answer, int code)
{
    const char *operation = login->stage == STAGE_FIND            ? "search"
                            : login->task.purpose == PURPOSE_BIND ? "bind"
                                                                  : "compare";
    const char *advice = verdict_advice(code);
    char *diagnostic = NULL;

    if (code == LDAP_REFERRAL)
        log_referral(login, ld, answer);
    ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    log_event(login_log(login), LOG_WARNING, operation, "%s for %.*s: %s (%d)%s%s%s%s", operation,
              login_shown_len(login), login->query.user.at, ldap_err2string(code), code,
              diagnostic && *diagnostic ? ": " : "", diagnostic ? diagnostic : "",
              advice ? "; " : "", advice ? advice : "");
    ldap_memfree(diagnostic);
}

void login_failed(struct task *task, const char *reason, bool maybe_processed)
{
    login_end_unavailable(login_of(task), reason, maybe_processed && task->purpose == PURPOSE_BIND);
}

/* ---- the beginning ---- */

static bool expand(struct login *login)
{
    struct directory *directory = login->directory;

    if (directory->filter)
        login->filter = filter_template_expand(directory->filter, login->query.user);
    else
        login->dn = dn_template_expand(directory->dn, login->query.user);
    return login->filter || login->dn;
}

struct login *directory_login(struct directory *directory, const struct login_query *query)
{
    static const struct login_result no_memory = {VERDICT_UNAVAILABLE, "out of memory", false};
    static const struct login_result no_password = {VERDICT_DENIED, NULL, false};
    struct login *login;

    /* A bind without a password would be anonymous, and succeed (RFC 4513 5.1.2). */
    if (query->password->len == 0) {
        query->done(query->context, &no_password);
        return NULL;
    }
    login = calloc(1, sizeof *login);
    if (!login) {
        query->done(query->context, &no_memory);
        return NULL;
    }
    login->directory = directory;
    login->query = *query;
    login->next = directory->first;
    if (login->next)
        login->next->prev = login;
    directory->first = login;
    if (!expand(login)) {
        finish(login, &no_memory);
        return NULL;
    }
    login->stage_since_ms = login_now_ms(login);
    if (directory->filter ||
        (!directory->options->accept_aliases && !dn_template_plain(query->user)))
        login_find(login);
    else
        login_verify(login);
    return login;
}

bool login_cancel(struct login *login)
{
    bool bind = login->stage == STAGE_VERIFY && login->task.purpose == PURPOSE_BIND;
    bool sent = pool_withdraw(login->directory->pool, &login->task);

    free_login(login);
    return bind && sent;
}
