/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_states: accounts that a directory says something about, and what a helper must make of it.
 *
 * Half of them as OpenLDAP's ppolicy overlay tells it (draft-behera-ldap-password-policy-10), half
 * as Active Directory does (the diagnostic message).
 */
#ifndef PROXYAUTH_TESTS_SIM_STATES_H
#define PROXYAUTH_TESTS_SIM_STATES_H

#include <stddef.h>

/* What is said to one kind of password. */
struct sim_remark {
    int code;               /* of the bind */
    const char *diagnostic; /* the message */
    size_t control_len;     /* 0: no control */
    const char *control;    /* the value of a password policy control */
    const char *reason;     /* what reason_= must be */
};

struct sim_state_kind {
    struct sim_remark right;
    struct sim_remark wrong;
    const char *expires; /* what password_expires_= must be after the right password */
    const char *grace;   /* what grace_logins_= must be then */
};

enum { SIM_STATE_KINDS = 8, SIM_WARNING_DAYS = 14 };

extern const struct sim_state_kind sim_state_kinds[SIM_STATE_KINDS];

#endif
