/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explain_line: what a token is, in one line for the log of --explain.
 *
 * Never in it: responses, challenges, session keys, MICs, tickets, or any other raw bytes of the
 * token. Nothing is verified.
 */
#ifndef PROXYAUTH_NEGOTIATE_STUB_EXPLAIN_LINE_H
#define PROXYAUTH_NEGOTIATE_STUB_EXPLAIN_LINE_H

#include "common/proxyauth.h"
#include "helpers/negotiate-stub/line_text.h"

/* Appends what TOKEN (Base64 taken off) is: "SPNEGO NegTokenInit, offers Kerberos 5, NTLM; Kerberos
 * AP-REQ for ...". What cannot be decoded gives the status's sentence and where it stands. */
void explain_line(struct line_text *line, struct pxa_span token);

/* Appends what is wrong, as pxa_status_text() says it, at byte AT of LEN bytes of WHAT. */
void explain_line_fault(struct line_text *line, const char *what, enum pxa_status status, size_t at,
                        size_t len);

/* Appends the words for a token that holds no NTLM message for us: what it is and what would verify
 * it. For ERR and the log. */
void explain_line_refusal(struct line_text *line, struct pxa_span token);

#endif
