/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The challenges of a response: what is offered, in which order, and what is odd about it.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"
#include "helpers/core/visible.h"

/* A parameter's plain value, in SCRATCH; empty if there is no such parameter. */
static bool plain_value(struct explain *explain, const struct pxa_challenge *challenge,
                        const char *name, struct scratch *scratch, struct pxa_span *value)
{
    struct pxa_param param;
    struct pxa_written done;

    *scratch = (struct scratch){0};
    if (challenge->form != PXA_FORM_PARAMS ||
        pxa_challenge_param(challenge, name, &param) != PXA_OK)
        return false;
    *scratch = scratch_open(explain, param.value.len);
    if (!scratch->at ||
        pxa_unquote(param.value, explain->dialect, scratch->at, scratch->cap, &done) != PXA_OK) {
        *value = param.value;
        return true;
    }
    *value = (struct pxa_span){scratch->at, done.len};
    return true;
}

static void non_ascii_realm(struct report *report)
{
    report_remark(report, REPORT_WARNING, "realm_not_ascii",
                  "The realm has letters that are not ASCII. No specification says how browsers "
                  "show them, and with Digest a realm that is read otherwise makes every "
                  "password wrong.");
    report_check(report, "auth_param ... realm in squid.conf: use ASCII alone.");
}

/* What the exchange wants to know of a Digest challenge. */
static void note_digest(struct exchange_offer *offer, const char *name, struct pxa_span value)
{
    if (strcmp(name, "realm") == 0)
        exchange_text_set(&offer->realm, value);
    else if (strcmp(name, "nonce") == 0)
        exchange_text_set(&offer->nonce, value);
    else if (strcmp(name, "stale") == 0)
        offer->stale = pxa_name_is(value, "true");
}

/* The parameters that are known, each once. */
static void params(struct explain *explain, const struct pxa_challenge *challenge,
                   struct exchange_offer *offer)
{
    static const char *const names[] = {"realm", "charset", "algorithm", "qop",   "nonce", "opaque",
                                        "stale", "domain",  "userhash",  "scope", "error"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct scratch scratch;
        struct pxa_span value;

        if (plain_value(explain, challenge, names[i], &scratch, &value)) {
            report_text(explain->report, names[i], value);
            if (i == 0 && pxa_charset_of(value) != PXA_ASCII)
                non_ascii_realm(explain->report);
            if (challenge->id == PXA_SCHEME_DIGEST)
                note_digest(offer, names[i], value);
        }
        scratch_close(&scratch);
    }
}

static bool has_param(const struct pxa_challenge *challenge, const char *name)
{
    struct pxa_param param;

    return challenge->form == PXA_FORM_PARAMS &&
           pxa_challenge_param(challenge, name, &param) == PXA_OK;
}

static void basic_remarks(struct report *report, const struct pxa_challenge *challenge)
{
    if (!has_param(challenge, "realm"))
        report_remark(report, REPORT_WARNING, "basic_without_realm",
                      "Basic has no realm, which RFC 7617 wants. Some clients pass over such a "
                      "challenge.");
    if (!has_param(challenge, "charset"))
        report_remark(report, REPORT_NOTE, "basic_without_charset",
                      "Basic does not say charset=\"UTF-8\": browsers send names and passwords "
                      "that are not ASCII as they like. auth_param basic utf8 on adds it.");
}

static void digest_remarks(struct report *report, const struct pxa_challenge *challenge)
{
    struct pxa_param param;

    if (!has_param(challenge, "realm") || !has_param(challenge, "nonce"))
        report_remark(report, REPORT_WARNING, "digest_incomplete",
                      "Digest needs realm and nonce. Clients cannot answer this challenge.");
    if (!has_param(challenge, "qop"))
        report_remark(report, REPORT_WARNING, "digest_without_qop",
                      "Digest has no qop, as in RFC 2069: answers to it can be used again, and "
                      "some clients refuse it.");
    if (has_param(challenge, "stale") &&
        pxa_challenge_param(challenge, "stale", &param) == PXA_OK &&
        pxa_name_is(param.value, "true"))
        report_remark(report, REPORT_NOTE, "stale",
                      "stale=true: the password was right, but the nonce is too old or not "
                      "known. The client answers anew without asking the user.");
}

/* A token of a scheme whose challenges have none: what a client sends, not a proxy. */
static void credentials(struct report *report, const struct pxa_challenge *challenge)
{
    report_secret(report, "token", challenge->token68);
    report_remark(report, REPORT_WARNING, "not_a_challenge",
                  "These are credentials, not a challenge: a token follows the scheme's name. "
                  "They belong into Proxy-Authorization.");
}

static void one(struct explain *explain, const struct pxa_challenge *challenge,
                struct exchange_offer *offer)
{
    struct exchange_login token = {0};

    report_group(explain->report, NULL);
    (void)explain_scheme(explain, challenge->name,
                         challenge->form == PXA_FORM_PARAMS ? challenge->params
                                                            : challenge->token68);
    params(explain, challenge, offer);
    if (challenge->form == PXA_FORM_TOKEN68 &&
        (challenge->id == PXA_SCHEME_NEGOTIATE || challenge->id == PXA_SCHEME_NTLM)) {
        explain_token(explain, challenge->token68, challenge->id, &token);
        offer->ntlm_type = token.ntlm_type;
    } else if (challenge->form == PXA_FORM_TOKEN68) {
        credentials(explain->report, challenge);
    }
    report_end(explain->report);
    if (challenge->id == PXA_SCHEME_BASIC)
        basic_remarks(explain->report, challenge);
    else if (challenge->id == PXA_SCHEME_DIGEST)
        digest_remarks(explain->report, challenge);
}

/* ---- all of them ---- */

static void count_remark(struct explain *explain, size_t count)
{
    if (count > EXPLAIN_LIST_MAX)
        report_remark(explain->report, REPORT_NOTE, "list_cut",
                      "There are %zu challenges; only the first %d are shown.", count,
                      EXPLAIN_LIST_MAX);
}

static void order(struct explain *explain, const struct exchange_offer *offer,
                  enum pxa_scheme_id first)
{
    struct report *report = explain->report;
    const uint32_t both = PXA_SCHEME_BIT(PXA_SCHEME_NEGOTIATE) | PXA_SCHEME_BIT(PXA_SCHEME_NTLM);

    if (offer->best != PXA_SCHEME_OTHER)
        report_word(report, "strongest", pxa_scheme_name(offer->best));
    if (first == PXA_SCHEME_BASIC && offer->best != PXA_SCHEME_BASIC &&
        offer->best != PXA_SCHEME_OTHER)
        report_remark(report, REPORT_WARNING, "basic_first",
                      "Basic stands before %s. Browsers choose the strongest, but some programs "
                      "take the first that they know, and send the password.",
                      pxa_scheme_name(offer->best));
    if ((offer->schemes & both) == both)
        report_remark(report, REPORT_NOTE, "negotiate_and_ntlm",
                      "Both Negotiate and NTLM are offered: a browser without a Kerberos ticket "
                      "uses NTLM in either of them, and its helper has to know NTLM.");
}

static enum pxa_scheme_id strongest(const struct pxa_span *lines, size_t count)
{
    struct pxa_challenges list = {lines, count, 0, 0};
    struct pxa_challenge best;

    if (pxa_challenge_strongest(&list, UINT32_MAX, &best) != PXA_OK)
        return PXA_SCHEME_OTHER;
    return best.id;
}

/* Whether what stands before the fault may be shown: it is the name of a known
 * scheme and of its first parameter. All else may be a token, or hold a value that is secret. */
static bool is_harmless(struct pxa_span before)
{
    struct pxa_scheme scheme;

    return pxa_scheme_split(before, &scheme) == PXA_OK && scheme.id != PXA_SCHEME_OTHER &&
           pxa_name_is(scheme.rest, "realm=");
}

static void fault_in_list(struct explain *explain, const struct pxa_challenges *list,
                          enum pxa_status status)
{
    struct fault fault = {"challenge", status, list->at, {NULL, 0}, true, false};

    if (list->line < list->line_count)
        fault.text = list->lines[list->line];
    fault.secret = !is_harmless(text_upto(fault.text, list->at));
    explain_fault(explain, &fault);
}

void explain_challenges(struct explain *explain, const struct pxa_span *lines, size_t count,
                        struct exchange_offer *offer)
{
    struct pxa_challenges list = {lines, count, 0, 0};
    struct pxa_challenge challenge;
    enum pxa_scheme_id first = PXA_SCHEME_OTHER;
    enum pxa_status status;
    size_t shown = 0;

    report_list(explain->report, "challenges");
    while ((status = pxa_challenge_next(&list, &challenge)) == PXA_OK) {
        if (shown == 0)
            first = challenge.id;
        offer->schemes |= PXA_SCHEME_BIT(challenge.id);
        if (shown++ < EXPLAIN_LIST_MAX)
            one(explain, &challenge, offer);
    }
    report_end(explain->report);
    count_remark(explain, shown);
    if (status != PXA_END)
        fault_in_list(explain, &list, status);
    else
        offer->best = strongest(lines, count);
    order(explain, offer, first);
}
