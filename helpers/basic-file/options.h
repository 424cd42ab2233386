/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: what is basic-file's own on its command line.
 */
#ifndef PROXYAUTH_BASIC_FILE_OPTIONS_H
#define PROXYAUTH_BASIC_FILE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/option.h"

/* As the option parser fills it; zeroed before. */
struct basic_file_options {
    struct option_list files; /* one, once it is checked */
    long workers;             /* 0: not said */
    bool allow_weak;
};

extern const struct option basic_file_option_list[];
extern const size_t basic_file_option_count;

/* Whether they make sense together. False with WHY. */
bool basic_file_options_check(const struct basic_file_options *options, struct why *why);

/* How many threads hash: what --workers says, else one for each core that the process may use. */
unsigned basic_file_options_workers(const struct basic_file_options *options);

/* The same, and as many to stand in for those whose job does not end; at most what one pool has. */
unsigned basic_file_options_threads(const struct basic_file_options *options);

#endif
