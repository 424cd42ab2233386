/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic-ldap: verifies user names and passwords from Squid against LDAP or Active Directory.
 *
 * Wiring only: options, then one session on standard input and output, until the input ends.
 */
#include <config.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "helpers/basic-ldap/basic.h"
#include "helpers/core/chance.h"
#include "helpers/core/common_options.h"
#include "helpers/core/harden.h"
#include "helpers/core/session.h"
#include "helpers/directory/directory.h"

enum { EXIT_OPTIONS = 2, OFFLOAD_THREADS = 4, PATIENCE_MS = 1000 };

static const char program[] = "basic-ldap";

/* Everything that lives as long as the helper does. */
struct helper {
    struct common_options common;
    struct directory_options options;
    struct loop *loop;
    struct log *log;
    struct offload *offload;
    struct directory *directory;
    struct basic *basic;
    struct stream_fd stream;
    struct session *session;
    struct timer *patience; /* after a signal */
    struct chance chance;
};

static uint64_t log_now_ms(void *loop)
{
    return loop_now_ms(loop);
}

static void on_request(void *context, struct request *request)
{
    struct helper *helper = context;

    basic_request(helper->basic, request);
}

static void on_ended(void *context)
{
    struct helper *helper = context;

    session_close(helper->session);
    helper->session = NULL;
    loop_stop(helper->loop);
}

static void on_signal(void *context, int signo)
{
    struct helper *helper = context;

    log_event(helper->log, LOG_INFO, "signal", "signal %d: answering what is pending", signo);
    if (helper->session)
        session_finish(helper->session);
    loop_timer_at(helper->loop, helper->patience,
                  loop_now_ms(helper->loop) + (uint64_t)helper->common.deadline_s * 1000 +
                      PATIENCE_MS);
}

/* Everything has had its deadline: only a peer that does not read its replies is left. */
static void on_patience(void *context)
{
    struct helper *helper = context;

    log_event(helper->log, LOG_WARNING, "signal", "the last replies are not being read");
    loop_stop(helper->loop);
}

static bool law_allows_cleartext(const struct helper *helper, const struct option_set *set)
{
    return helper->options.allow_cleartext || !set->long_server;
}

static struct directory_ground ground_of(struct helper *helper)
{
    return (struct directory_ground){
        .loop = helper->loop,
        .offload = helper->offload,
        .log = helper->log,
        .deadline_ms = (uint64_t)helper->common.deadline_s * 1000,
        .random = chance_next,
        .random_context = &helper->chance,
    };
}

static void warn_about_options(const struct helper *helper, const struct option_set *set)
{
    if (set->secret_in_argv)
        log_event(helper->log, LOG_WARNING, "start",
                  "option -w (--bind-password): a password on the command line can be read by "
                  "others: use -W FILE");
    if (set->config_exposed)
        log_event(helper->log, LOG_WARNING, "start",
                  "%s holds a password and can be read by others: chmod 0600", set->config_file);
    if (helper->options.protocol_version == 2)
        log_event(helper->log, LOG_WARNING, "start",
                  "-v 2: LDAP version 2 is obsolete (RFC 3494); version 3 is used");
}

/* ---- start and end ---- */

static bool open_loop(struct helper *helper, struct why *why)
{
    helper->loop = loop_open();
    if (!helper->loop)
        return why_set(why, "the system gives no event loop");
    helper->log = log_open(STDERR_FILENO, program, common_options_log_level(&helper->common),
                           log_now_ms, helper->loop);
    if (!helper->log)
        return why_set(why, "out of memory");
    if (getrandom(&helper->chance.state, sizeof helper->chance.state, GRND_NONBLOCK) < 0)
        helper->chance.state = loop_now_ms(helper->loop);
    return true;
}

static bool open_session(struct helper *helper, struct why *why)
{
    const struct session_config config = {
        .scheme = SCHEME_BASIC,
        .concurrency = (enum concurrency)helper->common.concurrency,
        .key_extras = (unsigned)helper->common.key_extras,
        .deadline_ms = (uint64_t)helper->common.deadline_s * 1000,
        .request = on_request,
        .ended = on_ended,
        .context = helper,
    };

    helper->basic = basic_new(helper->loop, helper->directory,
                              (unsigned)helper->common.key_extras, why);
    if (!helper->basic)
        return false;
    stream_fd_init(&helper->stream, STDIN_FILENO, STDOUT_FILENO);
    helper->session =
        session_open(helper->loop, &helper->stream.stream, &config, helper->log);
    if (!helper->session)
        return why_set(why, "standard input or output cannot be used");
    helper->patience = loop_timer(helper->loop, on_patience, helper);
    if (!helper->patience || !loop_on_signal(helper->loop, SIGTERM, on_signal, helper) ||
        !loop_on_signal(helper->loop, SIGINT, on_signal, helper))
        return why_set(why, "out of memory");
    return true;
}

static bool open_helper(struct helper *helper, bool cleartext_allowed, struct why *why)
{
    struct directory_ground ground;

    helper->offload = offload_open(helper->loop, OFFLOAD_THREADS, why);
    if (!helper->offload)
        return false;
    ground = ground_of(helper);
    helper->directory = directory_open(&ground, &helper->options, cleartext_allowed, why);
    return helper->directory && open_session(helper, why);
}

/* A thread that is still inside a library cannot be ended: then the process ends without tidying,
 * and the caller must leave with _exit(). */
static bool close_helper(struct helper *helper)
{
    if (helper->session)
        session_close(helper->session);
    if (helper->directory && !directory_quiet(helper->directory))
        return false;
    if (helper->directory)
        directory_close(helper->directory);
    if (helper->basic)
        basic_free(helper->basic);
    if (helper->offload && !offload_close(helper->offload))
        return false;
    log_close(helper->log);
    if (helper->patience)
        loop_timer_free(helper->loop, helper->patience);
    if (helper->loop)
        loop_close(helper->loop);
    return true;
}

static int check(struct helper *helper, bool cleartext_allowed)
{
    struct directory_ground ground = ground_of(helper);

    return directory_check(&ground, &helper->options, cleartext_allowed) ? EXIT_SUCCESS
                                                                         : EXIT_FAILURE;
}

static int run(struct helper *helper, const struct option_set *set, struct why *why)
{
    bool cleartext_allowed = law_allows_cleartext(helper, set);

    if (!directory_options_check(&helper->options, why) || !open_loop(helper, why))
        return EXIT_OPTIONS;
    warn_about_options(helper, set);
    if (helper->common.check)
        return check(helper, cleartext_allowed);
    if (!open_helper(helper, cleartext_allowed, why))
        return EXIT_OPTIONS;
    loop_run(helper->loop);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct helper helper = {0};
    struct why why = {{0}};
    const struct option_table tables[] = {
        {NULL, directory_option_list, directory_option_count, &helper.options},
        {NULL, common_option_list, common_option_count, &helper.common},
    };
    struct option_set set = {
        .program = program,
        .synopsis = "[options] -b BASE [server ...]",
        .purpose = "Verifies Basic credentials from Squid against LDAP or Active Directory.",
        .tables = tables,
        .table_count = sizeof tables / sizeof *tables,
        .words_as = "host",
    };
    int code = EXIT_OPTIONS;

    harden_process();
    signal(SIGPIPE, SIG_IGN);
    if (!common_options_init(&helper.common) || !directory_options_init(&helper.options)) {
        why_set(&why, "out of memory");
    } else {
        switch (option_parse(&set, argc, argv, &why)) {
        case OPTION_RUN:
            code = run(&helper, &set, &why);
            break;
        case OPTION_DONE:
            code = EXIT_SUCCESS;
            break;
        case OPTION_BAD:
            break;
        }
    }
    if (code == EXIT_OPTIONS)
        fprintf(stderr, "%s: %s\n", program, why.text);
    if (!close_helper(&helper))
        _exit(code);
    option_free(&set);
    return code;
}
