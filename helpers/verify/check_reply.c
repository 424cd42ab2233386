/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nobody is told whether a user exists: where a backend gives no reason of its own, the words for a
 * wrong password and for an unknown user are the same.
 */
#include <config.h>

#include "helpers/verify/check_reply.h"

#include <string.h>

#include "helpers/core/credentials.h"

enum { USER_LOGGED_MAX = 128 };

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static void add(struct reply_note *notes, struct reply *reply, const char *key, const char *text)
{
    notes[reply->note_count++] = (struct reply_note){key, span_of(text)};
}

static void answer_ok(struct request *request, const struct check *check)
{
    struct reply_note notes[2];
    struct reply reply = {.word = REPLY_OK, .notes = notes};

    if (check->name[0])
        add(notes, &reply, "user", check->name);
    if (check->reason_word)
        add(notes, &reply, "reason_", "");
    request_answer(request, &reply);
}

/* For Basic, Squid shows the bare text of an ERR and keeps the notes. */
static void answer_denied(struct request *request, const struct check *check)
{
    const char *words = check->reason ? check->reason : credentials_refusal;
    struct reply_note notes[2];
    struct reply reply = {.word = REPLY_ERR, .notes = notes, .text = words};

    add(notes, &reply, "message", words);
    if (check->reason_word)
        add(notes, &reply, "reason_", check->reason_word);
    request_answer(request, &reply);
}

void check_answer(struct request *request, const struct check *check)
{
    switch (check->verdict) {
    case CHECK_OK:
        answer_ok(request, check);
        break;
    case CHECK_DENIED:
        answer_denied(request, check);
        break;
    case CHECK_UNAVAILABLE:
        request_answer_text(request, REPLY_BH, check->reason);
        break;
    }
}

static int logged_len(struct pxa_span user)
{
    return user.len < USER_LOGGED_MAX ? (int)user.len : USER_LOGGED_MAX;
}

void check_log(struct log *log, const struct check *check)
{
    static const char *const usual[] = {
        [CHECK_OK] = "the password fits",
        [CHECK_DENIED] = "wrong user or password",
        [CHECK_UNAVAILABLE] = "trouble",
    };
    enum log_level level = check->verdict == CHECK_UNAVAILABLE ? LOG_WARNING : LOG_DEBUG;
    const char *words = check->reason ? check->reason : usual[check->verdict];

    log_event(log, level, "login", "%.*s: %s%s%s", logged_len(check->user), check->user.at, words,
              check->detail[0] ? ": " : "", check->detail);
}

void check_log_doubt(struct log *log, const struct check *check, const char *doubt)
{
    log_event(log, LOG_NOTICE, "setup", "%.*s: %s: %s", logged_len(check->user), check->user.at,
              check->detail, doubt);
}
