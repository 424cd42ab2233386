/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of a login share: login.c begins and ends it, login_find.c finds the entry,
 * login_verify.c verifies the password.
 */
#ifndef PROXYAUTH_DIRECTORY_LOGIN_PRIVATE_H
#define PROXYAUTH_DIRECTORY_LOGIN_PRIVATE_H

#include <stddef.h>

#include "helpers/directory/engine.h"

enum stage { STAGE_FIND, STAGE_VERIFY, STAGE_WAIT };

struct login {
    struct task task;
    struct directory *directory;
    struct login_query query;
    struct login *next;
    struct login *prev;
    enum stage stage;
    uint64_t stage_since_ms;
    char *filter; /* while it is searched */
    char *dn;     /* once it is known */
    struct timer *wait;
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

/* For %.*s with the user's name; long names are cut in the log only. */
static inline int login_shown_len(const struct login *login)
{
    return login->query.user.len < 128 ? (int)login->query.user.len : 128;
}

/* Searches or reads the entry, then goes on. */
void login_find(struct login *login);

/* Verifies the password of the entry that is known, then ends. */
void login_verify(struct login *login);

/* Each of these ends and frees the login, with its callback. */
void login_end_verified(struct login *login, enum verdict verdict);
void login_end_unavailable(struct login *login, const char *reason, bool bind_sent);
void login_end_unknown(struct login *login); /* after as long as a wrong password takes */

/* The task could not be sent or its connection was lost: struct task's `failed`. */
void login_failed(struct task *task, const char *reason, bool maybe_processed);

/* One line about an answer that is trouble. */
void login_log_trouble(struct login *login, LDAP *ld, LDAPMessage *answer, int code);

#endif
