/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic-ldap: verifies user names and passwords from Squid against LDAP or Active Directory.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <stdlib.h>

#include "helpers/basic-ldap/basic.h"
#include "helpers/core/chance.h"
#include "helpers/core/helper.h"
#include "helpers/directory/directory.h"

enum { OFFLOAD_THREADS = 4 };

static const char program[] = "basic-ldap";

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper;
    const struct option_set *set; /* what was said about the options, once they are parsed */
    struct common_options common;
    struct directory_options options;
    struct directory *directory;
    struct basic *basic;
    struct chance chance;
};

static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    basic_request(state->basic, request);
}

static bool law_allows_cleartext(const struct state *state)
{
    return state->options.allow_cleartext || !state->set->long_server;
}

static struct directory_ground ground_of(struct state *state)
{
    return (struct directory_ground){
        .loop = state->helper.loop,
        .offload = state->helper.offload,
        .log = state->helper.log,
        .deadline_ms = helper_deadline_ms(&state->helper),
        .random = chance_next,
        .random_context = &state->chance,
    };
}

static void warn_about_options(const struct state *state)
{
    const struct option_set *set = state->set;
    struct log *log = state->helper.log;

    if (set->secret_in_argv)
        log_event(log, LOG_WARNING, "start",
                  "option -w (--bind-password): a password on the command line can be read by "
                  "others: use -W FILE");
    if (set->config_exposed)
        log_event(log, LOG_WARNING, "start",
                  "%s holds a password and can be read by others: chmod 0600", set->config_file);
    if (state->options.protocol_version == 2)
        log_event(log, LOG_WARNING, "start",
                  "-v 2: LDAP version 2 is obsolete (RFC 3494); version 3 is used");
}

static bool serve(struct state *state, bool cleartext_allowed, struct why *why)
{
    struct directory_ground ground;

    if (!helper_open_threads(&state->helper, OFFLOAD_THREADS, why))
        return false;
    ground = ground_of(state);
    state->directory = directory_open(&ground, &state->options, cleartext_allowed, why);
    if (!state->directory)
        return false;
    state->basic =
        basic_new(state->helper.loop, state->directory, (unsigned)state->common.key_extras, why);
    return state->basic && helper_run(&state->helper, SCHEME_BASIC, on_request, state, why);
}

/* False when a thread is still inside a library: the caller must leave with _exit(). */
static bool tidy(void *context)
{
    struct state *state = context;

    if (state->directory && !directory_quiet(state->directory))
        return false;
    if (state->directory)
        directory_close(state->directory);
    if (state->basic)
        basic_free(state->basic);
    return helper_close(&state->helper);
}

static int check(struct state *state, bool cleartext_allowed)
{
    struct directory_ground ground = ground_of(state);

    return directory_check(&ground, &state->options, cleartext_allowed) ? EXIT_SUCCESS
                                                                        : EXIT_FAILURE;
}

static int run(void *context, struct why *why)
{
    struct state *state = context;
    bool cleartext_allowed = law_allows_cleartext(state);

    if (!directory_options_check(&state->options, why) ||
        !helper_open(&state->helper, program, &state->common, why))
        return HELPER_EXIT_OPTIONS;
    state->chance.state = helper_seed(&state->helper);
    warn_about_options(state);
    if (state->common.check)
        return check(state, cleartext_allowed);
    return serve(state, cleartext_allowed, why) ? EXIT_SUCCESS : HELPER_EXIT_OPTIONS;
}

static bool init(void *context)
{
    struct state *state = context;

    return directory_options_init(&state->options);
}

int main(int argc, char **argv)
{
    struct state state = {0};
    const struct option_table tables[] = {
        {NULL, directory_option_list, directory_option_count, &state.options},
        {NULL, common_option_list, common_option_count, &state.common},
    };
    struct option_set set = {
        .program = program,
        .synopsis = "[options] -b BASE [server ...]",
        .purpose = "Verifies Basic credentials from Squid against LDAP or Active Directory.",
        .tables = tables,
        .table_count = sizeof tables / sizeof *tables,
        .words_as = "host",
    };
    const struct helper_program whole = {
        .options = &set,
        .common = &state.common,
        .init = init,
        .run = run,
        .tidy = tidy,
    };

    state.set = &set;
    return helper_main(&whole, &state, argc, argv);
}
