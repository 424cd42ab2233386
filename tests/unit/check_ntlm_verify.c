/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Responses, session keys and signatures. The messages, keys and signatures are those of [MS-NLMP]
 * sections 4.2.2 (NTLMv1), 4.2.3 (with the client's challenge) and 4.2.4 (NTLMv2). The spec signs
 * with key exchange only behind an encrypted message, so the signature of 4.2.4 was computed from
 * its keys with Python's hmac and OpenSSL's rc4; see below.
 */
#include <config.h>

#include "helpers/ntlm/sign.h"

#include "tests/unit/ntlmssp_messages.h"

Suite *suite(void);

static const char password_hash[] = "a4f49c406510bdcab6824ee7c30fd852"; /* 4.2.2.1.2 */
static const char server_challenge[] = "0123456789abcdef";
static const char random_key[] = "55555555555555555555555555555555";

static const struct vector {
    const char *message;
    const char *exchange_key;
    bool has_key; /* the random one, encrypted */
} vectors[] = {
    {v1_authenticate, "d87262b0cde4b1cb7499becccdf10784", true},
    {session_authenticate, "eb93429a8bd952f8b89c55b87f475edc", false},
    {v2_authenticate, "8de40ccadbc14a82f15cb0ad0de95ca3", true},
};
enum { VECTOR_COUNT = sizeof vectors / sizeof vectors[0] };

struct bench {
    struct block text;
    struct block challenge;
    struct block hash;
    struct pxa_ntlmssp message;
    struct verify_login login;
    struct upper *upper;
};

static struct bench *bench_open(const char *message)
{
    struct bench *bench = calloc(1, sizeof *bench);

    ck_assert_ptr_nonnull(bench);
    bench->text = vector_hex(message);
    bench->challenge = vector_hex(server_challenge);
    bench->hash = vector_hex(password_hash);
    bench->upper = upper_new();
    ck_assert_ptr_nonnull(bench->upper);
    ck_assert_int_eq(pxa_ntlmssp_decode(block_span(bench->text), &bench->message), PXA_OK);
    bench->login.message = &bench->message;
    bench->login.challenge = (const unsigned char *)bench->challenge.at;
    bench->login.user = (struct pxa_span){"User", 4};
    bench->login.domain = (struct pxa_span){"Domain", 6};
    bench->login.upper = bench->upper;
    return bench;
}

static void bench_close(struct bench *bench)
{
    upper_free(bench->upper);
    block_free(bench->hash);
    block_free(bench->challenge);
    block_free(bench->text);
    free(bench);
}

static bool verify(const struct bench *bench, unsigned char key[NTLM_KEY_LEN])
{
    return verify_response(&bench->login, (const unsigned char *)bench->hash.at, key);
}

static void expect_key(const unsigned char key[NTLM_KEY_LEN], const char *expected)
{
    struct block block = vector_hex(expected);

    ck_assert_mem_eq(key, block.at, NTLM_KEY_LEN);
    block_free(block);
}

START_TEST(responses_of_the_specification)
{
    const struct vector *vector = &vectors[_i];
    struct bench *bench = bench_open(vector->message);
    unsigned char key[NTLM_KEY_LEN];
    unsigned char session_key[NTLM_KEY_LEN];

    ck_assert(verify(bench, key));
    expect_key(key, vector->exchange_key);
    ck_assert(sign_session_key(&bench->message, bench->message.flags, key, session_key));
    expect_key(session_key, vector->has_key ? random_key : vector->exchange_key);
    bench_close(bench);
}
END_TEST

/* One bit in each byte of the response, the hash and the challenge; user and domain. */
START_TEST(anything_else_is_refused)
{
    struct bench *bench = bench_open(vectors[_i].message);
    size_t response_at = (size_t)(bench->message.nt_response.at - bench->text.at);
    struct {
        char *at;
        size_t len;
    } parts[] = {
        {bench->text.at + response_at, bench->message.nt_response.len},
        {bench->hash.at, bench->hash.len},
        {bench->challenge.at, bench->challenge.len},
    };
    unsigned char key[NTLM_KEY_LEN];
    static const unsigned char zeros[NTLM_KEY_LEN];

    for (size_t part = 0; part < sizeof parts / sizeof parts[0]; part++) {
        for (size_t i = 0; i < parts[part].len; i++) {
            parts[part].at[i] ^= 0x10;
            ck_assert_msg(!verify(bench, key), "part %zu, byte %zu", part, i);
            ck_assert_mem_eq(key, zeros, NTLM_KEY_LEN);
            parts[part].at[i] ^= 0x10;
        }
    }
    ck_assert(verify(bench, key));
    bench_close(bench);
}
END_TEST

/* NTLMv2 takes the user in upper case, whatever is sent, and the domain as it is sent. */
START_TEST(user_and_domain)
{
    struct bench *bench = bench_open(v2_authenticate);
    unsigned char key[NTLM_KEY_LEN];

    bench->login.user.at = "uSeR";
    ck_assert(verify(bench, key));
    bench->login.user.at = "Usex";
    ck_assert(!verify(bench, key));
    bench->login.user.at = "User";
    bench->login.domain.at = "DOMAIN";
    ck_assert(!verify(bench, key));
    bench_close(bench);
}
END_TEST

/* An LM response is 24 bytes, too. */
START_TEST(lm_alone_is_never_verified)
{
    struct bench *bench = bench_open(v1_authenticate);
    unsigned char key[NTLM_KEY_LEN];

    bench->message.response = PXA_NTLM_LM;
    ck_assert(!verify(bench, key));
    bench->message.response = PXA_NTLM_UNCLEAR;
    ck_assert(!verify(bench, key));
    bench_close(bench);
}
END_TEST

START_TEST(session_key_of_a_wrong_length)
{
    struct bench *bench = bench_open(v2_authenticate);
    unsigned char key[NTLM_KEY_LEN];
    unsigned char session_key[NTLM_KEY_LEN];

    ck_assert(verify(bench, key));
    for (size_t len = 0; len < NTLM_KEY_LEN; len++) {
        bench->message.session_key.len = len;
        ck_assert(!sign_session_key(&bench->message, bench->message.flags, key, session_key));
    }
    bench_close(bench);
}
END_TEST

/* "Plaintext" in UTF-16: 4.2.3.4 without key exchange. With the key exchange of 4.2.4 and each
 * length of the sealing key:
 *   sum=hmac(md5(key+SIGN), b"\0\0\0\0"+text)[:8]; rc4(md5(key[:n]+SEAL), sum) */
static const struct signature {
    const char *key;
    uint32_t flags;
    enum sign_sender sender;
    const char *signature;
} signatures[] = {
    {"eb93429a8bd952f8b89c55b87f475edc", PXA_NTLM_FLAG_EXTENDED_SECURITY, SIGN_CLIENT,
     "01000000ff2aeb52f681793a00000000"},
    {random_key, PXA_NTLM_FLAG_KEY_EXCHANGE | PXA_NTLM_FLAG_128 | PXA_NTLM_FLAG_56, SIGN_CLIENT,
     "0100000074d045342c4f1cd500000000"},
    {random_key, PXA_NTLM_FLAG_KEY_EXCHANGE | PXA_NTLM_FLAG_128, SIGN_SERVER,
     "01000000e01b84f3fbde503c00000000"},
    {random_key, PXA_NTLM_FLAG_KEY_EXCHANGE | PXA_NTLM_FLAG_56, SIGN_CLIENT,
     "010000001eed1d7c7e57c36a00000000"},
    {random_key, PXA_NTLM_FLAG_KEY_EXCHANGE, SIGN_SERVER, "010000002c8588a8250fa09900000000"},
};
enum { SIGNATURE_COUNT = sizeof signatures / sizeof signatures[0] };

START_TEST(known_signatures)
{
    static const char text[] = "P\0l\0a\0i\0n\0t\0e\0x\0t";
    const struct signature *vector = &signatures[_i];
    struct block key = vector_hex(vector->key);
    struct block expected = vector_hex(vector->signature);
    unsigned char signature[SIGN_MIC_LEN];

    sign_message((const unsigned char *)key.at, vector->flags, vector->sender,
                 (struct pxa_span){text, sizeof text}, signature);
    ck_assert_mem_eq(signature, expected.at, SIGN_MIC_LEN);
    block_free(expected);
    block_free(key);
}
END_TEST

/* Capitals by Unicode's UnicodeData.txt, and what Windows leaves; Samba, which has its table from
 * Windows, does the same. */
START_TEST(capitals)
{
    static const struct {
        uint32_t small, capital;
    } pairs[] = {
        {'a', 'A'},         {'z', 'Z'},         {'`', '`'},       {'{', '{'},     {0xfc, 0xdc},
        {0xff, 0x178},      {0xdf, 0xdf},       {0x3c2, 0x3a3},   {0x44f, 0x42f}, {0x561, 0x531},
        {0xff41, 0xff21},   {0xb5, 0xb5},       {0x131, 0x131},   {0x17f, 0x17f}, {0x10d0, 0x10d0},
        {0x10428, 0x10428}, {0x1f600, 0x1f600}, {0x4e00, 0x4e00}, {0xd7, 0xd7},   {0xf7, 0xf7},
    };
    struct upper *upper = upper_new();

    ck_assert_ptr_nonnull(upper);
    ck_assert(upper_knows_unicode(upper));
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        ck_assert_uint_eq(upper_of(upper, pairs[i].small), pairs[i].capital);
    upper_free(upper);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("ntlm_verify");
    TCase *tc = tcase_create("ntlm_verify");

    tcase_add_loop_test(tc, responses_of_the_specification, 0, VECTOR_COUNT);
    tcase_add_loop_test(tc, anything_else_is_refused, 0, VECTOR_COUNT);
    tcase_add_test(tc, user_and_domain);
    tcase_add_test(tc, lm_alone_is_never_verified);
    tcase_add_test(tc, session_key_of_a_wrong_length);
    tcase_add_loop_test(tc, known_signatures, 0, SIGNATURE_COUNT);
    tcase_add_test(tc, capitals);
    suite_add_tcase(s, tc);
    return s;
}
