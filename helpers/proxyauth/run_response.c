/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Challenges of one response stand in several header lines and are one item, which is told when the
 * response is over.
 */
#include <config.h>

#include "helpers/proxyauth/run.h"

static void odd_header(struct report *report, unsigned status)
{
    report_remark(report, REPORT_WARNING, "wrong_header",
                  status == 407
                      ? "A proxy that answers 407 has to send Proxy-Authenticate; this is "
                        "WWW-Authenticate, which clients pass over here."
                      : "With 401 belongs WWW-Authenticate; this is Proxy-Authenticate, which "
                        "clients pass over here.");
}

/* An item of LINES, which may be none. */
static void challenges_item(struct run *run, const struct challenge_lines *lines,
                            struct exchange_offer *offer)
{
    struct report *report = run->explain->report;

    run->explain->found++;
    report_item(report, "challenges", run->response_line);
    if (run->status != 0)
        report_number(report, "status", run->status);
    if (lines->header.len > 0)
        report_text(report, "header", lines->header);
    explain_challenges(run->explain, lines->lines, lines->count, offer);
}

/* Whether a challenge of Negotiate or NTLM goes on with a token. */
static bool has_token(const struct challenge_lines *lines)
{
    struct pxa_challenges list = {lines->lines, lines->count, 0, 0};
    struct pxa_challenge challenge;

    while (pxa_challenge_next(&list, &challenge) == PXA_OK)
        if (challenge.form == PXA_FORM_TOKEN68 &&
            (challenge.id == PXA_SCHEME_NEGOTIATE || challenge.id == PXA_SCHEME_NTLM))
            return true;
    return false;
}

void run_end_response(struct run *run)
{
    struct explain *explain = run->explain;
    struct exchange_offer offer = {.wrong_header = run->wrong.count > 0};
    struct exchange_offer not_counted = {0};
    bool asks = run->status == 407 || run->status == 401;
    bool wrong_alone = run->wrong.count > 0 && run->right.count == 0;

    if (!run->in_response)
        return;
    run->in_response = false;
    if (wrong_alone)
        challenges_item(run, &run->wrong, &not_counted);
    else if (run->right.count > 0 || asks)
        challenges_item(run, &run->right, &offer);
    offer.server = run->status == 401 || pxa_name_is(run->right.header, "WWW-Authenticate");
    offer.has_token = has_token(&run->right);
    if (wrong_alone)
        odd_header(explain->report, run->status);
    if (!run->apart)
        exchange_response(&explain->exchange, explain->report, run->response_line, run->status,
                          &offer);
    if (run->wrong.count > 0 && !wrong_alone) {
        challenges_item(run, &run->wrong, &not_counted);
        odd_header(explain->report, run->status);
    }
    run->status = 0;
    run->right = run->wrong = (struct challenge_lines){0};
}

void run_begin_response(struct run *run, size_t line, unsigned status)
{
    run->in_response = true;
    run->response_line = line;
    run->status = status;
}

/* Where lines of the header NAME belong, by the response's status. */
static struct challenge_lines *lines_for(struct run *run, struct pxa_span name)
{
    bool for_server = pxa_name_is(name, "WWW-Authenticate");
    bool wrong = (run->status == 407 && for_server) || (run->status == 401 && !for_server);

    return wrong && name.len > 0 ? &run->wrong : &run->right;
}

void run_on_challenge(struct run *run, const struct found *found)
{
    struct challenge_lines *lines = lines_for(run, found->name);

    /* Without a status, another header's name is another response. */
    if (lines->count == LINES_MAX || (run->status == 0 && lines->count > 0 &&
                                      pxa_name_is(found->name, "WWW-Authenticate") !=
                                          pxa_name_is(lines->header, "WWW-Authenticate")))
        run_end_response(run);
    if (!run->in_response)
        run_begin_response(run, found->line, 0);
    lines = lines_for(run, found->name); /* there may be no status any more */
    lines->header = found->name;
    lines->lines[lines->count++] = found->value;
}
