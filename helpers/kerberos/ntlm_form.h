/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ntlm_form: messages of NTLM in the form in which gss-ntlmssp takes them.
 *
 * The field Version is "for debugging purposes only" ([MS-NLMP], section 2.2.2.10), and clients
 * that have no version leave it out; gss-ntlmssp 1.2 refuses such messages.
 */
#ifndef PROXYAUTH_KERBEROS_NTLM_FORM_H
#define PROXYAUTH_KERBEROS_NTLM_FORM_H

#include <stdbool.h>

#include "common/proxyauth.h"

/* Puts to COPY what is to be given to gss-ntlmssp in the place of TOKEN, allocated, to be wiped and
 * freed; or NULL where that is TOKEN itself, as for all that is no message of NTLM. False when
 * memory is out. */
bool ntlm_form_mend(struct pxa_span token, struct pxa_span *copy);

#endif
