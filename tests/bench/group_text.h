/* SPDX-License-Identifier: BSD-2-Clause */
/* The filter of a group check, for the program that helpers are compared with. */
#ifndef BENCH_GROUP_TEXT_H
#define BENCH_GROUP_TEXT_H

#include <stdbool.h>

/* Whether FILTER can be one: in parentheses, with %g in an assertion. */
bool group_text_is(const char *filter);

/* FILTER with the user's DN for each %d and the group for %g; where GROUPS are several, with blanks
 * between them, they are alternatives for the one assertion that %g is in. Nothing is escaped.
 * Dies when memory is out; to be released with free(). */
char *group_text(const char *filter, const char *dn, const char *groups);

#endif
