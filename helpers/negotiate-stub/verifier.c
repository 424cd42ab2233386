/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token off the dialogue into the acceptor, and its answer back. Nothing here waits.
 */
#include <config.h>

#include "helpers/negotiate-stub/verifier.h"

#include <stdlib.h>

#include "helpers/negotiate-stub/accounts.h"
#include "helpers/negotiate/dialogue.h"

struct verifier {
    struct verifier_config config;
    struct ntlm_policy policy;
    struct accounts accounts;
    struct acceptor *acceptor;
    struct dialogue *dialogue;
};

static void put_denial(const struct verifier *verifier, const struct acceptor_answer *said,
                       struct dialogue_answer *answer)
{
    const char *remark = verifier->accounts.remark;

    answer->reason = said->reason;
    answer->remark = remark ? remark : said->detail;
    if (!verifier->config.keeper) {
        answer->reason = "there is no --ntlm-file, so every login is refused";
        answer->remark = said->reason;
    }
}

static void pass_on(struct verifier *verifier, const struct acceptor_answer *said)
{
    const char *remark = verifier->accounts.remark;
    struct dialogue_answer answer = {.token = said->token};

    switch (said->result) {
    case ACCEPTOR_CONTINUE:
        answer.result = DIALOGUE_CONTINUE;
        break;
    case ACCEPTOR_OK:
        answer.result = DIALOGUE_OK;
        answer.user = said->user;
        answer.domain = said->domain;
        break;
    case ACCEPTOR_DENIED: /* who it says it is stands in the token, which is logged */
        answer.result = DIALOGUE_DENIED;
        put_denial(verifier, said, &answer);
        break;
    case ACCEPTOR_OTHER:
        answer.result = DIALOGUE_OTHER;
        break;
    case ACCEPTOR_UNAVAILABLE:
        answer.result = DIALOGUE_UNAVAILABLE;
        answer.reason = remark ? remark : said->reason;
        break;
    }
    dialogue_tell(verifier->dialogue, &answer);
}

static void on_token(void *context, struct pxa_span token, bool begins)
{
    struct verifier *verifier = context;
    uint64_t now = verifier->config.now();
    struct acceptor_answer said;

    verifier->accounts.remark = NULL;
    if (begins)
        acceptor_begin(verifier->acceptor, token, now, &said);
    else
        acceptor_step(verifier->acceptor, token, now, &said);
    pass_on(verifier, &said);
}

void verifier_request(struct verifier *verifier, struct request *request)
{
    dialogue_request(verifier->dialogue, request);
}

static bool start(struct verifier *verifier, struct why *why)
{
    const struct verifier_config *config = &verifier->config;
    const struct dialogue_config dialogue = {
        .scheme = config->options->scheme == STUB_NTLM ? SCHEME_NTLM : SCHEME_NEGOTIATE,
        .spoken = SPOKEN_NTLM_BY_STUB,
        .key_extras = config->key_extras,
        .explain = config->options->explain,
        .log = config->log,
        .ask = on_token,
        .context = verifier,
    };

    verifier->accounts.keeper = config->keeper;
    verifier->policy = (struct ntlm_policy){
        .lookup = accounts_lookup,
        .context = &verifier->accounts,
        .allow_ntlmv1 = config->options->allow_ntlmv1,
        .domains = &config->options->domains,
        .computer = config->names->computer,
        .domain = config->names->domain,
        .dns_name = config->names->dns_name,
    };
    verifier->acceptor = acceptor_new(&verifier->policy);
    if (!verifier->acceptor)
        return why_set(why, "out of memory");
    verifier->dialogue = dialogue_new(&dialogue, why);
    return verifier->dialogue != NULL;
}

struct verifier *verifier_new(const struct verifier_config *config, struct why *why)
{
    struct verifier *verifier = calloc(1, sizeof *verifier);

    if (!verifier) {
        why_set(why, "out of memory");
        return NULL;
    }
    verifier->config = *config;
    if (!start(verifier, why)) {
        verifier_free(verifier);
        return NULL;
    }
    return verifier;
}

void verifier_free(struct verifier *verifier)
{
    if (!verifier)
        return;
    dialogue_free(verifier->dialogue);
    acceptor_free(verifier->acceptor);
    free(verifier);
}
