/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * negotiate-gssapi: Kerberos logins of Squid's clients, and NTLM where it is allowed, through
 * GSSAPI.
 *
 * Wiring only: options, keytab, directory, one session on standard input and output.
 */
#include <config.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/helper.h"
#include "helpers/kerberos/key_watch.h"
#include "helpers/kerberos/keys.h"
#include "helpers/kerberos/replay.h"
#include "helpers/kerberos/spn.h"
#include "helpers/kerberos/winbind.h"
#include "helpers/negotiate-gssapi/group_source.h"
#include "helpers/negotiate-gssapi/ntlm_users.h"
#include "helpers/negotiate-gssapi/options.h"
#include "helpers/negotiate-gssapi/sign_on.h"

/* A client at a time is served, but one whose login hangs in a library keeps its thread. */
enum { LOGIN_THREADS = 8 };

/* Own, directory's, common. */
enum { TABLES_MAX = 3 };

static const char program[] = "negotiate-gssapi";

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper;         /* its threads are for logins that may wait */
    const struct option_set *set; /* what was said about the options, once they are parsed */
    struct common_options common;
    struct gssapi_options options;
    struct group_source groups;
    char *keytab;      /* NULL: none is needed, */
    bool finds_keytab; /* or krb5.conf, which names it, cannot be read yet */
    struct spn_rule *spns;
    struct replay replay;
    struct offload *reading; /* the keytab */
    struct key_watch *watch;
    struct ntlm_users *users; /* NULL: none in a file */
    struct sign_on *sign_on;
};

static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    sign_on_request(state->sign_on, request);
}

static void on_looked(void *context)
{
    struct state *state = context;

    if (state->sign_on)
        sign_on_looked(state->sign_on);
}

static void on_users_changed(void *context)
{
    struct state *state = context;

    if (state->sign_on)
        sign_on_users_changed(state->sign_on);
}

/* ---- options ---- */

/* The scheme NTLM has no use for keys. */
static bool needs_keytab(const struct state *state)
{
    return state->options.scheme != GSSAPI_NTLM;
}

static bool find_keytab(struct state *state, struct why *why)
{
    if (!needs_keytab(state))
        return true;
    state->keytab = keys_path(state->options.keytab, &state->finds_keytab, why);
    return state->keytab || state->finds_keytab;
}

static bool take_options(struct state *state, struct why *why)
{
    bool named = group_source_is_wanted(&state->groups);

    if (!gssapi_options_check(&state->options, named, why) ||
        !group_source_check_options(&state->groups, state->set, why) || !find_keytab(state, why) ||
        !replay_init(&state->replay, state->options.replay_cache, why))
        return false;
    state->spns = spn_rule_new(&state->options.spns, why);
    if (state->options.informational && state->common.log_level < LOG_INFO)
        state->common.log_level = LOG_INFO;
    return state->spns;
}

static void warn_about_replay(const struct replay *replay, struct log *log)
{
    struct why why = {""};

    if (replay->passed_over.text[0] != '\0')
        log_event(log, LOG_WARNING, "start", "%s; it is passed over", replay->passed_over.text);
    if (!replay->path)
        log_event(log, LOG_NOTICE, "start",
                  "the replay cache is off: who sees a token on its way can use it again for "
                  "some minutes");
    else if (!replay_usable(replay, &why))
        log_event(log, LOG_ERROR, "start", "%s; Kerberos logins get BH until it can be used",
                  why.text);
}

static void warn_about_options(const struct state *state)
{
    const struct gssapi_options *options = &state->options;
    struct log *log = state->helper.log;

    group_source_warn(&state->groups, state->set, log);
    if (options->strip_realm && options->realms.count != 1)
        log_event(log, LOG_NOTICE, "start",
                  "-r (--strip-realm) gives users of one name in several realms one name: say by "
                  "--krb5-realm NAME whose users are let in");
    if (needs_keytab(state))
        warn_about_replay(&state->replay, log);
}

/* gss-ntlmssp compares names in the locale's character set. Before the first thread. */
static void use_utf8(const struct state *state)
{
    if (state->options.ntlm && !setlocale(LC_CTYPE, "C.UTF-8"))
        log_event(state->helper.log, LOG_WARNING, "start",
                  "this system has no locale C.UTF-8: users of NTLM whose names are not ASCII "
                  "cannot log in");
}

static struct key_watch_config watch_config_of(struct state *state)
{
    return (struct key_watch_config){
        .path = state->keytab,
        .finds_path = state->finds_keytab,
        .rule = state->spns,
        .order = {.replay = &state->replay,
                  .ntlm = state->options.ntlm,
                  .ntlm_file = state->options.ntlm_file},
        .look_ms = KEY_WATCH_LOOK_MS,
        .looked = on_looked,
        .context = state,
    };
}

static struct ntlm_users_config users_config_of(struct state *state)
{
    return (struct ntlm_users_config){
        .path = state->options.ntlm_file,
        .seed = helper_seed(&state->helper),
        .changed = on_users_changed,
        .context = state,
    };
}

/* ---- start and end ---- */

static bool open_watch(struct state *state, struct why *why)
{
    const struct key_watch_config config = watch_config_of(state);

    state->reading = offload_open(state->helper.loop, 1, why);
    if (!state->reading)
        return false;
    state->watch =
        key_watch_open(state->helper.loop, state->reading, state->helper.log, &config, why);
    return state->watch;
}

static bool open_users(struct state *state, struct why *why)
{
    const struct ntlm_users_config config = users_config_of(state);

    if (!state->options.ntlm_file)
        return true;
    state->users = ntlm_users_open(state->helper.loop, state->helper.log, &config, why);
    return state->users;
}

static bool open_sign_on(struct state *state, struct why *why)
{
    const struct sign_on_config config = {
        .options = &state->options,
        .loop = state->helper.loop,
        .offload = state->helper.offload,
        .log = state->helper.log,
        .key_extras = (unsigned)state->common.key_extras,
        .watch = state->watch,
        .spns = state->spns,
        .replay = &state->replay,
        .directory = state->groups.directory,
        .users = state->users,
    };

    state->sign_on = sign_on_new(&config, why);
    return state->sign_on;
}

static bool serve(struct state *state, struct why *why)
{
    enum scheme scheme = state->options.scheme == GSSAPI_NTLM ? SCHEME_NTLM : SCHEME_NEGOTIATE;

    if (group_source_is_wanted(&state->groups) &&
        !group_source_open(&state->groups, &state->helper, state->set, why))
        return false;
    return helper_open_threads(&state->helper, LOGIN_THREADS, why) && open_watch(state, why) &&
           open_users(state, why) && open_sign_on(state, why) &&
           helper_run(&state->helper, scheme, on_request, state, why);
}

static int check(struct state *state)
{
    const struct key_watch_config config = watch_config_of(state);
    const struct ntlm_users_config users = users_config_of(state);
    bool well = key_watch_check(&config);

    if (state->options.ntlm_file)
        well = ntlm_users_check(&users) && well;
    else if (state->options.ntlm)
        well = winbind_check() && well;
    if (group_source_is_wanted(&state->groups))
        well = group_source_test(&state->groups, &state->helper, state->set) && well;
    return well ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(void *context, struct why *why)
{
    struct state *state = context;

    if (!take_options(state, why) || !helper_open(&state->helper, program, &state->common, why))
        return HELPER_EXIT_OPTIONS;
    warn_about_options(state);
    use_utf8(state);
    if (state->common.check)
        return check(state);
    return serve(state, why) ? EXIT_SUCCESS : HELPER_EXIT_OPTIONS;
}

/* False when a thread is still inside a library: the caller must leave with _exit(). */
static bool tidy(void *context)
{
    struct state *state = context;

    if (!sign_on_free(state->sign_on) || !group_source_close(&state->groups) ||
        !key_watch_close(state->watch) || !ntlm_users_close(state->users))
        return false;
    if (state->reading && !offload_close(state->reading))
        return false;
    spn_rule_free(state->spns);
    replay_free(&state->replay);
    free(state->keytab);
    return helper_close(&state->helper);
}

static bool init(void *context)
{
    struct state *state = context;

    return gssapi_options_init(&state->options) && group_source_init(&state->groups);
}

static size_t list_tables(struct state *state, struct option_table tables[TABLES_MAX])
{
    size_t count = 0;

    tables[count++] =
        (struct option_table){NULL, gssapi_option_list, gssapi_option_count, &state->options};
    count += group_source_table(&state->groups, &tables[count]);
    tables[count++] =
        (struct option_table){NULL, common_option_list, common_option_count, &state->common};
    return count;
}

int main(int argc, char **argv)
{
    struct state state = {0};
    struct option_table tables[TABLES_MAX];
    struct why why;
    struct option_set set = {
        .program = program,
        .synopsis = "[options]",
        .purpose = "Verifies Kerberos logins from Squid's clients through GSSAPI.",
        .tables = tables,
        .clusters = true,
        .h_is_help = true,
    };
    const struct helper_program whole = {
        .options = &set,
        .common = &state.common,
        .init = init,
        .run = run,
        .tidy = tidy,
    };

    if (!gssapi_options_not_wrapper(argc, argv, &why)) {
        fprintf(stderr, "%s: %s\n", program, why.text);
        return HELPER_EXIT_OPTIONS;
    }
    set.table_count = list_tables(&state, tables);
    state.set = &set;
    return helper_main(&whole, &state, argc, argv);
}
