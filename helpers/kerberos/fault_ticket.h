/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault_ticket: what libkrb5 says of a ticket, as its own error code.
 *
 * A minor code of libgssapi's is no such code once two mechanisms have had the same one: then it is
 * a number made up for the occasion, and that is always so inside SPNEGO (util_errmap.c of MIT's
 * lib/gssapi/mechglue).
 */
#ifndef PROXYAUTH_KERBEROS_FAULT_TICKET_H
#define PROXYAUTH_KERBEROS_FAULT_TICKET_H

#include <krb5.h>

#include "common/proxyauth.h"

/*
 * Verifies REQUEST, the DER of an AP-REQ, once more with the keys of the keytab KEYTAB, all but
 * whether it was used before. 0: the ticket and its authenticator are good. Or what fault_setup()
 * gives.
 */
krb5_error_code fault_ticket(struct pxa_span request, const char *keytab);

#endif
