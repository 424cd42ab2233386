/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: what is basic-pam's own on its command line.
 */
#ifndef PROXYAUTH_BASIC_PAM_OPTIONS_H
#define PROXYAUTH_BASIC_PAM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/option.h"
#include "helpers/pam/transaction.h"

/* As the option parser fills it. */
struct basic_pam_options {
    char *service;
    char *service_dir; /* or NULL */
    bool no_account;
    bool strip_realm;
    bool accept_aliases;
    bool one_shot; /* without effect, as the next */
    long ttl_s;
    long workers;
};

/* Sets the defaults. False when memory is out. */
bool basic_pam_options_init(struct basic_pam_options *options);

extern const struct option basic_pam_option_list[];
extern const size_t basic_pam_option_count;

/* Whether they make sense together. False with WHY. */
bool basic_pam_options_check(const struct basic_pam_options *options, struct why *why);

/*
 * Whether the words of the command line are harmless where the process has more rights than who
 * started it (setuid, file capabilities). Then an option that names a file would let anybody read
 * others' files, or run modules of their own as root. Before they are parsed. False with WHY.
 */
bool basic_pam_options_harmless(int argc, char *const *argv, struct why *why);

/* What PAM is told; the options outlive it. */
struct transaction_config basic_pam_options_config(const struct basic_pam_options *options);

/* How many threads there are: those that work, and some to stand in for those that hang. */
unsigned basic_pam_options_threads(const struct basic_pam_options *options);

#endif
