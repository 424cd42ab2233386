/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest-file: gives Squid the HA1 of users for Digest authentication, from a local file.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <stdlib.h>

#include "helpers/core/helper.h"
#include "helpers/digest-file/digest.h"
#include "helpers/digest-file/options.h"

static const char program[] = "digest-file";

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper;
    struct common_options common;
    struct digest_file_options options;
    struct digest *digest;
};

static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    digest_request(state->digest, request);
}

static void on_handed_up(void *context)
{
    struct state *state = context;

    digest_handed_up(state->digest);
}

static struct digest_config config_of(struct state *state)
{
    return (struct digest_config){
        .loop = state->helper.loop,
        .offload = state->helper.offload,
        .log = state->helper.log,
        .path = state->options.files.values[0],
        .lines = {.hashes_only = state->options.hashes_only, .realms = &state->options.realms},
        .key_extras = (unsigned)state->common.key_extras,
        .seed = helper_seed(&state->helper),
    };
}

static bool serve(struct state *state, struct why *why)
{
    struct digest_config config;

    if (!helper_open_threads(&state->helper, 1, why))
        return false;
    config = config_of(state);
    state->digest = digest_open(&config, why);
    state->helper.handed_up = on_handed_up;
    return state->digest && helper_run(&state->helper, SCHEME_DIGEST, on_request, state, why);
}

/* False when a thread is still reading: the caller must leave with _exit(). */
static bool tidy(void *context)
{
    struct state *state = context;

    return digest_close(state->digest) && helper_close(&state->helper);
}

static int run(void *context, struct why *why)
{
    struct state *state = context;
    if (!digest_file_options_check(&state->options, why) ||
        !helper_open(&state->helper, program, &state->common, why))
        return HELPER_EXIT_OPTIONS;
    if (state->common.check) {
        const struct digest_config config = config_of(state);

        return digest_check(&config) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return serve(state, why) ? EXIT_SUCCESS : HELPER_EXIT_OPTIONS;
}

int main(int argc, char **argv)
{
    struct state state = {0};
    const struct option_table tables[] = {
        {NULL, digest_file_option_list, digest_file_option_count, &state.options},
        {NULL, common_option_list, common_option_count, &state.common},
    };
    struct option_set set = {
        .program = program,
        .synopsis = "[-c] [options] FILE",
        .purpose = "Gives Squid the hashes of users for Digest authentication, from a file.",
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
