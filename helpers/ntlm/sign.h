/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sign: what the key that both sides share is good for: the MIC over a dialogue, and the signature
 * that SPNEGO puts under the client's list of mechanisms.
 *
 * Sources: [MS-NLMP] sections 3.1.5.1.2 (MIC), 3.2.5.1.2 (ExportedSessionKey), 3.4.4.2, 3.4.5.2 and
 * 3.4.5.3 (signatures with extended session security; without it there are none here).
 */
#ifndef PROXYAUTH_NTLM_SIGN_H
#define PROXYAUTH_NTLM_SIGN_H

#include "helpers/ntlm/verify.h"

enum { SIGN_MIC_LEN = 16 };

/* Takes the ExportedSessionKey out of a type 3 message. FLAGS are those that both sides agreed on.
 * False if the message has no key of the right length where it must have one. */
bool sign_session_key(const struct pxa_ntlmssp *message, uint32_t flags,
                      const unsigned char exchange_key[NTLM_KEY_LEN],
                      unsigned char session_key[NTLM_KEY_LEN]);

struct sign_dialogue {
    struct pxa_span negotiate; /* the three messages, as they were sent */
    struct pxa_span challenge;
    struct pxa_span authenticate;
    struct pxa_span mic; /* SIGN_MIC_LEN bytes in `authenticate` */
};

/* Whether the MIC is right. Compares in constant time. */
bool sign_mic_is_right(const struct sign_dialogue *dialogue,
                       const unsigned char session_key[NTLM_KEY_LEN]);

enum sign_sender { SIGN_CLIENT, SIGN_SERVER };

/* The first signature of a sender, under MESSAGE. FLAGS as above. */
void sign_message(const unsigned char session_key[NTLM_KEY_LEN], uint32_t flags,
                  enum sign_sender sender, struct pxa_span message,
                  unsigned char out[SIGN_MIC_LEN]);

#endif
