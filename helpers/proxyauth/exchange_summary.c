/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conversation in a few lines, and how it ended.
 */
#include <config.h>

#include "helpers/proxyauth/exchange.h"
#include "helpers/core/visible.h"

#include <stdio.h>
#include <string.h>

struct sentence {
    char text[160];
};

static struct sentence request_of(const struct exchange_step *step)
{
    struct sentence sentence;
    const char *scheme = pxa_scheme_name(step->scheme);
    const char *server = step->has_server_login && !step->has_login ? " for a server" : "";
    const char *inside = step->inside ? ", inside the tunnel" : "";
    int len = 0;

    if (!step->has_login && !step->has_server_login)
        len = snprintf(sentence.text, sizeof sentence.text, "request without credentials");
    else if (step->ntlm_type != 0)
        len = snprintf(sentence.text, sizeof sentence.text, "request with %s%s: NTLM, message %u",
                       scheme, server, step->ntlm_type);
    else
        len = snprintf(sentence.text, sizeof sentence.text, "request with %s%s%s",
                       scheme[0] ? scheme : "credentials", server,
                       step->kerberos ? ": Kerberos" : "");
    if (len > 0 && (size_t)len < sizeof sentence.text)
        (void)snprintf(sentence.text + len, sizeof sentence.text - (size_t)len, "%s", inside);
    return sentence;
}

static struct sentence response_of(const struct exchange_step *step)
{
    struct sentence sentence;
    char status[24] = "challenges";
    int len;

    if (step->status != 0)
        (void)snprintf(status, sizeof status, "response %u", step->status);
    len = snprintf(sentence.text, sizeof sentence.text, "%s", status);
    for (unsigned id = PXA_SCHEME_BASIC; id < 32 && step->schemes >> id; id++) {
        const char *name = pxa_scheme_name((enum pxa_scheme_id)id);

        if (!(step->schemes & PXA_SCHEME_BIT(id)) || (size_t)len + 20 > sizeof sentence.text)
            continue;
        len += snprintf(sentence.text + len, sizeof sentence.text - (size_t)len, "%s %s",
                        strchr(sentence.text, ':') ? "," : ":", name);
    }
    if (step->ntlm_type != 0 && (size_t)len + 20 < sizeof sentence.text)
        (void)snprintf(sentence.text + len, sizeof sentence.text - (size_t)len,
                       " (NTLM, message %u)", step->ntlm_type);
    return sentence;
}

static void steps(const struct exchange *exchange, struct report *report)
{
    report_list(report, "steps");
    for (size_t i = 0; i < exchange->step_count; i++) {
        const struct exchange_step *step = &exchange->steps[i];

        report_word(report, NULL,
                    step->kind == STEP_REQUEST ? request_of(step).text : response_of(step).text);
    }
    report_end(report);
    if (exchange->not_kept > 0)
        report_number(report, "steps_not_shown", exchange->not_kept);
}

/* Responses of STATUS that each follow credentials which prove something at last: the user is
 * asked again and again. */
static size_t refusals(const struct exchange *exchange, unsigned status)
{
    size_t count = 0;

    for (size_t i = 0; i < exchange->step_count; i++)
        count += exchange->steps[i].refusal && exchange->steps[i].status == status;
    return count;
}

static const char *asked(const struct exchange_step *request, const struct exchange_step *response)
{
    bool tried = response->status == 407 ? request->has_login : request->has_server_login;

    if (tried && response->stale && request->scheme == PXA_SCHEME_DIGEST)
        return "The password was right, but the nonce is not good any more: it wants the answer "
               "with a new nonce.";
    if (tried && !response->refusal)
        return "The login is not finished: the client has to answer the last message.";
    if (response->status == 407)
        return tried ? "The proxy did not accept the last credentials."
                     : "The proxy wants a login; the client did not send one.";
    return tried ? "The server did not accept the last credentials. The proxy is not asked here."
                 : "A server behind the proxy, or the proxy in its place, wants a login of its "
                   "own.";
}

static const char *outcome(const struct exchange_step *request,
                           const struct exchange_step *response)
{
    unsigned status = response->status;

    if (status == 407 || status == 401)
        return asked(request, response);
    if (status == 403)
        return request->has_login
                   ? "The proxy or server knows who asks, and does not allow it: this is about "
                     "access lists, not about passwords."
                   : "It is not allowed, and nobody was asked for a login: this is about access "
                     "lists that need none, not about passwords.";
    if (status >= 500)
        return "The proxy let the client in, or did not ask; what failed lies behind it.";
    if (status < 200 || status >= 400)
        return NULL;
    if (request->connect)
        return request->has_login ? "The login was accepted, and the tunnel is open."
                                  : "The tunnel was opened without a login.";
    return request->has_login ? "The login was accepted."
                              : "The request was served without a login.";
}

/* Inside a tunnel: what the proxy had to do with is over. STATUS is 0 if no response came. */
static const char *outcome_inside(const struct exchange *exchange, unsigned status)
{
    static const char *const texts[2][3] = {
        {"The proxy opened the tunnel without a login.",
         "The proxy opened the tunnel without a login. The server at its end wants a login of its "
         "own.",
         "The proxy opened the tunnel without a login; the last response comes from the server at "
         "its end."},
        {"The proxy accepted the login, and the tunnel is open.",
         "The proxy accepted the login, and the tunnel is open. The server at its end wants a "
         "login of its own.",
         "The proxy accepted the login, and the tunnel is open; the last response comes from the "
         "server at its end."},
    };
    const char *const *by_status = texts[exchange->tunnel_login ? 1 : 0];

    if (status == 0)
        return by_status[0];
    return status == 401 || status == 407 ? by_status[1] : by_status[2];
}

static const char *how_it_ended(const struct exchange *exchange)
{
    const struct exchange_step *last = &exchange->steps[exchange->step_count - 1];

    if (exchange->step_count < 2 || exchange->not_kept > 0)
        return NULL;
    if (last->kind == STEP_REQUEST)
        return last->inside ? outcome_inside(exchange, 0) : NULL;
    if (last[-1].kind != STEP_REQUEST)
        return NULL;
    return last[-1].inside ? outcome_inside(exchange, last->status) : outcome(&last[-1], last);
}

static void again_and_again(struct report *report, const char *who, size_t refused)
{
    if (refused >= 2)
        report_remark(report, REPORT_WARNING, "refused_again_and_again",
                      "The %s refused %zu logins one after the other: this is the password "
                      "window that comes back.",
                      who, refused);
}

bool exchange_summary(const struct exchange *exchange, struct report *report)
{
    const char *text;

    if (exchange->step_count < 2 || !exchange->statuses)
        return false;
    report_item(report, "exchange", 0);
    if (exchange->peer.known)
        report_text(report, "proxy", (struct pxa_span){exchange->peer.at, exchange->peer.len});
    steps(exchange, report);
    again_and_again(report, "proxy", refusals(exchange, 407));
    again_and_again(report, "server", refusals(exchange, 401));
    text = how_it_ended(exchange);
    if (text)
        report_remark(report, REPORT_NOTE, "outcome", "%s", text);
    return true;
}
