/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame of every helper. After a signal there is a time by which all requests have had their
 * deadline; a peer that does not read its replies even then is not waited for.
 */
#include <config.h>

#include "helpers/core/helper.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "helpers/core/harden.h"

enum { PATIENCE_MS = 1000 };

static uint64_t log_now_ms(void *loop)
{
    return loop_now_ms(loop);
}

static void on_request(void *context, struct request *request)
{
    struct helper *helper = context;

    helper->request(helper->context, request);
}

static void on_handed_up(void *context)
{
    struct helper *helper = context;

    helper->handed_up(helper->context);
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
                  loop_now_ms(helper->loop) + helper_deadline_ms(helper) + PATIENCE_MS);
}

/* Everything has had its deadline: only a peer that does not read its replies is left. */
static void give_up(struct posted *posted)
{
    struct helper *helper =
        (struct helper *)(void *)((char *)posted - offsetof(struct helper, give_up));

    if (!helper->session)
        return;
    log_event(helper->log, LOG_WARNING, "signal", "the last replies are not being read");
    loop_stop(helper->loop);
}

/* Where the process was held up until now, the deadlines have expired in this turn, too, and their
 * replies are written at its end: only then is it known whether they are read. */
static void on_patience(void *context)
{
    struct helper *helper = context;

    helper->give_up.run = give_up;
    loop_later(helper->loop, &helper->give_up);
}

uint64_t helper_seed(const struct helper *helper)
{
    uint64_t seed;

    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = loop_now_ms(helper->loop);
    return seed;
}

uint64_t helper_deadline_ms(const struct helper *helper)
{
    return (uint64_t)helper->common->deadline_s * 1000;
}

/* Unlike SIG_IGN, a handler is not inherited by programs that a library starts. */
static void do_nothing(int signo)
{
    (void)signo;
}

bool helper_open(struct helper *helper, const char *program, const struct common_options *common,
                 struct why *why)
{
    helper->program = program;
    helper->common = common;
    helper->loop = loop_open();
    if (!helper->loop)
        return why_set(why, "the system gives no event loop");
    helper->log = log_open(STDERR_FILENO, program, common_options_log_level(common), log_now_ms,
                           helper->loop);
    if (!helper->log)
        return why_set(why, "out of memory");
    return true;
}

bool helper_open_threads(struct helper *helper, unsigned threads, struct why *why)
{
    helper->offload = offload_open(helper->loop, threads, why);
    return helper->offload != NULL;
}

/* A child of fork(2) that some library makes, and that starts no program, would keep them: after a
 * crash of the helper Squid would not see the end of its connection. Such a handler has no
 * argument.
 */
static int of_squid[2];

static void let_go_of_squid(void)
{
    for (size_t i = 0; i < sizeof of_squid / sizeof *of_squid; i++)
        if (of_squid[i] > STDERR_FILENO)
            close(of_squid[i]);
}

static bool open_stream(struct helper *helper)
{
    of_squid[0] = harden_move_descriptor(STDIN_FILENO);
    of_squid[1] = harden_move_descriptor(STDOUT_FILENO);
    stream_fd_init(&helper->stream, of_squid[0], of_squid[1]);
    return pthread_atfork(NULL, NULL, let_go_of_squid) == 0;
}

bool helper_run(struct helper *helper, enum scheme scheme,
                void (*request)(void *context, struct request *request), void *context,
                struct why *why)
{
    const struct session_config config = {
        .scheme = scheme,
        .concurrency = (enum concurrency)helper->common->concurrency,
        .key_extras = (unsigned)helper->common->key_extras,
        .deadline_ms = helper_deadline_ms(helper),
        .request = on_request,
        .handed_up = helper->handed_up ? on_handed_up : NULL,
        .ended = on_ended,
        .context = helper,
    };
    bool works;

    helper->request = request;
    helper->context = context;
    helper->patience = loop_timer(helper->loop, on_patience, helper);
    if (!helper->patience || !open_stream(helper) ||
        !loop_on_signal(helper->loop, SIGTERM, on_signal, helper) ||
        !loop_on_signal(helper->loop, SIGINT, on_signal, helper))
        return why_set(why, "out of memory");
    signal(SIGHUP, do_nothing); /* "read your files again": that is done without being asked */
    helper->session = session_open(helper->loop, &helper->stream.stream, &config, helper->log);
    if (!helper->session)
        return why_set(why, "standard input or output cannot be used");
    works = loop_run(helper->loop);
    if (!works)
        why_set(why, "something in this process has closed what requests are waited for with");
    if (helper->session)
        session_close(helper->session);
    helper->session = NULL;
    return works;
}

bool helper_close(struct helper *helper)
{
    if (helper->offload && !offload_close(helper->offload))
        return false;
    log_close(helper->log);
    if (helper->patience)
        loop_timer_free(helper->loop, helper->patience);
    if (helper->loop)
        loop_close(helper->loop);
    return true;
}

static bool init_options(const struct helper_program *program, void *state)
{
    return common_options_init(program->common) && (!program->init || program->init(state));
}

static int parse_and_run(const struct helper_program *program, void *state, int argc, char **argv,
                         struct why *why)
{
    if (!init_options(program, state)) {
        why_set(why, "out of memory");
        return HELPER_EXIT_OPTIONS;
    }
    switch (option_parse(program->options, argc, argv, why)) {
    case OPTION_RUN:
        return program->run(state, why);
    case OPTION_DONE:
        return EXIT_SUCCESS;
    case OPTION_BAD:
        break;
    }
    return HELPER_EXIT_OPTIONS;
}

/* Of who started it. With SIGCHLD ignored nobody learns how a program ended that a library has
 * started, and with SIGTERM blocked the helper cannot be ended. */
static void drop_inherited_signals(void)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGCHLD, SIG_DFL);
}

int helper_main(const struct helper_program *program, void *state, int argc, char **argv)
{
    struct why why = {{0}};
    int code;

    harden_process();
    drop_inherited_signals();
    signal(SIGPIPE, do_nothing);
    code = parse_and_run(program, state, argc, argv, &why);
    if (code == HELPER_EXIT_OPTIONS)
        fprintf(stderr, "%s: %s\n", program->options->program, why.text);
    if (!program->tidy(state))
        _exit(code);
    option_free(program->options);
    return code;
}
