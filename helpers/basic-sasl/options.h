/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: what is basic-sasl's own on its command line.
 */
#ifndef PROXYAUTH_BASIC_SASL_OPTIONS_H
#define PROXYAUTH_BASIC_SASL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/option.h"

/* As the option parser fills it; zeroed before. */
struct basic_sasl_options {
    char *application;
    char *service;
    char *realm;      /* NULL: not said */
    char *config_dir; /* the same */
    long workers;
    bool accept_aliases;
};

extern const struct option basic_sasl_option_list[];
extern const size_t basic_sasl_option_count;

/* Sets the defaults. False when memory is out. */
bool basic_sasl_options_init(struct basic_sasl_options *options);

/* Whether they make sense together. False with WHY. */
bool basic_sasl_options_check(const struct basic_sasl_options *options, struct why *why);

/* The workers, and as many to stand in for those whose check does not end; at most what one pool
 * has. */
unsigned basic_sasl_options_threads(const struct basic_sasl_options *options);

#endif
