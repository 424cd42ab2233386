/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/server_list.c. What a word means is what libldap's ldap_initialize()
 * and ldap_init() make of it, written by hand; that each URI says the same again is asked of
 * ldap_url_parse().
 */
#include <config.h>

#include "helpers/directory/server_list.h"

#include <check.h>
#include <ldap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite(void);

enum { PORT = 3890 }; /* of -p, in these tests */

/* What libldap reads in the URI is what the other members say. */
static void expect_agreement(const struct server_address *server)
{
    static const char *const schemes[] = {"ldap", "ldaps", "ldapi"};
    LDAPURLDesc *parsed = NULL;

    ck_assert_msg(ldap_url_parse(server->uri, &parsed) == LDAP_URL_SUCCESS, "%s", server->uri);
    ck_assert_str_eq(parsed->lud_scheme, schemes[server->transport]);
    ck_assert_pstr_eq(parsed->lud_host, server->host);
    ck_assert_int_eq(parsed->lud_port, (int)server->port);
    ck_assert(!parsed->lud_dn || !*parsed->lud_dn);
    ldap_free_urldesc(parsed);
    for (const char *at = server->uri; *at; at++)
        ck_assert(*at > 0x20 && *at < 0x7f);
}

static void expect_server(const struct server_address *server, const char *uri, const char *host)
{
    ck_assert_str_eq(server->uri, uri);
    ck_assert_str_eq(server->host, host);
    expect_agreement(server);
}

static const struct {
    const char *word;
    const char *uri;
    const char *host;
    unsigned port;
    enum transport transport;
} single[] = {
    /* hosts */
    {"dc1.example.test", "ldap://dc1.example.test:3890", "dc1.example.test", 3890, TRANSPORT_LDAP},
    {"ldap", "ldap://ldap:3890", "ldap", 3890, TRANSPORT_LDAP},
    {"192.0.2.10:389", "ldap://192.0.2.10:389", "192.0.2.10", 389, TRANSPORT_LDAP},
    {"192.0.2.10", "ldap://192.0.2.10:3890", "192.0.2.10", 3890, TRANSPORT_LDAP},
    {"h:1", "ldap://h:1", "h", 1, TRANSPORT_LDAP},
    {"h:65535", "ldap://h:65535", "h", 65535, TRANSPORT_LDAP},
    {"h:00389", "ldap://h:389", "h", 389, TRANSPORT_LDAP},
    {":636", "ldap://localhost:636", "localhost", 636, TRANSPORT_LDAP},
    {"::1", "ldap://[::1]:3890", "::1", 3890, TRANSPORT_LDAP},
    {"[::1]", "ldap://[::1]:3890", "::1", 3890, TRANSPORT_LDAP},
    {"[::1]:389", "ldap://[::1]:389", "::1", 389, TRANSPORT_LDAP},
    {"2001:db8::389", "ldap://[2001:db8::389]:3890", "2001:db8::389", 3890, TRANSPORT_LDAP},
    {"[2001:db8::1]:636", "ldap://[2001:db8::1]:636", "2001:db8::1", 636, TRANSPORT_LDAP},
    {"fe80::1%eth0", "ldap://[fe80::1%25eth0]:3890", "fe80::1%eth0", 3890, TRANSPORT_LDAP},
    {"[192.0.2.1]:5", "ldap://192.0.2.1:5", "192.0.2.1", 5, TRANSPORT_LDAP},
    /* URIs */
    {"ldap://dc1.example.test", "ldap://dc1.example.test:389", "dc1.example.test", 389,
     TRANSPORT_LDAP},
    {"ldaps://dc1.example.test", "ldaps://dc1.example.test:636", "dc1.example.test", 636,
     TRANSPORT_LDAPS},
    {"ldaps://ldap.example.test/", "ldaps://ldap.example.test:636", "ldap.example.test", 636,
     TRANSPORT_LDAPS},
    {"ldap://m1.example.test:7389", "ldap://m1.example.test:7389", "m1.example.test", 7389,
     TRANSPORT_LDAP},
    {"LDAPS://H:1", "ldaps://H:1", "H", 1, TRANSPORT_LDAPS},
    {"ldap://[::1]", "ldap://[::1]:389", "::1", 389, TRANSPORT_LDAP},
    {"ldaps://[2001:db8::1]:6360/", "ldaps://[2001:db8::1]:6360", "2001:db8::1", 6360,
     TRANSPORT_LDAPS},
    {"ldap://[fe80::1%25eth0]:389", "ldap://[fe80::1%25eth0]:389", "fe80::1%eth0", 389,
     TRANSPORT_LDAP},
    {"ldap://h/dc=example,dc=test", "ldap://h:389", "h", 389, TRANSPORT_LDAP},
    {"ldap://h:3/dc=a??sub?(uid=x)", "ldap://h:3", "h", 3, TRANSPORT_LDAP},
    {"ldap:///", "ldap://localhost:389", "localhost", 389, TRANSPORT_LDAP},
    {"ldaps:///dc=a", "ldaps://localhost:636", "localhost", 636, TRANSPORT_LDAPS},
    {"ldap://:390", "ldap://localhost:390", "localhost", 390, TRANSPORT_LDAP},
    {"ldap://a%2db", "ldap://a-b:389", "a-b", 389, TRANSPORT_LDAP},
    {"ldap://h:0", "ldap://h:389", "h", 389, TRANSPORT_LDAP}, /* libldap: 0 is the default */
    {"ldapi://%2Frun%2Fslapd%2Fldapi", "ldapi://%2Frun%2Fslapd%2Fldapi", "/run/slapd/ldapi", 0,
     TRANSPORT_LDAPI},
    {"ldapi://%2frun%2fa:b%20c/", "ldapi://%2Frun%2Fa%3Ab%20c", "/run/a:b c", 0, TRANSPORT_LDAPI},
    {"ldapi:///", "ldapi://%2Fvar%2Frun%2Fslapd%2Fldapi", "/var/run/slapd/ldapi", 0,
     TRANSPORT_LDAPI},
    {"ldapi://", "ldapi://%2Fvar%2Frun%2Fslapd%2Fldapi", "/var/run/slapd/ldapi", 0,
     TRANSPORT_LDAPI},
    /* words that a broken line makes hosts of; they start, and are found out when resolved */
    {"-w", "ldap://-w:3890", "-w", 3890, TRANSPORT_LDAP},
    {"Accounts\"", "ldap://Accounts%22:3890", "Accounts\"", 3890, TRANSPORT_LDAP},
    {"sAMAccountName=%s", "ldap://sAMAccountName%3D%25s:3890", "sAMAccountName=%s", 3890,
     TRANSPORT_LDAP},
    {"a/b?c#d", "ldap://a%2Fb%3Fc%23d:3890", "a/b?c#d", 3890, TRANSPORT_LDAP},
    {"h\xc3\xb6st", "ldap://h%C3%B6st:3890", "h\xc3\xb6st", 3890, TRANSPORT_LDAP},
};

START_TEST(one_word)
{
    struct server_list list = {NULL, 0};
    struct why why = {""};

    ck_assert_msg(server_list_add(&list, single[_i].word, PORT, &why), "%s", why.text);
    ck_assert_uint_eq(list.count, 1);
    expect_server(&list.servers[0], single[_i].uri, single[_i].host);
    ck_assert_uint_eq(list.servers[0].port, single[_i].port);
    ck_assert_int_eq(list.servers[0].transport, single[_i].transport);
    ck_assert(!list.servers[0].backup);
    server_list_free(&list);
}
END_TEST

static void expect_uris(const char *words, const char *want)
{
    struct server_list list = {NULL, 0};
    struct why why = {""};
    char got[1000] = "";
    size_t len = 0;

    ck_assert_msg(server_list_add(&list, words, PORT, &why), "%s", why.text);
    for (size_t i = 0; i < list.count; i++) {
        expect_agreement(&list.servers[i]);
        len += (size_t)snprintf(got + len, sizeof got - len, "%s%s", i ? " " : "",
                                list.servers[i].uri);
        ck_assert_uint_lt(len, sizeof got);
    }
    ck_assert_str_eq(got, want);
    server_list_free(&list);
}

START_TEST(several_in_a_word)
{
    expect_uris("", "");
    expect_uris(" \t\n,, ", "");
    expect_uris(" a  b\tc:1 ", "ldap://a:3890 ldap://b:3890 ldap://c:1");
    expect_uris("a,b , c", "ldap://a:3890 ldap://b:3890 ldap://c:3890");
    expect_uris("ldap://a ldaps://b", "ldap://a:389 ldaps://b:636");
    expect_uris("ldap://a,ldaps://b/,LDAPI://%2Fc",
                "ldap://a:389 ldaps://b:636 ldapi://%2Fc");
    expect_uris("ldap://a/dc=x,dc=y ldap://b", "ldap://a:389 ldap://b:389");
    expect_uris("ldap://a/dc=x,dc=y,ldap://b/dc=x,dc=y", "ldap://a:389 ldap://b:389");
    expect_uris("a,b,ldap://c,ldap://d", "ldap://a:3890 ldap://b:3890 ldap://c:389 ldap://d:389");
    expect_uris("::1 ldap://[::2] [::3]:5", "ldap://[::1]:3890 ldap://[::2]:389 ldap://[::3]:5");
    expect_uris("Accounts\",ou=something\",dc=svbmt,dc=net",
                "ldap://Accounts%22:3890 ldap://ou%3Dsomething%22:3890 ldap://dc%3Dsvbmt:3890 "
                "ldap://dc%3Dnet:3890");
}
END_TEST

static const char *const bad[] = {
    "http://h",      "cldap://h",      "ldapx://h",      "://h",       "ldap://h:x",
    "ldap://h:",     "ldap://h:65536", "ldap://h:-1",    "ldap://[::1", "ldap://h:389:390",
    "<ldap://h",     "ldap://h:99999999999999999999", "h:x", "h:",     "h:0",
    "h:65536",       "h:-1",           "h: 1",           "h:1x",       "[::1",
    "[::1]x",        "[::1]:",         "[::1]:0",        "[::1]:99999999999999999999",
    "ldap://h/??bogus", "<ldap://",    "<ldap://h>",
};

START_TEST(refuses)
{
    struct server_list list = {NULL, 0};
    struct why why = {""};
    char first[64];

    if (strcmp(bad[_i], "h: 1") == 0) /* two words; the first is no port */
        snprintf(first, sizeof first, "\"h:\" is ");
    else
        snprintf(first, sizeof first, "\"%s\" ", bad[_i]);
    ck_assert_msg(!server_list_add(&list, bad[_i], PORT, &why), "%s", bad[_i]);
    ck_assert_msg(strncmp(why.text, first, strlen(first)) == 0, "%s", why.text);
    ck_assert_uint_eq(list.count, 0);
    ck_assert(!server_list_add(&list, bad[_i], PORT, NULL));
    server_list_free(&list);
}
END_TEST

START_TEST(what_came_before_an_error_stays)
{
    struct server_list list = {NULL, 0};

    ck_assert(!server_list_add(&list, "a b http://c d", PORT, NULL));
    ck_assert_uint_eq(list.count, 2);
    expect_server(&list.servers[1], "ldap://b:3890", "b");
    server_list_free(&list);
}
END_TEST

START_TEST(backups_go_last)
{
    static const char *const order[] = {"a", "c", "e", "b1", "b2", "d"};
    struct server_list list = {NULL, 0};

    ck_assert(server_list_add(&list, "a", PORT, NULL));
    ck_assert(server_list_add_backup(&list, "b1 b2", PORT, NULL));
    ck_assert(server_list_add(&list, "c", PORT, NULL));
    ck_assert(server_list_add_backup(&list, "d", PORT, NULL));
    ck_assert(server_list_add(&list, "e", PORT, NULL));
    ck_assert(server_list_finish(&list, PORT, NULL));
    ck_assert_uint_eq(list.count, 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_str_eq(list.servers[i].host, order[i]);
        ck_assert_int_eq(list.servers[i].backup, i >= 3);
    }
    server_list_free(&list);
}
END_TEST

START_TEST(nothing_means_localhost)
{
    struct server_list list = {NULL, 0};

    ck_assert(server_list_finish(&list, PORT, NULL));
    ck_assert_uint_eq(list.count, 1);
    expect_server(&list.servers[0], "ldap://localhost:3890", "localhost");
    ck_assert(!list.servers[0].backup);
    server_list_free(&list);
    ck_assert_uint_eq(list.count, 0);
    ck_assert_ptr_null(list.servers);
    server_list_free(&list);
}
END_TEST

START_TEST(a_backup_alone_is_enough)
{
    struct server_list list = {NULL, 0};

    ck_assert(server_list_add_backup(&list, "ldaps://b", PORT, NULL));
    ck_assert(server_list_finish(&list, PORT, NULL));
    ck_assert_uint_eq(list.count, 1);
    ck_assert(list.servers[0].backup);
    server_list_free(&list);
}
END_TEST

/* Any bytes: an error or servers that libldap reads as we do. */
START_TEST(random_words)
{
    static const char *const pieces[] = {
        "ldap://", "ldaps://", "ldapi://", "[", "]",  ":",  "%2F", "%",  "/",  "?", ",",  " ",
        "::1",     "389",      "dc=x",     "h", "\"", "\\", "<",   ">",  "#",  "@", "%0", "\xff",
        "%25",     "\t",       "\x01",     "=", "a",  ".",  "-",   "65535"};
    uint32_t state = 99;
    size_t servers = 0;

    for (unsigned round = 0; round < 4000; round++) {
        struct server_list list = {NULL, 0};
        char word[100] = "";
        size_t len = 0;

        do {
            state = state * 1664525 + 1013904223;
            len += (size_t)snprintf(word + len, sizeof word - len, "%s",
                                    pieces[(state >> 16) % (sizeof pieces / sizeof *pieces)]);
        } while (len < 60 && state >> 30 > 0);
        server_list_add(&list, word, PORT, NULL);
        for (size_t i = 0; i < list.count; i++)
            expect_agreement(&list.servers[i]);
        servers += list.count;
        server_list_free(&list);
    }
    ck_assert_uint_gt(servers, 1000);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("server_list");
    TCase *tc = tcase_create("server_list");

    tcase_add_loop_test(tc, one_word, 0, sizeof single / sizeof *single);
    tcase_add_loop_test(tc, refuses, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tc, several_in_a_word);
    tcase_add_test(tc, what_came_before_an_error_stays);
    tcase_add_test(tc, backups_go_last);
    tcase_add_test(tc, nothing_means_localhost);
    tcase_add_test(tc, a_backup_alone_is_enough);
    tcase_add_test(tc, random_words);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(s, tc);
    return s;
}
