/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * base_extension: the part of a DN that a request puts in front of the base of its searches (-g of
 * Squid's ext_ldap_group_acl).
 */
#ifndef PROXYAUTH_DIRECTORY_BASE_EXTENSION_H
#define PROXYAUTH_DIRECTORY_BASE_EXTENSION_H

#include "common/proxyauth.h"

/* EXTENSION,BASE, or the one of them that is not empty: a string that the caller frees. What is no
 * DN is for the server to refuse. NULL when memory is out. */
char *base_extend(struct pxa_span extension, const char *base);

#endif
