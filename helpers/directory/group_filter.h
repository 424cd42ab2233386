/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * group_filter: the filter of -f of Squid's ext_ldap_group_acl, with a user and a group put in.
 *
 * %u and %v are the user, %g and %a the group, %% is a percent sign. A backslash makes the next
 * character stand for itself, as in Squid's helper, unless two hex digits follow: then it is the
 * escape of RFC 4515, which that helper breaks. (In Squid 8 %v is the group; everywhere else, and
 * in all configurations that people published, it is the user.)
 *
 * The template is judged whole when it is made; names are put in once, escaped by where they stand:
 *   - as a value, or part of one: by RFC 4515
 *   - inside of a DN that is a value, as in (memberOf=CN=%g,OU=Groups,DC=example,DC=com): by RFC
 *     4514 before that, so that a comma is part of the name. There a group may also be written as
 *     RFC 4514 has it, with a backslash before a special character: that is how it had to be for
 *     Squid's helper.
 * So no name changes what the filter means. Constant after it has been made.
 */
#ifndef PROXYAUTH_DIRECTORY_GROUP_FILTER_H
#define PROXYAUTH_DIRECTORY_GROUP_FILTER_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/why.h"

struct group_filter;

/* Who is asked about. */
struct group_filter_names {
    struct pxa_span user;  /* any bytes: as typed, or a DN (see below); not empty */
    struct pxa_span group; /* any bytes; not empty */
};

/*
 * Reads TEXT; not kept. USER_IS_DN: what is put in for the user is the DN of its entry, and needs
 * no escaping as part of a DN. NULL with WHY when
 *   - a `%` is followed by anything else,
 *   - the rest is not a filter as filter.h has it (parentheses around the whole may be missing),
 *   - a letter stands anywhere but in values,
 *   - the user or the group is not tested outside of every NOT: then everybody would be a member,
 *     or of every group,
 *   - memory is out.
 */
struct group_filter *group_filter_new(const char *text, bool user_is_dn, struct why *why);

/* NULL is allowed. */
void group_filter_free(struct group_filter *filter);

/* The filter, in parentheses: a string that the caller frees; NULL when memory is out. */
char *group_filter_expand(const struct group_filter *filter,
                          const struct group_filter_names *names);

/*
 * The attribute whose values tell which of several groups an entry was found for, when their
 * filters were joined by OR; owned by the template. NULL: they cannot tell (the group is tested in
 * several places, below an OR, or by a matching rule), so groups are asked for one by one.
 */
const char *group_filter_group_attribute(const struct group_filter *filter);

/*
 * The same for several groups and one user: what any of the single filters would find. Only where
 * there is such an attribute; then nothing else of the filter depends on the group, so its one
 * assertion becomes a list of alternatives, and the directory judges all the rest once. NAMES has
 * COUNT elements, at least one.
 */
char *group_filter_expand_joined(const struct group_filter *filter,
                                 const struct group_filter_names *names, size_t count);

/*
 * Law 10, where the user is put in as typed: the attributes that are tested against the name; at
 * least one; ends with NULL; owned by the template. NULL where the user is a DN, which has been
 * found by its name before.
 */
const char *const *group_filter_user_attributes(const struct group_filter *filter);

/* What the values of those attributes are compared with. */
struct group_pattern;

/* For the group's attribute (only where there is one) or for the user's attributes (as there).
 * NAMES must stay as long as the pattern. NULL when memory is out. */
struct group_pattern *group_pattern_of_group(const struct group_filter *filter,
                                             const struct group_filter_names *names);
struct group_pattern *group_pattern_of_user(const struct group_filter *filter,
                                            const struct group_filter_names *names);

/* NULL is allowed. */
void group_pattern_free(struct group_pattern *pattern);

/*
 * Whether VALUE, of one of those attributes, is what the filter tests for, but for ASCII case; DNs
 * are compared by their parts, whichever way they are written. A directory may well take more for
 * equal than this: false proves nothing. False when memory is out.
 */
bool group_pattern_matches(const struct group_pattern *pattern, struct pxa_span value);

#endif
