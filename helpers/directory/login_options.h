/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * login_options: how a password is verified, and what is told about the user who logged in.
 */
#ifndef PROXYAUTH_DIRECTORY_LOGIN_OPTIONS_H
#define PROXYAUTH_DIRECTORY_LOGIN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/option.h"
#include "helpers/core/why.h"
#include "helpers/directory/options.h"
#include "helpers/directory/user_options.h"

/* --user-name: which name the note user= carries. */
enum { USER_NAME_SAM, USER_NAME_UPN, USER_NAME_AS_TYPED };

/* As the option parser fills it. */
struct login_options {
    char *compare_attr;       /* -U, or NULL: the password is verified by a bind */
    long connections;         /* bind connections, 1 to 1024 */
    int user_name;            /* USER_NAME_* */
    long expiry_warning_days; /* 0: nothing is told */
    struct option_list require_groups;
    bool groups;                      /* the user's groups become notes */
    struct option_list group_filters; /* fnmatch patterns; none: all groups */
};

bool login_options_init(struct login_options *options);

/* The table (-U and -O have letters); offsets into struct login_options. */
extern const struct option login_option_list[];
extern const size_t login_option_count;

/* False with WHY (exit 2). */
bool login_options_check(const struct login_options *options,
                         const struct directory_options *directory, const struct user_options *user,
                         struct why *why);

#endif
