/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Digest, as curl and Chromium send it. Users, passwords and request lines are those of facts.json,
 * and the algorithm that the response was found to be calculated with, there by Python's hashlib
 * (response_is_right_for); realm, nonce and opaque are those of the challenges.
 */
#include <config.h>

#include "tests/unit/captured.h"

#define REALM "Test Proxy"
#define NONCE "dcd98b7102dd2f0e8b11d0f600bfb0c093"
#define OPAQUE "5ccc069c403ebaf9f0171e9517f40e41"
#define JUERGEN "j\xc3\xbcrgen"
#define JUERGENS_PASSWORD "p\xc3\xa4ssw\xc3\xb6rd\xe2\x82\xac"
#define TUNNEL "www.example.test:443"

struct vector {
    const char *name;
    const char *user;
    const char *password;
    enum pxa_digest_algorithm sent;      /* what the header says */
    enum pxa_digest_algorithm right_for; /* what the response was calculated with */
    bool userhash;
    bool old;    /* RFC 2069 */
    bool tunnel; /* CONNECT, else GET / */
};

/* clang-format off */
static const struct vector vectors[] = {
    {.name = "curl-digest-md5.header", .sent = PXA_DIGEST_MD5, .right_for = PXA_DIGEST_MD5},
    {.name = "curl-digest-auth-int.header", .sent = PXA_DIGEST_MD5, .right_for = PXA_DIGEST_MD5},
    {.name = "curl-digest-connect.header", .sent = PXA_DIGEST_MD5, .right_for = PXA_DIGEST_MD5,
     .tunnel = true},
    {.name = "curl-digest-md5-sess.header", .sent = PXA_DIGEST_MD5_SESS,
     .right_for = PXA_DIGEST_MD5_SESS},
    {.name = "curl-digest-quoted.header", .user = "al\"ice\\x", .password = "p\"w\\x",
     .sent = PXA_DIGEST_MD5, .right_for = PXA_DIGEST_MD5},
    {.name = "curl-digest-rfc2069.header", .sent = PXA_DIGEST_MD5, .right_for = PXA_DIGEST_MD5,
     .old = true},
    {.name = "curl-digest-sha256.header", .sent = PXA_DIGEST_SHA256,
     .right_for = PXA_DIGEST_SHA256},
    {.name = "curl-digest-sha512-256.header", .sent = PXA_DIGEST_SHA512_256,
     .right_for = PXA_DIGEST_SHA256},
    {.name = "curl-digest-userhash.header", .user = JUERGEN, .password = JUERGENS_PASSWORD,
     .sent = PXA_DIGEST_SHA256, .right_for = PXA_DIGEST_SHA256, .userhash = true},
    {.name = "curl-digest-utf8.header", .user = JUERGEN, .password = JUERGENS_PASSWORD,
     .sent = PXA_DIGEST_MD5, .right_for = PXA_DIGEST_MD5},
    {.name = "chromium-digest.header", .sent = PXA_DIGEST_MD5, .right_for = PXA_DIGEST_MD5},
    {.name = "chromium-digest-connect.header", .sent = PXA_DIGEST_MD5,
     .right_for = PXA_DIGEST_MD5, .tunnel = true},
    {.name = "chromium-digest-rfc2069.header", .sent = PXA_DIGEST_MD5,
     .right_for = PXA_DIGEST_MD5, .old = true},
    {.name = "chromium-digest-sha256.header", .sent = PXA_DIGEST_SHA256,
     .right_for = PXA_DIGEST_SHA256},
    {.name = "chromium-digest-userhash.header", .user = JUERGEN, .password = JUERGENS_PASSWORD,
     .sent = PXA_DIGEST_SHA256, .right_for = PXA_DIGEST_SHA256, .userhash = true},
    {.name = "chromium-digest-utf8.header", .user = JUERGEN, .password = JUERGENS_PASSWORD,
     .sent = PXA_DIGEST_MD5, .right_for = PXA_DIGEST_MD5},
};
/* clang-format on */
enum { VECTOR_COUNT = sizeof vectors / sizeof vectors[0] };

/* A decoded header, with what its spans point into. */
struct decoded {
    struct block value;
    struct block room;
    struct pxa_digest digest;
};

static const char *user_of(const struct vector *vector)
{
    return vector->user ? vector->user : "alice";
}

static const char *password_of(const struct vector *vector)
{
    return vector->password ? vector->password : "alice-pw";
}

static struct decoded decoded_of(const struct vector *vector)
{
    struct decoded decoded = {.value = captured_value(vector->name, "Proxy-Authorization")};
    struct pxa_scheme scheme;

    ck_assert_int_eq(pxa_scheme_split(block_span(decoded.value), &scheme), PXA_OK);
    ck_assert_int_eq(scheme.id, PXA_SCHEME_DIGEST);
    ck_assert_int_eq(pxa_form_of(scheme.rest), PXA_FORM_PARAMS);
    decoded.room = block_filled(scheme.rest.len);
    ck_assert_int_eq(
        pxa_digest_decode(scheme.rest, PXA_RFC, decoded.room.at, decoded.room.len, &decoded.digest),
        PXA_OK);
    return decoded;
}

static void decoded_free(struct decoded decoded)
{
    block_free(decoded.room);
    block_free(decoded.value);
}

static bool is(struct pxa_span span, const char *text)
{
    return span_is(span, text, strlen(text));
}

START_TEST(fields)
{
    const struct vector *vector = &vectors[_i];
    struct decoded decoded = decoded_of(vector);
    const struct pxa_digest *digest = &decoded.digest;
    bool high = !vector->userhash && strcmp(user_of(vector), JUERGEN) == 0;

    ck_assert(is(digest->realm, REALM));
    ck_assert(is(digest->nonce, NONCE));
    ck_assert(is(digest->opaque, OPAQUE));
    ck_assert(is(digest->uri, vector->tunnel ? TUNNEL : "/"));
    ck_assert_int_eq(digest->algorithm, vector->sent);
    ck_assert(
        is(digest->algorithm_name, vector->old ? "" : pxa_digest_algorithm_name(vector->sent)));
    ck_assert_int_eq(digest->qop, vector->old ? PXA_QOP_NONE : PXA_QOP_AUTH);
    ck_assert(is(digest->qop_name, vector->old ? "" : "auth"));
    ck_assert(is(digest->nc, vector->old ? "" : "00000001"));
    ck_assert_uint_eq(digest->nonce_count, vector->old ? 0 : 1);
    ck_assert_int_eq(digest->cnonce.len == 0, vector->old);
    ck_assert_int_eq(digest->charset, high ? PXA_UTF8 : PXA_ASCII);
    ck_assert_int_eq(digest->userhash, vector->userhash);
    ck_assert(!digest->username_extended);
    if (!vector->userhash)
        ck_assert(is(digest->username, user_of(vector)));
    decoded_free(decoded);
}
END_TEST

START_TEST(hashed_user)
{
    const struct vector *vector = &vectors[_i];
    struct decoded decoded = decoded_of(vector);
    struct pxa_digest_hex hash;

    ck_assert_int_eq(
        pxa_digest_userhash(vector->sent, span_of(user_of(vector)), span_of(REALM), &hash), PXA_OK);
    ck_assert_int_eq(span_is(decoded.digest.username, hash.hex, hash.len), vector->userhash);
    decoded_free(decoded);
}
END_TEST

/* As if the header had said ALGORITHM. */
static enum pxa_status check(struct pxa_digest digest, enum pxa_digest_algorithm algorithm,
                             const struct vector *vector, const char *password)
{
    struct pxa_digest_request request = {span_of(vector->tunnel ? "CONNECT" : "GET"), {NULL, 0}};
    struct pxa_digest_hex ha1;

    digest.algorithm = algorithm;
    ck_assert_int_eq(pxa_digest_ha1(algorithm, span_of(user_of(vector)), span_of(REALM),
                                    span_of(password), &ha1),
                     PXA_OK);
    return pxa_digest_check(&digest, (struct pxa_span){ha1.hex, ha1.len}, &request);
}

START_TEST(response)
{
    const struct vector *vector = &vectors[_i];
    struct decoded decoded = decoded_of(vector);
    const struct pxa_digest *digest = &decoded.digest;
    struct pxa_digest other = *digest;
    const char *password = password_of(vector);

    ck_assert_int_eq(check(*digest, vector->right_for, vector, password), PXA_OK);
    ck_assert_int_eq(check(*digest, vector->sent, vector, password),
                     vector->sent == vector->right_for ? PXA_OK : PXA_MISMATCH);
    ck_assert_int_eq(check(*digest, vector->right_for, vector, "wrong"), PXA_MISMATCH);
    other.uri = span_of("/other");
    ck_assert_int_eq(check(other, vector->right_for, vector, password), PXA_MISMATCH);
    decoded_free(decoded);
}
END_TEST

bool captured_digest_has(const char *name)
{
    for (size_t i = 0; i < VECTOR_COUNT; i++)
        if (strcmp(vectors[i].name, name) == 0)
            return true;
    return false;
}

TCase *captured_digest(void)
{
    TCase *tc = tcase_create("digest");

    tcase_add_loop_test(tc, fields, 0, VECTOR_COUNT);
    tcase_add_loop_test(tc, hashed_user, 0, VECTOR_COUNT);
    tcase_add_loop_test(tc, response, 0, VECTOR_COUNT);
    return tc;
}
