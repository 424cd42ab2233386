/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * common_options: the options that every helper has.
 */
#ifndef PROXYAUTH_CORE_COMMON_OPTIONS_H
#define PROXYAUTH_CORE_COMMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/log.h"
#include "helpers/core/option.h"

/* As the option parser fills it. */
struct common_options {
    int concurrency; /* an enum concurrency (session.h) */
    long key_extras; /* fields, 0 to 16 */
    long deadline_s; /* 1 to 600 */
    int log_level;   /* an enum log_level; common_options_log_level() knows about -d */
    bool debug;      /* -d */
    bool check;      /* test the configuration and the backend, then exit */
};

/* Sets the defaults. False when memory is out. */
bool common_options_init(struct common_options *options);

/* The table; its offsets are into struct common_options. */
extern const struct option common_option_list[];
extern const size_t common_option_count;

/* What --log-level or -d ask for. */
enum log_level common_options_log_level(const struct common_options *options);

#endif
