/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request: its credentials go to the directory, unless the same were there a moment ago.
 * Wrong password and unknown user get the same words; a state of the account is told only where
 * the directory tells it, which is after the right password, or when the account is locked.
 */
#include <config.h>

#include "helpers/basic-ldap/basic.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/credentials.h"
#include "helpers/core/session.h"
#include "helpers/verify/unsettled.h"

/* More cannot be in flight, and each is remembered for two seconds at most. */
enum { UNSETTLED_CAP = 2 * SESSION_IN_FLIGHT_MAX };

struct basic {
    struct loop *loop;
    struct log *log;
    struct directory *directory;
    struct unsettled *unsettled;
    unsigned key_extras;
    struct notes_told told;
};

/* What BH says once a bind may have been processed: the same to the first request and to those
 * that Squid repeats. */
static const char unsettled_text[] = "the directory gave no usable answer";

/* A request that the directory is asked about. */
struct pending {
    struct basic *basic;
    struct request *request;
    struct login *login;
    struct credentials credentials;
};

static void free_pending(struct pending *pending)
{
    credentials_free(&pending->credentials);
    free(pending);
}

/* ---- the directory's answer ---- */

static void remember(struct pending *pending)
{
    struct basic *basic = pending->basic;

    unsettled_remember(basic->unsettled, pending->credentials.user, pending->credentials.password,
                       loop_now_ms(basic->loop));
}

/* REASON is for a request that reached no server with its password; repeats of others must not do
 * it again. */
static void answer_unavailable(struct pending *pending, const char *reason, bool bind_sent)
{
    if (bind_sent)
        remember(pending);
    request_answer_text(pending->request, REPLY_BH, bind_sent ? unsettled_text : reason);
}

static void say_too_many_groups(const struct pending *pending)
{
    struct pxa_span user = pending->credentials.user;

    log_event(pending->basic->log, LOG_WARNING, "groups",
              "%.*s has so many groups that Squid could not read the reply: name those that matter "
              "with --group-filter",
              user.len < 128 ? (int)user.len : 128, user.at);
}

/* For Basic, Squid shows the bare text of an ERR and keeps the notes. */
static void answer(struct pending *pending, const struct login_result *result)
{
    bool ok = result->verdict == VERDICT_OK;
    struct notes notes;
    enum notes_outcome outcome = notes_make(&notes, &pending->basic->told, result);
    const struct reply reply = {
        .word = ok ? REPLY_OK : REPLY_ERR,
        .notes = notes.list,
        .note_count = notes.count,
        .text = ok ? NULL : notes_refusal(result->state),
    };

    switch (outcome) {
    case NOTES_MADE:
        request_answer(pending->request, &reply);
        break;
    case NOTES_TOO_LONG:
        say_too_many_groups(pending);
        answer_unavailable(pending, "too many groups for one reply", result->bind_sent);
        break;
    case NOTES_NO_MEMORY:
        answer_unavailable(pending, "out of memory", result->bind_sent);
        break;
    }
    notes_free(&notes);
}

static void on_login(void *context, const struct login_result *result)
{
    struct pending *pending = context;

    if (result->verdict == VERDICT_UNAVAILABLE)
        answer_unavailable(pending, result->reason, result->bind_sent);
    else
        answer(pending, result);
    free_pending(pending);
}

/* The session answers BH because the time is up. */
static void on_cancel(struct request *request)
{
    struct pending *pending = request->holder;

    if (login_cancel(pending->login))
        remember(pending);
    free_pending(pending);
}

/* ---- requests ---- */

static void ask_directory(struct pending *pending)
{
    struct request *request = pending->request;
    const struct login_query query = {
        .user = pending->credentials.user,
        .password = pending->credentials.password,
        .done = on_login,
        .context = pending,
    };
    struct login *login;

    request->holder = pending;
    request->late_text = unsettled_text;
    login = directory_login(pending->basic->directory, &query);
    if (!login)
        return; /* answered, and freed */
    pending->login = login;
    request->cancel = on_cancel;
}

static bool is_unsettled(const struct pending *pending)
{
    return unsettled_holds(pending->basic->unsettled, pending->credentials.user,
                           pending->credentials.password, loop_now_ms(pending->basic->loop));
}

void basic_request(struct basic *basic, struct request *request)
{
    struct pending *pending = calloc(1, sizeof *pending);

    if (!pending) {
        request_answer_text(request, REPLY_BH, "out of memory");
        return;
    }
    pending->basic = basic;
    pending->request = request;
    /* A bind with an empty password would succeed without verifying anything (RFC 4513 5.1.2); it
     * is answered here. */
    if (credentials_take(&pending->credentials, request, basic->key_extras)) {
        if (!is_unsettled(pending)) {
            ask_directory(pending);
            return;
        }
        request_answer_text(request, REPLY_BH, unsettled_text);
    }
    free_pending(pending);
}

struct basic *basic_new(const struct basic_ground *ground, const struct basic_orders *orders,
                        struct why *why)
{
    struct basic *basic = calloc(1, sizeof *basic);

    if (!basic) {
        why_set(why, "out of memory");
        return NULL;
    }
    basic->loop = ground->loop;
    basic->log = ground->log;
    basic->directory = ground->directory;
    basic->key_extras = orders->key_extras;
    basic->told = orders->told;
    basic->unsettled = unsettled_new(UNSETTLED_CAP, why);
    if (!basic->unsettled) {
        free(basic);
        return NULL;
    }
    return basic;
}

void basic_free(struct basic *basic)
{
    unsettled_free(basic->unsettled);
    free(basic);
}
