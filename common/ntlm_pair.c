/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attribute pairs of NTLMSSP messages, [MS-NLMP] section 2.2.2.1.
 * Cannot do: judge a value; a pair may stand twice, and its length may not fit its id.
 */
#include <config.h>

#include "common/le.h"

enum { PAIR_HEADER_LEN = 4 };

enum pxa_status pxa_ntlm_pair_next(struct pxa_cursor *pairs, struct pxa_ntlm_pair *out)
{
    size_t at = pairs->at;
    size_t len = le16(pairs->text, at + 2);
    unsigned id = le16(pairs->text, at);

    *out = (struct pxa_ntlm_pair){0, {NULL, 0}};
    if (pairs->text.len == 0)
        return PXA_END; /* a message without pairs */
    if (!le_has(pairs->text, at, PAIR_HEADER_LEN))
        return PXA_BAD_NTLM_PAIRS;
    if (id == PXA_PAIR_END)
        return PXA_END; /* and stay here, to say so again */
    if (!le_has(pairs->text, at + PAIR_HEADER_LEN, len))
        return PXA_BAD_NTLM_PAIRS;
    out->id = id;
    out->value = span_of(pairs->text.at + at + PAIR_HEADER_LEN, len);
    pairs->at = at + PAIR_HEADER_LEN + len;
    return PXA_OK;
}
