/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/digest_hash.c and common/digest_algorithm.c. The responses without qop, of
 * RFC 2617 section 3.5 and of RFC 7616 section 3.9.1 stand in those documents (that of RFC 2069
 * in its erratum 749). The others were calculated with Python's hashlib from the formulas of
 * RFC 7616 section 3.4.
 *
 * The userhash and response that RFC 7616 section 3.9.2 prints (488869477b... and ae66e67d6b...)
 * are those of SHA-512, cut after 256 bits. SHA-512/256 begins with other values than SHA-512
 * (FIPS 180-4, section 5.3.6.2); hashlib and openssl both give 793263caab... and 3798d4131c...,
 * which erratum 4897 has, too.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

#include <ctype.h>

Suite *suite(void);

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

#define NONCE_2617 "dcd98b7102dd2f0e8b11d0f600bfb0c093"
#define NONCE_7616 "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define CNONCE_7616 "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
#define NONCE_DOE "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK"
#define CNONCE_DOE "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"
#define DOE "J\xc3\xa4s\xc3\xb8n Doe"
#define HTML "/dir/index.html"
#define ORG "http-auth@example.org"

/* The body of auth-int is "v=%4D". */
#define BODY_MD5 "389f6f8d9929a16ff79a6ac3843e1f44"
#define BODY_SHA256 "1fb4a33ff5ccbe868fc8322cb9bfd7f11bbf273a63d763b7ed32f191aadf7c9d"
#define BODY_SHA512_256 "6a619dad3a002cd734743572ae12bd5c03f7011187ad945c3a6e7139cf804b45"
#define MUFASA_MD5 "3d78807defe7de2157e2b0b6573a855f"
#define MUFASA_SHA256 "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"
#define MUFASA_SHA512_256 "fb174f5c3c7802721517cae13b98e2b8dae2e0118cb705d94ee29946319204ce"

static const struct {
    enum pxa_digest_algorithm algorithm;
    enum pxa_qop qop;
    struct pxa_span user, realm, password, uri, nonce, cnonce, body_hash;
    const char *ha1, *ha2, *response;
} cases[] = {
    {PXA_DIGEST_MD5, PXA_QOP_AUTH, TEXT("Mufasa"), TEXT("testrealm@host.com"),
     TEXT("Circle Of Life"), TEXT(HTML), TEXT(NONCE_2617), TEXT("0a4f113b"), TEXT(""),
     "939e7578ed9e3c518a452acee763bce9", "39aff3a2bab6126f332b942af96d3366",
     "6629fae49393a05397450978507c4ef1"},
    {PXA_DIGEST_MD5, PXA_QOP_NONE, TEXT("Mufasa"), TEXT("testrealm@host.com"), TEXT("CircleOfLife"),
     TEXT(HTML), TEXT(NONCE_2617), TEXT(""), TEXT(""), "4945ecf42b1bb868634058a845bedde8",
     "39aff3a2bab6126f332b942af96d3366", "1949323746fe6a43ef61f9606e7febea"},
    {PXA_DIGEST_MD5, PXA_QOP_AUTH, TEXT("Mufasa"), TEXT(ORG), TEXT("Circle of Life"), TEXT(HTML),
     TEXT(NONCE_7616), TEXT(CNONCE_7616), TEXT(""), MUFASA_MD5, "39aff3a2bab6126f332b942af96d3366",
     "8ca523f5e9506fed4657c9700eebdbec"},
    {PXA_DIGEST_SHA256, PXA_QOP_AUTH, TEXT("Mufasa"), TEXT(ORG), TEXT("Circle of Life"), TEXT(HTML),
     TEXT(NONCE_7616), TEXT(CNONCE_7616), TEXT(""), MUFASA_SHA256,
     "9a3fdae9a622fe8de177c24fa9c070f2b181ec85e15dcbdc32e10c82ad450b04",
     "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
    {PXA_DIGEST_SHA512_256, PXA_QOP_AUTH, TEXT(DOE), TEXT("api@example.org"),
     TEXT("Secret, or not?"), TEXT("/doe.json"), TEXT(NONCE_DOE), TEXT(CNONCE_DOE), TEXT(""),
     "2d3d9f12c9f3d30011259dc5fecee005ae24de40e3e1f61806d03e65f1e6024f",
     "1734b070bafdeb53ae52f93659427bb4bc545e2ef4d5e74ba247dad4861b4634",
     "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"},

    {PXA_DIGEST_MD5, PXA_QOP_AUTH_INT, TEXT("Mufasa"), TEXT(ORG), TEXT("Circle of Life"),
     TEXT(HTML), TEXT(NONCE_7616), TEXT(CNONCE_7616), TEXT(BODY_MD5), MUFASA_MD5,
     "4957861197916e77dfd21356ee737cd8", "56f7258a39557c3f0c1c8017dc7836e9"},
    {PXA_DIGEST_MD5_SESS, PXA_QOP_AUTH, TEXT("Mufasa"), TEXT(ORG), TEXT("Circle of Life"),
     TEXT(HTML), TEXT(NONCE_7616), TEXT(CNONCE_7616), TEXT(""), MUFASA_MD5,
     "39aff3a2bab6126f332b942af96d3366", "e783283f46242139c486a698fec7211d"},
    {PXA_DIGEST_MD5_SESS, PXA_QOP_AUTH_INT, TEXT("Mufasa"), TEXT(ORG), TEXT("Circle of Life"),
     TEXT(HTML), TEXT(NONCE_7616), TEXT(CNONCE_7616), TEXT(BODY_MD5), MUFASA_MD5,
     "4957861197916e77dfd21356ee737cd8", "b3e6674b0f1f7c7e19e10c01d455871a"},
    {PXA_DIGEST_SHA256, PXA_QOP_AUTH_INT, TEXT("Mufasa"), TEXT(ORG), TEXT("Circle of Life"),
     TEXT(HTML), TEXT(NONCE_7616), TEXT(CNONCE_7616), TEXT(BODY_SHA256), MUFASA_SHA256,
     "830b17e3008bd7252573b86518a784f6211183fa385673df44499cb7a30615d6",
     "801986c9a0eb8ab3cce4ac0e409758c81c8de88f463e4b14919ec116b1a3051b"},
    {PXA_DIGEST_SHA256_SESS, PXA_QOP_AUTH, TEXT("Mufasa"), TEXT(ORG), TEXT("Circle of Life"),
     TEXT(HTML), TEXT(NONCE_7616), TEXT(CNONCE_7616), TEXT(""), MUFASA_SHA256,
     "9a3fdae9a622fe8de177c24fa9c070f2b181ec85e15dcbdc32e10c82ad450b04",
     "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7"},
    {PXA_DIGEST_SHA512_256_SESS, PXA_QOP_AUTH_INT, TEXT("Mufasa"), TEXT(ORG),
     TEXT("Circle of Life"), TEXT(HTML), TEXT(NONCE_7616), TEXT(CNONCE_7616), TEXT(BODY_SHA512_256),
     MUFASA_SHA512_256, "c7b26a6e7d68afa462716797f0d1f3b13a2fe4b789954b94adf851ee67ac61db",
     "5f2dacf05cef5b58f92f268c352ceb175644eb5ee3a208769329bb47d7956a28"},
};
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

static const struct pxa_span get = TEXT("GET");

static struct pxa_span text_span(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static bool hex_is(const struct pxa_digest_hex *hex, const char *want)
{
    return hex->len == strlen(want) && memcmp(hex->hex, want, hex->len) == 0;
}

/* The credentials that a client sends in a case. */
static struct pxa_digest credentials(int i)
{
    static const char *const qop_names[] = {"", "auth", "auth-int"};

    return (struct pxa_digest){
        .username = cases[i].user,
        .realm = cases[i].realm,
        .nonce = cases[i].nonce,
        .uri = cases[i].uri,
        .response = text_span(cases[i].response),
        .cnonce = cases[i].cnonce,
        .nc = cases[i].qop == PXA_QOP_NONE ? text_span("") : text_span("00000001"),
        .qop_name = text_span(qop_names[cases[i].qop]),
        .algorithm = cases[i].algorithm,
        .qop = cases[i].qop,
    };
}

START_TEST(hashes)
{
    struct pxa_digest digest = credentials(_i);
    struct pxa_digest_request request = {get, cases[_i].body_hash};
    struct pxa_digest_hex hex;

    memset(&hex, 0x5a, sizeof hex);
    ck_assert_int_eq(pxa_digest_ha1(cases[_i].algorithm, cases[_i].user, cases[_i].realm,
                                    cases[_i].password, &hex),
                     PXA_OK);
    ck_assert(hex_is(&hex, cases[_i].ha1));
    ck_assert_int_eq(pxa_digest_ha2(&digest, &request, &hex), PXA_OK);
    ck_assert(hex_is(&hex, cases[_i].ha2));
    ck_assert_int_eq(pxa_digest_response(&digest, text_span(cases[_i].ha1), &request, &hex),
                     PXA_OK);
    ck_assert(hex_is(&hex, cases[_i].response));
}
END_TEST

static void flip_case(struct block block)
{
    for (size_t i = 0; i < block.len; i++)
        block.at[i] = (char)toupper((unsigned char)block.at[i]);
}

START_TEST(checks_in_either_case)
{
    struct block ha1 = block_of(cases[_i].ha1, strlen(cases[_i].ha1));
    struct block response = block_of(cases[_i].response, strlen(cases[_i].response));
    struct pxa_digest digest = credentials(_i);
    struct pxa_digest_request request = {get, cases[_i].body_hash};

    digest.response = block_span(response);
    ck_assert_int_eq(pxa_digest_check(&digest, block_span(ha1), &request), PXA_OK);
    flip_case(ha1);
    ck_assert_int_eq(pxa_digest_check(&digest, block_span(ha1), &request), PXA_OK);
    flip_case(response);
    ck_assert_int_eq(pxa_digest_check(&digest, block_span(ha1), &request), PXA_OK);
    block_free(response);
    block_free(ha1);
}
END_TEST

/* Whatever goes into a response makes another one of it; qop and nc only where there is a qop. */
START_TEST(every_part_counts)
{
    const struct pxa_digest right = credentials(_i);
    const struct pxa_digest_request request = {get, cases[_i].body_hash};
    struct pxa_span ha1 = text_span(cases[_i].ha1);
    struct pxa_span x = text_span("x");
    bool with_qop = cases[_i].qop != PXA_QOP_NONE;
    struct pxa_digest digest = right;

    digest.nonce = x;
    ck_assert_int_eq(pxa_digest_check(&digest, ha1, &request), PXA_MISMATCH);
    digest = right;
    digest.uri = x;
    ck_assert_int_eq(pxa_digest_check(&digest, ha1, &request), PXA_MISMATCH);
    digest = right;
    digest.nc = x;
    ck_assert_int_eq(pxa_digest_check(&digest, ha1, &request), with_qop ? PXA_MISMATCH : PXA_OK);
    digest = right;
    digest.cnonce = x;
    ck_assert_int_eq(pxa_digest_check(&digest, ha1, &request), with_qop ? PXA_MISMATCH : PXA_OK);
    digest = right;
    digest.qop_name = x;
    ck_assert_int_eq(pxa_digest_check(&digest, ha1, &request), with_qop ? PXA_MISMATCH : PXA_OK);
    ck_assert_int_eq(
        pxa_digest_check(&right, ha1, &(struct pxa_digest_request){x, cases[_i].body_hash}),
        PXA_MISMATCH);
    ck_assert_int_eq(pxa_digest_check(&right, ha1, &(struct pxa_digest_request){get, x}),
                     cases[_i].qop == PXA_QOP_AUTH_INT ? PXA_PARAM_VALUE : PXA_OK);
    ck_assert_int_eq(pxa_digest_check(&right, ha1, &(struct pxa_digest_request){get, ha1}),
                     cases[_i].qop == PXA_QOP_AUTH_INT ? PXA_MISMATCH : PXA_OK);
}
END_TEST

/* Each digit of the response counts, and each of HA1. */
START_TEST(every_digit_counts)
{
    struct block ha1 = block_of(cases[_i].ha1, strlen(cases[_i].ha1));
    struct block response = block_of(cases[_i].response, strlen(cases[_i].response));
    struct block *const both[] = {&ha1, &response};
    struct pxa_digest digest = credentials(_i);
    struct pxa_digest_request request = {get, cases[_i].body_hash};

    digest.response = block_span(response);
    for (size_t b = 0; b < 2; b++) {
        for (size_t i = 0; i < both[b]->len; i++) {
            char digit = both[b]->at[i];

            both[b]->at[i] = digit == '0' ? '1' : '0';
            ck_assert_int_eq(pxa_digest_check(&digest, block_span(ha1), &request), PXA_MISMATCH);
            both[b]->at[i] = digit;
        }
    }
    for (digest.response.len = 0; digest.response.len < response.len; digest.response.len++)
        ck_assert_int_eq(pxa_digest_check(&digest, block_span(ha1), &request), PXA_MISMATCH);
    block_free(response);
    block_free(ha1);
}
END_TEST

/* A response with more digits, or with bytes that are none, is a mismatch as well. */
START_TEST(other_responses)
{
    static const char longer[] = "6629fae49393a05397450978507c4ef16629fae49393a05397450978507c4ef1"
                                 "00";
    struct pxa_digest digest = credentials(0);
    struct pxa_digest_request request = {get, {NULL, 0}};

    for (size_t len = 33; len < sizeof longer; len++) {
        digest.response = (struct pxa_span){longer, len};
        ck_assert_int_eq(pxa_digest_check(&digest, text_span(cases[0].ha1), &request),
                         PXA_MISMATCH);
    }
    digest.response = text_span("\x86\x86\x32\x39zae49393a05397450978507c4ef\xff");
    ck_assert_uint_eq(digest.response.len, 32);
    ck_assert_int_eq(pxa_digest_check(&digest, text_span(cases[0].ha1), &request), PXA_MISMATCH);
}
END_TEST

START_TEST(wrong_ha1)
{
    struct block ha1 = block_of(cases[_i].ha1, strlen(cases[_i].ha1));
    struct pxa_digest digest = credentials(_i);
    struct pxa_digest_request request = {get, cases[_i].body_hash};
    struct pxa_digest_hex hex;

    for (size_t len = 0; len < ha1.len; len++) {
        struct pxa_span cut = {ha1.at, len};

        memset(&hex, 0x5a, sizeof hex);
        ck_assert_int_eq(pxa_digest_response(&digest, cut, &request, &hex), PXA_PARAM_VALUE);
        ck_assert_uint_eq(hex.len, 0);
        ck_assert_int_eq(pxa_digest_check(&digest, cut, &request), PXA_PARAM_VALUE);
    }
    for (size_t i = 0; i < ha1.len; i++) {
        char digit = ha1.at[i];

        ha1.at[i] = 'g';
        ck_assert_int_eq(pxa_digest_response(&digest, block_span(ha1), &request, &hex),
                         PXA_PARAM_VALUE);
        ha1.at[i] = digit;
    }
    block_free(ha1);
}
END_TEST

START_TEST(unsupported)
{
    static const int algorithms[] = {PXA_DIGEST_OTHER, PXA_DIGEST_SHA512_256_SESS + 1, 99, -1};
    static const int qops[] = {PXA_QOP_OTHER, 4, 99, -1};
    struct pxa_digest digest = credentials(0);
    struct pxa_digest_request request = {get, {NULL, 0}};
    struct pxa_span ha1 = text_span(cases[0].ha1);
    struct pxa_digest_hex hex;

    for (size_t i = 0; i < 4; i++) {
        enum pxa_digest_algorithm algorithm = (enum pxa_digest_algorithm)algorithms[i];

        memset(&hex, 0x5a, sizeof hex);
        ck_assert_int_eq(pxa_digest_ha1(algorithm, get, get, get, &hex), PXA_UNSUPPORTED);
        ck_assert_uint_eq(hex.len, 0);
        ck_assert_int_eq(pxa_digest_userhash(algorithm, get, get, &hex), PXA_UNSUPPORTED);
        digest.algorithm = algorithm;
        ck_assert_int_eq(pxa_digest_ha2(&digest, &request, &hex), PXA_UNSUPPORTED);
        ck_assert_int_eq(pxa_digest_response(&digest, ha1, &request, &hex), PXA_UNSUPPORTED);
        ck_assert_uint_eq(hex.len, 0);
        ck_assert_int_eq(pxa_digest_check(&digest, ha1, &request), PXA_UNSUPPORTED);
        ck_assert_str_eq(pxa_digest_algorithm_name(algorithm), "");
        digest.algorithm = PXA_DIGEST_MD5;
        digest.qop = (enum pxa_qop)qops[i];
        ck_assert_int_eq(pxa_digest_response(&digest, ha1, &request, &hex), PXA_UNSUPPORTED);
        ck_assert_int_eq(pxa_digest_check(&digest, ha1, &request), PXA_UNSUPPORTED);
    }
}
END_TEST

START_TEST(userhashes)
{
    static const struct {
        enum pxa_digest_algorithm algorithm;
        const char *hash;
    } want[] = {
        {PXA_DIGEST_MD5, "2e063fa2c54dea1c36808b7a6e3b14c9"},
        {PXA_DIGEST_SHA512_256, "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"},
        {PXA_DIGEST_SHA512_256_SESS,
         "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"},
    };

    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct pxa_digest_hex hex;

        ck_assert_int_eq(pxa_digest_userhash(want[i].algorithm, text_span(DOE),
                                             text_span("api@example.org"), &hex),
                         PXA_OK);
        ck_assert(hex_is(&hex, want[i].hash));
    }
}
END_TEST

/* H("::") and H(":"), by hashlib. */
START_TEST(empty_texts)
{
    struct pxa_span none = {NULL, 0};
    struct pxa_digest_hex hex;

    ck_assert_int_eq(pxa_digest_ha1(PXA_DIGEST_MD5, none, none, none, &hex), PXA_OK);
    ck_assert(hex_is(&hex, "4501c091b0366d76ea3218b6cfdd8097"));
    ck_assert_int_eq(pxa_digest_userhash(PXA_DIGEST_MD5, none, none, &hex), PXA_OK);
    ck_assert(hex_is(&hex, "853ae90f0351324bd73ea615e6487517"));
}
END_TEST

/* RFC 7616 section 6.1. */
START_TEST(names)
{
    ck_assert_str_eq(pxa_digest_algorithm_name(PXA_DIGEST_MD5), "MD5");
    ck_assert_str_eq(pxa_digest_algorithm_name(PXA_DIGEST_MD5_SESS), "MD5-sess");
    ck_assert_str_eq(pxa_digest_algorithm_name(PXA_DIGEST_SHA256), "SHA-256");
    ck_assert_str_eq(pxa_digest_algorithm_name(PXA_DIGEST_SHA256_SESS), "SHA-256-sess");
    ck_assert_str_eq(pxa_digest_algorithm_name(PXA_DIGEST_SHA512_256), "SHA-512-256");
    ck_assert_str_eq(pxa_digest_algorithm_name(PXA_DIGEST_SHA512_256_SESS), "SHA-512-256-sess");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("digest_hash");
    TCase *tc = tcase_create("digest_hash");

    tcase_add_loop_test(tc, hashes, 0, CASE_COUNT);
    tcase_add_loop_test(tc, checks_in_either_case, 0, CASE_COUNT);
    tcase_add_loop_test(tc, every_part_counts, 0, CASE_COUNT);
    tcase_add_loop_test(tc, every_digit_counts, 0, CASE_COUNT);
    tcase_add_test(tc, other_responses);
    tcase_add_loop_test(tc, wrong_ha1, 0, CASE_COUNT);
    tcase_add_test(tc, unsupported);
    tcase_add_test(tc, userhashes);
    tcase_add_test(tc, empty_texts);
    tcase_add_test(tc, names);
    suite_add_tcase(s, tc);
    return s;
}
