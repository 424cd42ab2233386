/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A session between a fake loop and a fake stream, and a verifier that the test plays: it answers
 * each request at once with OK, or holds it until told.
 */
#ifndef TESTS_UNIT_SESSION_BENCH_H
#define TESTS_UNIT_SESSION_BENCH_H

#include "helpers/core/bytes.h"
#include "helpers/core/session.h"
#include "tests/unit/fake_loop.h"
#include "tests/unit/fake_stream.h"

enum { BENCH_HELD_MAX = 8192, BENCH_DEADLINE_MS = 10000 };

struct bench {
    struct loop *loop;
    struct fake_stream peer;
    struct session *session; /* NULL once closed */
    bool hold;               /* keep requests instead of answering them */
    bool close_when_ended;
    bool finish_in_request;  /* call session_finish() from within `request` */
    bool gather;             /* answer with OK when told that all were handed up */
    unsigned gathered_most;  /* as many at once */
    struct request *held[BENCH_HELD_MAX];
    unsigned held_count;
    struct bytes seen; /* every request's line, each with a newline */
    unsigned handed_up;
    unsigned cancelled;
    unsigned ended;
};

/* A session of SCHEME that has read nothing yet, with no key extras. */
void bench_open(struct bench *bench, enum scheme scheme, enum concurrency concurrency);

/* Closes what is open and fails the test when anything is left. */
void bench_close(struct bench *bench);

/* The peer sends TEXT; then all that can happen happens. */
void bench_send(struct bench *bench, const char *text);
void bench_pump(struct bench *bench);

/* Ends the input and lets all happen. */
void bench_end(struct bench *bench);

/* Answers the held request number AT with WORD; those behind it move up. */
void bench_answer(struct bench *bench, unsigned at, enum reply_word word);

/* Fails the test unless the peer got exactly TEXT since the last time. */
void bench_expect(struct bench *bench, const char *text);

/* The same for the lines of the requests that were handed up. */
void bench_expect_seen(struct bench *bench, const char *lines);

#endif
