/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line: a request of Squid's Negotiate and NTLM schemes, `YR token[ extras]` or `KK token[ extras]`
 * (src/auth/negotiate/UserRequest.cc, src/auth/ntlm/UserRequest.cc).
 *
 * Squid hands on whatever stands behind the scheme's name in the client's header, blanks included,
 * so a client can write further words; only the extras at the right end are Squid's.
 */
#ifndef PROXYAUTH_NEGOTIATE_LINE_H
#define PROXYAUTH_NEGOTIATE_LINE_H

#include "common/proxyauth.h"

/* The longest line that Squid writes, and the longest token in it. */
enum { LINE_LEN_MAX = 65535, LINE_TOKEN_MAX = LINE_LEN_MAX / 4 * 3 };

enum line_verb {
    LINE_YR, /* a dialogue begins */
    LINE_KK, /* it goes on */
    LINE_NO_VERB
};

enum line_fault {
    LINE_GOOD,
    LINE_CLIENTS, /* the client sent it so: ERR */
    LINE_SQUIDS,  /* it cannot come from Squid, or --key-extras is wrong: BH */
};

struct line {
    enum line_verb verb;
    struct pxa_span base64; /* one word, not empty */
    enum line_fault fault;
    const char *reason; /* of a fault: a constant sentence without a full stop */
};

/* Takes LINE apart; its last KEY_EXTRAS fields are Squid's. What is in them is not looked at, nor
 * whether the token is Base64. */
struct line line_parse(struct pxa_span line, unsigned key_extras);

#endif
