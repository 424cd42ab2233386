/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The legs of a dialogue. Every answer but ACCEPTOR_CONTINUE ends it, so that what comes out of
 * order finds nothing to go on with. Inside SPNEGO they are wrapped.c's.
 * Cannot do: Kerberos and NegoEx. It says so, and another helper may be asked.
 */
#include <config.h>

#include "helpers/ntlm/acceptor_private.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "helpers/ntlm/challenge.h"

/* More than any line of Squid's holds. The first message is kept until the last one came. */
enum { TOKEN_MAX = 64 * 1024 };

struct acceptor *acceptor_new(const struct ntlm_policy *policy)
{
    struct acceptor *acceptor = calloc(1, sizeof *acceptor);

    if (!acceptor)
        return NULL;
    acceptor->policy = policy;
    acceptor->upper = upper_new();
    if (acceptor->upper)
        return acceptor;
    free(acceptor);
    return NULL;
}

/* Back to before the first token. */
static void forget(struct acceptor *acceptor)
{
    acceptor->waits_for = LEG_NONE;
    acceptor->spnego = false;
    acceptor->chosen = false;
    acceptor->mic_ordered = false;
    bytes_free(&acceptor->negotiate);
    bytes_free(&acceptor->sent);
    bytes_free(&acceptor->mech_list);
    pxa_wipe(acceptor->random, sizeof acceptor->random);
}

void acceptor_free(struct acceptor *acceptor)
{
    if (!acceptor)
        return;
    forget(acceptor);
    bytes_free(&acceptor->token);
    upper_free(acceptor->upper);
    pxa_wipe(acceptor, sizeof *acceptor);
    free(acceptor);
}

static bool draw(void *out, size_t len)
{
    ssize_t got;

    do
        got = getrandom(out, len, 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)len;
}

/* NEGOTIATE, answered with CHALLENGE: [MS-NLMP] section 3.2.5.1.1. */
static void challenge(struct acceptor *acceptor, const struct pxa_ntlmssp *message,
                      struct pxa_span text, struct acceptor_answer *answer)
{
    struct challenge challenge = {.flags = challenge_flags(message->flags, acceptor->policy),
                                  .now = acceptor->now};

    if (challenge.flags == 0) {
        deny(answer, "the NTLM client offers neither Unicode nor OEM names", "");
        return;
    }
    if (!draw(acceptor->random, sizeof acceptor->random)) {
        answer_with(answer, ACCEPTOR_UNAVAILABLE, "the system gives no random numbers", "");
        return;
    }
    memcpy(challenge.bytes, acceptor->random, sizeof challenge.bytes);
    challenge_write(&acceptor->sent, &challenge, acceptor->policy);
    bytes_put(&acceptor->negotiate, text.at, text.len);
    acceptor->flags = challenge.flags;
    acceptor->waits_for = LEG_AUTHENTICATE;
    if (acceptor->sent.failed || acceptor->negotiate.failed) {
        out_of_memory(answer);
        return;
    }
    answer->token = bytes_span(&acceptor->sent);
    answer_with(answer, ACCEPTOR_CONTINUE, "", "");
}

/* An NTLMSSP message, freed of what it was wrapped in. */
void acceptor_message(struct acceptor *acceptor, struct pxa_span text, struct login_keys *keys,
                      struct acceptor_answer *answer)
{
    struct pxa_ntlmssp message;

    if (pxa_ntlmssp_decode(text, &message) != PXA_OK)
        deny(answer, "a broken NTLM message", "");
    else if (message.type != (unsigned)acceptor->waits_for)
        deny(answer, "an NTLM message out of order", "");
    else if (message.type == LEG_NEGOTIATE)
        challenge(acceptor, &message, text, answer);
    else
        login_judge(acceptor, &message, text, keys, answer);
}

static void take_first(struct acceptor *acceptor, struct pxa_span text,
                       const struct pxa_negotiate *token, struct acceptor_answer *answer)
{
    struct login_keys keys = {.flags = 0};

    if (token->kind == PXA_TOKEN_NTLMSSP) {
        acceptor->waits_for = LEG_NEGOTIATE;
        acceptor_message(acceptor, text, &keys, answer);
    } else if (token->kind == PXA_TOKEN_SPNEGO_INIT) {
        wrapped_init(acceptor, text, token, answer);
    } else if (token->kind == PXA_TOKEN_SPNEGO_RESP) {
        deny(answer, "a SPNEGO token out of order", "");
    } else {
        answer_with(answer, ACCEPTOR_OTHER, "", "");
    }
}

static void take_next(struct acceptor *acceptor, struct pxa_span text,
                      const struct pxa_negotiate *token, struct acceptor_answer *answer)
{
    struct login_keys keys = {.flags = 0};

    if (acceptor->waits_for == LEG_NONE)
        deny(answer, "a token without the login that it belongs to", "");
    else if (acceptor->spnego && token->kind == PXA_TOKEN_SPNEGO_RESP)
        wrapped_next(acceptor, token, answer);
    else if (!acceptor->spnego && token->kind == PXA_TOKEN_NTLMSSP)
        acceptor_message(acceptor, text, &keys, answer);
    else
        deny(answer, "a token of another kind than the one before", "");
    pxa_wipe(&keys, sizeof keys);
}

/* What every leg begins with. False: that was all. */
static bool open_token(struct acceptor *acceptor, struct pxa_span text, struct pxa_negotiate *token,
                       struct acceptor_answer *answer)
{
    *answer = (struct acceptor_answer){.result = ACCEPTOR_DENIED, .reason = "", .detail = ""};
    bytes_free(&acceptor->token);
    if (text.len <= TOKEN_MAX && pxa_negotiate_decode(text, token) == PXA_OK)
        return true;
    deny(answer, "not a token of NTLM or Negotiate", "");
    return false;
}

void acceptor_begin(struct acceptor *acceptor, struct pxa_span token, uint64_t now,
                    struct acceptor_answer *answer)
{
    struct pxa_negotiate opened;

    forget(acceptor);
    acceptor->now = now;
    if (open_token(acceptor, token, &opened, answer))
        take_first(acceptor, token, &opened, answer);
    if (answer->result != ACCEPTOR_CONTINUE)
        forget(acceptor);
}

void acceptor_step(struct acceptor *acceptor, struct pxa_span token, uint64_t now,
                   struct acceptor_answer *answer)
{
    struct pxa_negotiate opened;

    acceptor->now = now;
    if (open_token(acceptor, token, &opened, answer))
        take_next(acceptor, token, &opened, answer);
    if (answer->result != ACCEPTOR_CONTINUE)
        forget(acceptor);
}
