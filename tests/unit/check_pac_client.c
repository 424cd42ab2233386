/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/pac_client.c: PACs of a Samba domain controller and an MIT KDC
 * (tests/vectors/captured), and the names of the tickets that they were in (facts.json there).
 */
#include <config.h>

#include <check.h>

#include "helpers/kerberos/pac_client.h"
#include "tests/unit/captured.h"

Suite *suite(void);

static const struct {
    const char *file;
    const char *principal;
    bool same;
} cases[] = {
    {"ad-pac-5groups.pac", "alice@CORP.EXAMPLE.TEST", true},
    {"ad-pac-utf8.pac", "j\xc3\xbcrgen@CORP.EXAMPLE.TEST", true},
    {"mit.pac", "alice@EXAMPLE.TEST", true},
    {"ad-pac-5groups.pac", "alice", true},
    {"ad-pac-5groups.pac", "\\alice@X", true},
    {"ad-pac-5groups.pac", "bob@CORP.EXAMPLE.TEST", false},
    {"ad-pac-5groups.pac", "Alice@CORP.EXAMPLE.TEST", false},
    {"ad-pac-5groups.pac", "alic@CORP.EXAMPLE.TEST", false},
    {"ad-pac-5groups.pac", "alice2@CORP.EXAMPLE.TEST", false},
    {"ad-pac-5groups.pac", "alice\\@CORP.EXAMPLE.TEST", false},
    {"ad-pac-5groups.pac", "alice\\", false},
    {"ad-pac-5groups.pac", "@alice", false},
    {"ad-pac-5groups.pac", "", false},
    {"ad-pac-utf8.pac", "jurgen@CORP.EXAMPLE.TEST", false},
    {"ad-pac-utf8.pac", "j\xfcrgen@CORP.EXAMPLE.TEST", false},
};

START_TEST(a_name)
{
    struct block pac = captured_file(cases[_i].file);
    struct block principal = block_of(cases[_i].principal, strlen(cases[_i].principal));

    ck_assert(pac_client_is(block_span(pac), block_span(principal)) == cases[_i].same);
    block_free(principal);
    block_free(pac);
}
END_TEST

/* By hand, [MS-PAC] sections 2.3, 2.4 and 2.7: one buffer of type 10 at 24. */
START_TEST(by_hand)
{
    static const struct {
        const char *info; /* behind the time: length and name */
        size_t len;
        const char *principal;
        bool same;
    } infos[] = {
        {"\6\0a\0@\0b\0", 8, "a\\@b@R", true}, /* an enterprise name */
        {"\6\0a\0@\0R\0", 8, "a@R", true},     /* across realms */
        {"\6\0a\0/\0b\0", 8, "a/b@R", true},
        {"\6\0a\0\n\0b\0", 8, "a\\nb@R", true}, /* RFC 1964, section 2.1.1 */
        {"\6\0a\0\t\0b\0", 8, "a\\tb@R", true},
        {"\6\0a\0\b\0b\0", 8, "a\\bb@R", true},
        {"\6\0a\0\0\0b\0", 8, "a\\0b@R", true},
        {"\6\0a\0n\0b\0", 8, "a\\nb@R", false},
        {"\2\0a\0", 4, "a@R", true},
        {"\4\0a\0", 4, "a@R", false}, /* longer than there is */
        {"\1\0a\0", 4, "a@R", false},
        {"\0\0", 2, "@R", false},
        {"\0\0", 2, "", false},
        {"\2", 1, "a@R", false},
        {"\2\0\0\xd8", 4, "a@R", false}, /* half a surrogate pair */
    };

    for (size_t i = 0; i < sizeof infos / sizeof *infos; i++) {
        char bytes[64] = {1, [8] = 10, [12] = (char)(8 + infos[i].len), [16] = 24};
        struct block pac, principal;

        memcpy(bytes + 32, infos[i].info, infos[i].len);
        pac = block_of(bytes, 32 + infos[i].len);
        principal = block_of(infos[i].principal, strlen(infos[i].principal));
        ck_assert_msg(pac_client_is(block_span(pac), block_span(principal)) == infos[i].same,
                      "case %zu", i);
        block_free(principal);
        block_free(pac);
    }
}
END_TEST

START_TEST(no_client_info)
{
    ck_assert(!pac_client_is((struct pxa_span){NULL, 0}, span_of("alice@R")));
    ck_assert(!pac_client_is(span_of("hello"), span_of("alice@R")));
}
END_TEST

Suite *suite(void)
{
    Suite *suite = suite_create("pac_client");
    TCase *tests = tcase_create("pac_client");

    tcase_add_loop_test(tests, a_name, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, by_hand);
    tcase_add_test(tests, no_client_info);
    suite_add_tcase(suite, tests);
    return suite;
}
