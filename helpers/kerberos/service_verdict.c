/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that libgssapi let in may still not be one that may use the proxy (who.h); what a
 * failure means is fault.h's.
 */
#include <config.h>

#include "helpers/kerberos/service_verdict.h"

#include "helpers/core/visible.h"

static void warn_of_pac(struct log *log, struct pxa_span name)
{
    log_event(log, LOG_WARNING, "pac",
              "the ticket of \"%s\" has a PAC that is malformed, another client's, or not signed "
              "with the keytab's key: its groups are not used; look which KDC the ticket is from",
              visible_excerpt(name).text);
}

static void go_on(struct service_verdict *verdict, const struct exchange_outcome *outcome)
{
    struct service_answer *answer = &verdict->answer;

    if (outcome->token.len > 0)
        *answer = (struct service_answer){.result = SERVICE_CONTINUE, .token = outcome->token};
    else
        *answer =
            (struct service_answer){.result = SERVICE_DENIED,
                                    .reason = "the login cannot go on",
                                    .remark = "libgssapi has no answer to the client's token"};
}

static void welcome(struct service_verdict *verdict, const struct service_config *config,
                    const struct service_step *step)
{
    const struct exchange_outcome *outcome = step->outcome;
    struct service_answer *answer = &verdict->answer;
    struct bytes *user = &verdict->user;
    struct who_refusal refusal;

    *answer = (struct service_answer){.result = SERVICE_DENIED,
                                      .token = outcome->token,
                                      .user = outcome->name,
                                      .sids = outcome->sids,
                                      .sid_count = outcome->sid_count,
                                      .ntlm = step->ntlm};
    bytes_consume(user, bytes_len(user));
    if (outcome->pac_refused)
        warn_of_pac(config->log, outcome->name);
    if (who_is(&config->who, outcome, user, &refusal)) {
        answer->result = SERVICE_OK;
        answer->user = (struct pxa_span){user->at + user->start, bytes_len(user)};
    }
    answer->reason = refusal.reason;
    answer->remark = refusal.cure;
    if (user->failed) {
        bytes_free(user);
        *answer = (struct service_answer){.result = SERVICE_UNAVAILABLE, .reason = "out of memory"};
    }
}

static void refuse(struct service_verdict *verdict, const struct service_config *config,
                   const struct service_step *step)
{
    struct fault *fault = &verdict->fault;

    fault_tell(fault, step->outcome, step->token, step->keys);
    verdict->key_missing = fault->key_missing;
    verdict->answer =
        (struct service_answer){.result = fault->denied ? SERVICE_DENIED : SERVICE_UNAVAILABLE,
                                .token = step->outcome->token,
                                .ntlm = step->ntlm,
                                .reason = fault->reason,
                                .remark = fault->remark};
    if (fault->replay_cache && !replay_usable(config->replay, &verdict->replay_why))
        verdict->answer.remark = verdict->replay_why.text;
}

void service_verdict_find(struct service_verdict *verdict, const struct service_config *config,
                          const struct service_step *step)
{
    verdict->key_missing = false;
    switch (step->outcome->result) {
    case EXCHANGE_CONTINUE:
        go_on(verdict, step->outcome);
        break;
    case EXCHANGE_DONE:
        welcome(verdict, config, step);
        break;
    case EXCHANGE_FAILED:
        refuse(verdict, config, step);
        break;
    }
}

void service_verdict_free(struct service_verdict *verdict)
{
    bytes_free(&verdict->user);
}
