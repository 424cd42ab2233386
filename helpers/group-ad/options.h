/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: those of group-ad, with the letters of Squid's ext_kerberos_ldap_group_acl.
 */
#ifndef PROXYAUTH_GROUP_AD_OPTIONS_H
#define PROXYAUTH_GROUP_AD_OPTIONS_H

#include <stdbool.h>

#include "helpers/core/common_options.h"
#include "helpers/core/why.h"
#include "helpers/directory/directory.h"
#include "helpers/group-ad/realm_list.h"

enum { GROUP_AD_TABLES = 4 };

/* How a user's name is written: --login. */
enum { GROUP_AD_LOGIN_URL, GROUP_AD_LOGIN_RAW };

/* As the option parser fills it. -u, -p and -l are members of `directory`. */
struct group_ad_options {
    struct common_options common;
    struct directory_options directory;
    struct user_options user; /* accept_aliases and charset alone; the rest is zeroed */
    struct membership_options membership;
    char *group_text;     /* -g */
    char *hex_group_text; /* -t, -U */
    char *hex_all_text;   /* -T */
    char *default_realm;  /* -D */
    char *netbios_text;   /* -N */
    char *server_text;    /* -S */
    bool no_kerberos;     /* -n */
    bool kerberos_in_tls; /* -s */
    bool unverified;      /* -a */
    bool info;            /* -i */
    long max_depth;       /* -m: levels beyond direct membership, or -1: not given */
    int login;
    long ttl_s;
    long memory_mib;
    /* By group_ad_options_check(): */
    struct realm_list groups; /* of -g, -t and -T; empty: they come with each line */
    struct realm_list netbios_names;
    struct realm_list servers;
    bool kerberos; /* directories of realms are asked as an account of a keytab */
    bool account;  /* and, if that fails or is not so, the servers of -l as -u */
};

/* Sets the defaults of all but `common`. False when memory is out. */
bool group_ad_options_init(struct group_ad_options *options);

/* The tables, for an option_set; their targets are in OPTIONS. */
void group_ad_option_tables(struct group_ad_options *options,
                            struct option_table tables[GROUP_AD_TABLES]);

/* What parsing cannot see, and fills in what is derived. False with WHY (exit 2). */
bool group_ad_options_check(struct group_ad_options *options, struct why *why);

/* Frees what was derived; option_free() does the rest. */
void group_ad_options_free(struct group_ad_options *options);

#endif
