/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remarks: the records of a password file that nobody can log in with, counted as it is read.
 */
#ifndef PROXYAUTH_BASIC_FILE_REMARKS_H
#define PROXYAUTH_BASIC_FILE_REMARKS_H

#include <stdbool.h>

#include "helpers/core/log.h"
#include "helpers/files/table.h"
#include "helpers/passwords/tally.h"

/* The format of a password file whose tables have a struct tally. ALLOW_WEAK outlives it. */
struct file_format remarks_format(const bool *allow_weak);

const struct tally *remarks_tally(const struct table *table);

/* What was logged last. Zeroed before. */
struct remarks {
    uint64_t weak;
    uint64_t unknown;
};

/* Logs what is not as it was when it was LAST logged. TABLE is of a remarks_format(); PATH is its
 * file. */
void remarks_log(struct remarks *last, struct log *log, const char *path,
                 const struct table *table);

/* All of it on standard output. False when there are such records. */
bool remarks_print(const struct table *table);

#endif
