/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * challenge: the CHALLENGE message ([MS-NLMP] section 2.2.1.2) and what of it must come back in an
 * NTLMv2 response.
 */
#ifndef PROXYAUTH_NTLM_CHALLENGE_H
#define PROXYAUTH_NTLM_CHALLENGE_H

#include "helpers/core/bytes.h"
#include "helpers/ntlm/acceptor.h"
#include "helpers/ntlm/verify.h"

/* The flags to answer a client with that offers OFFERED. 0 if it offers neither Unicode nor OEM. */
uint32_t challenge_flags(uint32_t offered, const struct ntlm_policy *policy);

struct challenge {
    uint32_t flags;
    unsigned char bytes[NTLM_CHALLENGE_LEN];
    uint64_t now; /* FILETIME */
};

void challenge_write(struct bytes *out, const struct challenge *challenge,
                     const struct ntlm_policy *policy);

/*
 * Whether the pairs of a client's response hold each pair that was SENT, unchanged. The client
 * signs them with its password, so that this binds its login to our names and our time: somebody in
 * the middle who took the time away (to make the client leave out its MIC) or who showed other
 * names is found out. The client's pairs may be more.
 */
bool challenge_came_back(struct pxa_span pairs, struct pxa_span sent);

/* MsvAvFlags of the pairs, all together; 0 if there are none. */
uint32_t challenge_av_flags(struct pxa_span pairs);

enum { AV_FLAG_MIC = 2 }; /* section 2.2.2.1 */

#endif
