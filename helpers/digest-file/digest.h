/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest: from a Digest request line to its reply, with a file of users behind it.
 *
 * Apart from main.c so that tests can run the whole path.
 */
#ifndef PROXYAUTH_DIGEST_FILE_DIGEST_H
#define PROXYAUTH_DIGEST_FILE_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"
#include "helpers/files/digest_lines.h"

struct digest;

/* All that is pointed to outlives it. */
struct digest_config {
    struct loop *loop;
    struct offload *offload; /* for the keeper alone */
    struct log *log;
    const char *path;
    struct digest_lines lines;
    unsigned key_extras;
    uint64_t seed; /* random */
};

/* Begins to read the file. NULL with WHY when memory is out. */
struct digest *digest_open(const struct digest_config *config, struct why *why);

/* Takes REQUEST. It is answered by digest_handed_up() at the latest or, while the file has not been
 * read yet, later. */
void digest_request(struct digest *digest, struct request *request);

/* Answers the requests that were taken in this turn, before anything else of the loop runs. */
void digest_handed_up(struct digest *digest);

/* No request is waiting any more. False while a thread is reading: then the caller must leave with
 * _exit(). NULL is allowed. */
bool digest_close(struct digest *digest);

/* For --check: reads the file and says on standard output what is in it. False when it is bad. */
bool digest_check(const struct digest_config *config);

#endif
