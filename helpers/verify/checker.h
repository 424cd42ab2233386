/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checker: Basic logins whose verification blocks, in offload threads.
 *
 * For backends that are a blocking function of a library (Cyrus SASL, PAM). Requests take turns by
 * user (turns.h); the same user and password under way twice is verified once; a BH is remembered
 * for a moment (unsettled.h), since Squid repeats it at once. A request that is answered at its
 * deadline leaves its thread working: the verdict comes too late and is thrown away, and what has
 * not begun is not begun any more. When all threads hang every request gets BH at its deadline, and
 * service resumes when they do. Loop's thread only.
 */
#ifndef PROXYAUTH_VERIFY_CHECKER_H
#define PROXYAUTH_VERIFY_CHECKER_H

#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/core/request.h"
#include "helpers/core/secret.h"
#include "helpers/core/why.h"

enum check_verdict { CHECK_OK, CHECK_DENIED, CHECK_UNAVAILABLE };

/* What a check shows of how the backend is set up. */
enum check_setup {
    CHECK_SETUP_UNKNOWN,
    CHECK_SETUP_DOUBTFUL, /* DENIED as everybody would be where the backend is set up wrong */
    CHECK_SETUP_WORKS,
};

enum { CHECK_TEXT_MAX = 200 };

/* One login, in a thread. */
struct check {
    struct pxa_span user;          /* a copy; a NUL behind it, none in it */
    const struct secret *password; /* wiped by the checker */
    enum check_verdict verdict;    /* to be set */
    const char *reason; /* for ERR and BH: a constant without a full stop; NULL for the usual words
                           ("wrong user or password" tells nobody whether the user exists) */
    const char *reason_word; /* OK and ERR: note reason_=, as basic-ldap has it (locked, expired,
                                ...); "" says that what was told before holds no more; NULL: none */
    enum check_setup setup;
    char detail[CHECK_TEXT_MAX]; /* for the log, "" */
    char name[CHECK_TEXT_MAX];   /* OK: note user= if not empty */
};

struct checker_config {
    struct loop *loop;
    struct offload *offload; /* THREADS threads, for this checker alone */
    struct log *log;
    const char *backend; /* for the log: "saslauthd", "PAM" */
    const char *doubt; /* what the log is told of a doubtful set-up, behind the user's name and the
                          detail: once, and again when it has worked meanwhile. NULL where no
                          check is doubtful */
    unsigned workers;
    unsigned threads; /* as in turns.h */
    unsigned key_extras;
    uint64_t seed;                                      /* secret */
    void (*verify)(void *context, struct check *check); /* in a thread; may block for ever */
    void *context; /* outlives the checker; shared by the threads */
};

struct checker;

/* NULL with WHY. */
struct checker *checker_open(const struct checker_config *config, struct why *why);

/* Answers REQUEST, now or later. */
void checker_request(struct checker *checker, struct request *request);

/* False, and nothing is freed, while a thread is inside `verify`: the caller leaves with _exit().
 * NULL is allowed. */
bool checker_close(struct checker *checker);

#endif
