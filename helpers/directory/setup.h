/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * setup: everything that can block before a connection is of use, as one offload job.
 *
 * Resolve, connect, TLS, then the proof that the server answers: the service bind for a connection
 * that will search, a read of the root entry for one that will bind as users. All within one
 * deadline. What comes out is a handle in ready mode, or a sentence saying which phase failed.
 */
#ifndef PROXYAUTH_DIRECTORY_SETUP_H
#define PROXYAUTH_DIRECTORY_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include <ldap.h>

#include "helpers/core/offload.h"
#include "helpers/core/secret.h"
#include "helpers/core/why.h"
#include "helpers/directory/dial.h"
#include "helpers/directory/server_list.h"
#include "helpers/directory/tls.h"
#include "helpers/directory/wire.h"

/* What a connection is for. It stays bound as the last user, so it never changes sides. */
enum purpose { PURPOSE_SERVICE, PURPOSE_BIND };

/* The same for all connections of an engine; constant while it lives. */
struct setup_plan {
    struct dialer *dialer;
    struct tls_profile *tls;
    bool starttls;
    bool cleartext_allowed; /* to addresses that are not on this machine */
    uint64_t timeout_ms;    /* for all phases together */
    int deref;              /* LDAP_DEREF_* */
    int time_limit_s;       /* of searches, asked of the server; 0: none */
    bool external;          /* SASL EXTERNAL instead of a simple bind */
    const char *bind_dn;    /* NULL: anonymous */
    const struct secret *bind_password; /* or NULL */
    const char *bind_password_file;     /* read for each setup, or NULL */
};

enum setup_outcome {
    SETUP_READY,
    SETUP_SERVER,     /* the server cannot be used now: back off, try another */
    SETUP_LOCAL,      /* trouble of ours: a file, a policy; no server is to blame */
    SETUP_CREDENTIAL, /* the server refuses the service account */
};

struct setup {
    struct job job;
    const struct setup_plan *plan;
    const struct server_address *address; /* must outlive the job */
    enum purpose purpose;
    void (*done)(struct setup *setup); /* loop's thread; takes ld and wire, then frees the setup */
    void *context;
    uint64_t began_ms; /* the owner's note: when it was ordered */
    /* The result. */
    enum setup_outcome outcome;
    const char *phase; /* a word for the log: "connect", "TLS", "service bind", ... */
    struct why why;
    LDAP *ld;
    struct wire *wire;
    bool tls_on;
    bool local; /* the server is on this machine */
};

/* Queues the job. False when memory is out. */
bool setup_start(struct offload *offload, const struct setup *order);

/* The same in the calling thread, for --check: runs to the end before it returns. */
void setup_run(struct setup *setup);

/* The result code in ANSWER, the whole answer to one request. A server that answers with another
 * TYPE (LDAP_RES_BIND, ...) than what was asked for, or an echo of the request, gives
 * LDAP_DECODING_ERROR: it has verified nothing. */
int setup_answer_code(LDAP *ld, LDAPMessage *answer, int type);

/* Closes what a setup made and nobody took. */
void setup_discard(struct setup *setup);

#endif
