/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers are allocated as pam_conv(3) wants: the module that asked wipes and frees them.
 *
 * Questions are told apart by their words, which PAM has no other way for. Modules write them in
 * the language of the process, and that is English as long as nobody calls setlocale(3).
 */
#include <config.h>

#include "helpers/pam/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "common/proxyauth.h"

static bool holds_one_of(const char *text, const char *const *words)
{
    while (*words)
        if (strcasestr(text, *words++))
            return true;
    return false;
}

static bool is_new_password(const char *question)
{
    static const char *const words[] = {"new", "again", "retype", NULL};

    return holds_one_of(question, words);
}

/* As pam_oath asks: "One-time password (OATH) for `alice': ". */
static bool is_one_time_password(const char *question)
{
    static const char *const words[] = {"one-time", "one time", "otp", NULL};

    return holds_one_of(question, words);
}

static bool is_password(const char *question)
{
    return strcasestr(question, "password") && !is_new_password(question) &&
           !is_one_time_password(question);
}

/* Nobody need ask for it, as it is known from the start; some do, "login:". */
static bool is_user_name(const char *question)
{
    static const char *const words[] = {"login", "user", NULL};

    return holds_one_of(question, words);
}

/* ---- answers ---- */

/* Some modules (pam_exec) free an answer and do not wipe it. Then glibc overwrites it, as
 * harden_process() tells it to (M_PERTURB), but only what is larger than the pieces of memory that
 * each thread keeps for itself, of up to 1,032 bytes. */
enum { ANSWER_SIZE_MIN = 2048 };

static char *copy_of(const char *bytes, size_t len)
{
    char *copy = malloc(len < ANSWER_SIZE_MIN ? ANSWER_SIZE_MIN : len + 1);

    if (copy) {
        memcpy(copy, bytes, len);
        copy[len] = '\0';
    }
    return copy;
}

static int answer(struct pam_response *response, const char *bytes, size_t len)
{
    response->resp = copy_of(bytes, len);
    return response->resp ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int refuse(struct conversation *conversation, const char *question)
{
    if (conversation->refusal == CONVERSATION_HELD)
        conversation->refusal =
            is_new_password(question) ? CONVERSATION_NEW_PASSWORD : CONVERSATION_OTHER_QUESTION;
    return PAM_CONV_ERR;
}

static int answer_hidden(struct conversation *conversation, const char *question,
                         struct pam_response *response)
{
    if (conversation->given && !is_password(question))
        return refuse(conversation, question);
    conversation->given = true;
    return answer(response, conversation->password->bytes, conversation->password->len);
}

static int answer_open(struct conversation *conversation, const char *question,
                       struct pam_response *response)
{
    if (!is_user_name(question))
        return refuse(conversation, question);
    return answer(response, conversation->user, strlen(conversation->user));
}

/* ---- what modules say ---- */

/* Modules that run programs say what these print. */
const char *conversation_showable(const struct conversation *conversation, const char *text)
{
    return strstr(text, conversation->password->bytes) ? "(the password)" : text;
}

static void listen(struct conversation *conversation, const char *text)
{
    static const char between[] = "; ";
    size_t len = strlen(conversation->said);
    size_t room = sizeof conversation->said - 1 - len;

    text = conversation_showable(conversation, text);
    if (len > 0) {
        if (room <= strlen(between))
            return;
        memcpy(conversation->said + len, between, sizeof between);
        room -= strlen(between);
    }
    strncat(conversation->said, text, room);
}

/* ---- all of a call ---- */

/* A module that asks again as long as the answer is wrong would never end. */
static int reply(struct conversation *conversation, const struct pam_message *message,
                 struct pam_response *response)
{
    const char *text = message->msg ? message->msg : "";

    if (conversation->answered == CONVERSATION_ANSWERS_MAX)
        return refuse(conversation, "");
    conversation->answered++;
    return message->msg_style == PAM_PROMPT_ECHO_OFF ? answer_hidden(conversation, text, response)
                                                     : answer_open(conversation, text, response);
}

static int take(struct conversation *conversation, const struct pam_message *message,
                struct pam_response *response)
{
    switch (message->msg_style) {
    case PAM_PROMPT_ECHO_OFF:
    case PAM_PROMPT_ECHO_ON:
        return reply(conversation, message, response);
    case PAM_TEXT_INFO:
    case PAM_ERROR_MSG:
        listen(conversation, message->msg ? message->msg : "");
        return PAM_SUCCESS;
    default: /* of which Linux-PAM has some whose message is no text */
        return refuse(conversation, "");
    }
}

static void free_answers(struct pam_response *answers, int count)
{
    for (int i = 0; i < count; i++) {
        if (answers[i].resp)
            pxa_wipe(answers[i].resp, strlen(answers[i].resp));
        free(answers[i].resp);
    }
    free(answers);
}

int conversation_hold(int count, const struct pam_message **messages,
                      struct pam_response **responses, void *conversation)
{
    struct pam_response *answers;
    int code = PAM_SUCCESS;

    if (count < 1 || count > PAM_MAX_NUM_MSG || !messages || !responses)
        return PAM_CONV_ERR;
    answers = calloc((size_t)count, sizeof *answers);
    if (!answers)
        return PAM_BUF_ERR;
    for (int i = 0; i < count && code == PAM_SUCCESS; i++)
        code = messages[i] ? take(conversation, messages[i], &answers[i]) : PAM_CONV_ERR;
    if (code == PAM_SUCCESS)
        *responses = answers;
    else
        free_answers(answers, count);
    return code;
}
