/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what the finder finds to items of the report.
 *
 * Challenges of one response stand in several header lines and are one item, which is told when the
 * response is over. Credentials are told when they come.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/find.h"
#include "helpers/proxyauth/text.h"

enum { LINES_MAX = 64 }; /* of challenges in one response; more make an item of their own */

struct run {
    struct explain *explain;
    /* The request whose head is being read: */
    bool in_request;
    bool had_login;
    size_t request_line;
    struct pxa_span method;
    struct pxa_span target;
    /* The response, or challenges without one: */
    bool in_response;
    size_t response_line;
    unsigned status;
    struct pxa_span header; /* the name of the challenges' header */
    struct pxa_span lines[LINES_MAX];
    size_t line_count;
    bool odd_header; /* a 407 with WWW-Authenticate, or a 401 with the other */
};

static void joined_remark(struct explain *explain, const struct found *found)
{
    if (found->glued)
        report_remark(explain->report, REPORT_NOTE, "joined",
                      "The token stood in several lines, which were joined. On the wire it has "
                      "to be one line.");
    if (found->folded)
        report_remark(explain->report, REPORT_WARNING, "folded",
                      "The header is folded: it goes on in a line that begins with a blank. "
                      "RFC 9112 forbids that, and some proxies refuse it.");
}

/* ---- responses ---- */

static void odd_header(struct report *report, unsigned status)
{
    report_remark(report, REPORT_WARNING, "wrong_header",
                  status == 407
                      ? "A proxy that answers 407 has to send Proxy-Authenticate; this is "
                        "WWW-Authenticate, which clients pass over here."
                      : "With 401 belongs WWW-Authenticate; this is Proxy-Authenticate, which "
                        "clients pass over here.");
}

static void end_response(struct run *run)
{
    struct explain *explain = run->explain;
    struct report *report = explain->report;
    struct exchange_offer offer = {0};
    bool asks = run->status == 407 || run->status == 401;

    if (!run->in_response)
        return;
    run->in_response = false;
    if (run->line_count > 0 || asks) {
        explain->found++;
        report_item(report, "challenges", run->response_line);
        if (run->status != 0)
            report_number(report, "status", run->status);
        if (run->header.len > 0)
            report_text(report, "header", run->header);
        explain_challenges(explain, run->lines, run->line_count, &offer);
        if (run->odd_header)
            odd_header(report, run->status);
    }
    exchange_response(&explain->exchange, report, run->response_line, run->status, &offer);
    run->status = 0;
    run->line_count = 0;
    run->header = (struct pxa_span){NULL, 0};
    run->odd_header = false;
}

static void begin_response(struct run *run, size_t line, unsigned status)
{
    run->in_response = true;
    run->response_line = line;
    run->status = status;
}

static void on_challenge(struct run *run, const struct found *found)
{
    bool for_server = pxa_name_is(found->name, "WWW-Authenticate");

    if (run->line_count == LINES_MAX)
        end_response(run);
    if (!run->in_response)
        begin_response(run, found->line, 0);
    run->header = found->name;
    run->lines[run->line_count++] = found->value;
    if ((run->status == 407 && for_server) || (run->status == 401 && !for_server))
        run->odd_header = found->name.len > 0;
}

/* ---- requests ---- */

static void end_request(struct run *run)
{
    struct explain *explain = run->explain;

    if (run->in_request && !run->had_login)
        exchange_request(&explain->exchange, explain->report, run->request_line, NULL);
    run->in_request = false;
    run->had_login = false;
}

static void end_both(struct run *run)
{
    end_request(run);
    end_response(run);
}

static void request_fields(struct run *run, const struct found *found)
{
    struct report *report = run->explain->report;

    if (found->name.len > 0)
        report_text(report, "header", found->name);
    if (run->in_request) {
        report_text(report, "method", run->method);
        explain_target(run->explain, "target", run->target);
    }
}

static void on_credentials(struct run *run, const struct found *found)
{
    struct explain *explain = run->explain;
    struct exchange_login login = {.proxy = !pxa_name_is(found->name, "Authorization")};

    end_response(run);
    explain->found++;
    report_item(explain->report, "credentials", found->line);
    request_fields(run, found);
    joined_remark(explain, found);
    if (run->in_request && run->had_login && login.proxy)
        report_remark(explain->report, REPORT_WARNING, "credentials_twice",
                      "The request has credentials twice. Which of them count is anyone's "
                      "guess.");
    explain_credentials(explain, found->value, &login);
    explain->exchange.in_request = run->in_request;
    if (login.proxy) {
        exchange_request(&explain->exchange, explain->report, found->line, &login);
        run->had_login = true;
    }
}

/* A value without its header's name: a challenge or credentials, by what it looks like. */
static bool is_challenge(struct pxa_span value)
{
    struct pxa_scheme scheme;
    struct pxa_challenges list = {&value, 1, 0, 0};
    struct pxa_challenge challenge;
    struct pxa_param param;
    enum pxa_form form;

    if (pxa_scheme_split(value, &scheme) != PXA_OK)
        return pxa_challenge_next(&list, &challenge) == PXA_OK;
    form = pxa_form_of(scheme.rest);
    if (form != PXA_FORM_PARAMS)
        return form == PXA_FORM_NONE;
    if (scheme.id != PXA_SCHEME_DIGEST)
        return scheme.id == PXA_SCHEME_BASIC || scheme.id == PXA_SCHEME_BEARER;
    return pxa_challenge_next(&list, &challenge) == PXA_OK &&
           pxa_challenge_param(&challenge, "response", &param) != PXA_OK;
}

static void on_token(struct run *run, const struct found *found)
{
    struct explain *explain = run->explain;
    struct exchange_login login = {0};

    end_both(run);
    explain->found++;
    report_item(explain->report, "token", found->line);
    joined_remark(explain, found);
    explain_token(explain, found->value, PXA_SCHEME_OTHER, &login);
}

/* ---- the rest ---- */

static void on_helper(struct run *run, const struct found *found)
{
    struct explain *explain = run->explain;
    struct report *report = explain->report;

    end_both(run);
    explain->found++;
    if (found->kind == FOUND_HELPER_LINE) {
        report_item(report, "helper_line", found->line);
        joined_remark(explain, found);
        explain_helper_line(explain, found->name, found->value);
    } else if (found->kind == FOUND_HELPER_REPLY) {
        report_item(report, "helper_reply", found->line);
        explain_helper_reply(explain, found->name, found->value);
    } else if (found->kind == FOUND_BASIC_LINE) {
        report_item(report, "basic_line", found->line);
        explain_basic_line(explain, found->value);
    } else {
        report_item(report, "digest_line", found->line);
        explain_digest_line(explain, found->value);
    }
}

static void on_long_line(struct run *run, const struct found *found)
{
    run->explain->found++;
    run->explain->faults++;
    report_item(run->explain->report, "line", found->line);
    report_remark(run->explain->report, REPORT_ERROR, "long_line",
                  "The line is longer than %d bytes and was passed over. No proxy takes such a "
                  "header.",
                  FIND_LINE_MAX);
}

static void on_talk(struct run *run, const struct found *found)
{
    struct exchange *exchange = &run->explain->exchange;

    if (found->kind == FOUND_TLS && exchange->step_count == 0 && !run->in_request)
        exchange->tls = true;
    if (found->kind == FOUND_PEER && !exchange->peer.known)
        exchange_text_set(&exchange->peer, found->value);
}

static void on_found(struct run *run, const struct found *found)
{
    switch (found->kind) {
    case FOUND_REQUEST:
        end_both(run);
        run->in_request = true;
        run->request_line = found->line;
        run->method = found->name;
        run->target = found->value;
        break;
    case FOUND_STATUS:
        end_both(run);
        begin_response(run, found->line, found->status);
        break;
    case FOUND_CREDENTIALS:
        on_credentials(run, found);
        break;
    case FOUND_CHALLENGE:
        on_challenge(run, found);
        break;
    case FOUND_CONNECTION:
        if (run->in_response && pxa_name_is(found->value, "close"))
            run->explain->exchange.closing = true;
        break;
    case FOUND_HEAD_END:
        end_both(run);
        break;
    case FOUND_PEER:
    case FOUND_TLS:
        on_talk(run, found);
        break;
    case FOUND_VALUE:
        if (is_challenge(found->value))
            on_challenge(run, found);
        else
            on_credentials(run, found);
        break;
    case FOUND_TOKEN:
        on_token(run, found);
        break;
    case FOUND_LONG_LINE:
        on_long_line(run, found);
        break;
    case FOUND_HELPER_LINE:
    case FOUND_HELPER_REPLY:
    case FOUND_BASIC_LINE:
    case FOUND_DIGEST_LINE:
        on_helper(run, found);
        break;
    case FOUND_END:
        break;
    }
}

void explain_run(struct explain *explain, struct pxa_span text, bool words)
{
    struct run run = {.explain = explain};
    struct finder finder;
    struct found found;

    find_open(&finder, text, words);
    for (find_next(&finder, &found); found.kind != FOUND_END; find_next(&finder, &found))
        on_found(&run, &found);
    end_both(&run);
    if (finder.out_of_memory)
        explain->faults++;
    exchange_summary(&explain->exchange, explain->report);
    find_close(&finder);
}
