/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of single mechanisms, for explain_line.
 */
#ifndef PROXYAUTH_NEGOTIATE_EXPLAIN_LINE_PRIVATE_H
#define PROXYAUTH_NEGOTIATE_EXPLAIN_LINE_PRIVATE_H

#include "helpers/negotiate/explain_line.h"

/* Append what MESSAGE, the `inner` of pxa_negotiate_decode(), is. */
void explain_line_ntlm(struct line_text *line, struct pxa_span message);
void explain_line_krb5(struct line_text *line, struct pxa_span message);

/* Appends for whom a ticket is: `"HTTP/host@REALM", ETYPE, kvno N`. */
void explain_line_ticket(struct line_text *line, const struct pxa_krb5 *krb5);

#endif
