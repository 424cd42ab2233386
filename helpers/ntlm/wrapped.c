/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The legs of a dialogue inside SPNEGO, RFC 4178 sections 4.2 and 5.
 *
 * A first token for a mechanism that is not NTLMSSP is not looked at: our choice is answered, and
 * the client sends its NEGOTIATE message then.
 * Cannot do: NTLMSSP in a GSS-API frame, which nobody sends.
 */
#include <config.h>

#include <nettle/memops.h>

#include "helpers/ntlm/acceptor_private.h"
#include "helpers/ntlm/spnego.h"

/* Whether a mechListMIC has to be there: it was ordered, or the client's NTLM login has a MIC, from
 * which Samba and gss-ntlmssp conclude the same. Without signing there is none. */
static bool mic_due(const struct acceptor *acceptor, const struct login_keys *keys,
                    const struct acceptor_answer *answer)
{
    return (keys->flags & PXA_NTLM_FLAG_SIGN) != 0 && (acceptor->mic_ordered || answer->mic);
}

/* Verifies the client's mechListMIC and makes ours, in OURS. Its length is 0 if there is to be
 * none. */
static struct pxa_span exchange_mics(const struct acceptor *acceptor, struct pxa_span theirs,
                                     const struct login_keys *keys,
                                     unsigned char ours[SIGN_MIC_LEN],
                                     struct acceptor_answer *answer)
{
    struct pxa_span list = bytes_span(&acceptor->mech_list);
    unsigned char expected[SIGN_MIC_LEN];

    if (theirs.len == 0) {
        if (mic_due(acceptor, keys, answer))
            deny(answer, "the login lacks the mechListMIC that SPNEGO needs here", "");
        return theirs;
    }
    sign_message(keys->session, keys->flags, SIGN_CLIENT, list, expected);
    if (theirs.len != SIGN_MIC_LEN || memeql_sec(expected, theirs.at, SIGN_MIC_LEN) == 0) {
        deny(answer, "the login's mechListMIC is wrong",
             "somebody in the middle changed the client's list of mechanisms");
        return span_of(NULL, 0);
    }
    sign_message(keys->session, keys->flags, SIGN_SERVER, list, ours);
    return span_of((const char *)ours, SIGN_MIC_LEN);
}

/* Puts the answer's token, and how it went, into SPNEGO. */
static void wrap(struct acceptor *acceptor, enum pxa_neg_state state, struct pxa_span mic,
                 struct acceptor_answer *answer)
{
    const struct spnego_reply reply = {.state = state,
                                       .choose = !acceptor->chosen && state != PXA_NEG_REJECT,
                                       .token = answer->token,
                                       .mic = mic};

    spnego_write(&acceptor->token, &reply);
    acceptor->chosen = true;
    answer->token = acceptor->token.failed ? span_of(NULL, 0) : bytes_span(&acceptor->token);
    if (acceptor->token.failed)
        out_of_memory(answer);
}

void wrapped_next(struct acceptor *acceptor, const struct pxa_negotiate *token,
                  struct acceptor_answer *answer)
{
    unsigned char ours[SIGN_MIC_LEN];
    struct pxa_span mic = {NULL, 0};
    struct login_keys keys = {.flags = 0};

    if (token->mech != PXA_MECH_NTLMSSP || token->frame_oid.len > 0)
        deny(answer, "a SPNEGO token without an NTLM message", "");
    else
        acceptor_message(acceptor, token->inner, &keys, answer);
    if (answer->result == ACCEPTOR_OK)
        mic = exchange_mics(acceptor, token->mech_list_mic, &keys, ours, answer);
    if (answer->result == ACCEPTOR_CONTINUE)
        wrap(acceptor, PXA_NEG_ACCEPT_INCOMPLETE, mic, answer);
    else if (answer->result == ACCEPTOR_OK)
        wrap(acceptor, PXA_NEG_ACCEPT_COMPLETED, mic, answer);
    else
        wrap(acceptor, PXA_NEG_REJECT, mic, answer);
    pxa_wipe(&keys, sizeof keys);
}

/* The client's list of mechanisms, and perhaps a token for the first of them. */
void wrapped_init(struct acceptor *acceptor, struct pxa_span text,
                  const struct pxa_negotiate *token, struct acceptor_answer *answer)
{
    struct pxa_span list = spnego_mech_list(text);
    int at = spnego_ntlmssp_at(token->mechs);

    if (at == SPNEGO_NOT_LISTED) {
        answer_with(answer, ACCEPTOR_OTHER, "", "");
        return;
    }
    acceptor->spnego = true;
    acceptor->waits_for = LEG_NEGOTIATE;
    acceptor->mic_ordered = at > 0;
    bytes_put(&acceptor->mech_list, list.at, list.len);
    if (acceptor->mech_list.failed) {
        out_of_memory(answer);
        return;
    }
    if (at == 0 && token->inner.len > 0) {
        wrapped_next(acceptor, token, answer);
        return;
    }
    answer_with(answer, ACCEPTOR_CONTINUE, "", "");
    wrap(acceptor, at > 0 ? PXA_NEG_REQUEST_MIC : PXA_NEG_ACCEPT_INCOMPLETE, span_of(NULL, 0),
         answer);
}
