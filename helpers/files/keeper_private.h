/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the keeper share: a look, which a thread takes, and what is said about it.
 */
#ifndef PROXYAUTH_FILES_KEEPER_PRIVATE_H
#define PROXYAUTH_FILES_KEEPER_PRIVATE_H

#include "helpers/files/keeper.h"

enum look_outcome {
    LOOK_SAME,     /* nothing has changed, or nothing of what is in the file */
    LOOK_MADE,     /* a new table */
    LOOK_YOUNG,    /* it was written a moment ago: to be left to its writer a little longer */
    LOOK_CHANGING, /* it was written while it was read */
    LOOK_BAD,      /* missing, unreadable, memory out: WHY */
};

/*
 * How long a file that was written a moment ago is left to its writer. Who writes in place begins
 * with nothing and goes on by pieces; a piece that is read between two writes would pass for the
 * file.
 */
enum look_patience {
    LOOK_AT_ONCE,
    LOOK_IF_REPLACED, /* what is replaced again and again is whole each time: not left */
    LOOK_IF_QUIET
};

/* One look at the file. What is above the line is the loop's until the look is handed to a thread,
 * and again when it is back. */
struct look {
    struct job job; /* first */
    struct keeper *keeper;
    const struct keeper_config *config;
    const struct table *now;  /* the table that holds, or NULL; stays until the look is back */
    struct table *retired;    /* to be freed by the thread */
    struct file_stamp judged; /* of what was last read */
    bool must_read;           /* whatever the stamp is */
    enum look_patience patience;
    struct file_stamp seen; /* by the look before, if it was young */
    /* ---- what the thread found ---- */
    enum look_outcome outcome;
    bool has_read; /* STAMP, YOUNG and EXPOSED are filled in */
    struct file_stamp stamp;
    bool young;
    bool exposed;
    struct table *made;
    struct why why;      /* LOOK_BAD */
    struct why exposure; /* EXPOSED */
};

/* In the thread. */
void look_take(struct look *look);

/* Log lines: what was read, bad lines and duplicates by their numbers. AGAIN: after trouble. */
void keeper_tell_table(struct log *log, const struct keeper_config *config,
                       const struct table *table, bool again);

#endif
