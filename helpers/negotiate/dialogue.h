/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dialogue: from the lines of one client's login to their replies, whoever verifies the tokens.
 *
 * Squid reserves the process for a client from YR to the verdict, so there is one dialogue at a
 * time; a new YR begins anew, whatever became of the last. What is no token, or out of turn, is
 * answered here; each token that is left is asked about once and answered once. Loop's thread only.
 */
#ifndef PROXYAUTH_NEGOTIATE_DIALOGUE_H
#define PROXYAUTH_NEGOTIATE_DIALOGUE_H

#include "helpers/core/log.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"
#include "helpers/negotiate/explain_line.h"

struct dialogue;

enum dialogue_result {
    DIALOGUE_CONTINUE,   /* `token` is sent, and the client's next one awaited */
    DIALOGUE_OK,         /* `user` has logged in; `token` may be empty */
    DIALOGUE_DENIED,     /* ERR: `reason` says why */
    DIALOGUE_OTHER,      /* ERR: no mechanism that is spoken here; the words are the dialogue's */
    DIALOGUE_UNAVAILABLE /* BH: our own trouble, `reason` */
};

struct dialogue_answer {
    enum dialogue_result result;
    struct pxa_span token;           /* binary */
    struct pxa_span user;            /* OK: what Squid gets as user=; else who it was, or empty */
    struct pxa_span domain;          /* for the log; may be empty */
    const struct reply_note *groups; /* OK: notes behind token= and user= */
    unsigned group_count;
    const char *reason; /* without a full stop; goes to the client for ERR, to Squid for BH */
    const char *remark; /* for the log alone: what the administrator should do; NULL: nothing */
};

struct dialogue_config {
    enum scheme scheme; /* SCHEME_NEGOTIATE or SCHEME_NTLM */
    enum spoken spoken; /* for the words of DIALOGUE_OTHER */
    unsigned key_extras;
    bool explain; /* a line in the log about each token */
    struct log *log;
    /* TOKEN, binary and valid until dialogue_tell() or `drop`, came with YR (BEGINS) or KK: one
     * dialogue_tell() follows, now or later, unless `drop` is called first. */
    void (*ask)(void *context, struct pxa_span token, bool begins);
    /* The request was answered at its deadline: no dialogue_tell() any more, and what is known of
     * this client is forgotten. May be NULL where `ask` always answers at once. */
    void (*drop)(void *context);
    void *context;
};

/* NULL with WHY. CONFIG is copied. */
struct dialogue *dialogue_new(const struct dialogue_config *config, struct why *why);

/* Answers REQUEST, now or later. The next one comes when that is done, or dropped: the lines of
 * these schemes have no ids, so a session hands up one at a time. */
void dialogue_request(struct dialogue *dialogue, struct request *request);

/* The answer about the token that was asked about. Nothing of it is kept. */
void dialogue_tell(struct dialogue *dialogue, const struct dialogue_answer *answer);

/* Wipes and frees. No request may be pending. NULL is allowed. */
void dialogue_free(struct dialogue *dialogue);

#endif
