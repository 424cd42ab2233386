/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The client of ntlm_client.h. Where a step has a number, it is that of [MS-NLMP].
 */
#include <config.h>

#include "tests/unit/ntlm_client.h"

#include <stdio.h>

#include <nettle/arcfour.h>
#include <nettle/des.h>

#include "common/nettle_shim.h"

const unsigned char client_secret[16] = {0x87, 0x8d, 0x80, 0x14, 0x60, 0x6c, 0xda, 0x29,
                                         0x67, 0x7a, 0x44, 0xef, 0xa1, 0x35, 0x3f, 0xc7};

enum { HEADER = 72, HEADER_MIC = 88, PAIR_FLAGS = 6, PAIR_TIME = 7 };

/* A payload grows behind a header of a fixed length. */
static void put(struct client_message *message, const void *bytes, size_t len)
{
    ck_assert_uint_le(len, sizeof message->bytes - message->len);
    if (len > 0)
        memcpy(message->bytes + message->len, bytes, len);
    message->len += len;
}

static void put_number(struct client_message *message, uint64_t number, size_t width)
{
    for (size_t i = 0; i < width; i++, number >>= 8)
        put(message, &(unsigned char){(unsigned char)number}, 1);
}

static void set_number(struct client_message *message, size_t at, uint64_t number, size_t width)
{
    for (size_t i = 0; i < width; i++, number >>= 8)
        message->bytes[at + i] = (char)number;
}

static uint32_t number_at(const char *bytes, size_t width)
{
    uint32_t number = 0;

    for (size_t i = width; i > 0; i--)
        number = number << 8 | (unsigned char)bytes[i - 1];
    return number;
}

static void begin(struct client_message *message, unsigned type, size_t header)
{
    memset(message->bytes, 0, header);
    memcpy(message->bytes, "NTLMSSP", 8);
    set_number(message, 8, type, 4);
    message->len = header;
}

/* A field of the header, for what is then put behind. */
static void put_field(struct client_message *message, size_t at, const void *bytes, size_t len)
{
    set_number(message, at, len, 2);
    set_number(message, at + 2, len, 2);
    set_number(message, at + 4, message->len, 4);
    put(message, bytes, len);
}

/* From UTF-8 of one or two bytes a character. */
static void put_wide(struct client_message *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c != 0; c++) {
        unsigned character = *c;

        if (character >= 0x80) {
            character = (character & 0x1f) << 6 | (c[1] & 0x3f);
            c++;
        }
        put_number(out, character, 2);
    }
}

static void hmac_md5(const unsigned char *key, size_t key_len, struct pxa_span text,
                     unsigned char out[16])
{
    struct hmac_md5_ctx hmac;

    hmac_md5_set_key(&hmac, key_len, key);
    hmac_md5_update(&hmac, text.len, (const uint8_t *)text.at);
    nettle_shim_hmac_md5_digest(&hmac, out);
}

static void md5(struct pxa_span text, unsigned char out[16])
{
    struct md5_ctx ctx;

    md5_init(&ctx);
    md5_update(&ctx, text.len, (const uint8_t *)text.at);
    nettle_shim_md5_digest(&ctx, out);
}

static void rc4(const unsigned char key[16], const unsigned char *in, unsigned char *out,
                size_t len)
{
    struct arcfour_ctx ctx;

    arcfour_set_key(&ctx, 16, key);
    arcfour_crypt(&ctx, len, out, in);
}

static struct pxa_span all_of(const struct client_message *message)
{
    return (struct pxa_span){message->bytes, message->len};
}

void client_init(struct client *client)
{
    memset(client, 0, sizeof *client);
    client->user = "alice";
    client->upper_user = "ALICE";
    client->domain = "LAB";
    client->nt_hash = client_secret;
    client->offer = CLIENT_OFFER;
}

struct pxa_span client_negotiate(struct client *client)
{
    begin(&client->negotiate, 1, 40);
    set_number(&client->negotiate, 12, client->offer, 4);
    set_number(&client->negotiate, 32, UINT64_C(0x0f00000061580006), 8); /* the version */
    return all_of(&client->negotiate);
}

static bool flagged(const struct client *client, uint32_t flag)
{
    return (client->flags & flag) != 0;
}

/* The server's pairs with the changes that were asked for, and our own. */
static void put_pairs(const struct client *client, struct client_message *out)
{
    const char *from = client->challenge.bytes;
    const char *pair = from + number_at(from + 44, 4);

    for (; number_at(pair, 2) != 0; pair += 4 + number_at(pair + 2, 2)) {
        unsigned id = number_at(pair, 2);
        size_t at = out->len + 4;

        if (id == client->drop_pair)
            continue;
        put(out, pair, 4 + number_at(pair + 2, 2));
        if (id == client->change_pair)
            out->bytes[at] ^= 1;
    }
    if (client->with_mic || client->mic_unsent) {
        put_number(out, PAIR_FLAGS, 2);
        put_number(out, 4, 2);
        put_number(out, 2, 4);
    }
    put_number(out, 0, 4);
}

/* 3.3.2: temp, NTProofStr and the key. */
static void make_v2(struct client *client, struct client_message *response, unsigned char key[16])
{
    static struct client_message text;
    unsigned char owf[16];

    text.len = 0;
    put_wide(&text, client->upper_user);
    put_wide(&text, client->domain);
    hmac_md5(client->nt_hash, 16, all_of(&text), owf);
    text.len = 0;
    put(&text, client->challenge.bytes + 24, 8);
    put_number(&text, 0x0101, 8);
    put_number(&text, UINT64_C(0x01dc5e0000000000), 8);
    put(&text, "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\0\0\0", 12);
    put_pairs(client, &text);
    put_number(&text, 0, 4);
    hmac_md5(owf, 16, all_of(&text), (unsigned char *)response->bytes);
    response->len = 16;
    put(response, text.bytes + 8, text.len - 8);
    hmac_md5(owf, 16, (struct pxa_span){response->bytes, 16}, key);
}

/* Section 6, DESL. The bits of a key are taken one by one. */
static void desl(const unsigned char hash[16], const unsigned char *block, unsigned char out[24])
{
    for (unsigned part = 0; part < 3; part++) {
        unsigned char key[8] = {0};
        struct des_ctx des;

        for (unsigned bit = 0; bit < 56; bit++) {
            unsigned from = part * 56 + bit;
            bool set = from < 128 && (hash[from / 8] >> (7 - from % 8) & 1) != 0;

            if (set)
                key[bit / 7] |= (unsigned char)(0x80 >> bit % 7);
        }
        (void)des_set_key(&des, key);
        des_encrypt(&des, 8, out + 8 * (size_t)part, block);
    }
}

/* 3.3.1 and 3.4.5.1. */
static void make_v1(struct client *client, struct client_message *response, unsigned char key[16])
{
    bool session = client->kind == CLIENT_V1_SESSION;
    unsigned char both[16];
    unsigned char digest[16];
    unsigned char base[16];
    struct md4_ctx md4;

    memcpy(both, client->challenge.bytes + 24, 8);
    memset(both + 8, 0xaa, 8);
    md5((struct pxa_span){(const char *)both, 16}, digest);
    desl(client->nt_hash, session ? digest : both, (unsigned char *)response->bytes);
    response->len = 24;
    md4_init(&md4);
    md4_update(&md4, 16, client->nt_hash);
    nettle_shim_md4_digest(&md4, base);
    memcpy(key, base, 16);
    if (session)
        hmac_md5(base, 16, (struct pxa_span){(const char *)both, 16}, key);
}

static void put_lm(const struct client *client, struct client_message *out)
{
    static const char session_lm[25] = "\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa";
    char full[24];

    memset(full, 0xbb, sizeof full);
    if (client->kind == CLIENT_V1_SESSION)
        put_field(out, 12, session_lm, 24);
    else if (client->kind == CLIENT_ANONYMOUS)
        put_field(out, 12, "", 1);
    else if (client->kind != CLIENT_V2)
        put_field(out, 12, full, sizeof full);
}

static void put_name(const struct client *client, struct client_message *out, size_t at,
                     const char *name)
{
    static struct client_message text;

    text.len = 0;
    if (flagged(client, PXA_NTLM_FLAG_UNICODE))
        put_wide(&text, name);
    else
        put(&text, name, strlen(name));
    put_field(out, at, text.bytes, text.len);
}

static void put_user(const struct client *client, struct client_message *out)
{
    static struct client_message text;

    text.len = 0;
    for (size_t i = 0; i < client->name_len; i++)
        put_number(&text, 'a', 2);
    if (client->raw_user && !client->raw_is_domain)
        put_field(out, 36, client->raw_user, client->raw_user_len);
    else if (client->name_len > 0)
        put_field(out, 36, text.bytes, text.len);
    else if (client->kind != CLIENT_ANONYMOUS)
        put_name(client, out, 36, client->user);
}

/* 3.1.5.1.2: the key that both sides use from now on. */
static void put_key(struct client *client, struct client_message *out,
                    const unsigned char exchange_key[16])
{
    unsigned char sealed[64] = {0};

    memcpy(client->session_key, exchange_key, 16);
    if (!flagged(client, PXA_NTLM_FLAG_KEY_EXCHANGE))
        return;
    memset(client->session_key, 0x55, 16);
    rc4(exchange_key, client->session_key, sealed, 16);
    put_field(out, 52, sealed, client->key_len != 0 ? client->key_len : 16);
}

static void put_mic(struct client *client)
{
    static struct client_message text;
    struct client_message *out = &client->authenticate;

    text.len = 0;
    put(&text, client->negotiate.bytes, client->negotiate.len);
    put(&text, client->challenge.bytes, client->challenge.len);
    put(&text, out->bytes, out->len);
    hmac_md5(client->session_key, 16, all_of(&text), (unsigned char *)out->bytes + HEADER);
    if (client->mic_wrong)
        out->bytes[HEADER + 15] ^= 1;
}

struct pxa_span client_authenticate(struct client *client, struct pxa_span challenge)
{
    static struct client_message response;
    struct client_message *out = &client->authenticate;
    bool has_mic = client->with_mic || client->mic_unsaid;
    unsigned char key[16] = {0};

    client->challenge.len = 0;
    put(&client->challenge, challenge.at, challenge.len);
    client->flags = number_at(challenge.at + 20, 4) & ~client->drop_flags;
    client->flags |= client->add_flags;
    response.len = 0;
    if (client->kind == CLIENT_V2)
        make_v2(client, &response, key);
    else if (client->kind == CLIENT_V1 || client->kind == CLIENT_V1_SESSION)
        make_v1(client, &response, key);
    if (client->response_at > 0)
        response.bytes[client->response_at - 1] ^= 1;
    begin(out, 3, has_mic ? HEADER_MIC : HEADER);
    set_number(out, 60, client->flags, 4);
    if (client->raw_is_domain)
        put_field(out, 28, client->raw_user, client->raw_user_len);
    else
        put_name(client, out, 28, client->domain);
    put_user(client, out);
    put_name(client, out, 44, "WS");
    put_lm(client, out);
    put_field(out, 20, response.bytes, response.len);
    put_key(client, out, key);
    if (has_mic)
        put_mic(client);
    return all_of(out);
}

/* 3.4.5.2, 3.4.5.3 and 3.4.4.2. */
void client_sign(const struct client *client, const char *direction, struct pxa_span message,
                 unsigned char out[16])
{
    static struct client_message text;
    unsigned char key[16];
    unsigned char sum[16];
    char magic[80];

    memset(out, 0, 16);
    out[0] = 1;
    (void)snprintf(magic, sizeof magic, "session key to %s signing key magic constant", direction);
    text.len = 0;
    put(&text, client->session_key, 16);
    put(&text, magic, strlen(magic) + 1);
    md5(all_of(&text), key);
    text.len = 0;
    put_number(&text, 0, 4);
    put(&text, message.at, message.len);
    hmac_md5(key, 16, all_of(&text), sum);
    (void)snprintf(magic, sizeof magic, "session key to %s sealing key magic constant", direction);
    text.len = 0;
    put(&text, client->session_key,
        flagged(client, PXA_NTLM_FLAG_128)  ? 16
        : flagged(client, PXA_NTLM_FLAG_56) ? 7
                                            : 5);
    put(&text, magic, strlen(magic) + 1);
    md5(all_of(&text), key);
    if (flagged(client, PXA_NTLM_FLAG_KEY_EXCHANGE))
        rc4(key, sum, out + 4, 8);
    else
        memcpy(out + 4, sum, 8);
}
