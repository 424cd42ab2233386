/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * outcome: what a PAM result code means for a login. Pure.
 *
 * What PAM says about the user is a refusal, all else is trouble. A reason is told to those alone
 * who know the password, but for an account that is locked: its password is not tried any more.
 */
#ifndef PROXYAUTH_PAM_OUTCOME_H
#define PROXYAUTH_PAM_OUTCOME_H

#include <stdbool.h>

enum outcome_verdict { OUTCOME_OK, OUTCOME_DENIED, OUTCOME_UNAVAILABLE };

enum outcome_step {
    OUTCOME_START,          /* pam_start(3) */
    OUTCOME_AUTHENTICATION, /* pam_authenticate(3) */
    OUTCOME_ACCOUNT,        /* pam_acct_mgmt(3), after a login that succeeded */
};

/* Both texts are constants. */
struct outcome {
    enum outcome_verdict verdict;
    const char *reason; /* a sentence without a full stop; NULL: no words of its own */
    const char *word;   /* of a reason that the user may know: "expired", "locked", ...; or NULL */
    /* DENIED, but perhaps not for the user's sake: libpam itself says so of everybody where it does
     * not understand the service. Modules may say the same. */
    bool doubtful;
};

/* CODE as the function of STEP returned it. PASSWORD_GIVEN: a module has asked for the password, so
 * that a success speaks of it. */
struct outcome outcome_of(enum outcome_step step, int code, bool password_given);

/* "PAM_AUTH_ERR" and so on; "an unknown code" for others. */
const char *outcome_code_name(int code);

#endif
