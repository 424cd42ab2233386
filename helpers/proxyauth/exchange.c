/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is odd from one message to the next. Remarks about credentials are given when they come,
 * because then the item they belong to is open.
 * Cannot do: tell connections apart; a transcript is read as one conversation.
 */
#include <config.h>

#include "helpers/proxyauth/exchange.h"
#include "helpers/proxyauth/text.h"
#include "helpers/proxyauth/visible.h"

void exchange_text_set(struct exchange_text *text, struct pxa_span value)
{
    *text = (struct exchange_text){.known = true};
    text->len = value.len < sizeof text->at ? value.len : sizeof text->at;
    if (text->len > 0)
        memcpy(text->at, value.at, text->len);
}

static struct pxa_span span_of(const struct exchange_text *text)
{
    return (struct pxa_span){text->at, text->len};
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

/* ---- credentials ---- */

/* Two values that should be one. */
static bool differ(const struct exchange_text *a, const struct exchange_text *b)
{
    return a->known && b->known && !text_same(span_of(a), span_of(b));
}

static void against_offer(const struct exchange *exchange, struct report *report,
                          const struct exchange_login *login)
{
    const struct exchange_offer *offer = &exchange->offer;
    uint32_t bit = PXA_SCHEME_BIT(login->scheme);

    if (!exchange->has_offer || offer->schemes == 0)
        return;
    if (!(offer->schemes & bit))
        report_remark(report, REPORT_WARNING, "not_offered",
                      "The client uses a scheme that the last challenge does not offer.");
    else if (login->scheme == PXA_SCHEME_BASIC && offer->best != PXA_SCHEME_BASIC &&
             offer->best != PXA_SCHEME_OTHER)
        report_remark(report, REPORT_WARNING, "weaker_scheme",
                      "The client chose Basic although %s was offered: it does not know that "
                      "scheme, has no ticket for it, or was told to use Basic.",
                      pxa_scheme_name(offer->best));
    if (login->scheme != PXA_SCHEME_DIGEST)
        return;
    if (differ(&login->realm, &offer->realm))
        report_remark(report, REPORT_WARNING, "realm_differs",
                      "The realm is \"%s\" here and \"%s\" in the challenge: the hash of the "
                      "password cannot match.",
                      visible_excerpt(span_of(&login->realm)).text,
                      visible_excerpt(span_of(&offer->realm)).text);
    if (differ(&login->nonce, &offer->nonce))
        report_remark(report, REPORT_NOTE, "nonce_differs",
                      "The nonce is not the one of the last challenge, but an older one or one "
                      "of another proxy.");
}

/* Messages of NTLM in an order that cannot work, as when the connection changed in between. */
static void ntlm_order(const struct exchange *exchange, struct report *report,
                       const struct exchange_login *login)
{
    unsigned got = exchange->has_offer ? exchange->offer.ntlm_type : 0;

    if (login->ntlm_type == 3 && exchange->statuses && got != 2)
        report_remark(report, REPORT_WARNING, "ntlm_order",
                      "This third message of NTLM follows no second one of the proxy.");
    if (login->ntlm_type == 1 && got == 2) {
        report_remark(report, REPORT_WARNING, "ntlm_begun_anew",
                      "The client begins NTLM anew instead of answering the proxy's challenge.");
        report_cause(report, "The connection was closed between the two; NTLM needs one that "
                             "stays open.");
        report_cause(report, "A load balancer sent the second request to another proxy.");
    }
    if (login->ntlm_type == 3 && exchange->closing)
        report_remark(report, REPORT_WARNING, "connection_closed",
                      "The proxy closed the connection after its challenge (Connection: close). "
                      "NTLM cannot be finished on another one.");
}

static void same_again(const struct exchange *exchange, struct report *report,
                       const struct exchange_login *login)
{
    if (!exchange->has_login || !exchange->has_offer || login->ntlm_type == 1 ||
        exchange->login.scheme != login->scheme || exchange->login.print != login->print)
        return;
    report_remark(report, REPORT_WARNING, "same_again",
                  "The client sends the very credentials again that the proxy has just refused. "
                  "Each time counts as a failed login in the directory and may lock the "
                  "account.");
    report_cause(report, "A saved password is old: the client repeats it without asking.");
    report_cause(report, "The password is right, but the helper cannot verify it (BH, which "
                         "Squid also answers with 407).");
    report_check(report, "cache.log of Squid, and the helper's own log, at that time.");
}

/* A proxy that is entered by its address has no SPN. */
static void by_address(const struct exchange *exchange, struct report *report,
                       const struct exchange_login *login)
{
    if (login->scheme != PXA_SCHEME_NEGOTIATE || login->kerberos || !exchange->peer.known ||
        !text_is_address(span_of(&exchange->peer)))
        return;
    report_remark(report, REPORT_WARNING, "proxy_by_address",
                  "The client reached the proxy by its IP address, %s. Kerberos needs the name "
                  "that the SPN has: that is why NTLM came.",
                  visible_excerpt(span_of(&exchange->peer)).text);
}

static void cleartext(const struct exchange *exchange, struct report *report,
                      const struct exchange_login *login)
{
    if (login->scheme != PXA_SCHEME_BASIC)
        return;
    if (exchange->in_request && !exchange->tls && login->proxy)
        report_remark(report, REPORT_WARNING, "basic_cleartext",
                      "The password crosses the network in clear text: Base64 hides nothing, and "
                      "no TLS to the proxy is seen before this request. An https:// address "
                      "does not help; it is encrypted only behind the proxy.");
    else
        report_remark(report, REPORT_NOTE, "basic_readable",
                      "Base64 hides nothing: whoever sees this header has the password.");
}

void exchange_request(struct exchange *exchange, struct report *report, size_t line,
                      const struct exchange_login *login)
{
    struct exchange_step step = {.kind = STEP_REQUEST, .line = line};

    if (login) {
        step.has_login = true;
        step.scheme = login->scheme;
        step.kerberos = login->kerberos;
        step.ntlm_type = login->ntlm_type;
        against_offer(exchange, report, login);
        ntlm_order(exchange, report, login);
        same_again(exchange, report, login);
        by_address(exchange, report, login);
        cleartext(exchange, report, login);
        exchange->login = *login;
    }
    exchange->has_login = login != NULL;
    exchange->has_offer = false;
    exchange->closing = false;
    add_step(exchange, step);
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

static void refused(const struct exchange *exchange, struct report *report,
                    const struct exchange_offer *offer)
{
    const struct exchange_login *login = &exchange->login;

    if (!exchange->has_login || login->ntlm_type == 1 || offer->ntlm_type == 2 || offer->stale)
        return;
    report_remark(report, REPORT_WARNING, "refused",
                  "The proxy asks again: it did not accept the credentials of the request "
                  "before.");
    if (login->kerberos) {
        report_cause(report, "The keytab does not fit to the ticket: SPN, kvno or encryption "
                             "type.");
        report_cause(report, "The clocks differ by more than five minutes.");
    } else {
        report_cause(report, "User name or password is wrong, or the account is locked or "
                             "expired.");
    }
    report_cause(report, "The helper could not decide (BH), which Squid also answers with 407.");
    report_check(report, "cache.log of Squid, and the helper's own log, at that time.");
}

void exchange_response(struct exchange *exchange, struct report *report, size_t line,
                       unsigned status, const struct exchange_offer *offer)
{
    bool asks = status == 407 || (status == 0 && offer->schemes != 0);

    if ((status == 407 || status == 401) && offer->schemes == 0)
        without_challenge(report, status);
    if (status == 407)
        refused(exchange, report, offer);
    add_step(exchange, (struct exchange_step){.kind = STEP_RESPONSE,
                                              .line = line,
                                              .status = status,
                                              .scheme = offer->best,
                                              .schemes = offer->schemes,
                                              .ntlm_type = offer->ntlm_type});
    exchange->statuses = exchange->statuses || status != 0;
    exchange->has_offer = asks;
    exchange->offer = *offer;
}
