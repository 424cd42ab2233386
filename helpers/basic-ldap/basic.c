/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request: its credentials go to the directory, unless the same were there a moment ago.
 * Wrong password and unknown user get the same words.
 */
#include <config.h>

#include "helpers/basic-ldap/basic.h"

#include <stdlib.h>

#include "helpers/core/credentials.h"
#include "helpers/core/session.h"
#include "helpers/verify/unsettled.h"

/* More cannot be in flight, and each is remembered for two seconds at most. */
enum { UNSETTLED_CAP = 2 * SESSION_IN_FLIGHT_MAX };

struct basic {
    struct loop *loop;
    struct directory *directory;
    struct unsettled *unsettled;
    unsigned key_extras;
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

static void on_login(void *context, const struct login_result *result)
{
    struct pending *pending = context;

    switch (result->verdict) {
    case VERDICT_OK:
        request_answer_text(pending->request, REPLY_OK, NULL);
        break;
    case VERDICT_DENIED:
        credentials_refuse(pending->request);
        break;
    case VERDICT_UNAVAILABLE:
        if (result->bind_sent)
            remember(pending);
        request_answer_text(pending->request, REPLY_BH,
                            result->bind_sent ? unsettled_text : result->reason);
        break;
    }
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

struct basic *basic_new(struct loop *loop, struct directory *directory, unsigned key_extras,
                        struct why *why)
{
    struct basic *basic = calloc(1, sizeof *basic);

    if (!basic) {
        why_set(why, "out of memory");
        return NULL;
    }
    basic->loop = loop;
    basic->directory = directory;
    basic->key_extras = key_extras;
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
