/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The thread works on `exchange`, `token`, `credential` and `outcome`, which nobody else touches
 * from the submission to done(). `forgotten` alone is written meanwhile.
 */
#include <config.h>

#include "helpers/kerberos/exchange_job.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/kerberos/ntlm_file.h"
#include "helpers/kerberos/winbind.h"

struct exchange_job {
    struct job job;
    struct exchange_order order;
    struct exchange_outcome outcome;
    struct bytes name; /* the outcome's, where winbind has told it */
    atomic_bool forgotten;
    char token[];
};

static struct exchange_job *job_of(struct job *job)
{
    return (struct exchange_job *)(void *)((char *)job - offsetof(struct exchange_job, job));
}

static enum exchange_away who_is_away(const char *ntlm_file)
{
    if (ntlm_file)
        return ntlm_file_is_readable(ntlm_file) ? EXCHANGE_NOBODY_AWAY : EXCHANGE_FILE_AWAY;
    return winbind_reaches_domain() ? EXCHANGE_NOBODY_AWAY : EXCHANGE_DOMAIN_AWAY;
}

static void take_winbinds_name(struct exchange_job *self)
{
    struct exchange_outcome *outcome = &self->outcome;

    if (winbind_name(outcome->name, &self->name))
        outcome->name = (struct pxa_span){self->name.at, bytes_len(&self->name)};
    else
        *outcome = (struct exchange_outcome){
            .result = EXCHANGE_FAILED, .major = GSS_S_FAILURE, .away = EXCHANGE_DOMAIN_AWAY};
}

/* gss-ntlmssp has one error for a wrong password and for users that nobody can be asked about; and
 * of winbind's users it has the name that was typed. */
static void ask_about_users(struct exchange_job *self)
{
    struct exchange_outcome *outcome = &self->outcome;
    const char *ntlm_file = self->order.ntlm_file;

    if (outcome->result == EXCHANGE_FAILED && GSS_ROUTINE_ERROR(outcome->major) == GSS_S_FAILURE)
        outcome->away = who_is_away(ntlm_file);
    else if (outcome->result == EXCHANGE_DONE && !ntlm_file)
        take_winbinds_name(self);
}

static void run(struct job *job)
{
    struct exchange_job *self = job_of(job);

    if (atomic_load(&self->forgotten))
        return;
    exchange_step(self->order.exchange, self->order.credential, self->order.token, &self->outcome);
    if (self->order.ntlm)
        ask_about_users(self);
}

static void done(struct job *job)
{
    struct exchange_job *self = job_of(job);
    struct exchange_order *order = &self->order;

    (*order->running)--;
    if (atomic_load(&self->forgotten))
        exchange_free(order->exchange);
    else
        order->stepped(order->context, order->exchange, &self->outcome);
    service_credentials_drop(order->credentials);
    pxa_wipe(self->token, order->token.len);
    bytes_free(&self->name);
    free(self);
}

struct exchange_job *exchange_job_start(struct offload *offload, const struct exchange_order *order)
{
    struct exchange_job *self = calloc(1, sizeof *self + order->token.len);

    if (!self)
        return NULL;
    self->job.run = run;
    self->job.done = done;
    self->order = *order;
    if (order->token.len > 0)
        memcpy(self->token, order->token.at, order->token.len);
    self->order.token.at = self->token;
    service_credentials_hold(order->credentials);
    (*order->running)++;
    offload_submit(offload, &self->job);
    return self;
}

void exchange_job_forget(struct exchange_job *job)
{
    atomic_store(&job->forgotten, true);
}
