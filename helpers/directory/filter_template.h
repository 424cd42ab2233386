/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter_template: the search filter of -f with the user's name put in.
 *
 * In the text `%s` is the user and `%%` a percent sign. The template is judged whole when it is
 * made, so that expanding it cannot fail for what it says and no user name can change what the
 * filter means: the name is put in once, escaped by RFC 4515, and only ever as (a part of) a
 * value.
 *
 * It also knows what the filter tests against the name, for "one person, one name" (law 10): a
 * directory folds more than ASCII case, Squid's access lists do not, so the name as typed must
 * equal a value of the entry that was found.
 *
 * Constant after it has been made: any number of threads may use it.
 */
#ifndef PROXYAUTH_DIRECTORY_FILTER_TEMPLATE_H
#define PROXYAUTH_DIRECTORY_FILTER_TEMPLATE_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/why.h"

struct filter_template;

/*
 * Reads TEXT, the value of -f; not kept. Parentheses around the whole are added when missing and
 * blanks around it do not count. NULL with WHY when
 *   - a `%` is followed by anything but `s` or `%`,
 *   - the rest is not a filter as filter.h has it (RFC 4515 with libldap's leniencies),
 *   - `%s` stands anywhere but in values,
 *   - no assertion `attribute=..%s..`, `attribute~=..%s..` or `attribute:rule:=..%s..` stands
 *     outside of every NOT: such a filter finds people without asking for their name,
 *   - memory is out.
 * WHY names what is wrong and its position in TEXT, counted in bytes from 1.
 */
struct filter_template *filter_template_new(const char *text, struct why *why);

/* NULL is allowed. */
void filter_template_free(struct filter_template *filter);

/*
 * The filter for USER, any bytes: a string that the caller frees, in parentheses, NULL when memory
 * is out. USER should not be empty: what an empty name makes of `*%s` is a filter that finds
 * everybody (and of `*%s*` one that libldap refuses).
 * Its length is at most that of the template, and three times USER's for each `%s`.
 */
char *filter_template_expand(const struct filter_template *filter, struct pxa_span user);

/*
 * The attributes to ask the directory for, for filter_template_names(): those that are tested
 * against the user's name as said above, without options, each once (ASCII case), at least one.
 * Ends with NULL and is owned by the template. The spelling is the template's; a directory may
 * answer with another name of the same attribute, its subtypes or options: look at all values of
 * all attributes that came.
 */
const char *const *filter_template_attributes(const struct filter_template *filter);

/*
 * Law 10: whether VALUE, a value of one of those attributes, is what one of these assertions says
 * for USER, but for ASCII case: the template's own text with USER put in, where `*` in the
 * template stands for any bytes, none included. Blanks at both ends of the template's value do not
 * count. For (mail=%s@example.com), bob and Bob@Example.com it is true.
 * Never true for an empty USER or an empty VALUE; false when memory is out. Takes time in
 * proportion to both lengths.
 */
bool filter_template_names(const struct filter_template *filter, struct pxa_span value,
                           struct pxa_span user);

#endif
