/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * passwd_options: the command line of `proxyauth passwd`.
 */
#ifndef PROXYAUTH_TOOL_PASSWD_OPTIONS_H
#define PROXYAUTH_TOOL_PASSWD_OPTIONS_H

#include "helpers/core/option.h"
#include "helpers/proxyauth/passwd.h"

struct passwd_options {
    bool basic;
    bool nt;
    bool input; /* --stdin */
    char *realm;
    int hash; /* enum passwd_hash */
    long cost;
    struct option_list words;
};

/* What an action needs. */
struct passwd_needs {
    const char *name;
    bool user;
    bool new_hash;
    bool password;
};

/* Zeroed before it is read. */
struct passwd_work {
    enum passwd_action action;
    const struct passwd_needs *needs;
    struct passwd_options options;
    struct passwd_target target;
    struct option_table table; /* the parser's */
    struct option_set set;
};

/* Reads the words behind `passwd`, of which ARGV is the first. OPTION_RUN: WORK says what is to be
 * done, and all of it can be meant. Otherwise as option_parse(). passwd_options_free() is due in
 * any case. */
enum option_outcome passwd_options_read(struct passwd_work *work, int argc, char **argv,
                                        struct why *why);
void passwd_options_free(struct passwd_work *work);

#endif
