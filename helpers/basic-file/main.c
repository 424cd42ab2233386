/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic-file: verifies user names and passwords from Squid against a local password file.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <stdlib.h>

#include "helpers/basic-file/options.h"
#include "helpers/basic-file/verifier.h"
#include "helpers/core/helper.h"

static const char program[] = "basic-file";

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper; /* its threads hash */
    struct common_options common;
    struct basic_file_options options;
    struct offload *reading;
    struct verifier *verifier;
};

static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    verifier_request(state->verifier, request);
}

static struct verifier_config config_of(struct state *state)
{
    return (struct verifier_config){
        .loop = state->helper.loop,
        .log = state->helper.log,
        .hashing = state->helper.offload,
        .reading = state->reading,
        .path = state->options.files.values[0],
        .workers = basic_file_options_workers(&state->options),
        .threads = basic_file_options_threads(&state->options),
        .key_extras = (unsigned)state->common.key_extras,
        .seed = helper_seed(&state->helper),
        .allow_weak = state->options.allow_weak,
    };
}

static bool serve(struct state *state, struct why *why)
{
    struct verifier_config config;

    if (!helper_open_threads(&state->helper, basic_file_options_threads(&state->options), why))
        return false;
    state->reading = offload_open(state->helper.loop, 1, why);
    if (!state->reading)
        return false;
    config = config_of(state);
    state->verifier = verifier_open(&config, why);
    return state->verifier && helper_run(&state->helper, SCHEME_BASIC, on_request, state, why);
}

static int run(void *context, struct why *why)
{
    struct state *state = context;
    if (!basic_file_options_check(&state->options, why) ||
        !helper_open(&state->helper, program, &state->common, why))
        return HELPER_EXIT_OPTIONS;
    if (state->common.check) {
        const struct verifier_config config = config_of(state);

        return verifier_check(&config) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return serve(state, why) ? EXIT_SUCCESS : HELPER_EXIT_OPTIONS;
}

/* False when a thread still hashes or reads: the caller must leave with _exit(). */
static bool tidy(void *context)
{
    struct state *state = context;

    if (!verifier_close(state->verifier))
        return false;
    if (state->reading && !offload_close(state->reading))
        return false;
    return helper_close(&state->helper);
}

int main(int argc, char **argv)
{
    struct state state = {0};
    const struct option_table tables[] = {
        {NULL, basic_file_option_list, basic_file_option_count, &state.options},
        {NULL, common_option_list, common_option_count, &state.common},
    };
    struct option_set set = {
        .program = program,
        .synopsis = "[options] FILE",
        .purpose = "Verifies Basic credentials from Squid against a password file.",
        .tables = tables,
        .table_count = sizeof tables / sizeof *tables,
        .words_as = "file",
    };
    const struct helper_program whole = {
        .options = &set,
        .common = &state.common,
        .run = run,
        .tidy = tidy,
    };

    return helper_main(&whole, &state, argc, argv);
}
