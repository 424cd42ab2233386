/* SPDX-License-Identifier: BSD-2-Clause */
/* One helper process, seen from Squid's side: started as Squid starts it (src/ipc.cc), asked and
 * understood as Squid does (src/helper.cc). */
#ifndef BENCH_SQUID_H
#define BENCH_SQUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/bench/logins.h"
#include "tests/bench/plan.h"

enum {
    SQUID_BUFFER = 32768, /* of the socket at either end, and of one read */
    SQUID_ID_MAX = 24,
    SQUID_LINE_MAX = 8192 + SQUID_ID_MAX /* the longest request line and its id */
};

/* A request that waits for its reply. */
struct squid_flight {
    const struct login *login; /* NULL: this place is free */
    struct phase *phase;
    uint64_t start_ns;
};

struct squid_helper {
    pid_t pid;
    int fd;
    bool echo;          /* it says what it was asked, which counts as right */
    bool ids;           /* requests have channel-IDs ("concurrency=N") */
    unsigned window;    /* as many requests at most wait for their reply */
    unsigned in_flight; /* as many do */
    bool stuffed;       /* the socket did not take all that was queued */
    uint64_t next_id;
    size_t flights; /* a power of two, so that a request's place is its id modulo it */
    struct squid_flight *flight;
    size_t out_len;
    size_t in_len;
    char out[2 * SQUID_BUFFER];
    char in[SQUID_BUFFER];
};

/* Writes down the lines for all logins. WORDS: the second field is words with blanks between them
 * (groups), not one value (a password). Dies where Squid would not take them. */
void squid_prepare(struct logins *logins, bool words);

/* Starts argv as a helper. Window is 1 to 65536, and 1 without ids, as in Squid. Dies on failure.
 * To be ended by squid_stop(). */
struct squid_helper *squid_start(char **argv, bool ids, unsigned window);

/* Closes the helper's standard input and output and waits; true when it exited with status 0. */
bool squid_stop(struct squid_helper *helper);

/* Whether the helper may be sent one more request. */
bool squid_ready(const struct squid_helper *helper);

/* Queues a request that was prepared; helper must be ready. Nothing is written before
 * squid_flush(), so that requests that are due together go out in one write, as in Squid. */
void squid_send(struct squid_helper *helper, const struct squid_flight *flight);

/* Writes what is queued, as far as the socket takes it. */
void squid_flush(struct squid_helper *helper);

/* Reads once and counts the replies in the phases that they belong to; returns the number of
 * replies. Dies when the helper ended or wrote what is no reply to a waiting request. */
unsigned squid_receive(struct squid_helper *helper);

#endif
