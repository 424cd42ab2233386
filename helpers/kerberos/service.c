/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One login at a time: its exchange is either here or in a job that runs (`job`), never both, and
 * nothing of it is left when the next one begins. While the keytab is read for the first time, or
 * again for a login that failed for want of a key, the login waits (`waits`) for service_looked().
 */
#include <config.h>

#include "helpers/kerberos/service.h"

#include <stdlib.h>
#include <string.h>

#include "helpers/core/visible.h"
#include "helpers/kerberos/exchange_job.h"
#include "helpers/kerberos/fault.h"
#include "helpers/kerberos/fault_remark.h"
#include "helpers/kerberos/iakerb.h"
#include "helpers/kerberos/route.h"

/* Of one login. Kerberos takes two, NTLM three, IAKERB as many and a few for trusts between realms.
 * libkrb5 ends IAKERB at 26, in the words of a KDC that is not there, and SPNEGO never. */
enum { TOKENS_MAX = 20 };

struct service {
    struct service_config config;
    struct pxa_span token; /* the one to be answered; whoever gave it keeps it until then */
    struct route route;    /* its way */
    struct exchange *exchange;
    struct service_credentials *credentials; /* held, the same for all steps of a login */
    struct exchange_job *job;
    unsigned tokens; /* the login's so far; while there is one alone it can be tried again */
    bool tried;      /* that was done */
    bool waits;
    unsigned running;
    struct offload *own_queue; /* opened here; NULL where one was given */
    struct bytes user;
    char remark[FAULT_REMARK_MAX];
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
    service->waits = false;
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

/* ---- what an exchange came to ---- */

static void warn_of_pac(struct service *service, struct pxa_span name)
{
    log_event(service->config.log, LOG_WARNING, "pac",
              "the ticket of \"%s\" has a PAC that is malformed, another client's, or not signed "
              "with the keytab's key: its groups are not used; look which KDC the ticket is from",
              visible_excerpt(name).text);
}

static void welcome(struct service *service, const struct exchange_outcome *outcome)
{
    struct service_answer answer = {.result = SERVICE_DENIED,
                                    .token = outcome->token,
                                    .user = outcome->name,
                                    .sids = outcome->sids,
                                    .sid_count = outcome->sid_count,
                                    .ntlm = service->route.way == ROUTE_NTLM};
    struct who_refusal refusal;

    bytes_consume(&service->user, bytes_len(&service->user));
    if (outcome->pac_refused)
        warn_of_pac(service, outcome->name);
    if (who_is(&service->config.who, outcome, &service->user, &refusal)) {
        answer.result = SERVICE_OK;
        answer.user =
            (struct pxa_span){service->user.at + service->user.start, bytes_len(&service->user)};
    }
    answer.reason = refusal.reason;
    answer.remark = refusal.cure;
    if (service->user.failed) {
        bytes_free(&service->user);
        give_up(service, "memory is out", NULL);
        return;
    }
    end(service, &answer);
}

/* Whether a login that failed for want of a key goes on when the keytab has been read. */
static bool can_try_again(struct service *service, const struct fault *fault)
{
    return fault->key_missing && service->tokens == 1 && !service->tried &&
           key_watch_is_behind(service->config.watch);
}

static void try_again(struct service *service)
{
    service_drop(service);
    service->tried = true;
    service->waits = true;
    key_watch_look_now(service->config.watch);
}

static void refuse(struct service *service, const struct exchange_outcome *outcome)
{
    struct service_answer answer = {.result = SERVICE_DENIED,
                                    .token = outcome->token,
                                    .ntlm = service->route.way == ROUTE_NTLM};
    struct fault fault;
    struct why why;

    fault_tell(&fault, outcome, service->token, service->credentials->keys);
    if (can_try_again(service, &fault)) {
        try_again(service);
        return;
    }
    if (!fault.denied)
        answer.result = SERVICE_UNAVAILABLE;
    answer.reason = fault.reason;
    answer.remark = fault.remark;
    if (fault.replay_cache && !replay_usable(service->config.replay, &why))
        answer.remark = why.text;
    end(service, &answer);
}

static void go_on(struct service *service, const struct exchange_outcome *outcome)
{
    if (outcome->token.len == 0) {
        deny(service, "the login cannot go on", "libgssapi has no answer to the client's token");
        return;
    }
    service->config.answer(
        service->config.context,
        &(struct service_answer){.result = SERVICE_CONTINUE, .token = outcome->token});
}

static void stepped(void *context, struct exchange *exchange,
                    const struct exchange_outcome *outcome)
{
    struct service *service = context;

    service->job = NULL;
    service->exchange = exchange;
    switch (outcome->result) {
    case EXCHANGE_CONTINUE:
        go_on(service, outcome);
        break;
    case EXCHANGE_DONE:
        welcome(service, outcome);
        break;
    case EXCHANGE_FAILED:
        refuse(service, outcome);
        break;
    }
}

/* ---- where a step is made ---- */

static gss_cred_id_t credential_for(const struct service_credentials *credentials,
                                    enum route_way way, bool in_thread)
{
    if (way == ROUTE_NTLM)
        return credentials->ntlm;
    return in_thread ? credentials->threads : credentials->own;
}

static bool is_winbinds(const struct service *service)
{
    return service->route.way == ROUTE_NTLM && service->config.winbind;
}

static void step_in_thread(struct service *service, struct offload *offload,
                           gss_cred_id_t credential)
{
    struct exchange *exchange = service->exchange;

    service->exchange = NULL; /* done() may come before the call returns, in a simulator */
    service->job =
        exchange_job_start(offload, &(struct exchange_order){.exchange = exchange,
                                                             .token = service->token,
                                                             .credentials = service->credentials,
                                                             .credential = credential,
                                                             .by_winbind = is_winbinds(service),
                                                             .stepped = stepped,
                                                             .context = service,
                                                             .running = &service->running});
    if (!service->job) {
        service->exchange = exchange;
        give_up(service, "memory is out", NULL);
    }
}

/* Where the step has to be made; NULL: here. */
static struct offload *offload_for(const struct service *service)
{
    if (service->route.way != ROUTE_INLINE || service->config.orders.local_name)
        return service->config.offload;
    return replay_is_locked(service->config.replay) ? service->config.queue : NULL;
}

/* False, and the token is answered, where no KDC is to be asked for it. */
static bool may_ask_kdc(struct service *service)
{
    struct fault_remark remark = {service->remark, 0};

    switch (iakerb_judge(service->route.inner, service->credentials->keys,
                         service->config.who.realms)) {
    case IAKERB_ALLOWED:
        return true;
    case IAKERB_MALFORMED:
        deny(service, "the login is malformed", NULL);
        return false;
    case IAKERB_FOREIGN:
        break;
    }
    fault_remark_put(&remark, "IAKERB asks for a realm that is neither the keytab's nor named by "
                              "--krb5-realm; the client's KDC is asked for those alone");
    deny(service, "the proxy does not ask the KDC of your Kerberos realm for you", service->remark);
    return false;
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
    struct offload *offload = offload_for(service);
    gss_cred_id_t credential =
        credential_for(service->credentials, service->route.way, offload != NULL);
    struct exchange_outcome outcome;

    if (credential == GSS_C_NO_CREDENTIAL) {
        lack(service, key_watch_lack(service->config.watch, service->route.way == ROUTE_NTLM));
    } else if (service->route.way == ROUTE_THREAD && !may_ask_kdc(service)) {
        return;
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
        give_up(service, "memory is out", NULL);
        return;
    }
    service->credentials = service_credentials_hold(credentials);
    step(service);
}

/* ---- tokens ---- */

/* Whether the ticket is for one of the names that were given: what opens it may be the key of
 * another one, since accounts of Active Directory have one key for all of theirs. */
static bool is_for_us(struct service *service)
{
    struct fault_remark remark = {service->remark, 0};
    char name[1024];
    struct pxa_written done;
    struct pxa_krb5 ticket;

    if (!spn_rule_is_strict(service->config.spns) || service->route.inner.len == 0 ||
        pxa_krb5_decode(service->route.inner, &ticket) != PXA_OK || ticket.kind != PXA_KRB5_AP_REQ)
        return true;
    if (pxa_krb5_name_text(&ticket.server, ticket.realm, name, sizeof name, &done) == PXA_OK &&
        spn_rule_takes(service->config.spns, (struct pxa_span){name, done.len}))
        return true;
    fault_remark_put(&remark, "--spn does not name it; ");
    fault_remark_put_ticket(&remark, &ticket);
    return false;
}

/* True if the token has not been answered yet. */
static bool is_for_libgssapi(struct service *service)
{
    const struct route *route = &service->route;

    if (route->way == ROUTE_OTHER)
        end(service, &(struct service_answer){.result = SERVICE_OTHER});
    else if (route->way == ROUTE_DENIED)
        deny(service, route->reason, route->remark);
    else if (!is_for_us(service))
        deny(service, "your Kerberos ticket is for another service than this proxy",
             service->remark);
    else
        return true;
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
    if (key_watch_is_ready(service->config.watch))
        start(service);
    else
        service->waits = true;
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

void service_looked(struct service *service)
{
    if (!service->waits)
        return;
    service->waits = false;
    start(service);
}

bool service_close(struct service *service)
{
    if (!service)
        return true;
    service_drop(service);
    if (service->running > 0 || (service->own_queue && !offload_close(service->own_queue)))
        return false;
    bytes_free(&service->user);
    free(service);
    return true;
}
