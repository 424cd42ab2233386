/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * login: may this user log in with this password? Find, check the name, verify, and, where it is
 * asked for, the groups.
 */
#ifndef PROXYAUTH_DIRECTORY_LOGIN_H
#define PROXYAUTH_DIRECTORY_LOGIN_H

#include "common/proxyauth.h"
#include "helpers/core/secret.h"
#include "helpers/directory/account_state.h"
#include "helpers/directory/directory.h"
#include "helpers/directory/verdict.h"

struct login;

struct login_result {
    enum verdict verdict;
    /* A sentence for the reply when UNAVAILABLE; never a secret. As all below it lives until the
     * callback returns. */
    const char *reason;
    /* The user's bind may have reached a server (law 7). */
    bool bind_sent;
    /* DENIED: why, where the user may know; OK: ACCOUNT_MUST_CHANGE where a policy says so. */
    enum account_state state;
    /* OK: */
    struct pxa_span user; /* the canonical name (--user-name); never empty */
    long expires_days;    /* --password-expiry-warning: whole days left, or -1: nothing to tell */
    long grace_logins;    /* ppolicy: how many logins are left, or -1 */
    const struct pxa_span *groups; /* --groups, filtered and sorted */
    size_t group_count;
};

struct login_query {
    struct pxa_span user;          /* borrowed until the login ends */
    const struct secret *password; /* borrowed until the login ends; not empty */
    void (*done)(void *context, const struct login_result *result);
    void *context;
};

/* Starts a login; `done` is called exactly once, perhaps before this returns (then NULL is
 * returned), unless the login is cancelled. */
struct login *directory_login(struct directory *directory, const struct login_query *query);

/* Ends a login without a callback. True when its bind may have reached a server. */
bool login_cancel(struct login *login);

#endif
