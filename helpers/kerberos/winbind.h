/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * winbind: what gss-ntlmssp does not tell of Samba's winbind, which it asks about logins by NTLM.
 *
 * All of it blocks: offload threads, any number at a time.
 */
#ifndef PROXYAUTH_KERBEROS_WINBIND_H
#define PROXYAUTH_KERBEROS_WINBIND_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/bytes.h"

/* After a login failed: whether winbind could tell right from wrong, that is, answers and reaches a
 * controller of its domain. True as well where that cannot be asked. */
bool winbind_reaches_domain(void);

/* After a login succeeded: the one name of the user that was let in as TYPED, which may be in any
 * case, without a domain or with its DNS name. NAME becomes DOMAIN\user, the domain's NetBIOS name
 * and the sAMAccountName as they are written there. False when winbind does not say. */
bool winbind_name(struct pxa_span typed, struct bytes *name);

/* For --check: says on standard output whether winbind can be asked and reaches its domain, or what
 * to do. */
bool winbind_check(void);

#endif
