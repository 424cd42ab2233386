/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * realm_list: lists as Squid's ext_kerberos_ldap_group_acl has them: names, each for a realm.
 *
 *   NAME@REALM:NAME@:NAME    (create_gd(), create_nd() and create_ls() of
 *                             src/acl/external/kerberos_ldap_group/support_*.cc)
 *
 * A name is of the one realm, of every realm (`@` alone), or of everybody, also those without a
 * realm. Groups, servers and NetBIOS names are all written so. Pure but for memory.
 */
#ifndef PROXYAUTH_GROUP_AD_REALM_LIST_H
#define PROXYAUTH_GROUP_AD_REALM_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "common/proxyauth.h"
#include "helpers/core/why.h"

/* The most names of one list, and the longest text of one. */
enum { REALM_LIST_MAX = 4096, REALM_LIST_TEXT_MAX = 256 * 1024 };

struct realm_name {
    char *name;  /* never empty */
    char *realm; /* NULL: there was no `@`; "": nothing behind it */
};

/* Zeroed, it is empty. */
struct realm_list {
    struct realm_name *names;
    size_t count;
};

/* Adds the names of TEXT. False with WHY: an empty name, more than one `@`, too many; the list then
 * holds what came before. */
bool realm_list_add(struct realm_list *list, struct pxa_span text, struct why *why);

/* Whether NAME is for somebody of REALM, compared without ASCII case; without pointer: of none. */
bool realm_name_is_for(const struct realm_name *name, struct pxa_span realm);

/* The names of LIST that are for somebody of REALM, each once, in their order, and their COUNT; the
 * caller frees the array, the names are LIST's. NULL when memory is out. */
struct pxa_span *realm_list_names(const struct realm_list *list, struct pxa_span realm,
                                  size_t *count);

void realm_list_free(struct realm_list *list);

#endif
