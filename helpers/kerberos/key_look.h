/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * key_look: one look at the keytab file, which a thread takes: a stat(2), and all the rest only
 * when that shows a change. Of key_watch alone.
 */
#ifndef PROXYAUTH_KERBEROS_KEY_LOOK_H
#define PROXYAUTH_KERBEROS_KEY_LOOK_H

#include "helpers/core/offload.h"
#include "helpers/kerberos/key_watch.h"

enum key_look_outcome {
    KEY_LOOK_SAME, /* nothing has changed */
    KEY_LOOK_MADE, /* new credentials */
    KEY_LOOK_WAIT, /* somebody is writing, or was a moment ago: to be left to him for a while */
    KEY_LOOK_BAD,  /* WHY; MADE may be there, for NTLM alone */
};

/* What is above the line is the loop's until the look is handed to a thread, and again when it is
 * back. */
struct key_look {
    struct job job; /* first */
    struct key_watch *watch;
    const struct key_watch_config *config;
    struct file_stamp judged; /* of what was last read */
    bool must_read;           /* whatever the stamp is */
    bool patient;             /* a file that was written a moment ago is not read */
    bool has_nothing;         /* no credentials hold: those for NTLM alone are better */
    gss_cred_id_t ntlm;       /* the thread's, from one look to the next */
    char *found;              /* the same: where the keytab is, if it had to be found */
    /* ---- what the thread found ---- */
    enum key_look_outcome outcome;
    bool has_read; /* FILE is filled in */
    struct keys_file file;
    struct service_credentials *made;
    struct why why;
    struct why ntlm_why; /* NTLM is to be accepted and cannot be; else empty */
};

/* In the thread. */
void key_look_take(struct key_look *look);

#endif
