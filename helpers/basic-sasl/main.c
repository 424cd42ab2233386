/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic-sasl: verifies user names and passwords from Squid through Cyrus SASL.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "helpers/basic-sasl/options.h"
#include "helpers/basic-sasl/probe.h"
#include "helpers/core/helper.h"
#include "helpers/sasl/service.h"
#include "helpers/verify/checker.h"

static const char program[] = "basic-sasl";

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper; /* its threads check */
    struct common_options common;
    struct basic_sasl_options options;
    struct sasl_service *service;
    struct checker *checker;
};

/* In a thread. The user is told nothing but that it was wrong, so that nobody learns who exists. */
static void verify(void *context, struct check *check)
{
    static const enum check_verdict verdicts[] = {
        [SASL_OUTCOME_FITS] = CHECK_OK,
        [SASL_OUTCOME_REFUSED] = CHECK_DENIED,
        [SASL_OUTCOME_TROUBLE] = CHECK_UNAVAILABLE,
    };
    struct sasl_result result;

    _Static_assert(sizeof result.detail <= sizeof check->detail, "a detail fits");
    sasl_service_check(context, check->user, check->password, &result);
    check->verdict = verdicts[result.outcome];
    memcpy(check->detail, result.detail, sizeof result.detail);
}

static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    checker_request(state->checker, request);
}

/* Also where its configuration cannot be used yet. */
static bool open_service(struct state *state, struct why *why)
{
    const struct basic_sasl_options *options = &state->options;
    const struct sasl_service_config config = {
        .application = options->application,
        .service = options->service,
        .realm = options->realm,
        .config_dir = options->config_dir,
        .accept_aliases = options->accept_aliases,
    };

    state->service = sasl_service_open(&config, why);
    return state->service != NULL;
}

static bool serve(struct state *state, struct why *why)
{
    const struct checker_config config = {
        .loop = state->helper.loop,
        .offload = state->helper.offload,
        .log = state->helper.log,
        .backend = "Cyrus SASL",
        .workers = (unsigned)state->options.workers,
        .threads = basic_sasl_options_threads(&state->options),
        .key_extras = (unsigned)state->common.key_extras,
        .seed = helper_seed(&state->helper),
        .verify = verify,
        .context = state->service,
    };

    if (why->text[0])
        log_event(state->helper.log, LOG_WARNING, "configuration", "%s", why->text);
    state->checker = checker_open(&config, why);
    return state->checker && helper_run(&state->helper, SCHEME_BASIC, on_request, state, why);
}

static int run(void *context, struct why *why)
{
    struct state *state = context;

    if (!basic_sasl_options_check(&state->options, why) ||
        !helper_open(&state->helper, program, &state->common, why) ||
        !helper_open_threads(&state->helper, basic_sasl_options_threads(&state->options), why) ||
        !open_service(state, why))
        return HELPER_EXIT_OPTIONS;
    if (state->common.check)
        return probe(&state->helper, state->service) ? EXIT_SUCCESS : EXIT_FAILURE;
    return serve(state, why) ? EXIT_SUCCESS : HELPER_EXIT_OPTIONS;
}

/* False when a thread still checks: the caller must leave with _exit(). */
static bool tidy(void *context)
{
    struct state *state = context;

    if (!checker_close(state->checker))
        return false;
    if (state->helper.offload && offload_busy(state->helper.offload) > 0)
        return false;
    sasl_service_free(state->service);
    return helper_close(&state->helper);
}

static bool init(void *context)
{
    struct state *state = context;

    return basic_sasl_options_init(&state->options);
}

int main(int argc, char **argv)
{
    struct state state = {0};
    const struct option_table tables[] = {
        {NULL, basic_sasl_option_list, basic_sasl_option_count, &state.options},
        {NULL, common_option_list, common_option_count, &state.common},
    };
    struct option_set set = {
        .program = program,
        .synopsis = "[options]",
        .purpose = "Verifies Basic credentials from Squid through Cyrus SASL.",
        .tables = tables,
        .table_count = sizeof tables / sizeof *tables,
    };
    const struct helper_program whole = {
        .options = &set,
        .common = &state.common,
        .init = init,
        .run = run,
        .tidy = tidy,
    };

    return helper_main(&whole, &state, argc, argv);
}
