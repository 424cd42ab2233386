/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic-file: verifies user names and passwords from Squid against a local password file.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "helpers/basic-file/options.h"
#include "helpers/basic-file/verifier.h"
#include "helpers/core/harden.h"
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

/* For the hash of names: users choose them, and must not choose which of them collide. */
static uint64_t random_seed(struct state *state)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = loop_now_ms(state->helper.loop);
    return seed;
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
        .seed = random_seed(state),
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

static int run(struct state *state, struct why *why)
{
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
static bool tidy(struct state *state)
{
    if (!verifier_close(state->verifier))
        return false;
    if (state->reading && !offload_close(state->reading))
        return false;
    return helper_close(&state->helper);
}

int main(int argc, char **argv)
{
    struct state state = {0};
    struct why why = {{0}};
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
    int code = HELPER_EXIT_OPTIONS;

    harden_process();
    signal(SIGPIPE, SIG_IGN);
    if (!common_options_init(&state.common)) {
        why_set(&why, "out of memory");
    } else {
        switch (option_parse(&set, argc, argv, &why)) {
        case OPTION_RUN:
            code = run(&state, &why);
            break;
        case OPTION_DONE:
            code = EXIT_SUCCESS;
            break;
        case OPTION_BAD:
            break;
        }
    }
    if (code == HELPER_EXIT_OPTIONS)
        fprintf(stderr, "%s: %s\n", program, why.text);
    if (!tidy(&state))
        _exit(code);
    option_free(&set);
    return code;
}
