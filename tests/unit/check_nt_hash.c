/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nt_hash(). "Password" is of [MS-NLMP] section 4.2.2.1.2; the others were computed with iconv
 * and OpenSSL ("iconv -t utf-16le | openssl dgst -md4") and again with Samba's Credentials.
 */
#include <config.h>

#include "helpers/ntlm/nt_hash.h"

#include "tests/unit/vector.h"

Suite *suite(void);

static const struct {
    const char *password;
    const char *hash;
} hashes[] = {
    {"Password", "a4f49c406510bdcab6824ee7c30fd852"},
    {"", "31d6cfe0d16ae931b73c59d7e0c089c0"},
    {"p\xc3\xa4ssw\xc3\xb6rd\xe2\x82\xac", "7f20bf6e69d97371914a8807579cab5c"},
    {"\xf0\x9d\x84\x9e"
     "clef\xf0\x9f\x98\x80",
     "bb465cd29a89a7178d80611722d31b58"},
};
enum { HASH_COUNT = sizeof hashes / sizeof hashes[0] };

START_TEST(known_hashes)
{
    struct block password = block_of(hashes[_i].password, strlen(hashes[_i].password));
    struct block expected = vector_hex(hashes[_i].hash);
    unsigned char hash[NT_HASH_LEN];

    ck_assert(nt_hash(block_span(password), hash));
    ck_assert_mem_eq(hash, expected.at, NT_HASH_LEN);
    block_free(expected);
    block_free(password);
}
END_TEST

/* Latin-1, a surrogate in UTF-8, and a character that is cut. */
START_TEST(not_utf8)
{
    static const char *const passwords[] = {"p\xe4ss", "\xed\xa0\x80", "a\xf0\x9f\x98"};
    static const unsigned char zeros[NT_HASH_LEN];
    struct block password = block_of(passwords[_i], strlen(passwords[_i]));
    unsigned char hash[NT_HASH_LEN];

    memset(hash, BLOCK_FILL, sizeof hash);
    ck_assert(!nt_hash(block_span(password), hash));
    ck_assert_mem_eq(hash, zeros, NT_HASH_LEN);
    block_free(password);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("nt_hash");
    TCase *tc = tcase_create("nt_hash");

    tcase_add_loop_test(tc, known_hashes, 0, HASH_COUNT);
    tcase_add_loop_test(tc, not_utf8, 0, 3);
    suite_add_tcase(s, tc);
    return s;
}
