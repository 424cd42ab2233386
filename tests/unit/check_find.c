/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the tool's finder (helpers/proxyauth/find*.c): texts as people paste them, and what is
 * in them, written by hand. Helper lines are those of Squid's sources.
 */
#include <config.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/proxyauth/find.h"

Suite *suite(void);

#define TOKEN40 "TlRMTVNTUAABAAAABYIIogAAAAAAAAAAAAAAAAAA"

struct expected {
    enum found_kind kind;
    size_t line;
    const char *name;
    const char *value;
};

static const struct {
    const char *text;
    bool words;
    struct expected found[6];
} cases[] = {
    {"Proxy-Authorization: Basic YTpi",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "Basic YTpi"}}},
    {"x\r\n\tproxy-AUTHORIZATION:\tBasic YTpi \r\n",
     false,
     {{FOUND_CREDENTIALS, 2, "proxy-AUTHORIZATION", "Basic YTpi"}}},
    {"authorization:Basic YTpi\nWWW-Authenticate:\nwww-authenticate: NTLM",
     false,
     {{FOUND_CREDENTIALS, 1, "authorization", "Basic YTpi"},
      {FOUND_CHALLENGE, 2, "WWW-Authenticate", ""},
      {FOUND_CHALLENGE, 3, "www-authenticate", "NTLM"}}},
    /* Not a header of these names */
    {"X-Proxy-Authorization: Basic YTpi\nx=Proxy-Authorization: Basic YTpi\n"
     "The Proxy-Authorization: header is one, Connection: close, too.\n",
     false,
     {{0}}},
    /* With a blank before the colon, behind a prompt, in quotes, in a command */
    {"Proxy-Authorization : Basic YTpi\n$ Proxy-Authorization: Basic YTpi\n"
     "%Authorization: Basic YTpi\n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "Basic YTpi"},
      {FOUND_CREDENTIALS, 2, "Proxy-Authorization", "Basic YTpi"},
      {FOUND_CREDENTIALS, 3, "Authorization", "Basic YTpi"}}},
    {"\"Proxy-Authorization: Basic YTpi\\r\\n\"\n"
     "curl -H 'proxy-authorization: Digest a=\"b\"' -x x http://x/\n"
     "\"Proxy-Authenticate: Digest a=\\\"b\\\"\" x\n\"Proxy-Authenticate: NTLM\n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "Basic YTpi"},
      {FOUND_CREDENTIALS, 2, "proxy-authorization", "Digest a=\"b\""},
      {FOUND_CHALLENGE, 3, "Proxy-Authenticate", "Digest a=\\\"b\\\""},
      {FOUND_CHALLENGE, 4, "Proxy-Authenticate", "NTLM"}}},
    {"'Proxy-Authorization: NTLM " TOKEN40 "'\nAAAA\n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "NTLM " TOKEN40}}},
    {":status: 407\n:status: x\n", false, {{FOUND_STATUS, 1, "", ""}}},
    /* Every second line is empty: the head goes on, but not in what comes from the other side */
    {"> GET / HTTP/1.1\n\n> Host: x\n\n< HTTP/1.1 407 x\n\n< Via: x\n\n> Host: x\n",
     false,
     {{FOUND_REQUEST, 1, "GET", "/"},
      {FOUND_HEAD_END, 4, "", ""},
      {FOUND_STATUS, 5, "", ""},
      {FOUND_HEAD_END, 8, "", ""}}},
    {"HTTP/1.1 407 x\n\n\n\nVia: x\n\n\n\n\nVia: x\n\nno header\n",
     false,
     {{FOUND_STATUS, 1, "", ""},
      {FOUND_HEAD_END, 6, "", ""},
      {FOUND_HEAD_END, 7, "", ""},
      {FOUND_HEAD_END, 8, "", ""},
      {FOUND_HEAD_END, 9, "", ""},
      {FOUND_HEAD_END, 11, "", ""}}},
    /* curl -v */
    {"* Connected to proxy.example.com (192.0.2.1) port 3128 (#0)\n"
     "> CONNECT www.example.com:443 HTTP/1.1\n> Proxy-Authorization: Basic YTpi\n> \n"
     "< HTTP/1.1 407 Proxy Authentication Required\n< Proxy-Authenticate: Negotiate\n",
     false,
     {{FOUND_PEER, 1, "", "proxy.example.com"},
      {FOUND_REQUEST, 2, "CONNECT", "www.example.com:443"},
      {FOUND_CREDENTIALS, 3, "Proxy-Authorization", "Basic YTpi"},
      {FOUND_HEAD_END, 4, "", ""},
      {FOUND_STATUS, 5, "", ""},
      {FOUND_CHALLENGE, 6, "Proxy-Authenticate", "Negotiate"}}},
    {"* Established connection to 10.0.0.1 (10.0.0.1 port 3128) from 10.0.0.2 port 50000\n"
     "* SSL connection using TLSv1.3\n< HTTP/2 407 \n>\n<",
     false,
     {{FOUND_PEER, 1, "", "10.0.0.1"},
      {FOUND_TLS, 2, "", ""},
      {FOUND_STATUS, 3, "", ""},
      {FOUND_HEAD_END, 4, "", ""},
      {FOUND_HEAD_END, 5, "", ""}}},
    /* curl's meter in front of lines that were waited for, written by curl 7.88 */
    {"\r  0     0    0     0    0     0      0      0 --:--:--  0:00:01 --:--:--     0"
     "< HTTP/1.1 407 Proxy Authentication Required\r\n< Proxy-Authenticate: NTLM\r\n"
     "\r100    21  100    21    0     0      8      0  0:00:02  0:00:02 --:--:--    70"
     "\r100 12.3M  100  1021    0     0     8k      0  2d 03h  0:00:02 --:--:--    69"
     "> GET / HTTP/1.1\r\n",
     false,
     {{FOUND_STATUS, 1, "", ""},
      {FOUND_CHALLENGE, 2, "Proxy-Authenticate", "NTLM"},
      {FOUND_REQUEST, 3, "GET", "/"}}},
    {"\rx 0< HTTP/1.1 407\n0< HTTP/1.1 407\n", false, {{FOUND_END, 0, "", ""}}},
    /* What is no status and no request line */
    {"HTTP/1.1 40 x\nHTTP/1.1 4o7 x\nHTTP 407\nget / HTTP/1.1\nGET /\nGET / FTP/1\nConnection: x\n"
     "Proxy-Authenticate: NTLM",
     false,
     {{FOUND_CONNECTION, 7, "Connection", "x"},
      {FOUND_CHALLENGE, 8, "Proxy-Authenticate", "NTLM"}}},
    /* Wireshark's copy of a line, Squid's log of a helper */
    {"    Proxy-Authorization: Basic YTpi\\r\\n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "Basic YTpi"}}},
    {"negotiate_wrapper: Got 'YR " TOKEN40 "' from squid (length: 43).",
     false,
     {{FOUND_HELPER_LINE, 1, "YR", TOKEN40}}},
    /* Folded; a header below is not a part of it, even if indented */
    {"Proxy-Authenticate: Basic\n realm=\"a b\",\n\tcharset=\"UTF-8\"\nHost: x",
     false,
     {{FOUND_CHALLENGE, 1, "Proxy-Authenticate", "Basic realm=\"a b\", charset=\"UTF-8\""}}},
    {"  Proxy-Authorization: Basic YTpi\n  Host: x\n  Proxy-Authenticate: NTLM\n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "Basic YTpi"},
      {FOUND_CHALLENGE, 3, "Proxy-Authenticate", "NTLM"}}},
    {"> Proxy-Authorization: Digest a=b,\n>  c=d\n> \n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "Digest a=b, c=d"},
      {FOUND_HEAD_END, 3, "", ""}}},
    /* Not folded: what Wireshark and curl write below a header, or what is not deeper */
    {"    Proxy-Authorization: NTLM TlRMTVNTUAAB\\r\\n\n        NTLM Secure Service Provider\n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "NTLM TlRMTVNTUAAB"}}},
    {"    Proxy-Authenticate: Negotiate\\r\\n\n        GSS-API Generic Security Service\n",
     false,
     {{FOUND_CHALLENGE, 1, "Proxy-Authenticate", "Negotiate"}}},
    {"Proxy-Authorization: NTLM TlRMTVNTUAAB\n    NTLM Secure Service Provider\n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "NTLM TlRMTVNTUAAB"}}},
    {"> Proxy-Authenticate: Negotiate\n*   Trying 192.0.2.10:3128...\n",
     false,
     {{FOUND_CHALLENGE, 1, "Proxy-Authenticate", "Negotiate"}}},
    {"> Proxy-Authenticate: Basic\n  realm=x\n<  realm=y\n",
     false,
     {{FOUND_CHALLENGE, 1, "Proxy-Authenticate", "Basic"}}},
    {"  Proxy-Authenticate: Basic\n  realm=x\n",
     false,
     {{FOUND_CHALLENGE, 1, "Proxy-Authenticate", "Basic"}}},
    {"Proxy-Authorization: NTLM " TOKEN40 "\\r\\n\nAAAA\n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "NTLM " TOKEN40}}},
    {"> Proxy-Authorization: NTLM " TOKEN40 "\n* AAAA\n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "NTLM " TOKEN40}}},
    /* Broken by a narrow window: its lines have one width, and the last is not wider */
    {"TlRMTVNTUAABAAAABYII\nogAAAAAAAAAAAAAAAAAA\nAAAA\nAAAA\n",
     false,
     {{FOUND_TOKEN, 1, "", "TlRMTVNTUAABAAAABYIIogAAAAAAAAAAAAAAAAAAAAAA"}}},
    {"TlRMTVNTUAABAAAABYII\nogAAAAAAAAAAAAAA\nAAAA\n",
     false,
     {{FOUND_TOKEN, 1, "", "TlRMTVNTUAABAAAABYIIogAAAAAAAAAAAAAA"}}},
    {"TlRMTVNTUAABAAAABYII\nogAAAAAAAAAAAAAAAAAAAA\n",
     false,
     {{FOUND_TOKEN, 1, "", "TlRMTVNTUAABAAAABYII"}}},
    {"TlRMTVNTUAABAAAABYII\nthanks\n", false, {{FOUND_TOKEN, 1, "", "TlRMTVNTUAABAAAABYII"}}},
    /* Broken by a window */
    {"Proxy-Authorization: NTLM " TOKEN40 "\nAAAA\nAAA=\nHost: x\n",
     false,
     {{FOUND_CREDENTIALS, 1, "Proxy-Authorization", "NTLM " TOKEN40 "AAAA"}}},
    {"YR " TOKEN40 "\nOK\n",
     false,
     {{FOUND_HELPER_LINE, 1, "YR", TOKEN40}, {FOUND_HELPER_REPLY, 2, "OK", ""}}},
    {TOKEN40 "\n" TOKEN40 "\n",
     false,
     {{FOUND_TOKEN, 1, "", TOKEN40}, {FOUND_TOKEN, 2, "", TOKEN40}}},
    /* Values alone */
    {"Negotiate\nNTLM " TOKEN40 "=\nBasic realm=\"x\"\nBasic authentication is weak.\n",
     false,
     {{FOUND_VALUE, 1, "", "Negotiate"},
      {FOUND_VALUE, 2, "", "NTLM " TOKEN40 "="},
      {FOUND_VALUE, 3, "", "Basic realm=\"x\""}}},
    {"Foo bar\nYTpi\n", true, {{FOUND_VALUE, 1, "", "Foo bar"}, {FOUND_VALUE, 2, "", "YTpi"}}},
    /* Helper lines and replies, with and without channel-IDs */
    {"YR a\n12 KK b x=y\nTT c\n7 AF d e\nBH f\n8 ERR\nNA g\n9 OK user=x\n",
     false,
     {{FOUND_HELPER_LINE, 1, "YR", "a"},
      {FOUND_HELPER_LINE, 2, "KK", "b x=y"},
      {FOUND_HELPER_REPLY, 3, "TT", "c"},
      {FOUND_HELPER_REPLY, 4, "AF", "d e"},
      {FOUND_HELPER_REPLY, 5, "BH", "f"},
      {FOUND_HELPER_REPLY, 6, "ERR", ""}}},
    {"\"bob\":\"Proxy\"\n3 \"bob\":\"Proxy\" 10.0.0.1\n",
     false,
     {{FOUND_DIGEST_LINE, 1, "", "\"bob\":\"Proxy\""},
      {FOUND_DIGEST_LINE, 2, "", "\"bob\":\"Proxy\" 10.0.0.1"}}},
    {"alice secret\n17 bob p%20w\n3  pw\nhow are you\none\nit's me\n",
     false,
     {{FOUND_BASIC_LINE, 2, "", "bob p%20w"}, {FOUND_BASIC_LINE, 3, "", " pw"}}},
    {"alice secret\n\nbob p%20w\r\nOK\n",
     false,
     {{FOUND_BASIC_LINE, 1, "", "alice secret"},
      {FOUND_HEAD_END, 2, "", ""},
      {FOUND_BASIC_LINE, 3, "", "bob p%20w"},
      {FOUND_HELPER_REPLY, 4, "OK", ""}}},
    {"hello world\nThis is prose.\n", false, {{0}}},
    {"alice secret\n\x01\n17 bob pw\n", false, {{0}}},
    /* As words: a user's name, or a scheme's */
    {"alice secret\nFoo bar\nbasicx bar\nntlm x\n17 bob pw\n",
     true,
     {{FOUND_BASIC_LINE, 1, "", "alice secret"},
      {FOUND_VALUE, 2, "", "Foo bar"},
      {FOUND_VALUE, 3, "", "basicx bar"},
      {FOUND_VALUE, 4, "", "ntlm x"},
      {FOUND_BASIC_LINE, 5, "", "bob pw"}}},
    /* In a text with HTTP two words are two words, and OK is a word */
    {"alice secret\nOK\nProxy-Authenticate: NTLM\nalice secret\n",
     false,
     {{FOUND_CHALLENGE, 3, "Proxy-Authenticate", "NTLM"}}},
};
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

static void expect_span(struct pxa_span got, const char *expected)
{
    char *text = strndup(got.at ? got.at : "", got.len);

    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(finds)
{
    struct pxa_span text = {cases[_i].text, strlen(cases[_i].text)};
    struct finder finder;
    struct found found;
    size_t i = 0;

    find_open(&finder, text, cases[_i].words);
    for (find_next(&finder, &found); found.kind != FOUND_END && i < 6;
         find_next(&finder, &found), i++) {
        const struct expected *expected = &cases[_i].found[i];

        ck_assert_int_eq(found.kind, expected->kind);
        ck_assert_uint_eq(found.line, expected->line);
        expect_span(found.name, expected->name);
        expect_span(found.value, expected->value);
        ck_assert_uint_eq(found.status, found.kind == FOUND_STATUS ? 407 : 0);
    }
    ck_assert_int_eq(i < 6 ? cases[_i].found[i].kind : FOUND_END, FOUND_END);
    find_close(&finder);
}
END_TEST

START_TEST(joined_values_say_so)
{
    static const char text[] = "Proxy-Authorization: NTLM " TOKEN40 "\nAAAA\n"
                               "Proxy-Authenticate: Basic\n realm=x\n";
    struct finder finder;
    struct found found;

    find_open(&finder, (struct pxa_span){text, sizeof text - 1}, false);
    find_next(&finder, &found);
    ck_assert(found.glued && !found.folded);
    find_next(&finder, &found);
    ck_assert(found.folded && !found.glued);
    ck_assert_uint_eq(found.line, 3);
    find_close(&finder);
}
END_TEST

/* One byte more than a line may have: passed over, and the next line is found. */
START_TEST(long_lines)
{
    static const char head[] = "Proxy-Authorization: Basic ";
    static const char next[] = "\nProxy-Authenticate: NTLM";

    for (size_t over = 0; over < 2; over++) {
        size_t len = FIND_LINE_MAX + over; /* with the newline */
        char *text = malloc(len + sizeof next);
        struct finder finder;
        struct found found;

        ck_assert_ptr_nonnull(text);
        memset(text, 'A', len);
        memcpy(text, head, sizeof head - 1);
        memcpy(text + len - 1, next, sizeof next - 1);
        find_open(&finder, (struct pxa_span){text, len + sizeof next - 2}, false);
        find_next(&finder, &found);
        ck_assert_int_eq(found.kind, over ? FOUND_LONG_LINE : FOUND_CREDENTIALS);
        find_next(&finder, &found);
        ck_assert_int_eq(found.kind, FOUND_CHALLENGE);
        ck_assert_uint_eq(found.line, 2);
        find_close(&finder);
        free(text);
    }
}
END_TEST

START_TEST(empty_texts)
{
    static const char *const texts[] = {"", "\n", "\r\n\r\n", ">", "<\n", " \t"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct finder finder;
        struct found found;

        find_open(&finder, (struct pxa_span){texts[i], strlen(texts[i])}, false);
        do
            find_next(&finder, &found);
        while (found.kind == FOUND_HEAD_END);
        ck_assert_int_eq(found.kind, FOUND_END);
        find_close(&finder);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *find = suite_create("find");
    TCase *tc = tcase_create("find");

    tcase_add_loop_test(tc, finds, 0, CASE_COUNT);
    tcase_add_test(tc, joined_values_say_so);
    tcase_add_test(tc, long_lines);
    tcase_add_test(tc, empty_texts);
    suite_add_tcase(find, tc);
    return find;
}
