/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verifier: from a Basic request line to its reply, with a password file behind it.
 *
 * Wiring between core, verify, files and passwords, apart from main.c so that tests can run the
 * whole path. Loop's thread only, but for the jobs that it gives to the workers.
 */
#ifndef PROXYAUTH_BASIC_FILE_VERIFIER_H
#define PROXYAUTH_BASIC_FILE_VERIFIER_H

#include <stdbool.h>
#include <stdint.h>

#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"

struct verifier;

/* All pointers outlive the verifier. */
struct verifier_config {
    struct loop *loop;
    struct log *log;
    struct offload *hashing; /* THREADS threads */
    struct offload *reading; /* one thread, for the file alone */
    const char *path;
    unsigned workers;
    unsigned threads; /* as in helpers/verify/turns.h */
    unsigned key_extras;
    uint64_t seed; /* for the hash of names: from the system's random numbers */
    bool allow_weak;
};

/* Begins to read the file. NULL with WHY. */
struct verifier *verifier_open(const struct verifier_config *config, struct why *why);

/* Answers REQUEST, now or later. */
void verifier_request(struct verifier *verifier, struct request *request);

/* For --check: reads the file once and prints what is there. False when something is wrong. */
bool verifier_check(const struct verifier_config *config);

/* False, and nothing is freed, while a thread hashes or reads: the caller leaves with _exit().
 * Every request is answered before. NULL is allowed. */
bool verifier_close(struct verifier *verifier);

#endif
