/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: those of group-ldap, with the letters of Squid's ext_ldap_group_acl.
 */
#ifndef PROXYAUTH_GROUP_LDAP_OPTIONS_H
#define PROXYAUTH_GROUP_LDAP_OPTIONS_H

#include <stdbool.h>

#include "helpers/core/common_options.h"
#include "helpers/core/why.h"
#include "helpers/directory/directory.h"

enum { GROUP_LDAP_TABLES = 7 };

/* How lines are read, and what is remembered; as the option parser fills it. */
struct group_line_options {
    bool base_extension;       /* -g */
    bool strip_nt_domain;      /* -S */
    bool strip_kerberos_realm; /* -K */
    int login;                 /* an enum group_line_login (line.h) */
    long groups_count;         /* 0: the first field is the user */
    long ttl_s;
    long memory_mib;
};

struct group_ldap_options {
    struct common_options common;
    struct directory_options directory;
    struct user_options user;
    struct membership_options membership;
    struct group_line_options line;
};

/* Sets the defaults of all but `common`. False when memory is out. */
bool group_ldap_options_init(struct group_ldap_options *options);

/* The tables, for an option_set; their targets are in OPTIONS. */
void group_ldap_option_tables(struct group_ldap_options *options,
                              struct option_table tables[GROUP_LDAP_TABLES]);

/* What parsing cannot see. False with WHY (exit 2). */
bool group_ldap_options_check(struct group_ldap_options *options, struct why *why);

/* Whether the user's entry is found before the groups are asked for. */
bool group_ldap_options_find_first(const struct group_ldap_options *options);

#endif
