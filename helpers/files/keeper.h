/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keeper: keeps one data file in memory, and keeps up with its changes.
 *
 * Twice a second an offload thread looks at the file (one stat, none for a request). When its stamp
 * has changed the thread reads and indexes it, and the loop swaps the new table in whole. While the
 * file is missing, unreadable or being written, the last good table stays; that is logged once,
 * and so is the end of it. A file that was written less than 50 ms ago is being written (for ten
 * seconds at most; one that is replaced again and again for 0.3 s). A file that has no records is
 * believed when it has stayed so for `empty_ms`, also at first. Bad lines and duplicates are logged
 * by their numbers, exposed files with a warning.
 * Loop's thread only.
 */
#ifndef PROXYAUTH_FILES_KEEPER_H
#define PROXYAUTH_FILES_KEEPER_H

#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/files/table.h"

enum { KEEPER_LOOK_MS = 500, KEEPER_EMPTY_MS = 10000 };

struct keeper;

struct keeper_config {
    const char *path; /* outlives the keeper, as format does */
    const char *what; /* what the log calls it: "the password file" */
    const struct file_format *format;
    uint64_t look_ms;  /* between two looks: KEEPER_LOOK_MS */
    uint64_t empty_ms; /* KEEPER_EMPTY_MS */
    uint64_t seed;     /* for the hash of keys: from the system's random numbers */
    /* Called when the first look has ended, and each time that a new table was swapped in. */
    void (*changed)(void *context);
    void *context;
};

/* Begins to read the file at once. OFFLOAD needs one thread that nothing else can fill for long: a
 * pool of the keeper's own. Once there is a table, that thread gives way to all others (nice 10).
 * NULL with WHY when memory is out. */
struct keeper *keeper_open(struct loop *loop, struct offload *offload, struct log *log,
                           const struct keeper_config *config, struct why *why);

/* False until the first look has ended: then requests wait for `changed`, as a helper is asked
 * before it has read its file. */
bool keeper_is_ready(const struct keeper *keeper);

/* The table that holds now, or NULL while there has been no good one (when the file is believed to
 * have no records: an empty table, not NULL). Valid until the loop's next turn. */
const struct table *keeper_table(const struct keeper *keeper);

/* What to answer while keeper_table() is NULL: a sentence for BH without path or secret. */
const char *keeper_trouble(const struct keeper *keeper);

/* A look now, as if its time had come. */
void keeper_look(struct keeper *keeper);

/* False while a thread is reading: then to be left to _exit(), as offload_close() says. */
bool keeper_close(struct keeper *keeper);

/* For --check: reads the file once, prints what is there and what is wrong with it to standard
 * output (records, bad lines, duplicates, who can read it), and calls REPORT, if not NULL, for more
 * lines about the table. True when the file could be read, holds users and has
 * no bad line. */
bool keeper_check(const struct keeper_config *config, bool (*report)(const struct table *table));

#endif
