/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pac_client: whom a PAC is about.
 */
#ifndef PROXYAUTH_KERBEROS_PAC_CLIENT_H
#define PROXYAUTH_KERBEROS_PAC_CLIENT_H

#include <stdbool.h>

#include "common/proxyauth.h"

/*
 * Whether PAC, a whole one whose signature was verified, says of itself that it is for the ticket's
 * client, PRINCIPAL ("alice@REALM" as gss_display_name() writes it). Its PAC_CLIENT_INFO names the
 * client without its realm, or with it across realms. False also when memory is out.
 * Source: [MS-PAC], sections 2.7 and 4.1.2.2.
 */
bool pac_client_is(struct pxa_span pac, struct pxa_span principal);

#endif
