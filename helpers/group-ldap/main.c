/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group-ldap: tells Squid whether users are members of groups in LDAP or Active Directory.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <stdlib.h>

#include "helpers/core/chance.h"
#include "helpers/core/helper.h"
#include "helpers/directory/directory.h"
#include "helpers/directory/membership.h"
#include "helpers/group-ldap/group.h"
#include "helpers/group-ldap/options.h"
#include "helpers/groups/groups.h"

enum { OFFLOAD_THREADS = 4 };

static const char program[] = "group-ldap";
static const struct password_options password_options = {"-w", "-W"};

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper;
    const struct option_set *set; /* what was said about the options, once they are parsed */
    struct group_ldap_options options;
    struct directory *directory;
    struct groups *groups;
    struct group_ldap *group;
    struct chance chance;
};

static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    group_ldap_request(state->group, request);
}

static struct directory_orders orders_of(const struct state *state)
{
    const struct group_ldap_options *options = &state->options;

    return (struct directory_orders){
        .options = &options->directory,
        .user = &options->user,
        .membership = &options->membership,
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

static struct groups_config groups_config_of(struct state *state)
{
    const struct group_ldap_options *options = &state->options;

    return (struct groups_config){
        .loop = state->helper.loop,
        .directory = state->directory,
        .log = state->helper.log,
        .ttl_ms = (uint64_t)options->line.ttl_s * 1000,
        .cap_bytes = (size_t)options->line.memory_mib << 20,
        .seed = helper_seed(&state->helper),
        .find_first = group_ldap_options_find_first(options),
        .attributes = options->membership.filter ? NULL : membership_attributes(),
    };
}

static struct group_line_rules rules_of(const struct state *state)
{
    const struct group_line_options *line = &state->options.line;

    return (struct group_line_rules){
        .login = (enum group_line_login)line->login,
        .groups_count = (size_t)line->groups_count,
        .base_extension = line->base_extension,
        .strip_nt_domain = line->strip_nt_domain,
        .strip_kerberos_realm = line->strip_kerberos_realm,
    };
}

static bool serve(struct state *state, struct why *why)
{
    const struct directory_orders orders = orders_of(state);
    const struct group_line_rules rules = rules_of(state);
    struct directory_ground ground;
    struct groups_config groups;

    if (!helper_open_threads(&state->helper, OFFLOAD_THREADS, why))
        return false;
    ground = ground_of(state);
    state->directory = directory_open(&ground, &orders, why);
    if (!state->directory)
        return false;
    groups = groups_config_of(state);
    state->groups = groups_new(&groups, why);
    if (state->groups)
        state->group = group_ldap_new(state->groups, &rules, state->helper.log, why);
    return state->group && helper_run(&state->helper, SCHEME_GROUP, on_request, state, why);
}

/* False when a thread is still inside a library: the caller must leave with _exit(). */
static bool tidy(void *context)
{
    struct state *state = context;

    if (state->directory && !directory_quiet(state->directory))
        return false;
    group_ldap_free(state->group);
    groups_free(state->groups);
    if (state->directory)
        directory_close(state->directory);
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

    if (!group_ldap_options_check(&state->options, why) ||
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

    return group_ldap_options_init(&state->options);
}

int main(int argc, char **argv)
{
    struct state state = {0};
    struct option_table tables[GROUP_LDAP_TABLES];
    struct option_set set = {
        .program = program,
        .synopsis = "[options] -b BASE [-f FILTER] [server ...]",
        .purpose = "Tells Squid whether users are members of groups in LDAP or Active Directory.",
        .tables = tables,
        .table_count = GROUP_LDAP_TABLES,
        .words_as = "host",
    };
    const struct helper_program whole = {
        .options = &set,
        .common = &state.options.common,
        .init = init,
        .run = run,
        .tidy = tidy,
    };

    group_ldap_option_tables(&state.options, tables);
    state.set = &set;
    return helper_main(&whole, &state, argc, argv);
}
