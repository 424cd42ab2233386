/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic-pam: verifies user names and passwords from Squid by PAM.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "helpers/basic-pam/options.h"
#include "helpers/core/bytes.h"
#include "helpers/core/helper.h"
#include "helpers/core/visible.h"
#include "helpers/pam/service.h"
#include "helpers/pam/transaction.h"
#include "helpers/verify/checker.h"

static const char program[] = "basic-pam";

/* As much as a thread has when nobody says how much: modules are written for that. */
static const size_t stack_size = (size_t)8 * 1024 * 1024;

enum { DOUBT_MAX = SERVICE_PATH_MAX + 300 };

/* Everything that lives as long as the process does. */
struct state {
    struct helper helper;
    struct common_options common;
    struct basic_pam_options options;
    struct transaction_config config;
    char doubt[DOUBT_MAX];
    struct offload *offload;
    struct checker *checker;
};

static void on_request(void *context, struct request *request)
{
    struct state *state = context;

    checker_request(state->checker, request);
}

static enum check_setup setup_of(const struct transaction *transaction)
{
    if (transaction->outcome.doubtful)
        return CHECK_SETUP_DOUBTFUL;
    return transaction->authenticated ? CHECK_SETUP_WORKS : CHECK_SETUP_UNKNOWN;
}

/* In a thread. */
static void verify(void *context, struct check *check)
{
    static const enum check_verdict verdicts[] = {
        [OUTCOME_OK] = CHECK_OK,
        [OUTCOME_DENIED] = CHECK_DENIED,
        [OUTCOME_UNAVAILABLE] = CHECK_UNAVAILABLE,
    };
    struct transaction transaction = {.user = check->user, .password = check->password};

    transaction_run(context, &transaction);
    check->verdict = verdicts[transaction.outcome.verdict];
    check->setup = setup_of(&transaction);
    check->reason = transaction.outcome.reason;
    /* Squid keeps the notes of a user: one that does not hold any more is told empty. */
    check->reason_word = transaction.outcome.word ? transaction.outcome.word : "";
    snprintf(check->detail, sizeof check->detail, "%s", transaction.detail);
    snprintf(check->name, sizeof check->name, "%s", transaction.name);
}

/* If it is not there, every login is what the service "other" makes of it. If it is and goes later,
 * as while it is written anew, that is not what is wanted. */
static void look_at_service(struct state *state)
{
    char path[SERVICE_PATH_MAX];
    struct why why;

    state->config.needs_file =
        service_find(state->options.service, state->options.service_dir, path, &why);
    if (!state->config.needs_file)
        log_event(state->helper.log, LOG_WARNING, "service",
                  "%s; until it can be read PAM uses the service \"other\"", why.text);
    snprintf(state->doubt, sizeof state->doubt,
             "where that is so for everybody, look at %s for a line that PAM does not understand, "
             "an include that is missing, or no auth line that decides; %s --check says more",
             path, program);
}

static bool serve(struct state *state, struct why *why)
{
    const unsigned threads = basic_pam_options_threads(&state->options);

    look_at_service(state);
    if (!transaction_prepare())
        return why_set(why, "out of memory");
    state->offload = offload_open_with_stack(state->helper.loop, threads, stack_size, why);
    if (!state->offload)
        return false;
    state->checker = checker_open(
        &(struct checker_config){
            .loop = state->helper.loop,
            .offload = state->offload,
            .log = state->helper.log,
            .backend = "PAM",
            .doubt = state->doubt,
            .workers = (unsigned)state->options.workers,
            .threads = threads,
            .key_extras = (unsigned)state->common.key_extras,
            .seed = helper_seed(&state->helper),
            .verify = verify,
            .context = &state->config,
        },
        why);
    return state->checker && helper_run(&state->helper, SCHEME_BASIC, on_request, state, why);
}

/* A line each, with the file before it. */
static void print_remarks(const char *path, const char *text)
{
    const char *end;

    for (; (end = strchr(text, '\n')); text = end + 1) {
        struct bytes line = {0};

        bytes_put_text(&line, path);
        bytes_put_text(&line, ": ");
        visible_put(&line, (struct pxa_span){text, (size_t)(end - text)}, VISIBLE_SENTENCE);
        bytes_put_text(&line, "\n");
        if (!line.failed)
            fwrite(line.at + line.start, 1, bytes_len(&line), stdout);
        bytes_free(&line);
    }
}

/* What PAM makes of the service at PATH, which is there. */
static bool check_service(const struct state *state, const char *path)
{
    struct remarks remarks = {.text = ""};
    struct why why;
    bool usable = transaction_try(&state->config, &remarks, &why);
    bool good = usable && remarks.text[0] == '\0';

    if (!usable)
        printf("%s\n", why.text);
    else if (!good)
        printf("PAM does not understand all of the service %s:\n", state->options.service);
    else
        printf("the PAM service %s is there: %s\n"
               "whether its modules work is seen by a login: echo 'user password' | %s --debug "
               "...\n",
               state->options.service, path, program);
    print_remarks(path, remarks.text);
    return good;
}

static bool check(const struct state *state)
{
    char path[SERVICE_PATH_MAX];
    struct why why;

    if (service_find(state->options.service, state->options.service_dir, path, &why))
        return check_service(state, path);
    printf("%s\n", why.text);
    return false;
}

static int run(void *context, struct why *why)
{
    struct state *state = context;

    if (!basic_pam_options_check(&state->options, why) ||
        !helper_open(&state->helper, program, &state->common, why))
        return HELPER_EXIT_OPTIONS;
    state->config = basic_pam_options_config(&state->options);
    if (state->common.check)
        return check(state) ? EXIT_SUCCESS : EXIT_FAILURE;
    return serve(state, why) ? EXIT_SUCCESS : HELPER_EXIT_OPTIONS;
}

static bool init(void *context)
{
    struct state *state = context;

    return basic_pam_options_init(&state->options);
}

/* False when a thread is still inside PAM: the caller must leave with _exit(). */
static bool tidy(void *context)
{
    struct state *state = context;

    if (!checker_close(state->checker))
        return false;
    if (state->offload && !offload_close(state->offload))
        return false;
    return helper_close(&state->helper);
}

int main(int argc, char **argv)
{
    struct state state = {0};
    struct why why;
    const struct option_table tables[] = {
        {NULL, basic_pam_option_list, basic_pam_option_count, &state.options},
        {NULL, common_option_list, common_option_count, &state.common},
    };
    struct option_set set = {
        .program = program,
        .synopsis = "[options]",
        .purpose = "Verifies Basic credentials from Squid by PAM.",
        .tables = tables,
        .table_count = sizeof tables / sizeof *tables,
        .clusters = true,
    };
    const struct helper_program whole = {
        .options = &set,
        .common = &state.common,
        .init = init,
        .run = run,
        .tidy = tidy,
    };

    if (getauxval(AT_SECURE) && !basic_pam_options_harmless(argc, argv, &why)) {
        fprintf(stderr, "%s: %s\n", program, why.text);
        return HELPER_EXIT_OPTIONS;
    }
    return helper_main(&whole, &state, argc, argv);
}
