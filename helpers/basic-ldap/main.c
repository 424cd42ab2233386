/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic-ldap: verifies user names and passwords from Squid against LDAP or Active Directory.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <stdlib.h>

#include "helpers/basic-ldap/basic.h"
#include "helpers/basic-ldap/options.h"
#include "helpers/core/chance.h"
#include "helpers/core/helper.h"
#include "helpers/directory/directory.h"

enum { OFFLOAD_THREADS = 4 };

static const char program[] = "basic-ldap";
static const struct password_options password_options = {"-w", "-W"};

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper;
    const struct option_set *set; /* what was said about the options, once they are parsed */
    struct basic_ldap_options options;
    struct directory *directory;
    struct basic *basic;
    struct chance chance;
};

static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    basic_request(state->basic, request);
}

static struct directory_orders orders_of(const struct state *state)
{
    const struct basic_ldap_options *options = &state->options;

    return (struct directory_orders){
        .options = &options->directory,
        .user = &options->user,
        .membership = &options->membership,
        .login = &options->login,
        .cleartext_allowed = directory_options_allow_cleartext(&options->directory, state->set),
    };
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

static bool open_basic(struct state *state, struct why *why)
{
    const struct basic_ground ground = {state->helper.loop, state->helper.log, state->directory};
    const struct basic_orders orders = {
        .key_extras = (unsigned)state->options.common.key_extras,
        .told = basic_ldap_options_told(&state->options),
    };

    state->basic = basic_new(&ground, &orders, why);
    return state->basic != NULL;
}

static bool serve(struct state *state, struct why *why)
{
    const struct directory_orders orders = orders_of(state);
    struct directory_ground ground;

    if (!helper_open_threads(&state->helper, OFFLOAD_THREADS, why))
        return false;
    ground = ground_of(state);
    state->directory = directory_open(&ground, &orders, why);
    return state->directory && open_basic(state, why) &&
           helper_run(&state->helper, SCHEME_BASIC, on_request, state, why);
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

static int check(struct state *state)
{
    const struct directory_ground ground = ground_of(state);
    const struct directory_orders orders = orders_of(state);

    return directory_check(&ground, &orders) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(void *context, struct why *why)
{
    struct state *state = context;

    if (!basic_ldap_options_check(&state->options, why) ||
        !helper_open(&state->helper, program, &state->options.common, why))
        return HELPER_EXIT_OPTIONS;
    state->chance.state = helper_seed(&state->helper);
    directory_options_warn(&state->options.directory, state->set, &password_options,
                           state->helper.log);
    if (state->options.common.check)
        return check(state);
    return serve(state, why) ? EXIT_SUCCESS : HELPER_EXIT_OPTIONS;
}

static bool init(void *context)
{
    struct state *state = context;

    return basic_ldap_options_init(&state->options);
}

int main(int argc, char **argv)
{
    struct state state = {0};
    struct option_table tables[BASIC_LDAP_TABLES];
    struct option_set set = {
        .program = program,
        .synopsis = "[options] {-b BASE | --domain NAME} [server ...]",
        .purpose = "Verifies Basic credentials from Squid against LDAP or Active Directory.",
        .tables = tables,
        .table_count = BASIC_LDAP_TABLES,
        .words_as = "host",
    };
    const struct helper_program whole = {
        .options = &set,
        .common = &state.options.common,
        .init = init,
        .run = run,
        .tidy = tidy,
    };

    basic_ldap_option_tables(&state.options, tables);
    state.set = &set;
    return helper_main(&whole, &state, argc, argv);
}
