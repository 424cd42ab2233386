/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verify: whether the response in a type 3 message proves that its sender knows the password of an
 * NT hash, and the key that both sides then share.
 *
 * Sources: [MS-NLMP] sections 3.3.1 (NTLMv1), 3.3.2 (NTLMv2) and 3.4.5.1 (KXKEY).
 */
#ifndef PROXYAUTH_NTLM_VERIFY_H
#define PROXYAUTH_NTLM_VERIFY_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/ntlm/nt_hash.h"
#include "helpers/ntlm/upper.h"

enum { NTLM_CHALLENGE_LEN = 8, NTLM_KEY_LEN = 16 };

/* What was said in the dialogue. */
struct verify_login {
    const struct pxa_ntlmssp *message; /* type 3 */
    const unsigned char *challenge;    /* NTLM_CHALLENGE_LEN bytes of ours */
    struct pxa_span user;              /* as sent, in valid UTF-8 */
    struct pxa_span domain;
    const struct upper *upper;
};

/* Compares in constant time. KEY becomes the KeyExchangeKey, zeros if the response is not right or
 * of a kind that is never verified (LM alone). */
bool verify_response(const struct verify_login *login, const unsigned char hash[NT_HASH_LEN],
                     unsigned char key[NTLM_KEY_LEN]);

#endif
