/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * negotiate-stub: Negotiate and NTLM for Squid without a domain, for laboratories and diagnosis.
 *
 * Wiring only: options, the file of accounts, one session on standard input and output.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "helpers/core/helper.h"
#include "helpers/files/keeper.h"
#include "helpers/files/smbpasswd_lines.h"
#include "helpers/negotiate-stub/options.h"
#include "helpers/negotiate-stub/verifier.h"

enum { HOST_MAX = 256 };

static const char program[] = "negotiate-stub";

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper;
    struct common_options common;
    struct stub_options options;
    struct stub_names names;
    struct keeper *keeper;
    struct verifier *verifier;
    struct request *waiting; /* came before the file was read for the first time */
};

/* ---- requests ---- */

static void on_cancel(struct request *request)
{
    struct state *state = request->holder;

    state->waiting = NULL;
}

/* Lines have no ids, so there is one at a time. */
static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    if (!state->keeper || keeper_is_ready(state->keeper)) {
        verifier_request(state->verifier, request);
        return;
    }
    request->holder = state;
    request->cancel = on_cancel;
    state->waiting = request;
}

static void on_changed(void *context)
{
    struct state *state = context;
    struct request *request = state->waiting;

    state->waiting = NULL;
    if (!request)
        return;
    request->cancel = NULL;
    verifier_request(state->verifier, request);
}

/* ---- start and end ---- */

static uint64_t filetime_now(void)
{
    const uint64_t unix_epoch_s = 11644473600; /* 1970, counted from 1601 */
    struct timespec now = {0};

    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec + unix_epoch_s) * 10000000 + (uint64_t)now.tv_nsec / 100;
}

static struct keeper_config keeper_config_of(struct state *state)
{
    const struct keeper_config config = {
        .path = state->options.ntlm_file,
        .what = "the NTLM file",
        .format = &smbpasswd_format,
        .look_ms = KEEPER_LOOK_MS,
        .empty_ms = KEEPER_EMPTY_MS,
        .seed = helper_seed(&state->helper),
        .changed = on_changed,
        .context = state,
    };

    return config;
}

static bool open_file(struct state *state, struct why *why)
{
    struct keeper_config config = keeper_config_of(state);

    if (!state->options.ntlm_file)
        return true;
    if (!helper_open_threads(&state->helper, 1, why))
        return false;
    state->keeper =
        keeper_open(state->helper.loop, state->helper.offload, state->helper.log, &config, why);
    return state->keeper != NULL;
}

static void warn_about_options(const struct state *state)
{
    struct log *log = state->helper.log;

    if (!state->options.ntlm_file)
        log_event(log, LOG_NOTICE, "start", "no --ntlm-file: every login is refused");
    if (state->options.allow_ntlmv1)
        log_event(log, LOG_WARNING, "start",
                  "--allow-ntlmv1: who sees an NTLMv1 login can compute the password's hash and "
                  "log in with it");
}

static bool serve(struct state *state, struct why *why)
{
    struct verifier_config config;

    if (!open_file(state, why))
        return false;
    config = (struct verifier_config){
        .options = &state->options,
        .names = &state->names,
        .keeper = state->keeper,
        .log = state->helper.log,
        .key_extras = (unsigned)state->common.key_extras,
        .now = filetime_now,
    };
    state->verifier = verifier_new(&config, why);
    return state->verifier &&
           helper_run(&state->helper,
                      state->options.scheme == STUB_NTLM ? SCHEME_NTLM : SCHEME_NEGOTIATE,
                      on_request, state, why);
}

/* False when a thread is still inside a library: the caller must leave with _exit(). */
static bool tidy(void *context)
{
    struct state *state = context;

    if (state->keeper && !keeper_close(state->keeper))
        return false;
    verifier_free(state->verifier);
    return helper_close(&state->helper);
}

static int check(struct state *state)
{
    struct keeper_config config = keeper_config_of(state);

    if (!state->options.ntlm_file) {
        printf("no --ntlm-file: every login is refused\n");
        return state->options.explain ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return keeper_check(&config, NULL) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(void *context, struct why *why)
{
    struct state *state = context;
    char host[HOST_MAX] = "";

    if (gethostname(host, sizeof host - 1) < 0)
        host[0] = '\0';
    if (!stub_options_check(&state->options, why) ||
        !stub_names_make(&state->options, host, &state->names, why) ||
        !helper_open(&state->helper, program, &state->common, why))
        return HELPER_EXIT_OPTIONS;
    if (state->common.check)
        return check(state);
    warn_about_options(state);
    return serve(state, why) ? EXIT_SUCCESS : HELPER_EXIT_OPTIONS;
}

static bool init(void *context)
{
    struct state *state = context;

    return stub_options_init(&state->options);
}

int main(int argc, char **argv)
{
    struct state state = {0};
    const struct option_table tables[] = {
        {NULL, stub_option_list, stub_option_count, &state.options},
        {NULL, common_option_list, common_option_count, &state.common},
    };
    struct option_set set = {
        .program = program,
        .synopsis = "[options]",
        .purpose = "Answers Negotiate and NTLM logins from Squid without a domain.",
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
