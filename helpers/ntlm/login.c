/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a dialogue: the AUTHENTICATE message, [MS-NLMP] section 3.2.5.1.2.
 *
 * An account that does not exist gets the work and the words of a wrong password, with a random
 * hash. The client's clock is not looked at: Windows compares it with its own to refuse old
 * responses, but ours hold a challenge that was drawn for this dialogue alone.
 * Cannot do: channel bindings. A proxy is not told of the client's TLS channel.
 */
#include <config.h>

#include "helpers/ntlm/acceptor_private.h"
#include "helpers/ntlm/challenge.h"

/* Responses that are never verified. */
static void deny_kind(enum pxa_ntlm_response kind, struct acceptor_answer *answer)
{
    static const char anonymous[] = "an anonymous NTLM login";
    static const char none[] = "the NTLM login proves no password";
    static const char unclear[] = "an NTLM response of no known kind";
    static const char lm[] = "the client answered with LM, which is never let in";

    if (kind == PXA_NTLM_IS_ANONYMOUS)
        deny(answer, anonymous, "the client had no credentials to use");
    else if (kind == PXA_NTLM_LM)
        deny(answer, lm,
             "set the client to send NTLMv2 responses (LmCompatibilityLevel 3 or more)");
    else
        deny(answer, kind == PXA_NTLM_NO_RESPONSE ? none : unclear, "");
}

/* Whether responses of that kind are verified at all. */
static bool kind_allowed(const struct acceptor *acceptor, enum pxa_ntlm_response kind,
                         struct acceptor_answer *answer)
{
    if (kind == PXA_NTLM_V2)
        return true;
    if (kind != PXA_NTLM_V1 && kind != PXA_NTLM_V1_SESSION) {
        deny_kind(kind, answer);
        return false;
    }
    if (!acceptor->policy->allow_ntlmv1)
        deny(answer, "the client answered with NTLMv1, which is not allowed",
             "set the client to send NTLMv2 responses, or let NTLMv1 in with --allow-ntlmv1");
    return acceptor->policy->allow_ntlmv1;
}

static bool names_allowed(const struct acceptor *acceptor, bool readable,
                          struct acceptor_answer *answer)
{
    const struct names *names = &acceptor->names;

    if (!readable)
        deny(answer, "the NTLM login's names cannot be read",
             "they are too long, not valid UTF-16, or hold control or, without Unicode, non-ASCII "
             "characters");
    else if (names->user.len == 0)
        deny(answer, "the NTLM login names no user", "");
    else if (!names_domain_allowed(acceptor->policy->domains, names->domain))
        deny(answer, "logins of this domain are not allowed",
             "the domain is not among those of --ntlm-domain");
    else
        return true;
    return false;
}

/* The client signed our own pairs, and says whether it sent a MIC. A client that sent none is let
 * in, as Windows does: curl, for one, cannot. */
static bool pairs_allowed(const struct acceptor *acceptor, const struct pxa_ntlmssp *message,
                          struct acceptor_answer *answer)
{
    struct pxa_ntlmssp sent;
    bool has_mic;

    if (message->response != PXA_NTLM_V2)
        return true;
    has_mic = (challenge_av_flags(message->pairs) & AV_FLAG_MIC) != 0;
    if (pxa_ntlmssp_decode(bytes_span(&acceptor->sent), &sent) != PXA_OK ||
        !challenge_came_back(message->pairs, sent.pairs))
        deny(answer, "the NTLM response was made for another server",
             "it does not hold the target information of the challenge: somebody in the middle "
             "changed it, or the client leaves it out");
    else if (has_mic && message->mic.len == 0)
        deny(answer, "the NTLM login lacks the MIC that it announces", "");
    else
        return true;
    return false;
}

/* True: `account` is to be tried, which may be nobody's. */
static bool find_account(struct acceptor *acceptor, struct ntlm_account *account, bool *found,
                         struct acceptor_answer *answer)
{
    const struct ntlm_policy *policy = acceptor->policy;
    enum ntlm_lookup lookup =
        policy->lookup(policy->context, acceptor->names.user, acceptor->names.domain, account);

    if (lookup == NTLM_LOOKUP_UNAVAILABLE) {
        answer_with(answer, ACCEPTOR_UNAVAILABLE, "the accounts cannot be read", "");
        return false;
    }
    *found = lookup == NTLM_LOOKUP_FOUND;
    if (!*found)
        memcpy(account->nt_hash, acceptor->random + NTLM_CHALLENGE_LEN, NT_HASH_LEN);
    return true;
}

static bool password_right(struct acceptor *acceptor, const struct pxa_ntlmssp *message,
                           unsigned char key[NTLM_KEY_LEN], struct acceptor_answer *answer)
{
    const struct verify_login login = {.message = message,
                                       .challenge = acceptor->random,
                                       .user = acceptor->names.sent_user,
                                       .domain = acceptor->names.sent_domain,
                                       .upper = acceptor->upper};
    struct ntlm_account account = {.name = {NULL, 0}};
    bool found = false;
    bool right = false;

    if (find_account(acceptor, &account, &found, answer)) {
        right = verify_response(&login, account.nt_hash, key) && found;
        if (right)
            answer->user = account.name;
        else
            deny(answer, "wrong user name or password", "");
    }
    pxa_wipe(&account, sizeof account);
    return right;
}

static bool mic_right(const struct acceptor *acceptor, struct pxa_span text, struct pxa_span mic,
                      const unsigned char *session_key)
{
    const struct sign_dialogue dialogue = {.negotiate = bytes_span(&acceptor->negotiate),
                                           .challenge = bytes_span(&acceptor->sent),
                                           .authenticate = text,
                                           .mic = mic};

    return mic.len == 0 || sign_mic_is_right(&dialogue, session_key);
}

/* What remains when the password is right. */
static void finish(struct acceptor *acceptor, const struct pxa_ntlmssp *message,
                   struct pxa_span text, const unsigned char *exchange_key, struct login_keys *keys,
                   struct acceptor_answer *answer)
{
    keys->flags = acceptor->flags & message->flags;
    if (!sign_session_key(message, keys->flags, exchange_key, keys->session)) {
        deny(answer, "the NTLM login's session key is not of 16 bytes", "");
    } else if (!mic_right(acceptor, text, message->mic, keys->session)) {
        deny(answer, "the NTLM login's MIC is wrong",
             "somebody in the middle changed one of the three messages");
    } else {
        answer->mic = message->mic.len > 0;
        answer_with(answer, ACCEPTOR_OK, "", "");
    }
}

void login_judge(struct acceptor *acceptor, const struct pxa_ntlmssp *message, struct pxa_span text,
                 struct login_keys *keys, struct acceptor_answer *answer)
{
    bool readable = names_read(&acceptor->names, message);
    unsigned char exchange_key[NTLM_KEY_LEN];

    answer->user = acceptor->names.user;
    answer->domain = acceptor->names.domain;
    answer->response = message->response;
    if (kind_allowed(acceptor, message->response, answer) &&
        names_allowed(acceptor, readable, answer) && pairs_allowed(acceptor, message, answer) &&
        password_right(acceptor, message, exchange_key, answer))
        finish(acceptor, message, text, exchange_key, keys, answer);
    pxa_wipe(exchange_key, sizeof exchange_key);
}
