/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: negotiate-stub's own.
 */
#ifndef PROXYAUTH_NEGOTIATE_STUB_OPTIONS_H
#define PROXYAUTH_NEGOTIATE_STUB_OPTIONS_H

#include "helpers/core/option.h"

enum stub_scheme { STUB_NEGOTIATE, STUB_NTLM };

/* As the option parser fills it. */
struct stub_options {
    int scheme;      /* an enum stub_scheme */
    char *ntlm_file; /* NULL: nobody can log in */
    struct option_list domains;
    bool allow_ntlmv1;
    bool explain;
    char *computer; /* NULL: from the host's name */
    char *dns_name; /* NULL: the host's name */
};

/* Sets the defaults. False when memory is out. */
bool stub_options_init(struct stub_options *options);

/* Whether the values can be used; what names the challenge tells is stub_names_make()'s to judge.
 * False with WHY. */
bool stub_options_check(const struct stub_options *options, struct why *why);

/* The table; its offsets are into struct stub_options. */
extern const struct option stub_option_list[];
extern const size_t stub_option_count;

/* What the challenge says that this server is called. */
enum { NETBIOS_NAME_MAX = 15, DNS_NAME_MAX = 255 };

struct stub_names {
    char computer[NETBIOS_NAME_MAX + 1];
    char domain[NETBIOS_NAME_MAX + 1];
    char dns_name[DNS_NAME_MAX + 1]; /* may be empty */
};

/* From OPTIONS and the host's name HOST: the computer is HOST up to its first dot, in upper case
 * and as far as it is a NetBIOS name; the domain is the first of --ntlm-domain that is one, else
 * the computer. False with WHY when an option is no such name. */
bool stub_names_make(const struct stub_options *options, const char *host, struct stub_names *names,
                     struct why *why);

#endif
