/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file: the whole of one data file in memory, as it was at one moment.
 *
 * Blocking: for offload threads and start-up. A file that changes while it is read gives
 * FILE_CHANGING and nothing else, so half a file is never taken for a whole one.
 */
#ifndef PROXYAUTH_CORE_FILE_H
#define PROXYAUTH_CORE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "common/proxyauth.h"
#include "helpers/core/why.h"

/* The largest file that is read, in bytes: the index keeps offsets of 32 bits. */
#define FILE_SIZE_MAX UINT64_C(4294967295)

/* What tells one state of a file from another: when it was written, how long it is, which it is. */
struct file_stamp {
    struct timespec mtime;
    struct timespec ctime;
    uint64_t size;
    uint64_t inode;
    uint64_t device;
};

enum file_outcome {
    FILE_READ,     /* TEXT and STAMP are filled in */
    FILE_CHANGING, /* it is being written: to be read again a little later */
    FILE_MISSING,  /* WHY says what is wrong in all other cases: no such file, a folder ... */
    FILE_BAD,
};

struct file_text {
    struct pxa_span text; /* in a mapping of its own, readable, followed by one '\n' not counted */
    size_t mapped;        /* bytes of that mapping; 0: there is none */
    struct file_stamp stamp;
    /* Read so soon after it was written that a further change could have the same stamp (the clock
     * behind mtime ticks in milliseconds, on some file systems in seconds): to be read again. */
    bool young;
    uint32_t mode; /* st_mode, uid and gid, for what is said about who can read it */
    uint32_t uid;
    uint32_t gid;
};

/* Reads PATH. TEXT is filled in for FILE_READ alone and is then to be freed. Never waits for a
 * FIFO's writer. WHY names PATH. */
enum file_outcome file_read(const char *path, struct file_text *text, struct why *why);

/* Gives the memory back to the system. */
void file_text_free(struct file_text *text);

/* The stamp of PATH as it is now. False, with errno, when stat(2) fails. */
bool file_stamp_of(const char *path, struct file_stamp *stamp);
bool file_stamp_equal(const struct file_stamp *a, const struct file_stamp *b);

/* Whether it is of just now, so that a further change could leave it as it is. */
bool file_stamp_is_young(const struct file_stamp *stamp);

/* Who can read or change it that should not: a sentence in WHY, and true, if others can, or
 * a group that is none of the process's own (root:proxy 0640 is right). */
bool file_is_exposed(const char *path, const struct file_text *text, struct why *why);

#endif
