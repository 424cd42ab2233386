/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NTLMv2 and the two kinds of NTLMv1. Names as in [MS-NLMP] section 3.3.
 * Cannot do: LM and LMv2 responses, and the LM session key. They are not looked at.
 */
#include <config.h>

#include "helpers/ntlm/verify.h"

#include <string.h>

#include <nettle/des.h>
#include <nettle/memops.h>

#include "common/nettle_shim.h"
#include "common/span.h"
#include "helpers/ntlm/utf16.h"

enum { PROOF_LEN = 16, V1_LEN = 24, DES_PART = 7 };

static const uint8_t *bytes_of(struct pxa_span span)
{
    return (const uint8_t *)span.at;
}

/* HMAC_MD5(KEY, CHALLENGE || REST). */
static void hmac_md5(const unsigned char *key, const unsigned char *challenge, struct pxa_span rest,
                     unsigned char *out)
{
    struct hmac_md5_ctx hmac;

    hmac_md5_set_key(&hmac, NTLM_KEY_LEN, key);
    if (challenge)
        hmac_md5_update(&hmac, NTLM_CHALLENGE_LEN, challenge);
    hmac_md5_update(&hmac, rest.len, bytes_of(rest));
    nettle_shim_hmac_md5_digest(&hmac, out);
    pxa_wipe(&hmac, sizeof hmac);
}

static void hmac_character(struct hmac_md5_ctx *hmac, uint32_t character)
{
    unsigned char units[UTF16_MAX];

    hmac_md5_update(hmac, utf16_write(character, units), units);
}

/* NTOWFv2: the user's name in upper case and the domain as it is. */
static void ntowf_v2(const struct verify_login *login, const unsigned char *hash,
                     unsigned char out[NTLM_KEY_LEN])
{
    struct pxa_span user = login->user;
    struct pxa_span domain = login->domain;
    struct hmac_md5_ctx hmac;

    hmac_md5_set_key(&hmac, NT_HASH_LEN, hash);
    while (user.len > 0)
        hmac_character(&hmac, upper_of(login->upper, utf16_take(&user)));
    while (domain.len > 0)
        hmac_character(&hmac, utf16_take(&domain));
    nettle_shim_hmac_md5_digest(&hmac, out);
    pxa_wipe(&hmac, sizeof hmac);
}

static bool verify_v2(const struct verify_login *login, const unsigned char *hash,
                      unsigned char key[NTLM_KEY_LEN])
{
    struct pxa_span response = login->message->nt_response;
    struct pxa_span proof = span_cut(response, 0, PROOF_LEN);
    unsigned char owf[NTLM_KEY_LEN];
    unsigned char expected[PROOF_LEN];
    bool right;

    ntowf_v2(login, hash, owf);
    hmac_md5(owf, login->challenge, span_cut(response, PROOF_LEN, response.len), expected);
    right = memeql_sec(expected, bytes_of(proof), PROOF_LEN) != 0;
    hmac_md5(owf, NULL, proof, key);
    pxa_wipe(owf, sizeof owf);
    pxa_wipe(expected, sizeof expected);
    return right;
}

/* DES with a key of 7 bytes, of which DES takes 7 bits in each of 8. */
static void des_part(const unsigned char part[DES_PART], const unsigned char *block,
                     unsigned char out[DES_BLOCK_SIZE])
{
    unsigned char key[DES_KEY_SIZE];
    struct des_ctx des;
    uint64_t bits = 0;

    for (size_t i = 0; i < DES_PART; i++)
        bits = bits << 8 | part[i];
    for (size_t i = 0; i < DES_KEY_SIZE; i++)
        key[i] = (unsigned char)(bits >> (49 - 7 * i) << 1 & 0xfe);
    (void)des_set_key(&des, key); /* a weak key works, too */
    des_encrypt(&des, DES_BLOCK_SIZE, out, block);
    pxa_wipe(key, sizeof key);
    pxa_wipe(&des, sizeof des);
    pxa_wipe(&bits, sizeof bits);
}

/* DESL of section 6: the hash, padded with zeros, is three keys. */
static void desl(const unsigned char hash[NT_HASH_LEN], const unsigned char *block,
                 unsigned char out[V1_LEN])
{
    unsigned char keys[3 * DES_PART] = {0};

    memcpy(keys, hash, NT_HASH_LEN);
    for (size_t i = 0; i < 3; i++)
        des_part(keys + i * DES_PART, block, out + i * DES_BLOCK_SIZE);
    pxa_wipe(keys, sizeof keys);
}

/* With the client's challenge, the first 8 bytes of an MD5 of both take the server's place. */
static void v1_challenge(const struct verify_login *login, unsigned char out[MD5_DIGEST_SIZE])
{
    struct md5_ctx md5;

    memcpy(out, login->challenge, NTLM_CHALLENGE_LEN);
    if (login->message->response != PXA_NTLM_V1_SESSION)
        return;
    md5_init(&md5);
    md5_update(&md5, NTLM_CHALLENGE_LEN, login->challenge);
    md5_update(&md5, NTLM_CHALLENGE_LEN, bytes_of(login->message->client_challenge));
    nettle_shim_md5_digest(&md5, out);
}

/* SessionBaseKey, and KXKEY of it. */
static void v1_key(const struct verify_login *login, const unsigned char *hash,
                   unsigned char key[NTLM_KEY_LEN])
{
    unsigned char base[NTLM_KEY_LEN];
    struct md4_ctx md4;

    md4_init(&md4);
    md4_update(&md4, NT_HASH_LEN, hash);
    nettle_shim_md4_digest(&md4, base);
    if (login->message->response == PXA_NTLM_V1_SESSION)
        hmac_md5(base, login->challenge, login->message->client_challenge, key);
    else
        memcpy(key, base, sizeof base);
    pxa_wipe(&md4, sizeof md4);
    pxa_wipe(base, sizeof base);
}

static bool verify_v1(const struct verify_login *login, const unsigned char *hash,
                      unsigned char key[NTLM_KEY_LEN])
{
    unsigned char challenge[MD5_DIGEST_SIZE];
    unsigned char expected[V1_LEN];
    bool right;

    v1_challenge(login, challenge);
    desl(hash, challenge, expected);
    right = memeql_sec(expected, bytes_of(login->message->nt_response), V1_LEN) != 0;
    v1_key(login, hash, key);
    pxa_wipe(expected, sizeof expected);
    return right;
}

bool verify_response(const struct verify_login *login, const unsigned char hash[NT_HASH_LEN],
                     unsigned char key[NTLM_KEY_LEN])
{
    enum pxa_ntlm_response kind = login->message->response;
    bool right = false;

    if (kind == PXA_NTLM_V2)
        right = verify_v2(login, hash, key);
    else if (kind == PXA_NTLM_V1 || kind == PXA_NTLM_V1_SESSION)
        right = verify_v1(login, hash, key);
    if (!right)
        pxa_wipe(key, NTLM_KEY_LEN);
    return right;
}
