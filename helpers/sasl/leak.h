/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leak: connections to saslauthd that libsasl2 forgot.
 *
 * When saslauthd hangs up before it has answered, libsasl2 (2.1.28) does not close its end. A
 * saslauthd whose processes die again and again, of one user's login perhaps, would take all
 * descriptors of the helper, which then could not ask any more.
 */
#ifndef PROXYAUTH_SASL_LEAK_H
#define PROXYAUTH_SASL_LEAK_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { LEAK_SUSPECTS_MAX = 1024, LEAK_PROOF_MS = 60000 };

/* A socket that had hung up. */
struct leak_suspect {
    int fd;
    ino_t socket;
};

/* Zeroed before. One thread at a time. */
struct sasl_leak {
    DIR *descriptors; /* of this process; NULL: the system does not tell them */
    struct leak_suspect suspects[LEAK_SUSPECTS_MAX];
    unsigned suspect_count;
    uint64_t suspected_ms; /* when */
};

void sasl_leak_begin(struct sasl_leak *leak);

/* Closes the sockets whose other end was saslauthd's at PATH ("": libsasl2's default, which ends in
 * /mux) and has hung up. IDLE: no check is under way. If one is, it could be the owner of such a
 * socket, but would see at once that it has hung up: then those are closed that had done so
 * LEAK_PROOF_MS ago. NOW_MS is monotonic. */
void sasl_leak_sweep(struct sasl_leak *leak, const char *path, bool idle, uint64_t now_ms);

void sasl_leak_end(struct sasl_leak *leak);

#endif
