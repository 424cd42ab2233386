/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conversation in a few lines, and how it ended.
 */
#include <config.h>

#include "helpers/proxyauth/exchange.h"
#include "helpers/proxyauth/visible.h"

#include <stdio.h>
#include <string.h>

struct sentence {
    char text[160];
};

static struct sentence request_of(const struct exchange_step *step)
{
    struct sentence sentence;
    const char *scheme = pxa_scheme_name(step->scheme);

    if (!step->has_login)
        (void)snprintf(sentence.text, sizeof sentence.text, "request without credentials");
    else if (step->ntlm_type != 0)
        (void)snprintf(sentence.text, sizeof sentence.text, "request with %s: NTLM, message %u",
                       scheme, step->ntlm_type);
    else
        (void)snprintf(sentence.text, sizeof sentence.text, "request with %s%s",
                       scheme[0] ? scheme : "credentials", step->kerberos ? ": Kerberos" : "");
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

/* Challenges that each follow credentials which prove something at last: the user is asked again
 * and again. */
static size_t refusals(const struct exchange *exchange)
{
    size_t count = 0;

    for (size_t i = 1; i < exchange->step_count; i++) {
        const struct exchange_step *step = &exchange->steps[i];
        const struct exchange_step *before = &exchange->steps[i - 1];

        count += step->kind == STEP_RESPONSE && (step->status == 407 || step->status == 401) &&
                 before->kind == STEP_REQUEST && before->has_login && before->ntlm_type != 1 &&
                 step->ntlm_type != 2;
    }
    return count;
}

static const char *outcome(const struct exchange_step *request, unsigned status)
{
    if (status == 407 && !request->has_login)
        return "The proxy wants a login; the client did not send one.";
    if (status == 407)
        return "The proxy did not accept the last credentials.";
    if (status == 401)
        return "A server behind the proxy, or the proxy in its place, wants a login of its own.";
    if (status == 403)
        return "The proxy or server knows who asks, and does not allow it: this is about access "
               "lists, not about passwords.";
    if (status >= 500)
        return "The proxy let the client in, or did not ask; what failed lies behind it.";
    if (status >= 200 && status < 400)
        return request->has_login ? "The login was accepted."
                                  : "The request was served without a login.";
    return NULL;
}

static void how_it_ended(const struct exchange *exchange, struct report *report)
{
    const struct exchange_step *last = &exchange->steps[exchange->step_count - 1];
    const char *text;

    if (exchange->step_count < 2 || last->kind != STEP_RESPONSE || last[-1].kind != STEP_REQUEST ||
        exchange->not_kept > 0)
        return;
    text = outcome(&last[-1], last->status);
    if (text)
        report_remark(report, REPORT_NOTE, "outcome", "%s", text);
}

void exchange_summary(const struct exchange *exchange, struct report *report)
{
    size_t refused = refusals(exchange);

    if (exchange->step_count < 2 || !exchange->statuses)
        return;
    report_item(report, "exchange", 0);
    if (exchange->peer.known)
        report_text(report, "proxy", (struct pxa_span){exchange->peer.at, exchange->peer.len});
    steps(exchange, report);
    if (refused >= 2)
        report_remark(report, REPORT_WARNING, "refused_again_and_again",
                      "The proxy refused %zu logins one after the other: this is the password "
                      "window that comes back.",
                      refused);
    how_it_ended(exchange, report);
}
