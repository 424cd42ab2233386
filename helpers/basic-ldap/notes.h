/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notes: what a reply says about a user beside OK or ERR, as `key="value"` pairs.
 *
 * Squid keeps a user's notes from one check to the next and replaces those alone that come again.
 * So whatever may have been told once is told each time, with an empty value when it does not hold
 * any more: else somebody with a new password would go on to be shown how to change the old one.
 */
#ifndef PROXYAUTH_BASIC_LDAP_NOTES_H
#define PROXYAUTH_BASIC_LDAP_NOTES_H

#include <stdbool.h>

#include "helpers/core/request.h"
#include "helpers/directory/login.h"

/* Squid ends a helper whose reply is longer than 1 MiB. */
enum { NOTES_REPLY_MAX = 960 * 1024 };

/* What is told at all. */
struct notes_told {
    bool reason; /* why somebody may not log in, or must change the password */
    bool grace;  /* how many logins are left with a password that has expired */
    bool expiry; /* days until the password expires */
};

struct notes {
    struct reply_note *list;
    unsigned count;
    /* The notes' values that are nobody else's. */
    char *groups; /* groups_= */
    char days[24];
    char logins[24];
};

enum notes_outcome { NOTES_MADE, NOTES_NO_MEMORY, NOTES_TOO_LONG };

/* The notes of RESULT, which is OK or DENIED and must outlive them. NOTES_TOO_LONG: with the name
 * and all groups the reply would be longer than Squid reads. Whatever the outcome, notes_free() is due. */
enum notes_outcome notes_make(struct notes *notes, const struct notes_told *told,
                              const struct login_result *result);

/* The words of an ERR: constant. */
const char *notes_refusal(enum account_state state);

void notes_free(struct notes *notes);

#endif
