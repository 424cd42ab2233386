/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hex_list: lists whose names are written in hexadecimal digits of their UTF-8, for squid.conf in
 * ASCII: -t and -T of ext_kerberos_ldap_group_acl (hex_utf_char() of support_group.cc).
 *
 *   4772C3BC707065@REALM:...     -t: the names
 *   4772C3BC707065@5245414C4D    -T: the realms, too
 *
 * As there, digits may also stand for the colons and `@` that part a list. Pure but for memory.
 */
#ifndef PROXYAUTH_GROUP_AD_HEX_LIST_H
#define PROXYAUTH_GROUP_AD_HEX_LIST_H

#include <stdbool.h>

#include "helpers/core/why.h"

enum hex_form {
    HEX_NAMES,            /* -t */
    HEX_NAMES_AND_REALMS, /* -T */
};

/* The list as realm_list_add() reads it: the caller frees it. NULL with WHY: digits that are none
 * or one too few, a NUL, what is no UTF-8. */
char *hex_list_decode(const char *text, enum hex_form form, struct why *why);

#endif
