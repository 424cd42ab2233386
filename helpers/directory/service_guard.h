/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * service_guard: keeps a refused service account from being locked.
 *
 * When the directory refuses the service bind, asking again with the same password can only lock
 * the account. The bind is not repeated until the file that holds the password, or the keytab,
 * changes or a pause has passed: 60 s, doubling to 10 minutes.
 */
#ifndef PROXYAUTH_DIRECTORY_SERVICE_GUARD_H
#define PROXYAUTH_DIRECTORY_SERVICE_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

enum { SERVICE_PAUSE_FIRST_MS = 60 * 1000, SERVICE_PAUSE_MAX_MS = 600 * 1000 };

struct service_guard {
    const char *file;   /* where the password or the key comes from, or NULL */
    unsigned refusals;  /* in a row */
    uint64_t until_ms;  /* 0: the account is not refused */
    uint64_t looked_ms; /* when the file was last looked at */
    struct stat seen;   /* the file when it was last read for a bind */
};

/* The password is going to be read for a bind: what becomes of the file from now on is news. */
void service_guard_begins(struct service_guard *guard);

/* The directory refused the account. Returns the pause in milliseconds; binds that were under way
 * at the same time count as one. */
uint64_t service_guard_refused(struct service_guard *guard, uint64_t now_ms);

/* It was accepted. */
void service_guard_accepted(struct service_guard *guard);

/* Whether the bind must not be tried now. Looks at the file at most once in half a second. */
bool service_guard_blocks(struct service_guard *guard, uint64_t now_ms);

#endif
