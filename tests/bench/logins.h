/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of logins that a measurement goes through again and again: one a line, user, password
 * and the verdict that is right (OK or ERR), with tabs between. */
#ifndef BENCH_LOGINS_H
#define BENCH_LOGINS_H

#include <stdbool.h>
#include <stddef.h>

struct login {
    char *user;
    char *password;
    bool accepted; /* what the verdict has to be */
    char *request; /* the line for a helper, without its id: squid_prepare() */
    size_t request_len;
};

struct logins {
    struct login *item;
    size_t count;
    size_t next;
};

/* Reads the whole file; dies with file and line when it is not such a list or is empty. The list
 * lives as long as the program. */
struct logins logins_read(const char *path);

/* The next login of the list, from the top again after the last. */
const struct login *logins_next(struct logins *logins);

#endif
