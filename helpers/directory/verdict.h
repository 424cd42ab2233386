/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict: what an LDAP result code means for a login.
 *
 * Law 3: a wrong password is DENIED and never UNAVAILABLE, trouble is UNAVAILABLE and never
 * DENIED. Codes are those of RFC 4511, section 4.1.9, and libldap's own (negative), which all
 * mean trouble. A pure table.
 */
#ifndef PROXYAUTH_DIRECTORY_VERDICT_H
#define PROXYAUTH_DIRECTORY_VERDICT_H

#include <stdbool.h>

enum verdict { VERDICT_UNAVAILABLE = -1, VERDICT_DENIED = 0, VERDICT_OK = 1 };

/* The user's bind. */
enum verdict verdict_of_bind(int code);

/*
 * The search for the user's entry, which brought ENTRIES entries; references do not count.
 * BASE_IS_OURS says that the base is the configured one: that it does not exist (32) or is no DN
 * (34) is trouble. Where the base was made from the user's name, both say that there is no such
 * user. Two entries or more are DENIED, however the search ended: the name is ambiguous. So is one
 * with code 4: two were allowed, so the server's own limit of one hides another.
 */
enum verdict verdict_of_search(int code, unsigned entries, bool base_is_ours);

/* The comparison of the password attribute (-U). */
enum verdict verdict_of_compare(int code);

/* Whether the code counts against the server's health: it is overloaded, down or broken. */
bool verdict_hurts_server(int code);

/* What the administrator can do about it: half a sentence for the log, constant, without a full
 * stop; NULL when the code's own name says all. For 10 the caller adds the URL that came.
 * DIAGNOSTIC is the server's text, or NULL: Active Directory refuses connections that are not
 * protected as it wants with one code for several reasons. */
const char *verdict_advice(int code, const char *diagnostic);

#endif
