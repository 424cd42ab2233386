/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * account_state: why a directory refuses a bind although it may be the right password, as Active
 * Directory says it in the diagnostic message ("data 532") and OpenLDAP in the control of its
 * ppolicy overlay (draft-behera-ldap-password-policy). Pure.
 *
 * Both tell a state only to those who know the password, but for a locked account, which they do
 * not try the password of.
 */
#ifndef PROXYAUTH_DIRECTORY_ACCOUNT_STATE_H
#define PROXYAUTH_DIRECTORY_ACCOUNT_STATE_H

#include <stdbool.h>

#include <ldap.h>

enum account_state {
    ACCOUNT_UNTOLD,  /* nothing that the user may know: wrong password, unknown user */
    ACCOUNT_EXPIRED, /* the password has expired */
    ACCOUNT_MUST_CHANGE,
    ACCOUNT_DISABLED,
    ACCOUNT_LOCKED,
    ACCOUNT_HOURS,
    ACCOUNT_WORKSTATION,
    ACCOUNT_ACCOUNT_EXPIRED,
    ACCOUNT_NO_GROUP, /* ours: not a member of a group that --require-group names */
};

/* What a bind's answer says besides its result code. */
struct account_remarks {
    enum account_state state;
    long expires_s;    /* ppolicy: seconds until the password expires, or -1 */
    long grace_logins; /* ppolicy: or -1 */
    /* Active Directory could not try the password, and refused it with code 49 all the same. */
    bool untried;
};

/* Nothing was said. */
extern const struct account_remarks account_no_remarks;

/* Reads both; ANSWER is the whole answer to a bind. Of a bind that succeeds only ppolicy's
 * warnings and its "must change" count. Hostile controls say nothing. */
void account_remarks_read(struct account_remarks *remarks, LDAP *ld, LDAPMessage *answer);

/* Of the diagnostic message of a bind with code 49; NULL is allowed. */
enum account_state account_state_of_diagnostic(const char *diagnostic);

/* Whether that says that the password could not be tried: trouble, and no wrong password. */
bool account_diagnostic_is_trouble(const char *diagnostic);

/* The word for `reason_=`: "expired", "must-change", ...; NULL for ACCOUNT_UNTOLD. */
const char *account_state_word(enum account_state state);

/* A sentence for the user without a full stop; NULL for ACCOUNT_UNTOLD. */
const char *account_state_text(enum account_state state);

#endif
