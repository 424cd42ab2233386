/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From what the finder finds to items of the report. Credentials are told when they come.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/find.h"
#include "helpers/proxyauth/run.h"
#include "helpers/proxyauth/text.h"

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

/* ---- requests ---- */

static void end_request(struct run *run)
{
    struct explain *explain = run->explain;

    if (run->in_request && !run->had_login)
        exchange_request(&explain->exchange, explain->report, run->request_line, NULL);
    run->in_request = false;
    run->had_login = false;
    run->had_proxy_login = false;
    explain->exchange.connect = false;
    explain->exchange.origin_form = false;
}

static void end_both(struct run *run)
{
    end_request(run);
    run_end_response(run);
}

static void on_request(struct run *run, const struct found *found)
{
    struct exchange *exchange = &run->explain->exchange;

    end_both(run);
    run->in_request = true;
    run->request_line = found->line;
    run->method = found->name;
    run->target = found->value;
    exchange->connect = text_is(found->name, "CONNECT");
    exchange->origin_form = text_begins(found->value, "/") || text_is(found->value, "*");
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
    static const struct exchange nothing_before;
    struct exchange_login login = {.proxy = !pxa_name_is(found->name, "Authorization")};

    run_end_response(run);
    explain->found++;
    report_item(explain->report, "credentials", found->line);
    request_fields(run, found);
    joined_remark(explain, found);
    if (run->in_request && run->had_proxy_login && login.proxy)
        report_remark(explain->report, REPORT_WARNING, "credentials_twice",
                      "The request has credentials twice. Which of them count is anyone's "
                      "guess.");
    explain_credentials(explain, found->value, &login);
    explain->exchange.in_request = run->in_request;
    if (run->apart)
        exchange_judge_login(&nothing_before, explain->report, &login);
    else if (run->in_request && run->had_login)
        exchange_more(&explain->exchange, explain->report, &login);
    else
        exchange_request(&explain->exchange, explain->report, found->line, &login);
    run->had_login = true;
    run->had_proxy_login = run->had_proxy_login || login.proxy;
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

/* Words of the command line that are no header lines have nothing to do with each other. */
static void on_value(struct run *run, const struct found *found)
{
    if (run->words) {
        end_both(run);
        run->apart = true;
    }
    if (is_challenge(found->value))
        run_on_challenge(run, found);
    else
        on_credentials(run, found);
    if (run->words) {
        end_both(run);
        run->apart = false;
    }
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
    /* Of several the last is the one that the next request goes to. */
    if (found->kind == FOUND_PEER)
        exchange_text_set(&exchange->peer, found->value);
}

/* Whether one element of a Connection header is "close". */
static bool says_close(struct pxa_span value)
{
    while (value.len > 0) {
        struct pxa_span element = text_upto(value, text_find(value, ","));

        if (pxa_name_is(text_trim(element), "close"))
            return true;
        value = text_from(value, element.len + 1);
    }
    return false;
}

static void on_found(struct run *run, const struct found *found)
{
    switch (found->kind) {
    case FOUND_REQUEST:
        on_request(run, found);
        break;
    case FOUND_STATUS:
        end_both(run);
        run_begin_response(run, found->line, found->status);
        break;
    case FOUND_CREDENTIALS:
        on_credentials(run, found);
        break;
    case FOUND_CHALLENGE:
        run_on_challenge(run, found);
        break;
    case FOUND_CONNECTION:
        if (run->in_response && says_close(found->value))
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
        on_value(run, found);
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
    struct run run = {.explain = explain, .words = words};
    struct finder finder;
    struct found found;

    find_open(&finder, text, words);
    for (find_next(&finder, &found); found.kind != FOUND_END; find_next(&finder, &found))
        on_found(&run, &found);
    end_both(&run);
    if (finder.out_of_memory)
        explain->faults++;
    if (exchange_summary(&explain->exchange, explain->report))
        explain->found++;
    find_close(&finder);
}
