/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: the option table of every helper that talks to a directory, and its meaning.
 */
#ifndef PROXYAUTH_DIRECTORY_OPTIONS_H
#define PROXYAUTH_DIRECTORY_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/log.h"
#include "helpers/core/option.h"
#include "helpers/core/secret.h"
#include "helpers/core/why.h"
#include "helpers/directory/server_list.h"

/* As the option parser fills it. */
struct directory_options {
    int kind;                     /* an enum directory_kind (facts.h): --directory */
    char *domain;                 /* the DNS name of the domain, or NULL */
    bool global_catalog;          /* ports 3268 and 3269, all domains of the forest */
    char *dns;                    /* HOST:PORT of the DNS server to ask, or NULL: the system's */
    char *base;                   /* -b, or NULL: the server's own (Active Directory) */
    int scope;                    /* index: base, one, sub */
    int deref;                    /* index: never, always, search, find */
    char *bind_dn;                /* -D */
    struct secret *bind_password; /* -w */
    char *bind_password_file;     /* -W */
    struct option_list servers;   /* -H, -h and positional words, in this one order */
    struct option_list backup_uris;
    long port;             /* -p: for hosts that name none; 0: not given, 389 */
    long protocol_version; /* -v: 2 or 3; version 3 is spoken */
    bool starttls;
    long connect_timeout_s; /* -c */
    long search_timeout_s;  /* -t: the server's limit for one search; 0: none asked for */
    char *ca_file;
    char *ca_dir;
    char *client_cert;
    char *client_key;
    int tls_min;    /* index: 1.2, 1.3 */
    int tls_verify; /* index: yes, no, (unset) */
    bool allow_cleartext;
    char *sasl_mech;      /* GSSAPI, GSS-SPNEGO, SCRAM-..., EXTERNAL, or NULL: a simple bind */
    char *sasl_user;      /* the authentication identity of SCRAM, or NULL */
    char *bind_keytab;    /* of GSSAPI and GSS-SPNEGO */
    char *bind_principal; /* whose key in it, or NULL: the first */
    bool sasl_in_tls;     /* GSSAPI and GSS-SPNEGO inside TLS instead of by a layer of their own */
};

enum { DIRECTORY_SCOPE_BASE, DIRECTORY_SCOPE_ONE, DIRECTORY_SCOPE_SUB };
enum {
    DIRECTORY_DEREF_NEVER,
    DIRECTORY_DEREF_ALWAYS,
    DIRECTORY_DEREF_SEARCH,
    DIRECTORY_DEREF_FIND,
};
enum { DIRECTORY_TLS_1_2, DIRECTORY_TLS_1_3 };
enum { DIRECTORY_TLS_VERIFY_YES, DIRECTORY_TLS_VERIFY_NO, DIRECTORY_TLS_VERIFY_UNSET };

/* Defaults: kind auto, scope sub, deref never, version 3, connect timeout 3 s, no search
 * limit, TLS 1.2, verification unset. False when memory is out. */
bool directory_options_init(struct directory_options *options);

/* The table; its offsets are into struct directory_options. */
extern const struct option directory_option_list[];
extern const size_t directory_option_count;

/* Adds to SERVERS (empty) what the options name, in the order in which the stock helper tries
 * them: -H and -h as they came, then the words; backups last. localhost where nothing is named.
 * False with WHY; SERVERS is then to be freed all the same. */
bool directory_options_servers(const struct directory_options *options, struct server_list *servers,
                               struct why *why);

/* Whether DNS is asked for the servers: --domain, and none is named. */
bool directory_options_discover(const struct directory_options *options);

/* Whether the server is taken for an Active Directory from the start: --directory ad or --domain.
 * With --directory auto and neither, only what does not change a stock line's meaning depends on
 * what the server is (how groups are asked for). */
bool directory_options_say_ad(const struct directory_options *options);

/* Whether the service account is named without its domain (svc), which no Active Directory takes
 * for a simple bind. */
bool directory_options_bare_account(const struct directory_options *options);

/* What parsing cannot see by itself: a missing base, -W and -w together, a client certificate
 * without its key, a keytab without a mechanism, ... False with WHY (exit 2). SEARCHES: whether
 * the account that searches is used at all. Files are not opened. */
bool directory_options_check(const struct directory_options *options, bool searches,
                             struct why *why);

/* Law 8's decision for addresses that are not local, once SET has been parsed. */
bool directory_options_allow_cleartext(const struct directory_options *options,
                                       const struct option_set *set);

/* What a helper's users know --bind-password and --bind-password-file as: "-w" and "-W". */
struct password_options {
    const char *password;
    const char *file;
};

/* Says in the log what is unwise about how SET was given. */
void directory_options_warn(const struct directory_options *options, const struct option_set *set,
                            const struct password_options *names, struct log *log);

#endif
