/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exchange_job: one step of an exchange in an offload thread.
 *
 * A world of its own: it has its exchange, a copy of the token and a hold on the credentials, so
 * that whoever asked may forget it at any time. What gss-ntlmssp does not tell, the job asks those
 * who know NTLM's users: why a login has failed, and for which name one succeeded.
 */
#ifndef PROXYAUTH_KERBEROS_EXCHANGE_JOB_H
#define PROXYAUTH_KERBEROS_EXCHANGE_JOB_H

#include "helpers/core/offload.h"
#include "helpers/kerberos/credentials.h"
#include "helpers/kerberos/exchange.h"

struct exchange_job;

struct exchange_order {
    struct exchange *exchange; /* the job's from now on */
    struct pxa_span token;     /* copied */
    struct service_credentials *credentials;
    gss_cred_id_t credential; /* one of them */
    bool ntlm;                /* it is a step of NTLM, */
    const char *ntlm_file;    /* whose users this file knows; NULL: winbind does */
    /* In the loop's thread, exactly once, unless forgotten. EXCHANGE is the callee's again. */
    void (*stepped)(void *context, struct exchange *exchange,
                    const struct exchange_outcome *outcome);
    void *context;
    unsigned *running; /* counts the jobs that have not ended, forgotten ones too; outlives them */
};

/* NULL when memory is out: the exchange is still the caller's. */
struct exchange_job *exchange_job_start(struct offload *offload,
                                        const struct exchange_order *order);

/* Nothing is called any more. What has not begun is not begun. */
void exchange_job_forget(struct exchange_job *job);

#endif
