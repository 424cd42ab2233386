/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ntlm: what the files on NTLMSSP share. Not installed.
 */
#ifndef COMMON_NTLM_H
#define COMMON_NTLM_H

#include "common/span.h"

/* What every message begins with; the NUL belongs to it. */
#define NTLM_SIGNATURE "NTLMSSP"

enum { NTLM_V1_LEN = 24, NTLM_CHALLENGE_LEN = 8 };

/* Offsets in an NTLMv2 response. NTLMv2_CLIENT_CHALLENGE begins behind the proof, at 16. */
enum { NTLM_V2_VERSIONS = 16, NTLM_V2_TIME = 24, NTLM_V2_CHALLENGE = 32, NTLM_V2_PAIRS = 44 };

bool ntlm_is_zero(struct pxa_span span);

/* What a type 3 message proves its password with, by its two responses, user and flags, which
 * have to be there. */
enum pxa_ntlm_response ntlm_response_of(const struct pxa_ntlmssp *message);

#endif
