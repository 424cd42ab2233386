/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One login at a time: its exchange is either here or in a job that runs (`job`), never both, and
 * nothing of it is left when the next one begins. While the keytab is read for the first time, or
 * looked at again for a login that failed for want of a key, the login waits (`waits`) for
 * service_looked(). In the second case its refusal is kept, in case the keytab is the same.
 */
#include <config.h>

#include "helpers/kerberos/service.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/kerberos/exchange_job.h"
#include "helpers/kerberos/fault_meaning.h"
#include "helpers/kerberos/route.h"
#include "helpers/kerberos/service_gate.h"
#include "helpers/kerberos/service_verdict.h"

/* Of one login. Kerberos takes two, NTLM three, IAKERB as many and a few for trusts between realms.
 * libkrb5 ends IAKERB at 26, in the words of a KDC that is not there, and SPNEGO never. */
enum { TOKENS_MAX = 20 };

enum waits { WAITS_FOR_NOTHING, WAITS_FOR_KEYS, WAITS_FOR_NEWER_KEYS };

struct service {
    struct service_config config;
    struct pxa_span token; /* the one to be answered; whoever gave it keeps it until then */
    struct route route;    /* its way */
    struct exchange *exchange;
    struct service_credentials *credentials; /* held, the same for all steps of a login */
    struct exchange_job *job;
    unsigned tokens; /* the login's so far; while there is one alone it can be tried again */
    bool tried;      /* that was done, or would be in vain */
    enum waits waits;
    struct service_gate gate;       /* what it says of a token that may not pass */
    struct service_verdict verdict; /* on the last step; what holds if there are no newer keys */
    unsigned running;
    struct offload *own_queue; /* opened here; NULL where one was given */
};

struct service *service_open(const struct service_config *config, struct why *why)
{
    struct service *service = calloc(1, sizeof *service);

    if (!service) {
        why_set(why, "out of memory");
        return NULL;
    }
    service->config = *config;
    if (config->queue)
        return service;
    service->own_queue = offload_open(config->loop, 1, why);
    service->config.queue = service->own_queue;
    if (!service->own_queue) {
        free(service);
        return NULL;
    }
    return service;
}

void service_drop(struct service *service)
{
    if (service->job)
        exchange_job_forget(service->job);
    service->job = NULL;
    exchange_free(service->exchange);
    service->exchange = NULL;
    service_credentials_drop(service->credentials);
    service->credentials = NULL;
    service->waits = WAITS_FOR_NOTHING;
}

/* The last word on a login: nothing of it is left when the next one may begin. */
static void end(struct service *service, const struct service_answer *answer)
{
    struct exchange *exchange = service->exchange;

    service->exchange = NULL;
    service_drop(service);
    service->config.answer(service->config.context, answer);
    exchange_free(exchange);
}

static void deny(struct service *service, const char *reason, const char *remark)
{
    end(service,
        &(struct service_answer){.result = SERVICE_DENIED, .reason = reason, .remark = remark});
}

static void give_up(struct service *service, const char *reason, const char *remark)
{
    end(service, &(struct service_answer){
                     .result = SERVICE_UNAVAILABLE, .reason = reason, .remark = remark});
}

/* ---- what a step came to ---- */

/* Whether a login that failed for want of a key may go well when the keytab has been read again.
 * Its first token alone can be given to libgssapi twice. */
static bool wants_newer_keys(const struct service *service)
{
    return service->verdict.key_missing && service->tokens == 1 && !service->tried;
}

static void give_up_for_keytab(struct service *service)
{
    give_up(service, "the proxy's keytab cannot be looked at",
            "the login lacks a key, and nobody can say whether the file has it by now: does its "
            "file system answer?");
}

static void wait_for_newer_keys(struct service *service)
{
    service->tried = true;
    if (key_watch_is_stuck(service->config.watch)) {
        give_up_for_keytab(service);
        return;
    }
    service->waits = WAITS_FOR_NEWER_KEYS;
    key_watch_look_now(service->config.watch);
}

static void stepped(void *context, struct exchange *exchange,
                    const struct exchange_outcome *outcome)
{
    struct service *service = context;
    const struct service_answer *answer = &service->verdict.answer;

    service->job = NULL;
    service->exchange = exchange;
    service_verdict_find(&service->verdict, &service->config,
                         &(struct service_step){.outcome = outcome,
                                                .token = service->token,
                                                .keys = service->credentials->keys,
                                                .ntlm = service->route.way == ROUTE_NTLM});
    if (answer->result == SERVICE_CONTINUE)
        service->config.answer(service->config.context, answer);
    else if (wants_newer_keys(service))
        wait_for_newer_keys(service);
    else
        end(service, answer);
}

/* ---- where a step is made ---- */

static gss_cred_id_t credential_for(const struct service_credentials *credentials,
                                    enum route_way way, bool in_thread)
{
    if (way == ROUTE_NTLM)
        return credentials->ntlm;
    return in_thread ? credentials->threads : credentials->own;
}

static void step_in_thread(struct service *service, struct offload *offload,
                           gss_cred_id_t credential)
{
    struct exchange *exchange = service->exchange;

    service->exchange = NULL; /* done() may come before the call returns, in a simulator */
    service->job = exchange_job_start(
        offload, &(struct exchange_order){.exchange = exchange,
                                          .token = service->token,
                                          .credentials = service->credentials,
                                          .credential = credential,
                                          .ntlm = service->route.way == ROUTE_NTLM,
                                          .ntlm_file = service->config.orders.ntlm_file,
                                          .stepped = stepped,
                                          .context = service,
                                          .running = &service->running});
    if (!service->job) {
        service->exchange = exchange;
        give_up(service, "out of memory", NULL);
    }
}

/* NTLM needs none. */
static enum replay_state look_at_replay(const struct service *service)
{
    return service->route.way == ROUTE_NTLM ? REPLAY_FREE : replay_look(service->config.replay);
}

/* Where the step has to be made; NULL: here. */
static struct offload *offload_for(const struct service *service, enum replay_state replay)
{
    if (service->route.way != ROUTE_INLINE || service->config.orders.local_name)
        return service->config.offload;
    return replay == REPLAY_LOCKED ? service->config.queue : NULL;
}

static void give_up_for_replay(struct service *service)
{
    struct why why = {""};

    (void)replay_usable(service->config.replay, &why);
    give_up(service, fault_replay_cache.reason, why.text);
}

/* There is no credential for the token: TROUBLE, or nobody wants one (NULL). The log was told why
 * once; each login that fails for it says it again. */
static void lack(struct service *service, const char *trouble)
{
    bool ntlm = service->route.way == ROUTE_NTLM;

    if (trouble)
        give_up(service, trouble, key_watch_told(service->config.watch, ntlm));
    else
        end(service, &(struct service_answer){.result = SERVICE_OTHER});
}

static void step(struct service *service)
{
    enum replay_state replay = look_at_replay(service);
    struct offload *offload = offload_for(service, replay);
    gss_cred_id_t credential =
        credential_for(service->credentials, service->route.way, offload != NULL);
    struct exchange_outcome outcome;

    if (credential == GSS_C_NO_CREDENTIAL) {
        lack(service, key_watch_lack(service->config.watch, service->route.way == ROUTE_NTLM));
    } else if (service->route.way == ROUTE_THREAD &&
               !service_gate_lets_ask(&service->gate, &service->config, service->route.inner,
                                      service->credentials->keys)) {
        end(service, &service->gate.answer);
    } else if (replay == REPLAY_BLOCKED) {
        give_up_for_replay(service);
    } else if (offload) {
        step_in_thread(service, offload, credential);
    } else {
        exchange_step(service->exchange, credential, service->token, &outcome);
        stepped(service, service->exchange, &outcome);
    }
}

static void start(struct service *service)
{
    struct service_credentials *credentials = key_watch_credentials(service->config.watch);

    if (!credentials) {
        lack(service, key_watch_trouble(service->config.watch));
        return;
    }
    service->exchange = exchange_new(&service->config.orders);
    if (!service->exchange) {
        give_up(service, "out of memory", NULL);
        return;
    }
    service->credentials = service_credentials_hold(credentials);
    step(service);
}

/* ---- tokens ---- */

/* True if the token has not been answered yet. */
static bool is_for_libgssapi(struct service *service)
{
    if (service_gate_admits(&service->gate, &service->config, &service->route))
        return true;
    end(service, &service->gate.answer);
    return false;
}

void service_begin(struct service *service, struct pxa_span token)
{
    service_drop(service);
    service->token = token;
    service->tokens = 1;
    service->tried = false;
    service->route = route_first(token, service->config.ntlm);
    if (!is_for_libgssapi(service))
        return;
    if (key_watch_is_ready(service->config.watch) || key_watch_is_stuck(service->config.watch))
        start(service);
    else
        service->waits = WAITS_FOR_KEYS;
}

void service_step(struct service *service, struct pxa_span token)
{
    if (!service->exchange) {
        deny(service, "the login goes on with one that is not there", NULL);
        return;
    }
    if (++service->tokens > TOKENS_MAX) {
        deny(service, "the login takes too many steps", NULL);
        return;
    }
    service->token = token;
    service->route = route_next(token, service->route.way);
    if (is_for_libgssapi(service))
        step(service);
}

/* The credentials that the login failed with are held, so that others are others. */
static void look_for_newer_keys(struct service *service)
{
    if (key_watch_credentials(service->config.watch) != service->credentials) {
        service_drop(service);
        start(service);
    } else if (key_watch_is_stuck(service->config.watch)) {
        give_up_for_keytab(service);
    } else {
        end(service, &service->verdict.answer);
    }
}

void service_looked(struct service *service)
{
    enum waits waited = service->waits;

    service->waits = WAITS_FOR_NOTHING;
    if (waited == WAITS_FOR_KEYS)
        start(service);
    else if (waited == WAITS_FOR_NEWER_KEYS)
        look_for_newer_keys(service);
}

bool service_close(struct service *service)
{
    if (!service)
        return true;
    service_drop(service);
    if (service->running > 0 || (service->own_queue && !offload_close(service->own_queue)))
        return false;
    service_verdict_free(&service->verdict);
    free(service);
    return true;
}
