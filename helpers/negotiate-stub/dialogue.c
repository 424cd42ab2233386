/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line: token off, acceptor asked, reply written; with --explain each token is told on the way.
 * A client is told as much as it needs to know, the log why.
 */
#include <config.h>

#include "helpers/negotiate-stub/dialogue.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/negotiate-stub/accounts.h"
#include "helpers/negotiate-stub/explain_line.h"
#include "helpers/negotiate-stub/line.h"

/* Base64 of the longest token that is sent; what Squid hands back is no longer. */
enum { REPLY_TOKEN_MAX = LINE_LEN_MAX };

struct dialogue {
    struct dialogue_config config;
    struct ntlm_policy policy;
    struct accounts accounts;
    struct acceptor *acceptor;
    bool open;             /* the client was sent a token, and KK is due */
    unsigned number;       /* of this dialogue, for the log */
    struct pxa_span token; /* of the request at hand, in `binary` */
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

    if (!dialogue->config.options->explain || token.len == 0)
        return;
    explain_line(&text, token);
    record(dialogue, LOG_NOTICE, what, &text);
}

/* With --explain the token has a line of its own already. */
static void tell(const struct dialogue *dialogue, enum log_level level, struct line_text *text)
{
    if (dialogue->config.options->explain) {
        record(dialogue, level < LOG_NOTICE ? level : LOG_NOTICE, "ends", text);
        return;
    }
    if (dialogue->token.len > 0 && level < LOG_INFO) {
        line_text_put(text, "; ");
        explain_line(text, dialogue->token);
    }
    log_event(dialogue->config.log, level, "login", "%s", text->at);
}

/* ---- replies ---- */

/* ERR: the client's login is refused. REASON is told to it, REMARK, which may be "", is not. */
static void refuse(struct dialogue *dialogue, struct request *request, const char *reason,
                   const char *remark)
{
    const struct reply_note note = {"message", {reason, strlen(reason)}};
    const struct reply reply = {.word = REPLY_ERR, .notes = &note, .note_count = 1};
    struct line_text text = {0};

    line_text_put(&text, "refused: %s", reason);
    if (remark[0])
        line_text_put(&text, " (%s)", remark);
    tell(dialogue, LOG_NOTICE, &text);
    request_answer(request, &reply);
}

/* BH: our own trouble. */
static void give_up(struct dialogue *dialogue, struct request *request, const char *reason)
{
    struct line_text text = {0};

    line_text_put(&text, "not answered: %s", reason);
    tell(dialogue, LOG_WARNING, &text);
    request_answer_text(request, REPLY_BH, reason);
}

/* The acceptor's token in Base64; empty if it is too long to be sent. */
static struct pxa_span encode(struct dialogue *dialogue, struct pxa_span token)
{
    struct pxa_written done;

    if (pxa_base64_encode(token, dialogue->base64, sizeof dialogue->base64, &done) != PXA_OK)
        return (struct pxa_span){NULL, 0};
    return (struct pxa_span){dialogue->base64, done.len};
}

static void send_token(struct dialogue *dialogue, struct request *request, struct pxa_span token)
{
    const struct reply reply = {.word = REPLY_TT, .token = encode(dialogue, token)};

    if (reply.token.len == 0) {
        give_up(dialogue, request, "there is no token to send, or it is too long");
        return;
    }
    explain_token(dialogue, "TT", token);
    dialogue->open = true;
    request_answer(request, &reply);
}

/* Without a token Squid ends itself, so where the acceptor has none this stands for it: a byte 0,
 * which no client reads. */
static const struct pxa_span no_token = {"AA==", 4};

static void let_in(struct dialogue *dialogue, struct request *request,
                   const struct acceptor_answer *answer)
{
    bool negotiate = dialogue->config.options->scheme == STUB_NEGOTIATE;
    struct pxa_span token = encode(dialogue, answer->token);
    const struct reply_note notes[] = {
        {"user", answer->user},
        {"token", token.len > 0 ? token : no_token},
    };
    const struct reply reply = {.word = REPLY_OK, .notes = notes, .note_count = negotiate ? 2 : 1};
    struct line_text text = {0};

    explain_token(dialogue, "OK", answer->token);
    line_text_put_quoted(&text, answer->user);
    line_text_put(&text, " has logged in");
    line_text_put_name(&text, "domain", answer->domain, PXA_OTHER_CHARSET);
    tell(dialogue, LOG_INFO, &text);
    request_answer(request, &reply);
}

static void deny(struct dialogue *dialogue, struct request *request,
                 const struct acceptor_answer *answer)
{
    const char *remark = dialogue->accounts.remark;

    if (!dialogue->config.keeper)
        refuse(dialogue, request, "there is no --ntlm-file, so every login is refused",
               answer->reason);
    else
        refuse(dialogue, request, answer->reason, remark ? remark : answer->detail);
}

static void pass_on(struct dialogue *dialogue, struct request *request,
                    const struct acceptor_answer *answer)
{
    struct line_text words = {0};

    switch (answer->result) {
    case ACCEPTOR_CONTINUE:
        send_token(dialogue, request, answer->token);
        break;
    case ACCEPTOR_OK:
        let_in(dialogue, request, answer);
        break;
    case ACCEPTOR_DENIED:
        deny(dialogue, request, answer);
        break;
    case ACCEPTOR_OTHER:
        explain_line_refusal(&words, dialogue->token);
        refuse(dialogue, request, words.at, "");
        break;
    case ACCEPTOR_UNAVAILABLE:
        give_up(dialogue, request,
                dialogue->accounts.remark ? dialogue->accounts.remark : answer->reason);
        break;
    }
}

/* ---- requests ---- */

static bool decode(struct dialogue *dialogue, struct request *request, struct pxa_span base64)
{
    struct line_text words = {0};
    struct pxa_written done;
    enum pxa_status status =
        pxa_base64_decode(base64, dialogue->binary, sizeof dialogue->binary, &done);

    if (status != PXA_OK) {
        line_text_put(&words, "the token ");
        explain_line_fault(&words, "Base64", status, done.fault_at, base64.len);
        refuse(dialogue, request, words.at, "");
        return false;
    }
    dialogue->token = (struct pxa_span){dialogue->binary, done.len};
    return true;
}

static void step(struct dialogue *dialogue, struct request *request, enum line_verb verb)
{
    uint64_t now = dialogue->config.now();
    struct acceptor_answer said;

    dialogue->accounts.remark = NULL;
    if (verb == LINE_YR)
        acceptor_begin(dialogue->acceptor, dialogue->token, now, &said);
    else
        acceptor_step(dialogue->acceptor, dialogue->token, now, &said);
    pass_on(dialogue, request, &said);
}

void dialogue_request(struct dialogue *dialogue, struct request *request)
{
    struct line line = line_parse(request_span(request), dialogue->config.key_extras);
    bool expected = line.verb == LINE_YR || dialogue->open;

    dialogue->open = false;
    dialogue->token = (struct pxa_span){NULL, 0};
    if (line.verb == LINE_YR)
        dialogue->number++;
    if (line.fault == LINE_SQUIDS) {
        give_up(dialogue, request, line.reason);
    } else if (line.fault == LINE_CLIENTS) {
        refuse(dialogue, request, line.reason, "");
    } else if (decode(dialogue, request, line.base64)) {
        explain_token(dialogue, line.verb == LINE_YR ? "YR" : "KK", dialogue->token);
        if (expected)
            step(dialogue, request, line.verb);
        else
            refuse(dialogue, request, "a KK without a dialogue that it goes on with", "");
    }
    pxa_wipe(dialogue->binary, dialogue->token.len);
}

struct dialogue *dialogue_new(const struct dialogue_config *config, struct why *why)
{
    struct dialogue *dialogue = calloc(1, sizeof *dialogue);

    if (!dialogue) {
        why_set(why, "out of memory");
        return NULL;
    }
    dialogue->config = *config;
    dialogue->accounts.keeper = config->keeper;
    dialogue->policy = (struct ntlm_policy){
        .lookup = accounts_lookup,
        .context = &dialogue->accounts,
        .allow_ntlmv1 = config->options->allow_ntlmv1,
        .domains = &config->options->domains,
        .computer = config->names->computer,
        .domain = config->names->domain,
        .dns_name = config->names->dns_name,
    };
    dialogue->acceptor = acceptor_new(&dialogue->policy);
    if (!dialogue->acceptor) {
        free(dialogue);
        why_set(why, "out of memory");
        return NULL;
    }
    return dialogue;
}

void dialogue_free(struct dialogue *dialogue)
{
    acceptor_free(dialogue->acceptor);
    free(dialogue);
}
