/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/dn_template.c. Vectors: RFC 4514 sections 2.4 and 4; ldap_str2dn() of
 * libldap says what a DN means.
 */
#include <config.h>

#include "helpers/directory/dn_template.h"

#include <check.h>
#include <ldap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

static struct pxa_span span_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static struct dn_template *template_of(const char *attr, const char *base)
{
    struct why why = {""};
    struct dn_template *dn = dn_template_new(attr, base, &why);

    ck_assert_msg(dn != NULL, "%s", why.text);
    return dn;
}

#define TEXT(literal) {literal, sizeof(literal) - 1}

static const struct {
    const char *attr;
    const char *base;
    struct pxa_span user;
    const char *want;
} vectors[] = {
    /* RFC 4514 section 4 */
    {"UID", "DC=example,DC=net", TEXT("jsmith"), "UID=jsmith,DC=example,DC=net"},
    {"CN", "DC=example,DC=net", TEXT("James \"Jim\" Smith, III"),
     "CN=James \\\"Jim\\\" Smith\\, III,DC=example,DC=net"},
    {"CN", "DC=example,DC=net", TEXT("Before\rAfter"), "CN=Before\\0DAfter,DC=example,DC=net"},
    {"CN", "", TEXT("Lu\xc4\x8di\xc4\x87"), "CN=Lu\\C4\\8Di\\C4\\87"},
    /* section 2.4, rule by rule */
    {"cn", "o=x", TEXT(" a"), "cn=\\ a,o=x"},
    {"cn", "o=x", TEXT("a "), "cn=a\\ ,o=x"},
    {"cn", "o=x", TEXT(" "), "cn=\\ ,o=x"},
    {"cn", "o=x", TEXT("  "), "cn=\\ \\ ,o=x"},
    {"cn", "o=x", TEXT("   "), "cn=\\  \\ ,o=x"},
    {"cn", "o=x", TEXT("a b"), "cn=a b,o=x"},
    {"cn", "o=x", TEXT("#a#"), "cn=\\#a#,o=x"},
    {"cn", "o=x", TEXT("\"+,;<>\\"), "cn=\\\"\\+\\,\\;\\<\\>\\\\,o=x"},
    {"cn", "o=x", TEXT("a\0b"), "cn=a\\00b,o=x"},
    {"cn", "o=x", TEXT("a=b*()&|!"), "cn=a=b*()&|!,o=x"},
    {"cn", "o=x", TEXT("\x1f\x7f\x80\xff"), "cn=\\1F\\7F\\80\\FF,o=x"},
    /* what people try */
    {"uid", "dc=a", TEXT("alice,ou=people"), "uid=alice\\,ou=people,dc=a"},
    {"uid", "dc=a", TEXT("alice+cn=x"), "uid=alice\\+cn=x,dc=a"},
    {"uid", "dc=a", TEXT("a\\,b"), "uid=a\\\\\\,b,dc=a"},
    {"0.9.2342.19200300.100.1.1", "dc=a", TEXT("b"), "0.9.2342.19200300.100.1.1=b,dc=a"},
    {"sAMAccountName", "ou=\"some, thing\",dc=a", TEXT("b"),
     "sAMAccountName=b,ou=\"some, thing\",dc=a"},
};

START_TEST(puts_the_name_in)
{
    struct dn_template *dn = template_of(vectors[_i].attr, vectors[_i].base);
    char *expanded = dn_template_expand(dn, vectors[_i].user);

    ck_assert_pstr_eq(expanded, vectors[_i].want);
    ck_assert_str_eq(dn_template_attribute(dn), vectors[_i].attr);
    free(expanded);
    dn_template_free(dn);
}
END_TEST

/* TEXT is a DN of three components, and the first is uid=USER. */
static void expect_meaning(const char *text, struct pxa_span user)
{
    LDAPDN dn = NULL;

    ck_assert_msg(ldap_str2dn(text, &dn, LDAP_DN_FORMAT_LDAPV3 | LDAP_DN_PEDANTIC) == LDAP_SUCCESS,
                  "%s", text);
    ck_assert(dn[0] && dn[1] && dn[2] && !dn[3]);
    ck_assert(dn[0][0] && !dn[0][1]);
    ck_assert_str_eq(dn[0][0]->la_attr.bv_val, "uid");
    ck_assert_int_eq(dn[0][0]->la_flags & LDAP_AVA_BINARY, 0);
    ck_assert_uint_eq(dn[0][0]->la_value.bv_len, user.len);
    ck_assert_mem_eq(dn[0][0]->la_value.bv_val, user.at, user.len);
    ck_assert_str_eq(dn[1][0]->la_value.bv_val, "people");
    ck_assert_str_eq(dn[2][0]->la_value.bv_val, "test");
    ldap_dnfree(dn);
}

static void expect_whole(const struct dn_template *dn, const char *bytes, size_t len)
{
    struct pxa_span user = {bytes, len};
    char *expanded = dn_template_expand(dn, user);

    ck_assert_ptr_nonnull(expanded);
    for (const char *at = expanded; *at; at++)
        ck_assert(*at >= 0x20 && *at < 0x7f);
    expect_meaning(expanded, user);
    free(expanded);
}

START_TEST(every_byte_at_every_place)
{
    struct dn_template *dn = template_of("uid", "ou=people,dc=test");

    for (unsigned i = 0; i < 256; i++) {
        char c = (char)i;
        const char bytes[] = {c, 'a', c, c, 'b', c};

        expect_whole(dn, &c, 1);
        expect_whole(dn, bytes, 6);
        expect_whole(dn, bytes, 5);
        expect_whole(dn, bytes + 1, 5);
    }
    dn_template_free(dn);
}
END_TEST

START_TEST(random_names)
{
    static const char hard[] = " #\"+,;<>\\=\0\r2aF";
    struct dn_template *dn = template_of("uid", "ou=people,dc=test");
    uint32_t state = 4711;

    for (unsigned round = 0; round < 4000; round++) {
        char user[12];
        size_t len = 0;

        do {
            state = state * 1664525 + 1013904223;
            user[len++] = hard[(state >> 16) % (sizeof hard - 1)];
        } while (len < sizeof user && state >> 29);
        expect_whole(dn, user, len);
    }
    dn_template_free(dn);
}
END_TEST

static const struct {
    const char *attr;
    const char *base;
    const char *says;
} bad[] = {
    {"", "dc=a", "\"\" is not the name of an attribute"},
    {"u id", "dc=a", "\"u id\" is not the name of an attribute"},
    {"uid=", "dc=a", "\"uid=\" is not the name of an attribute"},
    {"uid;x", "dc=a", "\"uid;x\" is not the name of an attribute"},
    {"uid,cn", "dc=a", "\"uid,cn\" is not the name of an attribute"},
    {"1.2.", "dc=a", "\"1.2.\" is not the name of an attribute"},
    {"uid", "example.com", "the base \"example.com\" is not a DN"},
    {"uid", "dc=a,", "the base \"dc=a,\" is not a DN"},
    {"uid", ",dc=a", "the base \",dc=a\" is not a DN"},
    {"uid", "dc=a\\", "the base \"dc=a\\\" is not a DN"},
};

START_TEST(refuses)
{
    struct why why = {""};

    ck_assert(!dn_template_new(bad[_i].attr, bad[_i].base, &why));
    ck_assert_msg(strncmp(why.text, bad[_i].says, strlen(bad[_i].says)) == 0, "%s", why.text);
    ck_assert(!dn_template_new(bad[_i].attr, bad[_i].base, NULL));
}
END_TEST

static const struct {
    struct pxa_span user;
    bool plain;
} plainness[] = {
    {TEXT("bob"), true},        {TEXT("B"), true},           {TEXT("bob smith"), true},
    {TEXT("a b c"), true},      {TEXT("CORP\\bob"), true},   {TEXT("bob@example.com"), true},
    {TEXT("a,b+c=d#"), true},   {TEXT("!~"), true},          {TEXT(""), false},
    {TEXT(" bob"), false},      {TEXT("bob "), false},       {TEXT("bob  smith"), false},
    {TEXT(" "), false},         {TEXT("a\tb"), false},       {TEXT("a\0b"), false},
    {TEXT("j\xc3\xbcrgen"), false},
};

START_TEST(plain_names)
{
    ck_assert_int_eq(dn_template_plain(plainness[_i].user), plainness[_i].plain);
}
END_TEST

START_TEST(every_byte_is_plain_or_not)
{
    for (unsigned i = 0; i < 256; i++) {
        char user[] = {'a', (char)i, 'b'};

        ck_assert_int_eq(dn_template_plain((struct pxa_span){user, 3}), i >= 0x20 && i <= 0x7e);
        ck_assert_int_eq(dn_template_plain((struct pxa_span){user + 1, 1}),
                         i >= 0x21 && i <= 0x7e);
    }
}
END_TEST

START_TEST(names_a_value)
{
    ck_assert(dn_template_names(span_of("Bob"), span_of("bOB")));
    ck_assert(dn_template_names(span_of(" bob"), span_of(" BOB")));
    ck_assert(dn_template_names(span_of("J\xc3\xbcrgen"), span_of("j\xc3\xbcrgen")));
    ck_assert(!dn_template_names(span_of("j\xc3\xbcrgen"), span_of("j\xc3\x9crgen")));
    ck_assert(!dn_template_names(span_of("alice"), span_of("\xef\xbd\x81lice")));
    ck_assert(!dn_template_names(span_of("bob"), span_of("bob ")));
    ck_assert(!dn_template_names(span_of("bob"), span_of("bo")));
    ck_assert(!dn_template_names(span_of(""), span_of("")));
    ck_assert(!dn_template_names(span_of("bob"), span_of("")));
    ck_assert(!dn_template_names(span_of(""), span_of("bob")));
    ck_assert(!dn_template_names((struct pxa_span)TEXT("a\0b"), (struct pxa_span)TEXT("a\0c")));
}
END_TEST

START_TEST(free_of_nothing)
{
    dn_template_free(NULL);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("dn_template");
    TCase *tc = tcase_create("dn_template");

    tcase_add_loop_test(tc, puts_the_name_in, 0, sizeof vectors / sizeof *vectors);
    tcase_add_test(tc, every_byte_at_every_place);
    tcase_add_test(tc, random_names);
    tcase_add_loop_test(tc, refuses, 0, sizeof bad / sizeof *bad);
    tcase_add_loop_test(tc, plain_names, 0, sizeof plainness / sizeof *plainness);
    tcase_add_test(tc, every_byte_is_plain_or_not);
    tcase_add_test(tc, names_a_value);
    tcase_add_test(tc, free_of_nothing);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return s;
}
