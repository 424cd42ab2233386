/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remarks: what an administrator should know about a file of users that can be read.
 */
#ifndef PROXYAUTH_DIGEST_FILE_REMARKS_H
#define PROXYAUTH_DIGEST_FILE_REMARKS_H

#include <stdbool.h>

#include "helpers/core/log.h"
#include "helpers/files/table.h"

/* What has been said: once, and again only when it had ended in between. Zeroed before. */
struct remarks {
    bool any_realm;
    bool other_realm;
    bool looks_like_hash;
};

/* TABLE is of a digest_lines_format(). */
void remarks_log(struct remarks *told, struct log *log, const char *path,
                 const struct table *table);

/* The same on standard output, and how many records there are of which kind. False when no record
 * is of a realm that is served. */
bool remarks_print(const struct table *table);

#endif
