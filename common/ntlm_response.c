/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which proof of a password a type 3 message holds: [MS-NLMP] sections 2.2.2.3 to 2.2.2.8 tell
 * them apart by their lengths and first bytes only.
 * Cannot do: verify a proof. That takes the password's hash and the server's challenge.
 */
#include <config.h>

#include "common/le.h"
#include "common/ntlm.h"

bool ntlm_is_zero(struct pxa_span span)
{
    for (size_t i = 0; i < span.len; i++)
        if (span.at[i] != 0)
            return false;
    return true;
}

/* [MS-NLMP] section 3.2.5.1.2: no user, no NT response, and no LM response or a single zero. */
static bool is_anonymous(const struct pxa_ntlmssp *message)
{
    struct pxa_span lm = message->lm_response;

    return message->user.len == 0 && (lm.len == 0 || (lm.len == 1 && lm.at[0] == 0));
}

static enum pxa_ntlm_response without_nt(const struct pxa_ntlmssp *message)
{
    if (is_anonymous(message))
        return PXA_NTLM_IS_ANONYMOUS;
    if (message->lm_response.len == 0)
        return PXA_NTLM_NO_RESPONSE;
    return message->lm_response.len == NTLM_V1_LEN ? PXA_NTLM_LM : PXA_NTLM_UNCLEAR;
}

/* With the client's challenge, it takes the LM response's place, padded with zeros. */
static enum pxa_ntlm_response with_v1(const struct pxa_ntlmssp *message)
{
    struct pxa_span lm = message->lm_response;

    if (lm.len == 0)
        return PXA_NTLM_V1;
    if (lm.len != NTLM_V1_LEN)
        return PXA_NTLM_UNCLEAR;
    if ((message->flags & PXA_NTLM_FLAG_EXTENDED_SECURITY) != 0 &&
        ntlm_is_zero(span_cut(lm, NTLM_CHALLENGE_LEN, NTLM_V1_LEN)))
        return PXA_NTLM_V1_SESSION;
    return PXA_NTLM_V1;
}

enum pxa_ntlm_response ntlm_response_of(const struct pxa_ntlmssp *message)
{
    struct pxa_span nt = message->nt_response;

    if (nt.len == 0)
        return without_nt(message);
    if (nt.len == NTLM_V1_LEN)
        return with_v1(message);
    if (nt.len >= NTLM_V2_PAIRS && le16(nt, NTLM_V2_VERSIONS) == 0x0101)
        return PXA_NTLM_V2;
    return PXA_NTLM_UNCLEAR;
}
