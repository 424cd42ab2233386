/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conversation, message by message. Remarks about credentials are given when they come, because
 * then the item they belong to is open.
 * Cannot do: tell connections apart; a transcript is read as one conversation.
 */
#include <config.h>

#include "helpers/proxyauth/exchange.h"
#include "helpers/proxyauth/text.h"

void exchange_text_set(struct exchange_text *text, struct pxa_span value)
{
    *text = (struct exchange_text){.known = true};
    text->len = value.len < sizeof text->at ? value.len : sizeof text->at;
    if (text->len > 0)
        memcpy(text->at, value.at, text->len);
}

uint64_t exchange_print(struct pxa_span value)
{
    uint64_t print = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < value.len; i++)
        print = (print ^ (unsigned char)value.at[i]) * UINT64_C(0x100000001b3);
    return print;
}

static void add_step(struct exchange *exchange, struct exchange_step step)
{
    if (exchange->step_count < EXCHANGE_STEPS_MAX)
        exchange->steps[exchange->step_count++] = step;
    else
        exchange->not_kept++;
}

/* ---- requests ---- */

/* After CONNECT all goes through the tunnel, but what is meant for the proxy again. */
static bool is_inside(const struct exchange *exchange, const struct exchange_login *login)
{
    return exchange->tunnel && !exchange->connect && exchange->origin_form &&
           !(login && login->proxy);
}

/* Keeps LOGIN, and what the summary says of it in STEP. Of two the proxy's counts. */
static void keep_login(struct exchange *exchange, struct exchange_step *step,
                       const struct exchange_login *login)
{
    if (login->proxy || !step->has_login) {
        step->scheme = login->scheme;
        step->kerberos = login->kerberos;
        step->ntlm_type = login->ntlm_type;
    }
    if (login->proxy) {
        step->has_login = true;
        exchange->now.has_proxy = true;
        exchange->now.proxy = *login;
    } else {
        step->has_server_login = true;
        exchange->now.has_server = true;
        exchange->now.server = *login;
    }
}

void exchange_request(struct exchange *exchange, struct report *report, size_t line,
                      const struct exchange_login *login)
{
    struct exchange_step step = {.kind = STEP_REQUEST, .line = line, .connect = exchange->connect};

    step.inside = is_inside(exchange, login);
    exchange->tunnel = step.inside;
    exchange->has_offer = exchange->has_offer && !exchange->answered;
    exchange->answered = true;
    exchange->before = exchange->now;
    exchange->now = (struct exchange_logins){0};
    if (login) {
        exchange_judge_login(exchange, report, login);
        keep_login(exchange, &step, login);
    }
    exchange->closing = false;
    add_step(exchange, step);
}

void exchange_more(struct exchange *exchange, struct report *report,
                   const struct exchange_login *login)
{
    struct exchange_step not_kept = {0};
    bool kept = exchange->step_count > 0 && exchange->not_kept == 0;

    exchange_judge_login(exchange, report, login);
    keep_login(exchange, kept ? &exchange->steps[exchange->step_count - 1] : &not_kept, login);
}

/* ---- responses ---- */

static void without_challenge(struct report *report, unsigned status)
{
    report_remark(report, REPORT_WARNING, "no_challenge",
                  "The response is %u, but no %s header says how to log in. Browsers show an "
                  "error instead of asking for a password.",
                  status, status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate");
    if (status != 407)
        return;
    report_cause(report, "The access lists of squid.conf deny with 407 although no auth_param "
                         "scheme works: its helper is missing, or crashed.");
    report_cause(report, "Something between client and proxy takes the header out, or the "
                         "paste does not have it.");
    report_cause(report, "A server behind the proxy answers 407, and not the proxy.");
}

/* Whether OFFER refuses LOGIN, and is not the next message of a login that goes on. */
static bool is_refusal(const struct exchange_login *login, const struct exchange_offer *offer)
{
    if (offer->stale && login->scheme == PXA_SCHEME_DIGEST)
        return false;
    return login->ntlm_type == 1 ? !offer->has_token : offer->ntlm_type != 2;
}

/* The login that a response of STATUS asks for again; NULL if none. */
static const struct exchange_login *refused_login(const struct exchange *exchange, unsigned status,
                                                  const struct exchange_offer *offer)
{
    const struct exchange_logins *now = &exchange->now;
    const struct exchange_login *login = NULL;

    if (status == 407 && now->has_proxy)
        login = &now->proxy;
    else if (status == 401 && now->has_server)
        login = &now->server;
    return login && is_refusal(login, offer) ? login : NULL;
}

/* What STATUS says about a tunnel. */
static void note_tunnel(struct exchange *exchange, unsigned status)
{
    const struct exchange_step *last = exchange->step_count > 0 && exchange->not_kept == 0
                                           ? &exchange->steps[exchange->step_count - 1]
                                           : NULL;

    if (!last || last->kind != STEP_REQUEST || !last->connect || status < 200 || status > 299)
        return;
    exchange->tunnel = true;
    exchange->tunnel_login = last->has_login;
}

void exchange_response(struct exchange *exchange, struct report *report, size_t line,
                       unsigned status, const struct exchange_offer *offer)
{
    const struct exchange_login *refused = refused_login(exchange, status, offer);
    bool asks = status == 407 || status == 401 || (status == 0 && offer->schemes != 0);

    if ((status == 407 || status == 401) && offer->schemes == 0 && !offer->wrong_header)
        without_challenge(report, status);
    if (refused)
        exchange_judge_refusal(report, refused);
    note_tunnel(exchange, status);
    add_step(exchange, (struct exchange_step){.kind = STEP_RESPONSE,
                                              .line = line,
                                              .status = status,
                                              .refusal = refused != NULL,
                                              .stale = offer->stale,
                                              .scheme = offer->best,
                                              .schemes = offer->schemes,
                                              .ntlm_type = offer->ntlm_type});
    exchange->statuses = exchange->statuses || status != 0;
    exchange->has_offer = asks;
    exchange->answered = false;
    exchange->offer = *offer;
}
