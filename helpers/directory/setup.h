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
#include "helpers/directory/facts.h"
#include "helpers/directory/server_list.h"
#include "helpers/directory/tls.h"
#include "helpers/directory/wire.h"

/* What a connection is for. It stays bound as the last user, so it never changes sides. */
enum purpose { PURPOSE_SERVICE, PURPOSE_BIND };

/* The same for all connections of an engine; constant while it lives. */
struct setup_plan {
    struct dialer *dialer;
    struct tls_profile *tls;
    bool starttls;              /* -Z, Active Directory, or users beside an account's Kerberos */
    bool cleartext_allowed;     /* to addresses that are not on this machine */
    uint64_t timeout_ms;        /* for all phases together */
    int deref;                  /* LDAP_DEREF_* */
    int time_limit_s;           /* of searches, asked of the server; 0: none */
    const char *sasl_mech;      /* instead of a simple bind, or NULL */
    const char *sasl_user;      /* of SCRAM, or NULL */
    const char *bind_keytab;    /* of GSSAPI and GSS-SPNEGO, or NULL */
    const char *bind_principal; /* or NULL: the first in the keytab */
    const char *realm;          /* the Kerberos realm where it is known (from --domain), or NULL */
    bool sasl_in_tls;           /* GSSAPI, GSS-SPNEGO: TLS and no layer of their own */
    enum directory_kind kind;   /* what --directory says; KIND_AD with --domain, too */
    const char *domain;         /* that the server must serve (--domain), or NULL */
    bool global_catalog;
    const char *bind_dn;                /* NULL or empty: anonymous */
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
    bool wants_facts;     /* the owner's order: read them (service connections alone) */
    struct facts *facts;  /* what was read; the owner takes it */
    bool facts_failed;    /* everything before them went well */
    uint64_t lifetime_ms; /* how long the connection may be used (a Kerberos ticket), 0: no limit */
    bool tls_on;
    unsigned layer; /* the strength of the SASL mechanism's own layer in bits, 0: there is none */
    bool local;     /* the server is on this machine */
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

/* The file that holds what PLAN's service account proves itself with, or NULL. */
const char *setup_secret_file(const struct setup_plan *plan);

/* PLAN's service account in words, for the log. */
const char *setup_account(const struct setup_plan *plan);

#endif
