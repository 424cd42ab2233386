/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay: where libkrb5 keeps the authenticators that were used already.
 *
 * One file for all helper processes of the user: with one for each process, a token that was seen
 * on the wire could be used again at the next process. The name and format are libkrb5's own
 * ("file2:" of MIT 1.18 and later, <folder>/krb5_<uid>.rcache2).
 */
#ifndef PROXYAUTH_KERBEROS_REPLAY_H
#define PROXYAUTH_KERBEROS_REPLAY_H

#include <stdbool.h>
#include <sys/types.h>

#include "helpers/core/why.h"

struct replay {
    char *name;             /* for the `rcache` element of a GSS credential store */
    char *path;             /* the file; NULL: nothing is remembered ("none") */
    struct why passed_over; /* what krb5.conf has, which cannot be meant; empty: nothing. Then it is
                               as if it had nothing. */
    int fd;                 /* where there is a path: the file as it was named last, or -1 */
    dev_t device;
    ino_t inode;
};

/*
 * What --replay-cache asks for: "none", a folder, or NULL: where libkrb5 keeps it by default
 * (KRB5RCACHENAME, default_rcache_name of krb5.conf, KRB5RCACHETYPE, KRB5RCACHEDIR, TMPDIR,
 * /var/tmp). False with WHY for what the option or the environment cannot mean; krb5.conf ends no
 * helper. Blocking.
 *
 * Start-up, before there is a thread: a folder goes into KRB5RCACHEDIR of the environment. That is
 * libkrb5's only door to a folder where it checks at each login that the file is no symbolic link
 * and this user's own.
 */
bool replay_init(struct replay *replay, const char *option, struct why *why);
void replay_free(struct replay *replay);

/* Whether the file can be used: its folder is there and can be written, it is a plain file of ours
 * (libkrb5 refuses others) or not there yet. False with WHY: every login would fail. Start-up,
 * --check and after a login failed for it. */
bool replay_usable(const struct replay *replay, struct why *why);

enum replay_state {
    REPLAY_FREE,   /* or there is none, or nobody knows */
    REPLAY_LOCKED, /* by another process, or another thread: a login could wait for it */
    REPLAY_BLOCKED /* something else has its name: a login would fail, or with a FIFO never end */
};

/* How the file stands right now, before a login needs it. Never blocks. */
enum replay_state replay_look(struct replay *replay);

#endif
