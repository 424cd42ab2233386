/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One request: `user password[ extras]`, each field escaped by Squid
 * (src/auth/basic/UserRequest.cc).
 * Wrong password and unknown user get the same words.
 */
#include <config.h>

#include "helpers/basic-ldap/basic.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/secret.h"
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

/* Squid sends up to 8,191 bytes of each field; longer ones are nobody's, and a directory may end
 * the connection of everybody over them. */
enum { FIELD_MAX = 8192 };

/* A request that the directory is asked about. */
struct pending {
    struct basic *basic;
    struct request *request;
    struct login *login;
    struct secret *password;
    struct pxa_span user; /* in the request's line */
};

static void answer_denied(struct request *request)
{
    static const struct reply_note note = {
        .key = "message",
        .value = {"Invalid credentials", sizeof "Invalid credentials" - 1},
    };
    /* For Basic, Squid shows the bare text and keeps the note. */
    static const struct reply reply = {
        .word = REPLY_ERR,
        .notes = &note,
        .note_count = 1,
        .text = "Invalid credentials",
    };

    request_answer(request, &reply);
}

static void free_pending(struct pending *pending)
{
    secret_free(&pending->password);
    free(pending);
}

/* ---- the fields of a line ---- */

/* Cuts the next field off REST at a single blank. An empty field is a field. */
static struct pxa_span cut_field(struct pxa_span *rest, bool *more)
{
    const char *blank = rest->len > 0 ? memchr(rest->at, ' ', rest->len) : NULL;
    struct pxa_span field = *rest;

    *more = blank != NULL;
    if (blank) {
        field.len = (size_t)(blank - rest->at);
        rest->at += field.len + 1;
        rest->len -= field.len + 1;
    }
    return field;
}

/* Decodes user (in place) and password. False when the line is not what Squid writes. */
static bool decode(const struct basic *basic, struct request *request, struct pending *pending)
{
    struct pxa_span rest = request_span(request);
    bool more;
    struct pxa_span user = cut_field(&rest, &more);
    struct pxa_span password;
    struct pxa_written done;

    if (!more)
        return false;
    password = cut_field(&rest, &more);
    if (more != (basic->key_extras > 0))
        return false;
    pending->password = secret_new(password.len < SECRET_MAX ? password.len : SECRET_MAX);
    if (!pending->password ||
        pxa_squid_unescape(password, pending->password->bytes, pending->password->cap,
                           &done) != PXA_OK)
        return false;
    pending->password->len = done.len;
    if (pxa_squid_unescape(user, request->line, user.len, &done) != PXA_OK)
        return false;
    pending->password->bytes[pending->password->len] = '\0';
    pxa_wipe(request->line + done.len, request->len - done.len);
    pending->user = (struct pxa_span){request->line, done.len};
    return true;
}

/* ---- the directory's answer ---- */

static void remember(struct pending *pending)
{
    struct basic *basic = pending->basic;

    unsettled_remember(basic->unsettled, pending->user, pending->password,
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
        answer_denied(pending->request);
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

/* A bind with an empty password would succeed without verifying anything (RFC 4513 5.1.2). */
static bool can_be_right(const struct pending *pending)
{
    return pending->user.len > 0 && pending->user.len <= FIELD_MAX && pending->password->len > 0 &&
           pending->password->len <= FIELD_MAX;
}

static void ask_directory(struct pending *pending)
{
    struct request *request = pending->request;
    const struct login_query query = {
        .user = pending->user,
        .password = pending->password,
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

void basic_request(struct basic *basic, struct request *request)
{
    struct pending *pending = calloc(1, sizeof *pending);

    if (!pending) {
        request_answer_text(request, REPLY_BH, "out of memory");
        return;
    }
    pending->basic = basic;
    pending->request = request;
    if (!decode(basic, request, pending)) {
        request_answer_text(request, REPLY_BH, "malformed request");
    } else if (!can_be_right(pending)) {
        answer_denied(request);
    } else if (unsettled_holds(basic->unsettled, pending->user, pending->password,
                               loop_now_ms(basic->loop))) {
        request_answer_text(request, REPLY_BH, unsettled_text);
    } else {
        ask_directory(pending);
        return;
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
