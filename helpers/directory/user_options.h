/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * user_options: how a typed name becomes an entry, the same for every helper.
 *
 * The filter and the attribute of the DN have other letters in each helper (-f and -u, -F and -u),
 * so each helper has a table of its own for those members.
 */
#ifndef PROXYAUTH_DIRECTORY_USER_OPTIONS_H
#define PROXYAUTH_DIRECTORY_USER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/option.h"
#include "helpers/core/why.h"
#include "helpers/directory/options.h"

/* The forms of names in an Active Directory that are let in: --login-names. */
enum { NAME_SAM = 1, NAME_UPN = 2, NAME_DOWN_LEVEL = 4 };

/* As the option parser fills it. */
struct user_options {
    char *base;           /* where users are, NULL: the directory's base */
    char *filter;         /* or NULL */
    char *user_attr;      /* or NULL: uid, unless the directory is an Active Directory */
    bool accept_aliases;  /* law 10 is lifted */
    char *login_names;    /* "sam,upn,down-level" */
    char *login_attr;     /* a further attribute whose values are names (mail), or NULL */
    char *default_domain; /* of names without one, or NULL */
    bool strip_realm;     /* DOMAIN\ and @realm are cut off before anything else */
    char *charset;        /* of what is not UTF-8, as iconv(3) knows it; "UTF-8": as it came; NULL:
                             CP1252 for an Active Directory, as it came for others */
    /* By user_options_check(): */
    unsigned names; /* NAME_*, or-ed */
};

/* Zeroes and presets. False when memory is out. */
bool user_options_init(struct user_options *options);

/* The table of all but base, filter and user_attr; offsets into struct user_options. No letters. */
extern const struct option user_option_list[];
extern const size_t user_option_count;

/* What parsing cannot see, and fills in what is derived. DIRECTORY has been checked before. False
 * with WHY (exit 2). */
bool user_options_check(struct user_options *options, const struct directory_options *directory,
                        struct why *why);

/* The character set that names and passwords which are not UTF-8 are converted from; NULL: they
 * stay as they are. AD: whether the directory is an Active Directory. */
const char *user_options_charset(const struct user_options *options, bool ad);

#endif
