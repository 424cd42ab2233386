/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group-ad: tells Squid whether users are members of groups, each in the directory of its realm.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <stdlib.h>

#include "helpers/core/chance.h"
#include "helpers/core/helper.h"
#include "helpers/group-ad/group.h"
#include "helpers/group-ad/options.h"
#include "helpers/group-ad/realms.h"

enum { OFFLOAD_THREADS = 4 };

static const char program[] = "group-ad";
static const struct password_options password_options = {"-p", "--bind-password-file"};

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper;
    const struct option_set *set; /* what was said about the options, once they are parsed */
    struct group_ad_options options;
    struct realms *realms;
    struct group *group;
    struct chance chance;
};

static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    group_request(state->group, request);
}

static struct source_ground ground_of(struct state *state)
{
    return (struct source_ground){
        .directory = {.loop = state->helper.loop,
                      .offload = state->helper.offload,
                      .log = state->helper.log,
                      .deadline_ms = helper_deadline_ms(&state->helper),
                      .random = chance_next,
                      .random_context = &state->chance},
        .options = &state->options,
        .cleartext_allowed =
            directory_options_allow_cleartext(&state->options.directory, state->set),
        .seed = helper_seed(&state->helper),
    };
}

static void warn_about_options(const struct state *state)
{
    const struct group_ad_options *options = &state->options;
    struct log *log = state->helper.log;

    directory_options_warn(&options->directory, state->set, &password_options, log);
    if (options->unverified)
        log_event(log, LOG_WARNING, "start",
                  "-a: certificates of directory servers are NOT VERIFIED: anybody on the way can "
                  "be the directory");
    if (!options->kerberos && !options->no_kerberos)
        log_event(log, LOG_NOTICE, "start",
                  "Kerberos is not used: there is no keytab (KRB5_KTNAME, --bind-keytab), and "
                  "there is an account (-u)");
}

static bool serve(struct state *state, struct why *why)
{
    struct source_ground ground;

    if (!helper_open_threads(&state->helper, OFFLOAD_THREADS, why))
        return false;
    ground = ground_of(state);
    state->realms = realms_new(&ground);
    if (!state->realms)
        return why_set(why, "out of memory");
    state->group = group_new(&state->options, state->realms, state->helper.log, why);
    return state->group && helper_run(&state->helper, SCHEME_GROUP, on_request, state, why);
}

/* False when a thread is still inside a library: the caller must leave with _exit(). */
static bool tidy(void *context)
{
    struct state *state = context;

    if (state->realms && !realms_quiet(state->realms))
        return false;
    group_free(state->group);
    realms_free(state->realms);
    group_ad_options_free(&state->options);
    return helper_close(&state->helper);
}

static int run(void *context, struct why *why)
{
    struct state *state = context;

    if (!group_ad_options_check(&state->options, why) ||
        !realms_check_options(&state->options, why) ||
        !helper_open(&state->helper, program, &state->options.common, why))
        return HELPER_EXIT_OPTIONS;
    state->chance.state = helper_seed(&state->helper);
    warn_about_options(state);
    if (state->options.common.check) {
        const struct source_ground ground = ground_of(state);

        return realms_check(&ground) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return serve(state, why) ? EXIT_SUCCESS : HELPER_EXIT_OPTIONS;
}

static bool init(void *context)
{
    struct state *state = context;

    return group_ad_options_init(&state->options);
}

int main(int argc, char **argv)
{
    struct state state = {0};
    struct option_table tables[GROUP_AD_TABLES];
    struct option_set set = {
        .program = program,
        .synopsis = "[options] -g GROUP[@[REALM]]:... [-D REALM]",
        .purpose =
            "Tells Squid whether users are members of groups, in the directory of their realm.",
        .tables = tables,
        .table_count = GROUP_AD_TABLES,
        .clusters = true,
        .h_is_help = true,
    };
    const struct helper_program whole = {
        .options = &set,
        .common = &state.options.common,
        .init = init,
        .run = run,
        .tidy = tidy,
    };

    group_ad_option_tables(&state.options, tables);
    state.set = &set;
    return helper_main(&whole, &state, argc, argv);
}
