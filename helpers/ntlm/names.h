/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * names: who the client says it is, in UTF-8.
 */
#ifndef PROXYAUTH_NTLM_NAMES_H
#define PROXYAUTH_NTLM_NAMES_H

#include "helpers/ntlm/acceptor.h"

struct names {
    /* As sent: what NTLMv2 computes with. In the room below. */
    struct pxa_span sent_user;
    struct pxa_span sent_domain;
    /* What they mean: taken apart where there is no domain. */
    struct pxa_span user;
    struct pxa_span domain;
    char user_room[ACCEPTOR_NAME_MAX];
    char domain_room[ACCEPTOR_NAME_MAX];
};

/* Reads the names of a type 3 message. False: a name is too long, not valid UTF-16, not ASCII where
 * Unicode was not agreed on (nobody tells which code page it is), or holds control characters. */
bool names_read(struct names *names, const struct pxa_ntlmssp *message);

/* Whether DOMAINS, which may be NULL, lets that domain in. */
bool names_domain_allowed(const struct option_list *domains, struct pxa_span domain);

#endif
