/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * key_watch: keeps the service's credentials up with its keytab file.
 *
 * Twice a second, and when a login lacks a key, an offload thread looks at the file (one stat): a
 * file system that hangs holds up nobody else. When the file has changed it is read and credentials
 * are acquired, and the loop swaps them in whole. While it is missing, unreadable or being written,
 * the last good ones stay; that is logged once, and so is the end of it. Loop's thread only.
 */
#ifndef PROXYAUTH_KERBEROS_KEY_WATCH_H
#define PROXYAUTH_KERBEROS_KEY_WATCH_H

#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/kerberos/credentials.h"

enum { KEY_WATCH_LOOK_MS = 500 };

struct key_watch;

struct key_watch_config {
    const char *path; /* these outlive the watch; NULL: no keytab, NTLM alone */
    bool finds_path;  /* but keys_path() is to be asked for it until krb5.conf can be read */
    const struct spn_rule *rule;
    struct credentials_order order;
    uint64_t look_ms; /* KEY_WATCH_LOOK_MS */
    /* Called when a look has ended that was the first, that swapped credentials in, or that
     * key_watch_look_now() asked for; and when the first one, or one that was asked for, is
     * stuck. */
    void (*looked)(void *context);
    void *context;
};

/* Begins to read the file at once. OFFLOAD has one thread, which serves nobody else. NULL with WHY.
 */
struct key_watch *key_watch_open(struct loop *loop, struct offload *offload, struct log *log,
                                 const struct key_watch_config *config, struct why *why);

/* False until the first look has ended. */
bool key_watch_is_ready(const struct key_watch *watch);

/* What holds now, borrowed for this turn of the loop; NULL while there has been no good file. */
struct service_credentials *key_watch_credentials(const struct key_watch *watch);

/* What to answer while that is NULL: a sentence for BH without path or secret. */
const char *key_watch_trouble(const struct key_watch *watch);

/* The same where those that hold have none for Kerberos, or for NTLM. Each is had without the other
 * if need be. NULL: it is not to be accepted at all. */
const char *key_watch_lack(const struct key_watch *watch, bool ntlm);

/* What the log was told last about that, with what to do; "" for nothing. Valid as long as the loop
 * does not run. */
const char *key_watch_told(const struct key_watch *watch, bool ntlm);

/* Whether the look that is under way takes so long that nobody is to wait for it. */
bool key_watch_is_stuck(const struct key_watch *watch);

/* A login that failed for want of a key may succeed with what the file has now: `looked` follows,
 * when a look has ended that begins after this, or is stuck. Other credentials hold then if the
 * file is another one. Not while one is stuck. */
void key_watch_look_now(struct key_watch *watch);

/* To be closed behind those who hold credentials. False while a thread is reading: then to be left
 * to _exit(), as offload_close() says. NULL is allowed. */
bool key_watch_close(struct key_watch *watch);

/* For --check: reads the file once, prints what is there and what is wrong with it (principals,
 * kvnos, enctypes, which are used, old ones, who can read it, the replay cache, the mechanisms) to
 * standard output. True when logins would work. */
bool key_watch_check(const struct key_watch_config *config);

#endif
