/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iakerb_form: IAKERB logins that need no KDC, in the form of Kerberos.
 *
 * A client of IAKERB that has a ticket already begins with its AP-REQ, in IAKERB's frame. MIT 1.20
 * and before takes that, and loses a context of 5 KB each time (iakerb_gss_accept_sec_context() in
 * src/lib/gssapi/krb5/iakerb.c does not give it to its caller). In the frame of Kerberos the same
 * message is an ordinary login.
 */
#ifndef PROXYAUTH_KERBEROS_IAKERB_FORM_H
#define PROXYAUTH_KERBEROS_IAKERB_FORM_H

#include <stdbool.h>

#include "common/proxyauth.h"

/* What a token in IAKERB's frame holds, by its TOK_ID (RFC 4121, section 4.1; IAKERB's draft). */
enum iakerb_form { IAKERB_FORM_NONE, IAKERB_FORM_FOR_KDC, IAKERB_FORM_AP_REQ, IAKERB_FORM_OTHER };

/* NONE: it has no frame of IAKERB, or one inside of SPNEGO. */
enum iakerb_form iakerb_form_of(struct pxa_span token);

/* Puts to COPY the first token of a login, an AP-REQ, in Kerberos' frame, allocated, to be wiped
 * and freed; or NULL where TOKEN is another one. False when memory is out. */
bool iakerb_form_mend(struct pxa_span token, struct pxa_span *copy);

/* The same for the answer to it, from Kerberos' frame into that of IAKERB. */
bool iakerb_form_restore(struct pxa_span answer, struct pxa_span *copy);

#endif
