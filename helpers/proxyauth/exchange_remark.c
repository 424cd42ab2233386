/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is odd about credentials after what was said before, and about a response that asks again.
 * Cannot do: tell connections apart; a transcript is read as one conversation.
 */
#include <config.h>

#include "helpers/proxyauth/exchange.h"
#include "helpers/proxyauth/text.h"
#include "helpers/core/visible.h"

static struct pxa_span span_of(const struct exchange_text *text)
{
    return (struct pxa_span){text->at, text->len};
}

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

    if (!exchange->has_offer || offer->schemes == 0 || offer->server == login->proxy)
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
    bool asked = exchange->has_offer && exchange->offer.server != login->proxy;
    unsigned got = asked ? exchange->offer.ntlm_type : 0;

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
    const struct exchange_logins *logins = &exchange->before;
    const struct exchange_login *before = login->proxy ? &logins->proxy : &logins->server;
    bool has_before = login->proxy ? logins->has_proxy : logins->has_server;

    if (!has_before || !exchange->has_offer || exchange->offer.server == login->proxy ||
        login->ntlm_type == 1 || before->scheme != login->scheme || before->print != login->print)
        return;
    report_remark(report, REPORT_WARNING, "same_again",
                  "The client sends the very credentials again that the %s has just refused. "
                  "Each time counts as a failed login in the directory and may lock the "
                  "account.",
                  login->proxy ? "proxy" : "server");
    report_cause(report, "A saved password is old: the client repeats it without asking.");
    if (!login->proxy)
        return;
    report_cause(report, "The password is right, but the helper cannot verify it (BH, which "
                         "Squid also answers with 407).");
    report_check(report, "cache.log of Squid, and the helper's own log, at that time.");
}

/* A proxy that is entered by its address has no SPN. */
static void by_address(const struct exchange *exchange, struct report *report,
                       const struct exchange_login *login)
{
    if (login->scheme != PXA_SCHEME_NEGOTIATE || login->kerberos || !login->proxy ||
        !exchange->peer.known || !text_is_address(span_of(&exchange->peer)))
        return;
    report_remark(report, REPORT_WARNING, "proxy_by_address",
                  "The client reached the proxy by its IP address, %s. Kerberos needs the name "
                  "that the SPN has: that is why NTLM came.",
                  visible_excerpt(span_of(&exchange->peer)).text);
}

static void cleartext(const struct exchange *exchange, struct report *report,
                      const struct exchange_login *login)
{
    if (login->scheme != PXA_SCHEME_BASIC || login->unreadable)
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

void exchange_judge_login(const struct exchange *exchange, struct report *report,
                          const struct exchange_login *login)
{
    against_offer(exchange, report, login);
    ntlm_order(exchange, report, login);
    same_again(exchange, report, login);
    by_address(exchange, report, login);
    cleartext(exchange, report, login);
}

/* ---- refusals ---- */

static void causes(struct report *report, const struct exchange_login *login)
{
    if (login->ntlm_type == 1 && login->scheme == PXA_SCHEME_NEGOTIATE) {
        report_cause(report, "The helper of Negotiate knows Kerberos alone; NTLM, which this is, "
                             "needs another one.");
    } else if (login->kerberos) {
        report_cause(report, "The keytab does not fit to the ticket: SPN, kvno or encryption "
                             "type.");
        report_cause(report, "The clocks differ by more than five minutes.");
    } else if (login->ntlm_type != 1) {
        report_cause(report, "User name or password is wrong, or the account is locked or "
                             "expired.");
    }
}

void exchange_judge_refusal(struct report *report, const struct exchange_login *login)
{
    report_remark(report, REPORT_WARNING, "refused",
                  "The %s asks again: it did not accept the credentials of the request before.",
                  login->proxy ? "proxy" : "server");
    causes(report, login);
    if (!login->proxy)
        return;
    report_cause(report, "The helper could not decide (BH), which Squid also answers with 407.");
    report_check(report, "cache.log of Squid, and the helper's own log, at that time.");
}
