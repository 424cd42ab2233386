/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dial: from a server's name to a connected carrier, within a deadline.
 *
 * Runs in offload threads: name resolution cannot be bounded otherwise. All addresses of the name
 * are tried in the resolver's order, each with its share of the time left.
 */
#ifndef PROXYAUTH_DIRECTORY_DIAL_H
#define PROXYAUTH_DIRECTORY_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "helpers/core/why.h"
#include "helpers/directory/wire.h"

struct server_address; /* server_list.h */

struct dialer {
    /* Connects to ADDRESS. NULL with WHY. *LOCAL tells whether the peer is on this machine
     * (a loopback address or a UNIX socket), judged by the address connected to. */
    struct carrier *(*dial)(struct dialer *dialer, const struct server_address *address,
                            uint64_t deadline_ms, bool *local, struct why *why);
    /* Monotonic milliseconds, from any thread. */
    uint64_t (*now_ms)(struct dialer *dialer);
};

/* The dialer of real life: TCP and UNIX sockets. Constant and shared by all threads. */
struct dialer *dialer_network(void);

#endif
