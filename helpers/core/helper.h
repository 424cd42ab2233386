/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * helper: what every helper's main does around its verifier.
 *
 * A loop, a log, offload threads, one session on standard input and output, and the end: when the
 * input has ended, or SIGTERM or SIGINT came, what is pending is answered and helper_run() returns.
 * One thread; the threads of `offload` are for jobs alone.
 */
#ifndef PROXYAUTH_CORE_HELPER_H
#define PROXYAUTH_CORE_HELPER_H

#include <stdbool.h>

#include "helpers/core/common_options.h"
#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/core/session.h"

/* The exit status for options that cannot be used. */
enum { HELPER_EXIT_OPTIONS = 2 };

struct helper {
    const char *program;
    const struct common_options *common; /* of the main; it outlives the helper */
    struct loop *loop;
    struct log *log;
    struct offload *offload;
    struct stream_fd stream;
    struct session *session;
    struct timer *patience; /* after a signal */
    struct posted give_up;
    void (*request)(void *context, struct request *request);
    void (*handed_up)(void *context); /* as session.h says; set before helper_run(), or NULL */
    void *context;
};

/* What helper_main() needs of a program. Each function is called with STATE, which holds all that
 * lives as long as the process. */
struct helper_program {
    struct option_set *options; /* its tables, common_option_list among them */
    struct common_options *common;
    bool (*init)(void *state); /* the program's own defaults; false: memory is out. May be NULL */
    /* Does the work; an exit status, with WHY for HELPER_EXIT_OPTIONS. */
    int (*run)(void *state, struct why *why);
    bool (*tidy)(void *state); /* frees, also what was half opened; false as helper_close() */
};

/* All of a main: hardens the process, parses the options, runs, tells why it could not, tidies. */
int helper_main(const struct helper_program *program, void *state, int argc, char **argv);

/* Opens loop and log; HELPER is zeroed before. False with WHY. */
bool helper_open(struct helper *helper, const char *program, const struct common_options *common,
                 struct why *why);

/* Opens the offload threads, 1 to 64, each started when it is first needed. False with WHY. */
bool helper_open_threads(struct helper *helper, unsigned threads, struct why *why);

/* 64 bits that nobody outside can guess: from the system, or from the clock where it has none yet.
 */
uint64_t helper_seed(const struct helper *helper);

/* How long a request may take: what --deadline says. */
uint64_t helper_deadline_ms(const struct helper *helper);

/* Hands the requests of standard input up to REQUEST, with CONTEXT, until all is over: the input
 * ended, or a signal came, and every request is answered. False with WHY when it cannot begin, or
 * cannot go on. */
bool helper_run(struct helper *helper, enum scheme scheme,
                void (*request)(void *context, struct request *request), void *context,
                struct why *why);

/* Frees; what has a timer or a watch on the loop is gone before. A thread that is still inside a
 * library cannot be ended: then false, and the caller must leave with _exit(). */
bool helper_close(struct helper *helper);

#endif
