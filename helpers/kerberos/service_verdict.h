/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * service_verdict: what a step of a login came to, as the service answers it. Of service alone.
 */
#ifndef PROXYAUTH_KERBEROS_SERVICE_VERDICT_H
#define PROXYAUTH_KERBEROS_SERVICE_VERDICT_H

#include "helpers/core/bytes.h"
#include "helpers/kerberos/fault.h"
#include "helpers/kerberos/service.h"

struct service_step {
    const struct exchange_outcome *outcome;
    struct pxa_span token;   /* what it came to that with */
    const struct keys *keys; /* NULL: none */
    bool ntlm;
};

/* Zeros are an empty one. */
struct service_verdict {
    struct service_answer answer;
    bool key_missing; /* DENIED, but a newer keytab may have the key */
    /* ---- what the answer points at, beside what is the exchange's ---- */
    struct bytes user;
    struct fault fault;
    struct why replay_why;
};

/* VERDICT may hold an earlier one. It goes on, ends well, or fails: there is always an answer. That
 * of a failed step outlives the outcome, but not the exchange. */
void service_verdict_find(struct service_verdict *verdict, const struct service_config *config,
                          const struct service_step *step);

void service_verdict_free(struct service_verdict *verdict);

#endif
