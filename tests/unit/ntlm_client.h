/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An NTLM client for tests of the server's side, written along [MS-NLMP] sections 2.2.1 and 3.1.5
 * with Nettle's hashes and nothing of helpers/ntlm. Every part of its login can be made wrong.
 */
#ifndef TESTS_UNIT_NTLM_CLIENT_H
#define TESTS_UNIT_NTLM_CLIENT_H

#include "tests/unit/block.h"

enum { CLIENT_MESSAGE_MAX = 128 * 1024, CLIENT_KEY_LEN = 16 };

enum client_kind { CLIENT_V2, CLIENT_V1, CLIENT_V1_SESSION, CLIENT_LM, CLIENT_ANONYMOUS };

/* What Windows 10 offers: Unicode, OEM, signing, key exchange, 128 and 56 bits, and a version. */
#define CLIENT_OFFER UINT32_C(0xe2088297)
/* What curl 7.88 offers: OEM, and neither signing nor key exchange. */
#define CLIENT_OFFER_OEM UINT32_C(0x00088206)

struct client_message {
    char bytes[CLIENT_MESSAGE_MAX];
    size_t len;
};

struct client {
    /* Who; UTF-8 of the first plane's lower part, at most two bytes a character. */
    const char *user;
    const char *upper_user; /* for NTLMv2 */
    const char *domain;
    const unsigned char *nt_hash; /* 16 bytes */
    enum client_kind kind;
    uint32_t offer;
    /* Changes to a good login: */
    bool with_mic;        /* says so, and sends one */
    bool mic_unsaid;      /* sends it, and does not say so */
    bool mic_unsent;      /* says so, and has no room for it */
    bool mic_wrong;       /* one bit of it */
    unsigned drop_pair;   /* an id */
    unsigned change_pair; /* an id; one bit of its first byte */
    uint32_t drop_flags;  /* of the AUTHENTICATE message's */
    uint32_t add_flags;
    size_t key_len;       /* of EncryptedRandomSessionKey, if there is a key exchange; 0 means 16 */
    size_t response_at;   /* 1 and more: changes that byte of the NT response, counted from 1 */
    size_t name_len;      /* not 0: a user's name of that many letters instead */
    const char *raw_user; /* not null: these bytes, raw_user_len of them, instead */
    size_t raw_user_len;
    bool raw_is_domain; /* these bytes are the domain's name */

    struct client_message negotiate;
    struct client_message challenge; /* a copy of the server's */
    struct client_message authenticate;
    uint32_t flags; /* that both agreed on */
    unsigned char session_key[CLIENT_KEY_LEN];
};

/* "alice" of the domain "LAB" with NTLMv2 and the password "secret". */
void client_init(struct client *client);

struct pxa_span client_negotiate(struct client *client);
struct pxa_span client_authenticate(struct client *client, struct pxa_span challenge);

/* The signature of "client-to-server" or "server-to-client" under a message. */
void client_sign(const struct client *client, const char *direction, struct pxa_span message,
                 unsigned char out[16]);

/* NT hash of "secret", by OpenSSL. */
extern const unsigned char client_secret[16];

#endif
