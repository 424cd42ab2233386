/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * user_name: the parts of a name that Squid asks about: alice, alice@REALM or DOMAIN\alice.
 *
 * As main() of Squid's kerberos_ldap_group.cc takes it apart: a backslash comes first, and the last
 * `@` ends the account. Pure.
 */
#ifndef PROXYAUTH_GROUP_AD_USER_NAME_H
#define PROXYAUTH_GROUP_AD_USER_NAME_H

#include <stdbool.h>

#include "common/proxyauth.h"

enum user_form { USER_BARE, USER_REALM, USER_NETBIOS };

struct user_name {
    enum user_form form;
    struct pxa_span whole;
    struct pxa_span account;   /* never empty */
    struct pxa_span qualifier; /* the realm or the NetBIOS name; never empty but for USER_BARE */
};

/* False when a part is missing; NAME's spans point into WHOLE. */
bool user_name_read(struct pxa_span whole, struct user_name *name);

/* Whether REALM can be the name of a domain: labels of letters, digits, `-` and `_` with dots
 * between, 255 bytes at most. */
bool user_name_is_realm(struct pxa_span realm);

#endif
