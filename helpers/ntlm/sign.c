/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The session key, the MIC and signatures. Names as in [MS-NLMP] sections 3.1.5 and 3.4.
 * Cannot do: sequence numbers other than 0. A proxy's login signs one message in each direction.
 */
#include <config.h>

#include "helpers/ntlm/sign.h"

#include <string.h>

#include <nettle/arcfour.h>
#include <nettle/memops.h>

#include "common/nettle_shim.h"
#include "common/span.h"

/* Section 2.2.2.9.1: version, checksum, sequence number. */
enum { CHECKSUM_AT = 4, CHECKSUM_LEN = 8, SEQUENCE_AT = 12, SEQUENCE_LEN = 4 };

static void rc4(const unsigned char *key, size_t len, const unsigned char *in, unsigned char *out)
{
    struct arcfour_ctx arcfour;

    arcfour_set_key(&arcfour, NTLM_KEY_LEN, key);
    arcfour_crypt(&arcfour, len, out, in);
    pxa_wipe(&arcfour, sizeof arcfour);
}

bool sign_session_key(const struct pxa_ntlmssp *message, uint32_t flags,
                      const unsigned char exchange_key[NTLM_KEY_LEN],
                      unsigned char session_key[NTLM_KEY_LEN])
{
    if ((flags & PXA_NTLM_FLAG_KEY_EXCHANGE) == 0) {
        memcpy(session_key, exchange_key, NTLM_KEY_LEN);
        return true;
    }
    if (message->session_key.len != NTLM_KEY_LEN)
        return false;
    rc4(exchange_key, NTLM_KEY_LEN, (const unsigned char *)message->session_key.at, session_key);
    return true;
}

static void hmac_span(struct hmac_md5_ctx *hmac, struct pxa_span span)
{
    hmac_md5_update(hmac, span.len, (const uint8_t *)span.at);
}

bool sign_mic_is_right(const struct sign_dialogue *dialogue,
                       const unsigned char session_key[NTLM_KEY_LEN])
{
    static const uint8_t zeros[SIGN_MIC_LEN];
    struct pxa_span last = dialogue->authenticate;
    size_t mic_at = (size_t)(dialogue->mic.at - last.at);
    unsigned char expected[SIGN_MIC_LEN];
    struct hmac_md5_ctx hmac;
    bool right;

    hmac_md5_set_key(&hmac, NTLM_KEY_LEN, session_key);
    hmac_span(&hmac, dialogue->negotiate);
    hmac_span(&hmac, dialogue->challenge);
    hmac_span(&hmac, span_cut(last, 0, mic_at));
    hmac_md5_update(&hmac, sizeof zeros, zeros);
    hmac_span(&hmac, span_cut(last, mic_at + SIGN_MIC_LEN, last.len));
    nettle_shim_hmac_md5_digest(&hmac, expected);
    right = memeql_sec(expected, dialogue->mic.at, SIGN_MIC_LEN) != 0;
    pxa_wipe(&hmac, sizeof hmac);
    pxa_wipe(expected, sizeof expected);
    return right;
}

/* MD5(KEY || MAGIC). The zero that ends the magic constant belongs to it. */
static void derive(const unsigned char *key, size_t len, const char *magic,
                   unsigned char out[MD5_DIGEST_SIZE])
{
    struct md5_ctx md5;

    md5_init(&md5);
    md5_update(&md5, len, key);
    md5_update(&md5, strlen(magic) + 1, (const uint8_t *)magic);
    nettle_shim_md5_digest(&md5, out);
    pxa_wipe(&md5, sizeof md5);
}

/* SEALKEY weakens the key where the client is from an export version. */
static size_t seal_len(uint32_t flags)
{
    if ((flags & PXA_NTLM_FLAG_128) != 0)
        return NTLM_KEY_LEN;
    return (flags & PXA_NTLM_FLAG_56) != 0 ? 7 : 5;
}

static const char *const signing_magic[] = {
    [SIGN_CLIENT] = "session key to client-to-server signing key magic constant",
    [SIGN_SERVER] = "session key to server-to-client signing key magic constant",
};
static const char *const sealing_magic[] = {
    [SIGN_CLIENT] = "session key to client-to-server sealing key magic constant",
    [SIGN_SERVER] = "session key to server-to-client sealing key magic constant",
};

void sign_message(const unsigned char session_key[NTLM_KEY_LEN], uint32_t flags,
                  enum sign_sender sender, struct pxa_span message, unsigned char out[SIGN_MIC_LEN])
{
    unsigned char key[MD5_DIGEST_SIZE];
    unsigned char digest[MD5_DIGEST_SIZE];
    struct hmac_md5_ctx hmac;

    memset(out, 0, SIGN_MIC_LEN);
    out[0] = 1; /* the version */
    derive(session_key, NTLM_KEY_LEN, signing_magic[sender], key);
    hmac_md5_set_key(&hmac, sizeof key, key);
    hmac_md5_update(&hmac, SEQUENCE_LEN, out + SEQUENCE_AT);
    hmac_span(&hmac, message);
    nettle_shim_hmac_md5_digest(&hmac, digest);
    if ((flags & PXA_NTLM_FLAG_KEY_EXCHANGE) != 0) {
        derive(session_key, seal_len(flags), sealing_magic[sender], key);
        rc4(key, CHECKSUM_LEN, digest, digest);
    }
    memcpy(out + CHECKSUM_AT, digest, CHECKSUM_LEN);
    pxa_wipe(key, sizeof key);
    pxa_wipe(digest, sizeof digest);
    pxa_wipe(&hmac, sizeof hmac);
}
