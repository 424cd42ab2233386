/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the acceptor share: acceptor.c has the legs of a dialogue, wrapped.c those
 * inside SPNEGO, login.c its end.
 */
#ifndef PROXYAUTH_NTLM_ACCEPTOR_PRIVATE_H
#define PROXYAUTH_NTLM_ACCEPTOR_PRIVATE_H

#include "common/span.h"
#include "helpers/core/bytes.h"
#include "helpers/ntlm/acceptor.h"
#include "helpers/ntlm/names.h"
#include "helpers/ntlm/sign.h"

/* The number is that of the NTLM message that is waited for. */
enum acceptor_leg { LEG_NONE = 0, LEG_NEGOTIATE = 1, LEG_AUTHENTICATE = 3 };

struct acceptor {
    const struct ntlm_policy *policy;
    struct upper *upper;
    uint64_t now; /* FILETIME of this call */
    enum acceptor_leg waits_for;
    bool spnego;      /* tokens are wrapped */
    bool chosen;      /* SPNEGO's first reply has been given */
    bool mic_ordered; /* SPNEGO's request-mic was said */
    uint32_t flags;   /* offered by the client and granted */
    /* Drawn for each dialogue: the challenge, and behind it the hash of whoever has no account. */
    unsigned char random[NTLM_CHALLENGE_LEN + NT_HASH_LEN];
    struct bytes negotiate; /* the client's first message, for its MIC */
    struct bytes sent;      /* our challenge message */
    struct bytes mech_list; /* the client's, for mechListMIC */
    struct bytes token;     /* our last SPNEGO token */
    struct names names;
};

static inline struct pxa_span bytes_span(const struct bytes *bytes)
{
    return span_of(bytes->at + bytes->start, bytes_len(bytes));
}

static inline void answer_with(struct acceptor_answer *answer, enum acceptor_result result,
                               const char *reason, const char *detail)
{
    answer->result = result;
    answer->reason = reason;
    answer->detail = detail;
}

static inline void deny(struct acceptor_answer *answer, const char *reason, const char *detail)
{
    answer_with(answer, ACCEPTOR_DENIED, reason, detail);
}

static inline void out_of_memory(struct acceptor_answer *answer)
{
    answer_with(answer, ACCEPTOR_UNAVAILABLE, "out of memory", "");
}

/* What a login leaves for SPNEGO. */
struct login_keys {
    uint32_t flags; /* what both sides agreed on */
    unsigned char session[NTLM_KEY_LEN];
};

/* Judges a type 3 message, which is `message` and, as bytes, `text`. The answer's result becomes
 * ACCEPTOR_OK, ACCEPTOR_DENIED or ACCEPTOR_UNAVAILABLE. */
void login_judge(struct acceptor *acceptor, const struct pxa_ntlmssp *message, struct pxa_span text,
                 struct login_keys *keys, struct acceptor_answer *answer);

/* An NTLMSSP message, freed of what it was wrapped in. KEYS is set with ACCEPTOR_OK. */
void acceptor_message(struct acceptor *acceptor, struct pxa_span text, struct login_keys *keys,
                      struct acceptor_answer *answer);

/* SPNEGO's first token, TEXT, and those after it. */
void wrapped_init(struct acceptor *acceptor, struct pxa_span text,
                  const struct pxa_negotiate *token, struct acceptor_answer *answer);
void wrapped_next(struct acceptor *acceptor, const struct pxa_negotiate *token,
                  struct acceptor_answer *answer);

#endif
