/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conversation: what the modules of a login ask and say, and what they get.
 *
 * There is a name and a password and nobody to ask for more. The first hidden question gets the
 * password, and so does a later one that asks for it again, as each module of a stack may; a
 * question for something else gets none: the password is not sent to where a code or a new password
 * is expected.
 */
#ifndef PROXYAUTH_PAM_CONVERSATION_H
#define PROXYAUTH_PAM_CONVERSATION_H

#include <stdbool.h>

#include <security/pam_appl.h>

#include "helpers/core/secret.h"

/* As many answers as one call may ask for. */
enum { CONVERSATION_SAID_MAX = 120, CONVERSATION_ANSWERS_MAX = PAM_MAX_NUM_MSG };

enum conversation_refusal {
    CONVERSATION_HELD,
    CONVERSATION_OTHER_QUESTION, /* a code, or anything else that is not the password */
    CONVERSATION_NEW_PASSWORD,   /* the old one has to be changed */
};

/* Of one login; zeroed but for the first two. */
struct conversation {
    const char *user;
    const struct secret *password;     /* without NUL bytes */
    bool given;                        /* the password, to some module */
    unsigned answered;                 /* questions */
    enum conversation_refusal refusal; /* of the first question that got no answer */
    char said[CONVERSATION_SAID_MAX];  /* the modules' words, as many as fit; "" at first. Bytes
                                          from outside, but never the password */
};

/* The function that pam_conv(3) describes; CONVERSATION is a struct conversation. */
int conversation_hold(int count, const struct pam_message **messages,
                      struct pam_response **responses, void *conversation);

/* TEXT, of a module, as the log may have it: other words for one with the password in it. */
const char *conversation_showable(const struct conversation *conversation, const char *text);

#endif
