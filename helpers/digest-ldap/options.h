/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: those of digest-ldap, with the letters of Squid's digest_ldap_auth.
 */
#ifndef PROXYAUTH_DIGEST_LDAP_OPTIONS_H
#define PROXYAUTH_DIGEST_LDAP_OPTIONS_H

#include <stdbool.h>

#include "helpers/core/common_options.h"
#include "helpers/core/why.h"
#include "helpers/directory/directory.h"

enum { DIGEST_LDAP_TABLES = 4 };

/* As the option parser fills it. */
struct digest_ldap_options {
    struct common_options common;
    struct directory_options directory;
    struct user_options user;
    char *attribute;  /* -A */
    char *delimiters; /* -l, or NULL: a colon */
    char *realm;      /* -r; empty or NULL: any */
    bool hashes;      /* -e */
    char *user_attr;  /* -u: without -F the filter is (ATTR=name) */
    bool stock_strip; /* -E, which does nothing */
};

/* Sets the defaults of all but `common`. False when memory is out. */
bool digest_ldap_options_init(struct digest_ldap_options *options);

/* The tables, for an option_set; their targets are in OPTIONS. */
void digest_ldap_option_tables(struct digest_ldap_options *options,
                               struct option_table tables[DIGEST_LDAP_TABLES]);

/* What parsing cannot see, and fills in the filter. False with WHY (exit 2). */
bool digest_ldap_options_check(struct digest_ldap_options *options, struct why *why);

#endif
