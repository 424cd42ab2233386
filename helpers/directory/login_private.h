/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of a login share: login.c begins it, login_verify.c verifies the password,
 * login_groups.c asks for the groups, login_end.c ends it.
 */
#ifndef PROXYAUTH_DIRECTORY_LOGIN_PRIVATE_H
#define PROXYAUTH_DIRECTORY_LOGIN_PRIVATE_H

#include <stddef.h>

#include "helpers/directory/engine.h"
#include "helpers/directory/membership.h"

enum stage { STAGE_FIND, STAGE_VERIFY, STAGE_GROUPS, STAGE_WAIT };

/* Names of the user's entry that are read beside those for groups. */
enum { LOGIN_OWN_ATTRIBUTES = 3 };

struct login {
    struct task task; /* of the verification */
    struct directory *directory;
    struct login_query query;
    struct login *next;
    struct login *prev;
    enum stage stage;
    uint64_t stage_since_ms;
    const char **attributes; /* to be read of the entry; NULL: none */
    struct find *find;       /* while the entry is searched */
    struct entry *entry;     /* once it is known */
    struct facts *facts;     /* of the server that found it; or NULL */
    struct secret *password; /* converted; NULL: as it was typed */
    bool bind_sent;          /* it may have reached a server (law 7) */
    struct account_remarks remarks;
    struct pxa_span *required; /* --require-group, while it is asked */
    struct membership *membership;
    struct timer *wait;
    /* A question may be answered before the call that asks it returns: the login, which may end
     * in there, is freed when that call is over. */
    unsigned held;
    bool ended;
};

static inline struct login *login_of(struct task *task)
{
    return (struct login *)(void *)((char *)task - offsetof(struct login, task));
}

static inline uint64_t login_now_ms(const struct login *login)
{
    return loop_now_ms(login->directory->ground.loop);
}

static inline struct log *login_log(const struct login *login)
{
    return login->directory->ground.log;
}

/* Whether the groups matter. */
static inline bool login_wants_groups(const struct directory *directory)
{
    const struct login_options *options = directory->orders.login;

    return options->groups || options->require_groups.count > 0;
}

/* Verifies the password of the entry that is known, then goes on. */
void login_verify(struct login *login);

/* The password was right: asks for the groups where they matter, then ends. */
void login_groups(struct login *login);

/* Each of these ends the login, with its callback. */
void login_end_ok(struct login *login, const struct pxa_span *groups, size_t count);
void login_end_denied(struct login *login, enum account_state state);
void login_end_unavailable(struct login *login, const char *reason);
void login_end_unknown(struct login *login); /* after as long as a wrong password takes */

/* Around a call that may end the login. */
void login_hold(struct login *login);

/* False when it has ended, and is gone. */
bool login_let_go(struct login *login);

/* Unlinks and frees it, whatever was being asked. */
void login_free(struct login *login);

#endif
