/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explain_line: what a token is, in one line for the log of --explain.
 *
 * Never in it: responses, challenges, session keys, MICs, tickets, or any other raw bytes of the
 * token. Nothing is verified.
 */
#ifndef PROXYAUTH_NEGOTIATE_EXPLAIN_LINE_H
#define PROXYAUTH_NEGOTIATE_EXPLAIN_LINE_H

#include "common/proxyauth.h"
#include "helpers/negotiate/line_text.h"

/* Appends what TOKEN (Base64 taken off) is: "SPNEGO NegTokenInit, offers Kerberos 5, NTLM; Kerberos
 * AP-REQ for ...". What cannot be decoded gives the status's sentence and where it stands. */
void explain_line(struct line_text *line, struct pxa_span token);

/* Appends what is wrong, as pxa_status_text() says it, at byte AT of LEN bytes of WHAT. */
void explain_line_fault(struct line_text *line, const char *what, enum pxa_status status, size_t at,
                        size_t len);

/* What is accepted: what the words of a refusal offer instead. */
enum spoken {
    SPOKEN_KERBEROS, /* and SPNEGO around it */
    SPOKEN_KERBEROS_AND_NTLM,
    SPOKEN_NTLM,
    SPOKEN_NTLM_BY_STUB /* negotiate-stub's, which names the helper for a ticket */
};

/* Appends the words for a token that holds no message of a mechanism that is SPOKEN: what it is,
 * and what would be accepted. For ERR and the log. */
void explain_line_refusal(struct line_text *line, struct pxa_span token, enum spoken spoken);

#endif
