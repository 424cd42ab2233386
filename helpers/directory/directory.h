/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * directory: the engine that asks LDAP servers about users, without ever waiting.
 *
 * This is the room's door for helper mains. Three questions are asked: may this user log in
 * (login.h), which entry is this user's (find.h), which groups is it in (membership.h). Searches of
 * all users share a few service connections, binds have connections of their own, several servers
 * are kept by health. Everything runs in the loop's thread; connecting runs in offload threads.
 */
#ifndef PROXYAUTH_DIRECTORY_DIRECTORY_H
#define PROXYAUTH_DIRECTORY_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/core/why.h"
#include "helpers/directory/login_options.h"
#include "helpers/directory/membership_options.h"
#include "helpers/directory/options.h"
#include "helpers/directory/user_options.h"

struct directory;
struct dialer;

/* What the engine stands on. All must outlive it. */
struct directory_ground {
    struct loop *loop;
    struct offload *offload;
    struct dialer *dialer; /* NULL: the network */
    struct log *log;
    uint64_t deadline_ms;              /* of requests: time-outs inside are derived from it */
    uint32_t (*random)(void *context); /* jitter and the like; not for keys */
    void *random_context;
    int64_t (*unix_s)(void); /* the time of day, for days to expiry; NULL: the system's */
};

/* What an engine is to do: borrowed for its life. */
struct directory_orders {
    const struct directory_options *options;
    const struct user_options *user; /* NULL: nobody is looked for, only SIDs are asked about */
    const struct membership_options *membership; /* NULL: groups are not asked for, but by SID */
    const struct login_options *login;           /* NULL: nobody logs in */
    bool cleartext_allowed; /* law 8's decision for addresses that are not local */
};

/*
 * Opens the engine; ORDERS is copied. It begins to connect at once. NULL with WHY for option errors
 * only: a server that is down, a secret or a CA file that is missing are found out, logged and
 * tried again at run time.
 */
struct directory *directory_open(const struct directory_ground *ground,
                                 const struct directory_orders *orders, struct why *why);

/* Ends every login, search and question (without callbacks) and closes all connections. Must not
 * be called while connecting jobs are in the offload: directory_quiet() tells. */
void directory_close(struct directory *directory);

/* Starts no further connection; true when none is being made. For shutting down. */
bool directory_quiet(struct directory *directory);

/* --check: tries every server in turn and prints in plain words what works and what does not.
 * Blocks; called instead of directory_open(). Loop and offload of GROUND are not used. Returns
 * whether all is well. */
bool directory_check(const struct directory_ground *ground, const struct directory_orders *orders);

#endif
