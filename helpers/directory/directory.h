/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * directory: the engine that asks LDAP servers who may log in, without ever waiting.
 *
 * This is the room's door for helper mains. A login goes search, name check, bind (or compare);
 * searches of all users share a few service connections, binds have connections of their own,
 * several servers are kept by health. Everything runs in the loop's thread; connecting runs in
 * offload threads.
 */
#ifndef PROXYAUTH_DIRECTORY_DIRECTORY_H
#define PROXYAUTH_DIRECTORY_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/proxyauth.h"
#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/core/secret.h"
#include "helpers/core/why.h"
#include "helpers/directory/options.h"
#include "helpers/directory/verdict.h"

struct directory;
struct dialer;
struct login;

/* What the engine stands on. All must outlive it. */
struct directory_ground {
    struct loop *loop;
    struct offload *offload;
    struct dialer *dialer; /* NULL: the network */
    struct log *log;
    uint64_t deadline_ms;  /* of requests: time-outs inside are derived from it */
    uint32_t (*random)(void *context); /* jitter and the like; not for keys */
    void *random_context;
};

struct login_result {
    enum verdict verdict;
    /* A sentence for the reply when UNAVAILABLE; never a secret. Lives until the callback
     * returns. */
    const char *reason;
    /* The user's bind may have reached a server (law 7). */
    bool bind_sent;
};

struct login_query {
    struct pxa_span user;          /* borrowed until the login ends */
    const struct secret *password; /* borrowed until the login ends; not empty */
    void (*done)(void *context, const struct login_result *result);
    void *context;
};

/*
 * Opens the engine. OPTIONS are borrowed for its life. CLEARTEXT_ALLOWED is law 8's decision for
 * addresses that are not local. It begins to connect at once. NULL with WHY for option errors only:
 * a server that is down, a secret or a CA file that is missing are found out, logged and tried
 * again at run time.
 */
struct directory *directory_open(const struct directory_ground *ground,
                                 const struct directory_options *options, bool cleartext_allowed,
                                 struct why *why);

/* Starts a login; `done` is called exactly once, perhaps before this returns (then NULL is
 * returned), unless the login is cancelled. */
struct login *directory_login(struct directory *directory, const struct login_query *query);

/* Ends a login without a callback. True when its bind may have reached a server. */
bool login_cancel(struct login *login);

/* Ends every login (without callbacks) and closes all connections. Must not be called while
 * connecting jobs are in the offload: directory_quiet() tells. */
void directory_close(struct directory *directory);

/* Starts no further connection; true when none is being made. For shutting down. */
bool directory_quiet(struct directory *directory);

/* --check: tries every server in turn and prints in plain words what works and what does not.
 * Blocks; called instead of directory_open(). Loop and offload of GROUND are not used. Returns
 * whether all is well. */
bool directory_check(const struct directory_ground *ground,
                     const struct directory_options *options, bool cleartext_allowed);

#endif
