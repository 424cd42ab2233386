/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remarks: what libpam says of a service while it reads it.
 *
 * It goes to syslog(3) and nowhere else, and pam_start(3) succeeds all the same: a line that cannot
 * be understood is a refusal of later logins. So standard error is listened to meanwhile, to which
 * syslog(3) writes as well if it is told to. For --check: one thread, and nothing else that logs.
 */
#ifndef PROXYAUTH_PAM_REMARKS_H
#define PROXYAUTH_PAM_REMARKS_H

enum { REMARKS_MAX = 4096 };

struct remarks {
    char text[REMARKS_MAX]; /* lines, each with its end, as many as fit; bytes from outside */
    /* While it listens: */
    int standard_error; /* the real one; -1: nothing is listened to */
    int ends[2];
};

/* Where the system has no descriptors left nothing will be heard. */
void remarks_begin(struct remarks *remarks);

/* Puts the text. What did not come from syslog(3) goes on to standard error. */
void remarks_end(struct remarks *remarks);

#endif
