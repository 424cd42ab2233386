/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: what is digest-file's own on its command line.
 */
#ifndef PROXYAUTH_DIGEST_FILE_OPTIONS_H
#define PROXYAUTH_DIGEST_FILE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/option.h"

/* As the option parser fills it; zeroed before. */
struct digest_file_options {
    struct option_list files; /* one, once it is checked */
    struct option_list realms;
    bool hashes_only; /* -c */
};

extern const struct option digest_file_option_list[];
extern const size_t digest_file_option_count;

/* Whether they make sense together. False with WHY. */
bool digest_file_options_check(const struct digest_file_options *options, struct why *why);

#endif
