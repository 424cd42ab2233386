/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest-ldap: gives Squid the HA1 of users for Digest authentication, from an LDAP attribute.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <stdlib.h>

#include "helpers/core/chance.h"
#include "helpers/core/helper.h"
#include "helpers/digest-ldap/lookup.h"
#include "helpers/digest-ldap/options.h"
#include "helpers/directory/directory.h"

enum { OFFLOAD_THREADS = 4 };

static const char program[] = "digest-ldap";
static const struct password_options password_options = {"-w", "-W"};

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper;
    const struct option_set *set; /* what was said about the options, once they are parsed */
    struct digest_ldap_options options;
    struct directory *directory;
    struct lookup *lookup;
    struct chance chance;
};

static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    lookup_request(state->lookup, request);
}

static struct directory_orders orders_of(const struct state *state)
{
    const struct digest_ldap_options *options = &state->options;

    return (struct directory_orders){
        .options = &options->directory,
        .user = &options->user,
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

static struct lookup_config config_of(const struct state *state)
{
    const struct digest_ldap_options *options = &state->options;

    return (struct lookup_config){
        .directory = state->directory,
        .log = state->helper.log,
        .attribute = options->attribute,
        .format = {.hashes = options->hashes,
                   .delimiters = options->delimiters ? options->delimiters : ":"},
        .realm = options->realm,
        .key_extras = (unsigned)options->common.key_extras,
    };
}

static void warn_about_options(const struct state *state)
{
    struct log *log = state->helper.log;

    directory_options_warn(&state->options.directory, state->set, &password_options, log);
    if (state->options.stock_strip)
        log_event(log, LOG_WARNING, "start",
                  "-E has no effect, as in Squid's helper; --ca-file names the certificates to "
                  "trust, --strip-realm cuts the domain off names");
    if (!state->options.hashes && !state->options.realm)
        log_event(log, LOG_WARNING, "start",
                  "passwords in clear answer whatever realm a client names: give -r NAME with the "
                  "realm of auth_param digest in squid.conf");
}

static bool serve(struct state *state, struct why *why)
{
    const struct directory_orders orders = orders_of(state);
    struct directory_ground ground;
    struct lookup_config config;

    if (!helper_open_threads(&state->helper, OFFLOAD_THREADS, why))
        return false;
    ground = ground_of(state);
    state->directory = directory_open(&ground, &orders, why);
    if (!state->directory)
        return false;
    config = config_of(state);
    state->lookup = lookup_new(&config, why);
    return state->lookup && helper_run(&state->helper, SCHEME_DIGEST, on_request, state, why);
}

/* False when a thread is still inside a library: the caller must leave with _exit(). */
static bool tidy(void *context)
{
    struct state *state = context;

    if (state->directory && !directory_quiet(state->directory))
        return false;
    if (state->directory)
        directory_close(state->directory);
    lookup_free(state->lookup);
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

    if (!digest_ldap_options_check(&state->options, why) ||
        !helper_open(&state->helper, program, &state->options.common, why))
        return HELPER_EXIT_OPTIONS;
    state->chance.state = helper_seed(&state->helper);
    warn_about_options(state);
    if (state->options.common.check)
        return check(state);
    return serve(state, why) ? EXIT_SUCCESS : HELPER_EXIT_OPTIONS;
}

static bool init(void *context)
{
    struct state *state = context;

    return digest_ldap_options_init(&state->options);
}

int main(int argc, char **argv)
{
    struct state state = {0};
    struct option_table tables[DIGEST_LDAP_TABLES];
    struct option_set set = {
        .program = program,
        .synopsis = "[options] -b BASE -A ATTR [-e] [-F FILTER | -u ATTR] [server ...]",
        .purpose = "Gives Squid the hashes of users for Digest authentication, from a directory.",
        .tables = tables,
        .table_count = DIGEST_LDAP_TABLES,
        .words_as = "host",
    };
    const struct helper_program whole = {
        .options = &set,
        .common = &state.options.common,
        .init = init,
        .run = run,
        .tidy = tidy,
    };

    digest_ldap_option_tables(&state.options, tables);
    state.set = &set;
    return helper_main(&whole, &state, argc, argv);
}
