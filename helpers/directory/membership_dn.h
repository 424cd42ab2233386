/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * membership_dn: whether the name of a group is a DN, and when two DNs are the same one.
 */
#ifndef PROXYAUTH_DIRECTORY_MEMBERSHIP_DN_H
#define PROXYAUTH_DIRECTORY_MEMBERSHIP_DN_H

#include <stdbool.h>

#include "common/proxyauth.h"

/* Whether NAME is to be read as a DN: it is one (RFC 4514, with libldap's leniencies), and has at
 * least two parts. So "R=D" and "a=b group" are the names of groups, and "cn=a,dc=test" is a DN. A
 * NUL byte makes it none. False also when memory is out. */
bool group_name_is_dn(struct pxa_span name);

/*
 * DN in a form in which the same DNs are the same bytes, however they were written: ASCII case,
 * escapes, blanks around the parts and insignificant blanks inside of values (RFC 4518, section
 * 2.6.1) do not count, nor does the order in which the values of one part stand. What is no DN
 * keeps its bytes but for ASCII case. A string that the caller frees; NULL when memory is out.
 * Cannot do: know that two names of an attribute (cn, 2.5.4.3) are the same, or case that is not
 * ASCII.
 */
char *dn_key(const char *dn);

/* Whether the DN of KEY is that of BASE_KEY or below it; both as dn_key() makes them. */
bool dn_key_is_below(const char *key, const char *base_key);

#endif
