/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * service: the proxy's HTTP service of Kerberos, which takes one client's tokens at a time.
 *
 * The room's door for helper mains. A Kerberos token is verified in the loop's thread: it takes
 * less time (60 us) than handing it to a thread and back (90 us), and waits for nobody. What may
 * wait goes to an offload thread: IAKERB (a KDC), NTLM (winbind), local names (whoever maps them),
 * and any token while another process holds the replay file. A login that fails for want of a key
 * while the keytab has changed is tried again with the new one.
 */
#ifndef PROXYAUTH_KERBEROS_SERVICE_H
#define PROXYAUTH_KERBEROS_SERVICE_H

#include "helpers/core/log.h"
#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/kerberos/exchange.h"
#include "helpers/kerberos/key_watch.h"
#include "helpers/kerberos/replay.h"
#include "helpers/kerberos/spn.h"
#include "helpers/kerberos/who.h"

struct service;

enum service_result {
    SERVICE_CONTINUE,
    SERVICE_OK,
    SERVICE_DENIED,
    SERVICE_OTHER,
    SERVICE_UNAVAILABLE
};

/* All spans and pointers live until the callback returns. */
struct service_answer {
    enum service_result result; /* OTHER: a mechanism that is not accepted here */
    struct pxa_span token;      /* binary; may be empty unless CONTINUE; also what a client is told
                                   that is DENIED */
    struct pxa_span user;       /* OK: the name for Squid; else as far as it is known */
    const struct pxa_span *sids;
    size_t sid_count;
    bool ntlm;          /* the login is one by NTLM */
    const char *reason; /* DENIED, UNAVAILABLE: without a full stop */
    const char *remark; /* for the log; NULL: nothing */
};

struct service_config { /* all pointers outlive the service */
    struct loop *loop;
    struct offload *offload; /* threads for what may wait; serves nobody else */
    struct offload *queue;   /* for what waits for the replay file's lock, which is not to stand
                                behind what waits for a silent KDC; NULL: a thread of its own */
    struct log *log;
    struct key_watch *watch;
    const struct spn_rule *spns;
    struct replay *replay;
    struct who_rule who;
    struct exchange_orders orders;
    bool ntlm; /* NTLM is accepted; its users are those of the orders' file, or else winbind's */
    /* Exactly once for each token, perhaps before the call that gave it returns, unless dropped. */
    void (*answer)(void *context, const struct service_answer *answer);
    void *context;
};

/* NULL with WHY. */
struct service *service_open(const struct service_config *config, struct why *why);

/* TOKEN (binary; borrowed until the answer) begins a login or goes on with the one that waits for
 * it; whatever was before a beginning is forgotten. */
void service_begin(struct service *service, struct pxa_span token);
void service_step(struct service *service, struct pxa_span token);

/* Forgets the login; a thread that still works at it works in vain, on a copy of the token. */
void service_drop(struct service *service);

/* To be called from key_watch's `looked`. */
void service_looked(struct service *service);

/* False, and nothing is freed, while a thread is inside a library: the caller leaves with _exit().
 * NULL is allowed. */
bool service_close(struct service *service);

#endif
