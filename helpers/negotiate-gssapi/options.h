/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: negotiate-gssapi's own.
 */
#ifndef PROXYAUTH_NEGOTIATE_GSSAPI_OPTIONS_H
#define PROXYAUTH_NEGOTIATE_GSSAPI_OPTIONS_H

#include "helpers/core/option.h"

enum gssapi_scheme { GSSAPI_NEGOTIATE, GSSAPI_NTLM };
enum gssapi_sid_format { SID_FORMAT_BASE64, SID_FORMAT_TEXT };

/* As the option parser fills it. */
struct gssapi_options {
    char *keytab;               /* -k; NULL: KRB5_KTNAME, else libkrb5's default */
    struct option_list spns;    /* -s */
    char *replay_cache;         /* -c; "none" or a folder; NULL: libkrb5's place */
    char *replay_type;          /* -t: "none" is --replay-cache none */
    bool strip_realm;           /* -r */
    bool informational;         /* -i: --log-level info */
    struct option_list realms;  /* --krb5-realm */
    bool local_name;            /* --local-name */
    int sid_format;             /* an enum gssapi_sid_format: base64|text */
    bool no_groups;             /* --no-groups */
    struct option_list filters; /* --group-filter: fnmatch globs on a group's name where names are
                                   asked for, else on S-1-... */
    int scheme;                 /* an enum gssapi_scheme */
    bool ntlm;                  /* --ntlm */
    char *ntlm_file;            /* --ntlm-file: smbpasswd lines; NULL: winbind */
    struct option_list ntlm_domains;
    bool explain;
};

/* Sets the defaults. False when memory is out. */
bool gssapi_options_init(struct gssapi_options *options);

/* What parsing cannot see, and the stock letters turned into what they mean here (-t none
 * becomes --replay-cache none, any other -t takes KRB5RCACHETYPE out of the environment). NAMED:
 * whether a directory is asked for groups' names. False with WHY (exit 2). Files are not opened;
 * the keytab's name and SPNs are keys_path()'s and spn_rule_new()'s to judge. */
bool gssapi_options_check(struct gssapi_options *options, bool named, struct why *why);

/* The table; its offsets are into struct gssapi_options. It stands before the directory's, some of
 * whose letters it takes away. */
extern const struct option gssapi_option_list[];
extern const size_t gssapi_option_count;

/* False, and WHY says what to write instead, where ARGV is a line of negotiate_wrapper_auth: its
 * words would be taken one by one for mistakes. */
bool gssapi_options_not_wrapper(int argc, char *const *argv, struct why *why);

#endif
