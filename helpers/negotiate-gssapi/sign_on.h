/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sign_on: one client's login, from the lines of Squid to the service and its groups and back.
 *
 * Joins negotiate/dialogue, kerberos/service and group_notes. Requests that come before the users
 * of NTLM were read for the first time wait for them, as the service does for its keytab. Loop's
 * thread only.
 */
#ifndef PROXYAUTH_NEGOTIATE_GSSAPI_SIGN_ON_H
#define PROXYAUTH_NEGOTIATE_GSSAPI_SIGN_ON_H

#include "helpers/core/helper.h"
#include "helpers/core/request.h"
#include "helpers/core/why.h"
#include "helpers/kerberos/key_watch.h"
#include "helpers/kerberos/replay.h"
#include "helpers/kerberos/spn.h"
#include "helpers/negotiate-gssapi/options.h"

struct directory;
struct ntlm_users;
struct sign_on;

struct sign_on_config { /* all pointers outlive it */
    const struct gssapi_options *options;
    struct loop *loop;
    struct offload *offload; /* for what may wait; serves nobody else */
    struct log *log;
    unsigned key_extras;
    struct key_watch *watch;
    const struct spn_rule *spns;
    struct replay *replay;
    struct directory *directory; /* NULL: groups are told as SIDs */
    struct ntlm_users *users;    /* NULL: who comes by NTLM is winbind's to judge */
};

/* NULL with WHY. CONFIG is copied. */
struct sign_on *sign_on_new(const struct sign_on_config *config, struct why *why);

/* Answers REQUEST, now or later. Lines have no ids, so there is one at a time. */
void sign_on_request(struct sign_on *sign_on, struct request *request);

/* To be called from key_watch's `looked`. */
void sign_on_looked(struct sign_on *sign_on);

/* To be called from ntlm_users' `changed`. */
void sign_on_users_changed(struct sign_on *sign_on);

/* False, and nothing is freed, while a thread is inside a library: the caller leaves with _exit().
 * No request may be pending. NULL is allowed. */
bool sign_on_free(struct sign_on *sign_on);

#endif
