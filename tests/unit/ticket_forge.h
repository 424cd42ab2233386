/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kerberos logins without a KDC: a service's key that the test knows, tickets for it as a KDC would
 * write them (RFC 4120, section 5.3) but for what the test wants otherwise, and the client's first
 * token around them, raw (RFC 1964, section 1.1) or in SPNEGO. Encryption, authenticators and PAC
 * signatures are libkrb5's.
 */
#ifndef TESTS_UNIT_TICKET_FORGE_H
#define TESTS_UNIT_TICKET_FORGE_H

#include <check.h>
#include <stdio.h>
#include <time.h>

#include <krb5.h>

#include "tests/unit/der_build.h"
#include "tests/unit/pac_vectors.h"

enum forged_pac {
    FORGED_NO_PAC,
    FORGED_PAC,          /* as a KDC signs it */
    FORGED_PAC_UNSIGNED, /* without signatures */
    FORGED_PAC_WRONG_KEY,
    FORGED_PAC_CHANGED,   /* a bit of a good one */
    FORGED_PAC_OF_BOB,    /* signed, of another client */
    FORGED_PAC_IN_CLIENT, /* in the authenticator, which the client writes; unsigned */
};

enum forged_wrap { FORGED_SPNEGO, FORGED_RAW, FORGED_BARE };

struct forge {
    krb5_context context;
    krb5_keyblock key;   /* the service's */
    krb5_keyblock other; /* nobody's */
    krb5_keytab keytab;
};

/* What a test changes; forged_login() has the usual values. Times are seconds from now. */
struct forged_login {
    const char *client;
    const char *service; /* the name that the ticket is for, in clear */
    long kvno;
    krb5_keyblock *key; /* what the ticket is encrypted with */
    long start, end;
    long clock; /* what the client's clock is ahead */
    enum forged_pac pac;
    const char *pac_vector; /* whose logon info; NULL: a PAC without one */
    enum forged_wrap wrap;
};

#define FORGED_KEYTAB "MEMORY:forged"
#define FORGED_SERVICE "HTTP/proxy.example.test@EXAMPLE.TEST"

static inline void forge_must(krb5_error_code code, const char *what)
{
    ck_assert_msg(code == 0, "%s: %s", what, error_message(code));
}

static inline void forge_open(struct forge *forge)
{
    forge_must(krb5_init_context(&forge->context), "krb5_init_context");
    forge_must(krb5_c_make_random_key(forge->context, ENCTYPE_AES256_CTS_HMAC_SHA1_96, &forge->key),
               "key");
    forge_must(
        krb5_c_make_random_key(forge->context, ENCTYPE_AES256_CTS_HMAC_SHA1_96, &forge->other),
        "key");
    forge_must(krb5_kt_resolve(forge->context, FORGED_KEYTAB, &forge->keytab), FORGED_KEYTAB);
}

static inline void forge_close(struct forge *forge)
{
    krb5_kt_close(forge->context, forge->keytab);
    krb5_free_keyblock_contents(forge->context, &forge->key);
    krb5_free_keyblock_contents(forge->context, &forge->other);
    krb5_free_context(forge->context);
}

static inline krb5_principal forge_name(struct forge *forge, const char *text)
{
    krb5_principal name;

    forge_must(krb5_parse_name(forge->context, text, &name), text);
    return name;
}

/* Adds NAME's key to the keytab in memory, FORGED_KEYTAB, which lives as long as the forge. */
static inline void forge_keytab(struct forge *forge, const char *name, krb5_kvno kvno,
                                const krb5_keyblock *key)
{
    krb5_keytab_entry entry = {.principal = forge_name(forge, name), .vno = kvno, .key = *key};

    forge_must(krb5_kt_add_entry(forge->context, forge->keytab, &entry), name);
    krb5_free_principal(forge->context, entry.principal);
}

static inline struct forged_login forged_login(struct forge *forge)
{
    return (struct forged_login){.client = "alice@EXAMPLE.TEST",
                                 .service = FORGED_SERVICE,
                                 .kvno = 2,
                                 .key = &forge->key,
                                 .start = -60,
                                 .end = 36000};
}

/* ---- DER ---- */

static inline void put_time_field(struct der_build *der, unsigned n, time_t when)
{
    struct tm parts;
    char text[32];

    gmtime_r(&when, &parts);
    strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &parts);
    put_text_field(der, n, 0x18, text);
}

static inline void put_octets_field(struct der_build *der, unsigned n, const void *bytes,
                                    size_t len)
{
    size_t mark = der->len;

    put(der, 0x04, bytes, len);
    wrap(der, mark, 0xa0 + n);
}

static inline void put_principal_field(struct der_build *der, unsigned n, krb5_principal name)
{
    size_t field = der->len;

    put_int_field(der, 0, name->type);
    size_t parts = der->len;
    for (int i = 0; i < name->length; i++)
        put(der, 0x1b, name->data[i].data, name->data[i].length);
    wrap(der, parts, 0x30);
    wrap(der, parts, 0xa1);
    wrap(der, field, 0x30);
    wrap(der, field, 0xa0 + n);
}

static inline void put_encrypted_field(struct der_build *der, unsigned n, long kvno,
                                       const krb5_enc_data *data)
{
    size_t field = der->len;

    put_int_field(der, 0, data->enctype);
    if (kvno >= 0)
        put_int_field(der, 1, kvno);
    put_octets_field(der, 2, data->ciphertext.data, data->ciphertext.length);
    wrap(der, field, 0x30);
    wrap(der, field, 0xa0 + n);
}

/* AuthorizationData with the PAC inside AD-IF-RELEVANT: RFC 4120 section 5.2.6, [MS-KILE]. */
static inline void put_authorization(struct der_build *der, const krb5_data *pac)
{
    size_t list = der->len;

    put_int_field(der, 0, 128);
    put_octets_field(der, 1, pac->data, pac->length);
    wrap(der, list, 0x30);
    wrap(der, list, 0x30);
    wrap(der, list, 0x04);
    wrap(der, list, 0xa1);

    struct der_build type = {.len = 0};
    put_int_field(&type, 0, 1);
    ck_assert_uint_le(der->len + type.len, sizeof der->bytes);
    memmove(der->bytes + list + type.len, der->bytes + list, der->len - list);
    memcpy(der->bytes + list, type.bytes, type.len);
    der->len += type.len;
    wrap(der, list, 0x30);
    wrap(der, list, 0x30);
}

/* ---- the PAC ---- */

static inline void forge_logon_info(struct forge *forge, const char *vector, krb5_pac pac)
{
    struct block whole = pac_vector(vector, "pac");
    struct pxa_cursor cursor = {block_span(whole), 0};
    struct pxa_pac_buffer buffer;

    while (pxa_pac_next(&cursor, &buffer) == PXA_OK) {
        krb5_data data = {.data = (char *)(uintptr_t)buffer.data.at,
                          .length = (unsigned)buffer.data.len};

        if (buffer.type == PXA_PAC_LOGON_INFO)
            forge_must(krb5_pac_add_buffer(forge->context, pac, PXA_PAC_LOGON_INFO, &data), "pac");
    }
    block_free(whole);
}

/* The whole of an unsigned PAC, as [MS-PAC] section 2.3 has it: one buffer. */
static inline krb5_data forge_unsigned_pac(const char *vector)
{
    struct block whole = pac_vector(vector, "pac");
    krb5_data out = {.data = malloc(whole.len), .length = (unsigned)whole.len};

    ck_assert_ptr_nonnull(out.data);
    memcpy(out.data, whole.at, whole.len);
    block_free(whole);
    return out;
}

static inline krb5_data forge_pac(struct forge *forge, const struct forged_login *login,
                                  time_t authtime)
{
    krb5_principal client =
        forge_name(forge, login->pac == FORGED_PAC_OF_BOB ? "bob@EXAMPLE.TEST" : login->client);
    const krb5_keyblock *key = login->pac == FORGED_PAC_WRONG_KEY ? &forge->other : &forge->key;
    krb5_pac pac;
    krb5_data out;

    if (login->pac == FORGED_PAC_UNSIGNED) {
        krb5_free_principal(forge->context, client);
        return forge_unsigned_pac(login->pac_vector);
    }
    forge_must(krb5_pac_init(forge->context, &pac), "pac");
    if (login->pac_vector)
        forge_logon_info(forge, login->pac_vector, pac);
    forge_must(krb5_pac_sign(forge->context, pac, (krb5_timestamp)authtime, client, key,
                             &forge->other, &out),
               "krb5_pac_sign");
    if (login->pac == FORGED_PAC_CHANGED)
        out.data[out.length - 60] ^= 1;
    krb5_pac_free(forge->context, pac);
    krb5_free_principal(forge->context, client);
    return out;
}

/* ---- ticket and token ---- */

/* EncTicketPart. */
static inline void put_ticket_part(struct der_build *der, struct forge *forge,
                                   const struct forged_login *login, const krb5_creds *creds)
{
    time_t now = time(NULL);
    krb5_data pac;
    size_t mark;

    mark = der->len;
    put(der, 0x03, "\0\0\0\0\0", 5);
    wrap(der, mark, 0xa0);
    mark = der->len;
    put_int_field(der, 0, creds->keyblock.enctype);
    put_octets_field(der, 1, creds->keyblock.contents, creds->keyblock.length);
    wrap(der, mark, 0x30);
    wrap(der, mark, 0xa1);
    mark = der->len;
    put(der, 0x1b, creds->client->realm.data, creds->client->realm.length);
    wrap(der, mark, 0xa2);
    put_principal_field(der, 3, creds->client);
    mark = der->len;
    put_int_field(der, 0, 1);
    put_octets_field(der, 1, "", 0);
    wrap(der, mark, 0x30);
    wrap(der, mark, 0xa4);
    put_time_field(der, 5, now + login->start);
    put_time_field(der, 6, now + login->start);
    put_time_field(der, 7, now + login->end);
    if (login->pac != FORGED_NO_PAC && login->pac != FORGED_PAC_IN_CLIENT) {
        pac = forge_pac(forge, login, now + login->start);
        mark = der->len;
        put_authorization(der, &pac);
        wrap(der, mark, 0xaa);
        free(pac.data);
    }
    wrap(der, 0, 0x30);
    wrap(der, 0, 0x63);
}

static inline krb5_enc_data forge_seal(struct forge *forge, const krb5_keyblock *key,
                                       struct der_build *der)
{
    krb5_data plain = {.data = (char *)der->bytes, .length = (unsigned)der->len};
    krb5_enc_data sealed = {.enctype = key->enctype};
    size_t len;

    forge_must(krb5_c_encrypt_length(forge->context, key->enctype, der->len, &len), "length");
    sealed.ciphertext = (krb5_data){.data = malloc(len), .length = (unsigned)len};
    ck_assert_ptr_nonnull(sealed.ciphertext.data);
    forge_must(
        krb5_c_encrypt(forge->context, key, KRB5_KEYUSAGE_KDC_REP_TICKET, NULL, &plain, &sealed),
        "ticket");
    return sealed;
}

static inline krb5_data forge_ticket(struct forge *forge, const struct forged_login *login,
                                     const krb5_creds *creds)
{
    struct der_build der = {.len = 0};
    krb5_enc_data sealed;
    krb5_data out;
    size_t mark;

    put_ticket_part(&der, forge, login, creds);
    sealed = forge_seal(forge, login->key, &der);
    der.len = 0;
    put_int_field(&der, 0, 5);
    mark = der.len;
    put(&der, 0x1b, creds->server->realm.data, creds->server->realm.length);
    wrap(&der, mark, 0xa1);
    put_principal_field(&der, 2, creds->server);
    put_encrypted_field(&der, 3, login->kvno, &sealed);
    wrap(&der, 0, 0x30);
    wrap(&der, 0, 0x61);
    free(sealed.ciphertext.data);
    out = (krb5_data){.data = malloc(der.len), .length = (unsigned)der.len};
    ck_assert_ptr_nonnull(out.data);
    memcpy(out.data, der.bytes, der.len);
    return out;
}

/* libkrb5 puts a credential's into the authenticator. */
static inline krb5_authdata **forge_authdata(const char *vector)
{
    krb5_authdata **list = calloc(2, sizeof(krb5_authdata *));
    krb5_data pac = forge_unsigned_pac(vector);

    list[0] = calloc(1, sizeof **list);
    *list[0] = (krb5_authdata){.magic = KV5M_AUTHDATA,
                               .ad_type = 128,
                               .length = pac.length,
                               .contents = (krb5_octet *)pac.data};
    return list;
}

/* An AP-REQ with the checksum of RFC 4121, section 4.1.1: mutual authentication. */
static inline krb5_data forge_ap_req(struct forge *forge, const struct forged_login *login,
                                     krb5_creds *creds)
{
    unsigned char checksum[24] = {16, [20] = 2};
    krb5_data bound = {.data = (char *)checksum, .length = sizeof checksum};
    krb5_auth_context auth = NULL;
    krb5_data out;

    forge_must(krb5_auth_con_init(forge->context, &auth), "auth");
    krb5_auth_con_setflags(forge->context, auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE);
    krb5_auth_con_set_req_cksumtype(forge->context, auth, 0x8003);
    if (login->pac == FORGED_PAC_IN_CLIENT)
        creds->authdata = forge_authdata(login->pac_vector);
    forge_must(krb5_set_real_time(forge->context, (krb5_timestamp)(time(NULL) + login->clock), -1),
               "clock");
    forge_must(krb5_mk_req_extended(forge->context, &auth,
                                    AP_OPTS_MUTUAL_REQUIRED | AP_OPTS_USE_SUBKEY, &bound, creds,
                                    &out),
               "krb5_mk_req_extended");
    forge_must(krb5_set_real_time(forge->context, (krb5_timestamp)time(NULL), -1), "clock");
    krb5_auth_con_free(forge->context, auth);
    return out;
}

static inline void forge_wrap(struct der_build *der, enum forged_wrap wrapping)
{
    static const char krb5[] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
    static const char spnego[] = "\x2b\x06\x01\x05\x05\x02";
    struct der_build outer = {.len = 0};
    size_t mark;

    if (wrapping == FORGED_BARE)
        return;
    put(&outer, 0x06, krb5, sizeof krb5 - 1);
    put_bytes(&outer, "\x01\x00", 2);
    put_bytes(&outer, der->bytes, der->len);
    wrap(&outer, 0, 0x60);
    *der = outer;
    if (wrapping == FORGED_RAW)
        return;
    wrap(der, 0, 0x04);
    wrap(der, 0, 0xa2);
    outer.len = 0;
    put(&outer, 0x06, spnego, sizeof spnego - 1);
    mark = outer.len;
    put(&outer, 0x06, krb5, sizeof krb5 - 1);
    wrap(&outer, mark, 0x30);
    wrap(&outer, mark, 0xa0);
    put_bytes(&outer, der->bytes, der->len);
    wrap(&outer, mark, 0x30);
    wrap(&outer, mark, 0xa0);
    wrap(&outer, 0, 0x60);
    *der = outer;
}

/* The client's token. Freed with block_free(). */
static inline struct block forge_token(struct forge *forge, const struct forged_login *login)
{
    krb5_creds creds = {.client = forge_name(forge, login->client),
                        .server = forge_name(forge, login->service),
                        .times = {.endtime = INT32_MAX}}; /* the client's own view */
    struct der_build der = {.len = 0};
    krb5_data request;

    forge_must(
        krb5_c_make_random_key(forge->context, ENCTYPE_AES256_CTS_HMAC_SHA1_96, &creds.keyblock),
        "key");
    creds.ticket = forge_ticket(forge, login, &creds);
    request = forge_ap_req(forge, login, &creds);
    put_bytes(&der, request.data, request.length);
    forge_wrap(&der, login->wrap);
    krb5_free_data_contents(forge->context, &request);
    krb5_free_cred_contents(forge->context, &creds);
    return built(&der);
}

#endif
