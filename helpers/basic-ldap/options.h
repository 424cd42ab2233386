/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: those of basic-ldap, with the letters of Squid's basic_ldap_auth.
 */
#ifndef PROXYAUTH_BASIC_LDAP_OPTIONS_H
#define PROXYAUTH_BASIC_LDAP_OPTIONS_H

#include <stdbool.h>

#include "helpers/basic-ldap/notes.h"
#include "helpers/core/common_options.h"
#include "helpers/core/why.h"
#include "helpers/directory/directory.h"

enum { BASIC_LDAP_TABLES = 6 };

/* As the option parser fills it. */
struct basic_ldap_options {
    struct common_options common;
    struct directory_options directory;
    struct user_options user;
    struct login_options login;
    struct membership_options membership;
};

/* Sets the defaults of all but `common`. False when memory is out. */
bool basic_ldap_options_init(struct basic_ldap_options *options);

/* The tables, for an option_set; their targets are in OPTIONS. */
void basic_ldap_option_tables(struct basic_ldap_options *options,
                              struct option_table tables[BASIC_LDAP_TABLES]);

/* What is told of users, with options that have been checked. */
struct notes_told basic_ldap_options_told(const struct basic_ldap_options *options);

/* What parsing cannot see. False with WHY (exit 2). */
bool basic_ldap_options_check(struct basic_ldap_options *options, struct why *why);

#endif
