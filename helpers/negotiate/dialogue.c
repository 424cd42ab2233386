/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line: token off, whoever verifies asked, reply written; with --explain each token is told on
 * the way. A client is told as much as it needs to know, the log why.
 *
 * A token is decoded once and never copied, and text is only made for a line that is logged: a
 * login that goes well costs little more than Base64.
 */
#include <config.h>

#include "helpers/negotiate/dialogue.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/negotiate/line.h"

enum {
    REPLY_TOKEN_MAX = LINE_LEN_MAX, /* Base64 of the longest token that is sent: what Squid hands
                                     * back is no longer */
    OWN_NOTES = 2                   /* token= and user= */
};

struct dialogue {
    struct dialogue_config config;
    struct request *pending; /* its token is being verified */
    bool open;               /* the client was sent a token, and KK is due */
    unsigned number;         /* of this dialogue, for the log */
    struct pxa_span token;   /* of the request at hand, in `binary` */
    struct reply_note *notes;
    unsigned note_cap;
    char binary[LINE_TOKEN_MAX];
    char base64[REPLY_TOKEN_MAX];
};

/* ---- what is logged ---- */

_Static_assert(sizeof "dialogue 2147483647.4294967295 ends: " + LINE_TEXT_MAX <= LOG_TEXT_MAX,
               "the log cuts no line of a dialogue");

/* Squid's processes share one log, so the lines of a dialogue carry its process and number. */
static void record(const struct dialogue *dialogue, enum log_level level, const char *what,
                   const struct line_text *text)
{
    log_record(dialogue->config.log, level, "dialogue %ld.%u %s: %s", (long)getpid(),
               dialogue->number, what, text->at);
}

static void explain_token(const struct dialogue *dialogue, const char *what, struct pxa_span token)
{
    struct line_text text = {0};

    if (!dialogue->config.explain || token.len == 0)
        return;
    explain_line(&text, token);
    record(dialogue, LOG_NOTICE, what, &text);
}

/* Whether the end of a dialogue is told at LEVEL; if not, no text need be made. */
static bool wants(const struct dialogue *dialogue, enum log_level level)
{
    return dialogue->config.explain || log_wants(dialogue->config.log, level);
}

/* With --explain the token has a line of its own already. */
static void tell(const struct dialogue *dialogue, enum log_level level, struct line_text *text)
{
    if (dialogue->config.explain) {
        record(dialogue, level < LOG_NOTICE ? level : LOG_NOTICE, "ends", text);
        return;
    }
    if (dialogue->token.len > 0 && level < LOG_INFO) {
        line_text_put(text, "; ");
        explain_line(text, dialogue->token);
    }
    log_event(dialogue->config.log, level, "login", "%s", text->at);
}

static void put_remark(struct line_text *text, const char *remark)
{
    if (remark && remark[0])
        line_text_put(text, " (%s)", remark);
}

/* WHAT: "refused" or "not answered". ANSWER may be NULL: the token was not asked about. */
static void tell_failure(const struct dialogue *dialogue, enum log_level level, const char *what,
                         const char *reason, const struct dialogue_answer *answer)
{
    struct line_text text = {0};

    if (!wants(dialogue, level))
        return;
    line_text_put(&text, "%s: %s", what, reason);
    if (answer) {
        put_remark(&text, answer->remark);
        line_text_put_name(&text, "user", answer->user, PXA_OTHER_CHARSET);
    }
    tell(dialogue, level, &text);
}

static void tell_login(const struct dialogue *dialogue, const struct dialogue_answer *answer)
{
    struct line_text text = {0};

    if (!wants(dialogue, LOG_INFO))
        return;
    line_text_put_quoted(&text, answer->user);
    line_text_put(&text, " has logged in");
    line_text_put_name(&text, "domain", answer->domain, PXA_OTHER_CHARSET);
    put_remark(&text, answer->remark);
    tell(dialogue, LOG_INFO, &text);
}

/* ---- replies ---- */

/* ERR: the client's login is refused. REASON is told to it. */
static void refuse(struct dialogue *dialogue, struct request *request, const char *reason,
                   const struct dialogue_answer *answer)
{
    const struct reply_note note = {"message", {reason, strlen(reason)}};
    const struct reply reply = {.word = REPLY_ERR, .notes = &note, .note_count = 1};

    tell_failure(dialogue, LOG_NOTICE, "refused", reason, answer);
    request_answer(request, &reply);
}

/* BH: our own trouble. */
static void give_up(struct dialogue *dialogue, struct request *request, const char *reason,
                    const struct dialogue_answer *answer)
{
    tell_failure(dialogue, LOG_WARNING, "not answered", reason, answer);
    request_answer_text(request, REPLY_BH, reason);
}

/* TOKEN in Base64. False if it is too long to be sent. */
static bool encode(struct dialogue *dialogue, struct pxa_span token, struct pxa_span *base64)
{
    struct pxa_written done;
    bool fits =
        pxa_base64_encode(token, dialogue->base64, sizeof dialogue->base64, &done) == PXA_OK;

    *base64 = (struct pxa_span){dialogue->base64, fits ? done.len : 0};
    return fits;
}

static void send_token(struct dialogue *dialogue, struct request *request,
                       const struct dialogue_answer *answer)
{
    struct reply reply = {.word = REPLY_TT};

    if (!encode(dialogue, answer->token, &reply.token) || reply.token.len == 0) {
        give_up(dialogue, request, "there is no token to send, or it is too long", answer);
        return;
    }
    explain_token(dialogue, "TT", answer->token);
    dialogue->open = true;
    request_answer(request, &reply);
}

/* Room for the notes of an OK with GROUP_COUNT groups. */
static bool make_room(struct dialogue *dialogue, unsigned group_count)
{
    struct reply_note *notes;

    if (group_count > UINT32_MAX - OWN_NOTES)
        return false;
    if (group_count + OWN_NOTES <= dialogue->note_cap)
        return true;
    notes = reallocarray(dialogue->notes, group_count + OWN_NOTES, sizeof *notes);
    if (!notes)
        return false;
    dialogue->notes = notes;
    dialogue->note_cap = group_count + OWN_NOTES;
    return true;
}

/* Without a token Squid ends itself, so where the mechanism has none this stands for it: a byte 0,
 * which no client reads. */
static const struct pxa_span no_token = {"AA==", 4};

/* token= and user= in the order of Squid's own helper; the NTLM scheme has no token. */
static unsigned put_notes(struct dialogue *dialogue, struct pxa_span token,
                          const struct dialogue_answer *answer)
{
    unsigned count = 0;

    if (dialogue->config.scheme == SCHEME_NEGOTIATE)
        dialogue->notes[count++] = (struct reply_note){"token", token.len > 0 ? token : no_token};
    dialogue->notes[count++] = (struct reply_note){"user", answer->user};
    if (answer->group_count > 0)
        memcpy(&dialogue->notes[count], answer->groups,
               answer->group_count * sizeof *answer->groups);
    return count + answer->group_count;
}

static void let_in(struct dialogue *dialogue, struct request *request,
                   const struct dialogue_answer *answer)
{
    struct reply reply = {.word = REPLY_OK};
    struct pxa_span token;

    if (!encode(dialogue, answer->token, &token)) {
        give_up(dialogue, request, "the token to send is too long", answer);
        return;
    }
    if (!make_room(dialogue, answer->group_count)) {
        give_up(dialogue, request, "out of memory", answer);
        return;
    }
    explain_token(dialogue, "OK", answer->token);
    tell_login(dialogue, answer);
    reply.note_count = put_notes(dialogue, token, answer);
    reply.notes = dialogue->notes;
    request_answer(request, &reply);
}

static void refuse_other(struct dialogue *dialogue, struct request *request,
                         const struct dialogue_answer *answer)
{
    struct line_text words = {0};

    explain_line_refusal(&words, dialogue->token, dialogue->config.spoken);
    refuse(dialogue, request, words.at, answer);
}

static void pass_on(struct dialogue *dialogue, struct request *request,
                    const struct dialogue_answer *answer)
{
    switch (answer->result) {
    case DIALOGUE_CONTINUE:
        send_token(dialogue, request, answer);
        break;
    case DIALOGUE_OK:
        let_in(dialogue, request, answer);
        break;
    case DIALOGUE_DENIED:
        refuse(dialogue, request, answer->reason, answer);
        break;
    case DIALOGUE_OTHER:
        refuse_other(dialogue, request, answer);
        break;
    case DIALOGUE_UNAVAILABLE:
        give_up(dialogue, request, answer->reason, answer);
        break;
    }
}

/* ---- requests ---- */

static void forget_token(struct dialogue *dialogue)
{
    pxa_wipe(dialogue->binary, dialogue->token.len);
    dialogue->token = (struct pxa_span){NULL, 0};
}

static bool decode(struct dialogue *dialogue, struct request *request, struct pxa_span base64)
{
    struct pxa_written done;
    enum pxa_status status =
        pxa_base64_decode(base64, dialogue->binary, sizeof dialogue->binary, &done);
    struct line_text words = {0};

    if (status == PXA_OK) {
        dialogue->token = (struct pxa_span){dialogue->binary, done.len};
        return true;
    }
    line_text_put(&words, "the token ");
    explain_line_fault(&words, "Base64", status, done.fault_at, base64.len);
    refuse(dialogue, request, words.at, NULL);
    return false;
}

/* The session answers REQUEST itself, or the peer is gone. */
static void on_cancel(struct request *request)
{
    struct dialogue *dialogue = request->holder;

    dialogue->pending = NULL;
    tell_failure(dialogue, LOG_WARNING, "not answered", "no verdict came before the request ended",
                 NULL);
    if (dialogue->config.drop)
        dialogue->config.drop(dialogue->config.context);
    forget_token(dialogue);
}

static void ask(struct dialogue *dialogue, struct request *request, bool begins)
{
    request->holder = dialogue;
    request->cancel = on_cancel;
    dialogue->pending = request;
    dialogue->config.ask(dialogue->config.context, dialogue->token, begins);
}

void dialogue_tell(struct dialogue *dialogue, const struct dialogue_answer *answer)
{
    struct request *request = dialogue->pending;

    if (!request)
        return;
    dialogue->pending = NULL;
    pass_on(dialogue, request, answer);
    forget_token(dialogue);
}

void dialogue_request(struct dialogue *dialogue, struct request *request)
{
    struct line line = line_parse(request_span(request), dialogue->config.key_extras);
    bool begins = line.verb == LINE_YR;
    bool expected = begins || dialogue->open;

    dialogue->open = false;
    if (begins)
        dialogue->number++;
    if (line.fault == LINE_SQUIDS) {
        give_up(dialogue, request, line.reason, NULL);
    } else if (line.fault == LINE_CLIENTS) {
        refuse(dialogue, request, line.reason, NULL);
    } else if (decode(dialogue, request, line.base64)) {
        explain_token(dialogue, begins ? "YR" : "KK", dialogue->token);
        if (expected) {
            ask(dialogue, request, begins);
            return;
        }
        refuse(dialogue, request, "a KK without a dialogue that it goes on with", NULL);
        forget_token(dialogue);
    }
}

/* ---- start and end ---- */

struct dialogue *dialogue_new(const struct dialogue_config *config, struct why *why)
{
    struct dialogue *dialogue = calloc(1, sizeof *dialogue);

    if (!dialogue) {
        why_set(why, "out of memory");
        return NULL;
    }
    dialogue->config = *config;
    return dialogue;
}

void dialogue_free(struct dialogue *dialogue)
{
    if (!dialogue)
        return;
    forget_token(dialogue);
    free(dialogue->notes);
    free(dialogue);
}
