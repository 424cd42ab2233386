/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of common/digest.c and the files that belong to it. Vectors: RFC 2617 section 3.5,
 * RFC 7616 sections 3.9.1 and 3.9.2 (cnonce and values as printed there), RFC 8187 section 3.2.3
 * for username*. What PXA_SQUID must give follows from Squid's sources, and was seen in the
 * cache.log of Squid 5.7 ("debug_options 29,9") for the same headers.
 */
#include <config.h>

#include "common/proxyauth.h"
#include "tests/unit/block.h"

#include <stdio.h>

Suite *suite(void);

#define R32 "0123456789abcdef0123456789ABCDEF"
#define USER "username=\"u\", "
#define REST "realm=\"r\", nonce=\"n\", uri=\"/\", response=\"" R32 "\", "
#define QOP "qop=auth, cnonce=\"c\", nc=00000001"
#define UNHASHED "realm=r, nonce=n, uri=\"/\", "

struct good {
    const char *rest;
    const char *texts;   /* username|realm|nonce|uri|cnonce|opaque|nc|algorithm_name|qop_name */
    const char *numbers; /* algorithm qop nonce_count charset userhash username_extended */
};

static const struct good good[] = {
    /* RFC 2617 section 3.5 */
    {"username=\"Mufasa\", realm=\"testrealm@host.com\", "
     "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, "
     "nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", "
     "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
     "Mufasa|testrealm@host.com|dcd98b7102dd2f0e8b11d0f600bfb0c093|/dir/index.html|0a4f113b|"
     "5ccc069c403ebaf9f0171e9517f40e41|00000001||auth",
     "1 1 1 0 0 0"},
    /* RFC 7616 section 3.9.1 */
    {"username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
     "algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
     "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
     "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\", "
     "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
     "Mufasa|http-auth@example.org|7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v|"
     "/dir/index.html|f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ|"
     "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS|00000001|SHA-256|auth",
     "3 1 1 0 0 0"},
    /* RFC 7616 section 3.9.2 */
    {"username=\"488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec\", "
     "realm=\"api@example.org\", uri=\"/doe.json\", algorithm=SHA-512-256, "
     "nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", nc=00000001, "
     "cnonce=\"NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v\", qop=auth, "
     "response=\"ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd\", "
     "opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", userhash=true",
     "488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec|api@example.org|"
     "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK|/doe.json|"
     "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v|"
     "HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS|00000001|SHA-512-256|auth",
     "5 1 1 0 1 0"},
    /* RFC 7616 section 3.9.2 would have it so without userhash */
    {"username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, " REST QOP,
     "J\xc3\xa4s\xc3\xb8n Doe|r|n|/|c||00000001||auth", "1 1 1 1 0 1"},
    {"username*=utf-8'en-GB'%e2%82%ac!#$&+-.^_`|~, userhash=false, " REST,
     "\xe2\x82\xac!#$&+-.^_`|~|r|n|/|||||", "1 0 0 1 0 1"},
    {"username*=UTF-8'', " REST, "|r|n|/|||||", "1 0 0 0 0 1"},

    /* RFC 2069, whose credentials have no qop */
    {USER REST, "u|r|n|/|||||", "1 0 0 0 0 0"},
    {USER REST "opaque=o, algorithm=\"MD5\"", "u|r|n|/||o||MD5|", "1 0 0 0 0 0"},

    /* names and known values in any case, quoted or not; others stay */
    {"USERNAME=u, Realm=r, NONCE=n, URI=\"/\", rESPONSE=" R32 ", Algorithm=md5-SESS, "
     "QOP=\"AUTH-int\", NC=\"fFfFfFfE\", CNonce=c",
     "u|r|n|/|c||fFfFfFfE|md5-SESS|AUTH-int", "2 2 4294967294 0 0 0"},
    {USER REST QOP ", algorithm=SHA-1", "u|r|n|/|c||00000001|SHA-1|auth", "0 1 1 0 0 0"},
    {USER UNHASHED "response=\"\", algorithm=x", "u|r|n|/||||x|", "0 0 0 0 0 0"},
    {USER REST "qop=auth-conf, cnonce=\"\", nc=00000010", "u|r|n|/|||00000010||auth-conf",
     "1 3 16 0 0 0"},
    {"username=" R32 ", userhash=\"TRUE\", " REST, R32 "|r|n|/|||||", "1 0 0 0 1 0"},
    {"username=\"\", realm=\"\", nonce=\"\", uri=\"\", response=" R32, "||||||||", "1 0 0 0 0 0"},

    /* backslashes, and bytes above 0x7f */
    {"username=\"CORP\\\\j\\o\\\"e\", realm=\"\\r\", nonce=\"n\", uri=\"/\\\\\", response=" R32,
     "CORP\\jo\"e|r|n|/\\|||||", "1 0 0 0 0 0"},
    {"username=\"j\xfcrgen\", " REST, "j\xfcrgen|r|n|/|||||", "1 0 0 2 0 0"},
    {"username=\"j\xc3\xbcrgen\", " REST, "j\xc3\xbcrgen|r|n|/|||||", "1 0 0 1 0 0"},

    /* what is not Digest's does not count, twice as well; nor do empty elements */
    {", " USER ",, x=1, x=2, domain=\"/\", " REST, "u|r|n|/|||||", "1 0 0 0 0 0"},
};
enum { GOOD_COUNT = sizeof good / sizeof good[0] };

static const struct good squid_good[] = {
    {USER REST QOP, "u|r|n|/|c||00000001||auth", "1 1 1 0 0 0"},
    {USER REST, "u|r|n|/|||||", "1 0 0 0 0 0"},
    {USER REST QOP ", algorithm=MD5-sess, opaque=\"o\"", "u|r|n|/|c||00000001|MD5-sess|auth",
     "2 1 1 0 0 0"},

    /* backslashes */
    {"username=\"CORP\\\\joe\", " REST, "CORPjoe|r|n|/|||||", "1 0 0 0 0 0"},
    {"username=\"CORP\\joe\", " REST, "CORPjoe|r|n|/|||||", "1 0 0 0 0 0"},
    {"username=CORP\\joe, " REST, "CORP\\joe|r|n|/|||||", "1 0 0 0 0 0"},
    {"username=\"a\\\"b\", " REST, "a|r|n|/|||||", "1 0 0 0 0 0"},
    {"username=\"a\\\\\", " REST, "a|r|n|/|||||", "1 0 0 0 0 0"},
    {USER "realm=r, nonce=n, uri=\"/\\\"\\x\", response=" R32, "u|r|n|/\\\"\\x|||||",
     "1 0 0 0 0 0"},
    {REST "username=\"a\\\"", "a|r|n|/|||||", "1 0 0 0 0 0"}, /* no end but the escaped quote */

    /* quotes */
    {"username=\"a\"b, " REST, "a|r|n|/|||||", "1 0 0 0 0 0"},
    {USER "realm=a\"b, c\"d, nonce=n, uri=\"/\", response=" R32, "u|a\"b, c\"d|n|/|||||",
     "1 0 0 0 0 0"},
    {USER "realm=r, nonce=n, uri=\"/a\"b\", c\", response=" R32, "u|r|n|/a\"b\", c|||||",
     "1 0 0 0 0 0"},
    {USER REST "qop=\"auth\", cnonce=c, nc=\"0000000A\"", "u|r|n|/|c||0000000A||auth",
     "1 1 10 0 0 0"},

    /* what cannot be read, or has another name, is passed over */
    {USER REST "username, username=, username=\"a\tb\", username=\"a\x01\"", "u|r|n|/|||||",
     "1 0 0 0 0 0"},
    {USER REST "USERNAME=x, username =x, username*=UTF-8''x, userhash=yes", "u|r|n|/|||||",
     "1 0 0 0 0 0"},
    {USER REST "username=\"open", "u|r|n|/|||||", "1 0 0 0 0 0"},
    {"\v,,\t " USER REST " = , =x, x", "u|r|n|/|||||", "1 0 0 0 0 0"},
    {USER REST ", \v, username=x", "u|r|n|/|||||", "1 0 0 0 0 0"}, /* white space ends it */

    /* the last one counts, and what is empty does not */
    {"username=x, realm=\"\", " USER REST, "u|r|n|/|||||", "1 0 0 0 0 0"},
    {USER REST "cnonce=\"\", nc=1, qop=\"\", algorithm=\"\"", "u|r|n|/|||||", "1 0 0 0 0 0"},
    {USER REST QOP ", cnonce=d", "u|r|n|/|d||00000001||auth", "1 1 1 0 0 0"},

    /* blanks behind '=' belong to the value */
    {USER "realm= \"r\" \v\f, nonce=n, uri=\"/\", response=" R32, "u| \"r\"|n|/|||||",
     "1 0 0 0 0 0"},
    {"username= u v , " REST, " u v|r|n|/|||||", "1 0 0 0 0 0"},

    {"username=\"j\xfcrgen\", " REST, "j\xfcrgen|r|n|/|||||", "1 0 0 2 0 0"},
};
enum { SQUID_GOOD_COUNT = sizeof squid_good / sizeof squid_good[0] };

#define BAD(before, after, status, param)                                                          \
    {                                                                                              \
        before, sizeof(before) - 1, after, sizeof(after) - 1, status, param                        \
    }

/* The fault is where `after` begins. */
struct bad {
    const char *before;
    size_t before_len;
    const char *after;
    size_t after_len;
    enum pxa_status status;
    const char *param; /* fault_param */
};

static const struct bad bad[] = {
    BAD("", "", PXA_EMPTY, ""),
    BAD("", " \t ", PXA_EMPTY, ""),
    BAD(" , ,", "", PXA_PARAM_MISSING, "username"),

    BAD(REST, "", PXA_PARAM_MISSING, "username"),
    BAD(USER "nonce=n, uri=\"/\", response=" R32, "", PXA_PARAM_MISSING, "realm"),
    BAD(USER "realm=r, uri=\"/\", response=" R32, "", PXA_PARAM_MISSING, "nonce"),
    BAD(USER "realm=r, nonce=n, response=" R32, "", PXA_PARAM_MISSING, "uri"),
    BAD(USER UNHASHED, "", PXA_PARAM_MISSING, "response"),
    BAD(USER REST "nc=00000001", "", PXA_PARAM_MISSING, "qop"),
    BAD(USER REST "cnonce=\"\"", "", PXA_PARAM_MISSING, "qop"),
    BAD(USER REST "algorithm=MD5-sess", "", PXA_PARAM_MISSING, "qop"),
    BAD(USER REST "qop=auth, nc=00000001", "", PXA_PARAM_MISSING, "cnonce"),
    BAD(USER REST "qop=\"\", cnonce=c", "", PXA_PARAM_MISSING, "nc"),

    BAD(USER REST, "Username=v", PXA_PARAM_TWICE, "Username"),
    BAD(USER REST, "username*=UTF-8''v", PXA_PARAM_TWICE, "username*"),
    BAD("username*=UTF-8''v, ", USER REST, PXA_PARAM_TWICE, "username"),
    BAD("username*=UTF-8''v, ", "username*=UTF-8''v", PXA_PARAM_TWICE, "username*"),
    BAD(USER REST, "realm=\"r\"", PXA_PARAM_TWICE, "realm"),
    BAD(USER REST, "nonce=\"n\"", PXA_PARAM_TWICE, "nonce"),
    BAD(USER REST, "uri=\"/\"", PXA_PARAM_TWICE, "uri"),
    BAD(USER REST, "response=x", PXA_PARAM_TWICE, "response"),
    BAD(USER REST QOP ", ", "qop=auth", PXA_PARAM_TWICE, "qop"),
    BAD(USER REST QOP ", ", "cnonce=c", PXA_PARAM_TWICE, "cnonce"),
    BAD(USER REST QOP ", ", "nc=2, qop=x", PXA_PARAM_TWICE, "nc"),
    BAD("opaque=x, ", "opaque=x", PXA_PARAM_TWICE, "opaque"),
    BAD("algorithm=x, ", "algorithm=x", PXA_PARAM_TWICE, "algorithm"),
    BAD("userhash=x, ", "userhash=x", PXA_PARAM_TWICE, "userhash"),

    BAD(USER UNHASHED "response=\"", "0123456789abcdef0123456789abcde\"", PXA_PARAM_VALUE,
        "response"),
    BAD(USER UNHASHED "response=", R32 "0", PXA_PARAM_VALUE, "response"),
    BAD(USER UNHASHED "response=\"", "0123456789abcdef0123456789abcdeg\"", PXA_PARAM_VALUE,
        "response"),
    BAD(USER UNHASHED "algorithm=SHA-256, response=\"", R32 "\"", PXA_PARAM_VALUE, "response"),
    BAD(USER UNHASHED "algorithm=SHA-512-256-sess, response=\"", R32 "\"", PXA_PARAM_VALUE,
        "response"),
    BAD(USER UNHASHED "algorithm=x, response=\"", "abcx\"", PXA_PARAM_VALUE, "response"),
    BAD(USER REST "qop=auth, cnonce=c, nc=", "1", PXA_PARAM_VALUE, "nc"),
    BAD(USER REST "qop=auth, cnonce=c, nc=", "000000001", PXA_PARAM_VALUE, "nc"),
    BAD(USER REST "qop=auth, cnonce=c, nc=\"", "0000000g\"", PXA_PARAM_VALUE, "nc"),
    BAD(USER REST "UserHash=", "yes", PXA_PARAM_VALUE, "UserHash"),
    BAD(USER REST "userhash=\"", "\"", PXA_PARAM_VALUE, "userhash"),
    BAD("username*=UTF-8''v, " REST "userhash=", "true", PXA_PARAM_VALUE, "userhash"),
    BAD("userhash=true, " REST "username=\"", "u\"", PXA_PARAM_VALUE, "username"),
    BAD("userhash=true, " REST "username=", R32 "00", PXA_PARAM_VALUE, "username"),

    BAD(REST "username*=", "x", PXA_PARAM_VALUE, "username*"),
    BAD(REST "username*=", "iso-8859-1''x", PXA_PARAM_VALUE, "username*"),
    BAD(REST "username*=", "''x", PXA_PARAM_VALUE, "username*"),
    BAD(REST "username*=\"", "UTF-8''x\"", PXA_PARAM_VALUE, "username*"),
    BAD(REST "username*=UTF-8'x", "", PXA_PARAM_VALUE, "username*"),
    BAD(REST "username*=UTF-8'e", "_'x", PXA_PARAM_VALUE, "username*"),
    BAD(REST "username*=UTF-8''a", "'b", PXA_PARAM_VALUE, "username*"),
    BAD(REST "username*=UTF-8''%41", "*b", PXA_PARAM_VALUE, "username*"),
    BAD(REST "username*=UTF-8''a", "%", PXA_PERCENT_CUT, ""),
    BAD(REST "username*=UTF-8''%41", "%4", PXA_PERCENT_CUT, ""),
    BAD(REST "username*=UTF-8''a", "%4g", PXA_PERCENT_NOT_HEX, ""),
    BAD(REST "username*=UTF-8''a", "%g4", PXA_PERCENT_NOT_HEX, ""),
    BAD(REST "username*=UTF-8''a", "%00", PXA_PERCENT_NUL, ""),
    BAD(REST "username*=UTF-8''a%20", "%0Ab", PXA_CONTROL, ""),
    BAD(REST "username*=UTF-8''", "%7f", PXA_CONTROL, ""),
    BAD(REST "username*=UTF-8''a%C3%BCb", "%FCrg", PXA_NOT_UTF8, ""),
    BAD(REST "username*=UTF-8''", "%E2%82", PXA_NOT_UTF8, ""),
    BAD(REST "username*=UTF-8''%F0%9F%98%80", "%C0%80", PXA_NOT_UTF8, ""),
    BAD(REST "username*=UTF-8''aa%F4%8F%BF%BF", "%f4%90%80%80", PXA_NOT_UTF8, ""),

    BAD(REST "username=\"a", "\tb\"", PXA_CONTROL, ""),
    BAD(REST "username=\"a\\\\\\", "\tb\"", PXA_CONTROL, ""),
    BAD(REST "username=\"a", "\x01\"", PXA_CONTROL, ""),
    BAD(REST "username=\"a", "\0\"", PXA_NUL, ""),
    BAD(USER REST "x=\"", "\0\"", PXA_NUL, ""),
    BAD(USER REST, "x", PXA_NO_PARAM, ""),
    BAD("", "QWxhZGRpbg", PXA_NO_PARAM, ""),
    BAD(USER REST "x", "=", PXA_NO_VALUE, ""),
    BAD(USER REST "x=", "\"open", PXA_QUOTE_OPEN, ""),
    BAD(USER REST "x=1 ", "y=2", PXA_NO_COMMA, ""),
};
enum { BAD_COUNT = sizeof bad / sizeof bad[0] };

static const struct bad squid_bad[] = {
    BAD("", "", PXA_EMPTY, ""),
    BAD("", "\t ", PXA_EMPTY, ""),
    BAD("nonsense", "", PXA_PARAM_MISSING, "username"),
    BAD(USER REST "x=", "\0", PXA_NUL, ""),

    BAD(REST, "", PXA_PARAM_MISSING, "username"),
    BAD(REST "Username=u, username =u", "", PXA_PARAM_MISSING, "username"),
    BAD(REST "username=\"a\tb\"", "", PXA_PARAM_MISSING, "username"),
    BAD(REST "username*=UTF-8''u", "", PXA_PARAM_MISSING, "username"),
    BAD(USER "nonce=n, uri=\"/\", response=" R32, "", PXA_PARAM_MISSING, "realm"),
    BAD(USER "realm=r, uri=\"/\", response=" R32, "", PXA_PARAM_MISSING, "nonce"),
    BAD(USER "realm=r, nonce=n, response=" R32, "", PXA_PARAM_MISSING, "uri"),
    BAD(USER UNHASHED, "", PXA_PARAM_MISSING, "response"),
    BAD(USER REST "nc=00000001", "", PXA_PARAM_MISSING, "qop"),
    BAD(USER REST "nc=0000000g", "", PXA_PARAM_MISSING, "qop"),
    BAD(USER REST "cnonce=c", "", PXA_PARAM_MISSING, "qop"),
    BAD(USER REST "algorithm=MD5-sess", "", PXA_PARAM_MISSING, "qop"),
    BAD(USER REST "qop=auth, nc=00000001", "", PXA_PARAM_MISSING, "cnonce"),
    BAD(USER REST "qop=auth, cnonce=c", "", PXA_PARAM_MISSING, "nc"),

    BAD(USER REST "username=\"", "\"", PXA_PARAM_VALUE, "username"),
    BAD(USER REST "username=\"", "\\\\\"", PXA_PARAM_VALUE, "username"),
    BAD(USER REST "username=a", "\"b", PXA_PARAM_VALUE, "username"),
    BAD(USER REST "username= ", "\"u\"", PXA_PARAM_VALUE, "username"),
    BAD(USER REST "realm=\"", "\"", PXA_PARAM_VALUE, "realm"),
    BAD(USER REST "nonce=\"", "\"", PXA_PARAM_VALUE, "nonce"),
    BAD(USER REST "uri=", "/", PXA_PARAM_VALUE, "uri"),
    BAD(USER REST "uri=", "\"", PXA_PARAM_VALUE, "uri"),
    BAD(USER REST "uri=\"", "\"", PXA_PARAM_VALUE, "uri"),
    BAD(USER REST "uri=", " \"/\"", PXA_PARAM_VALUE, "uri"),
    BAD(USER UNHASHED "response=\"", "\"", PXA_PARAM_VALUE, "response"),
    BAD(USER UNHASHED "response=", R32 "0", PXA_PARAM_VALUE, "response"),
    BAD(USER UNHASHED "response=\"", "0123456789abcdef0123456789abcde\"", PXA_PARAM_VALUE,
        "response"),
    BAD(USER REST "algorithm=", "md5", PXA_PARAM_VALUE, "algorithm"),
    BAD(USER REST "algorithm=", "MD5-Sess", PXA_PARAM_VALUE, "algorithm"),
    BAD(USER REST "algorithm=\"", "SHA-256\"", PXA_PARAM_VALUE, "algorithm"),
    BAD(USER REST QOP ", qop=", "AUTH", PXA_PARAM_VALUE, "qop"),
    BAD(USER REST QOP ", qop=\"", "auth,auth-int\"", PXA_PARAM_VALUE, "qop"),
    BAD(USER REST QOP ", qop=\"", "aut\\h\"", PXA_PARAM_VALUE, "qop"),
    BAD(USER REST QOP ", qop=", "\"", PXA_PARAM_VALUE, "qop"),
    BAD(USER REST QOP ", qop=", "auth\"", PXA_PARAM_VALUE, "qop"),
    BAD(USER REST QOP ", cnonce=\"", "\"", PXA_PARAM_VALUE, "cnonce"),
    BAD(USER REST QOP ", nc=", "1", PXA_PARAM_VALUE, "nc"),
    BAD(USER REST QOP ", nc=\"", "\"", PXA_PARAM_VALUE, "nc"),
    BAD(USER REST QOP ", nc=", "0000000g", PXA_PARAM_VALUE, "nc"),

    BAD(REST "username=a", "\tb", PXA_CONTROL, ""), /* here Squid would go on */
};
enum { SQUID_BAD_COUNT = sizeof squid_bad / sizeof squid_bad[0] };

static void put_text(char *shown, size_t cap, struct pxa_span text, const char *end)
{
    size_t used = strlen(shown);

    snprintf(shown + used, cap - used, "%.*s%s", (int)text.len, text.len > 0 ? text.at : "", end);
}

static void expect_digest(const struct pxa_digest *digest, const struct good *want)
{
    char texts[400] = "";
    char numbers[64];

    put_text(texts, sizeof texts, digest->username, "|");
    put_text(texts, sizeof texts, digest->realm, "|");
    put_text(texts, sizeof texts, digest->nonce, "|");
    put_text(texts, sizeof texts, digest->uri, "|");
    put_text(texts, sizeof texts, digest->cnonce, "|");
    put_text(texts, sizeof texts, digest->opaque, "|");
    put_text(texts, sizeof texts, digest->nc, "|");
    put_text(texts, sizeof texts, digest->algorithm_name, "|");
    put_text(texts, sizeof texts, digest->qop_name, "");
    ck_assert_str_eq(texts, want->texts);
    snprintf(numbers, sizeof numbers, "%d %d %lu %d %d %d", (int)digest->algorithm,
             (int)digest->qop, (unsigned long)digest->nonce_count, (int)digest->charset,
             digest->userhash, digest->username_extended);
    ck_assert_str_eq(numbers, want->numbers);
    ck_assert_uint_eq(digest->fault_at, 0);
    ck_assert_uint_eq(digest->fault_param.len, 0);
}

static bool is_in(struct pxa_span span, struct block block)
{
    return span.len == 0 || (span.at >= block.at && span.at + span.len <= block.at + block.len);
}

static void expect_within(const struct pxa_digest *digest, struct block rest, struct block buf)
{
    const struct pxa_span spans[] = {
        digest->username,       digest->realm,    digest->nonce,  digest->uri,
        digest->response,       digest->cnonce,   digest->opaque, digest->nc,
        digest->algorithm_name, digest->qop_name,
    };

    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        ck_assert(is_in(spans[i], rest) || is_in(spans[i], buf));
}

/* All is nothing, and the buffer as before, or cleared. */
static void expect_nothing(const struct pxa_digest *digest, struct block buf)
{
    struct pxa_digest rest = *digest;

    rest.fault_at = 0;
    rest.fault_param.len = 0;
    expect_digest(&rest, &(struct good){"", "||||||||", "0 0 0 0 0 0"});
    ck_assert_uint_eq(digest->response.len, 0);
    for (size_t i = 0; i < buf.len; i++)
        ck_assert(buf.at[i] == 0 || buf.at[i] == BLOCK_FILL);
}

/* Each size of buffer: too small is only what cannot hold the decoded values. */
static void check_good(const struct good *want, enum pxa_dialect dialect)
{
    struct block rest = block_of(want->rest, strlen(want->rest));
    bool fitted = false;

    for (size_t cap = 0; cap <= rest.len; cap++) {
        struct block buf = block_filled(cap);
        struct pxa_digest digest;
        enum pxa_status status;

        memset(&digest, 0x5a, sizeof digest);
        status = pxa_digest_decode(block_span(rest), dialect, buf.at, cap, &digest);
        ck_assert(status == PXA_OK || (status == PXA_SMALL_BUFFER && !fitted));
        fitted = status == PXA_OK;
        if (status == PXA_OK) {
            expect_digest(&digest, want);
            expect_within(&digest, rest, buf);
        } else {
            ck_assert(digest.fault_at > 0 && digest.fault_at < rest.len);
            ck_assert_uint_eq(digest.fault_param.len, 0);
            expect_nothing(&digest, buf);
        }
        block_free(buf);
    }
    ck_assert(fitted);
    block_free(rest);
}

START_TEST(decodes)
{
    check_good(&good[_i], PXA_RFC);
}
END_TEST

START_TEST(decodes_as_squid)
{
    check_good(&squid_good[_i], PXA_SQUID);
}
END_TEST

static void check_bad(const struct bad *want, enum pxa_dialect dialect)
{
    struct block rest = block_filled(want->before_len + want->after_len);
    struct block buf = block_filled(rest.len);
    struct pxa_digest digest;

    if (rest.len > 0) {
        memcpy(rest.at, want->before, want->before_len);
        memcpy(rest.at + want->before_len, want->after, want->after_len);
    }
    memset(&digest, 0x5a, sizeof digest);
    ck_assert_int_eq(pxa_digest_decode(block_span(rest), dialect, buf.at, buf.len, &digest),
                     want->status);
    ck_assert_uint_eq(digest.fault_at, want->before_len);
    ck_assert(span_is(digest.fault_param, want->param, strlen(want->param)));
    expect_nothing(&digest, buf);
    block_free(buf);
    block_free(rest);
}

START_TEST(refuses)
{
    check_bad(&bad[_i], PXA_RFC);
}
END_TEST

START_TEST(refuses_as_squid)
{
    check_bad(&squid_bad[_i], PXA_SQUID);
}
END_TEST

/* "a\\b" is decoded to three bytes, "\"x" to two; one byte less is too small. */
START_TEST(small_buffers)
{
    static const char text[] = "username=\"a\\\\b\", realm=\"\\\"x\", nonce=n, uri=\"/\", "
                               "response=" R32;
    static const size_t fault_at[] = {10, 11, 13, 24, 26}; /* counted by hand */
    struct block rest = block_of(text, sizeof text - 1);

    for (size_t cap = 0; cap <= 7; cap++) {
        struct block buf = block_filled(cap);
        struct pxa_digest digest;
        enum pxa_status status = pxa_digest_decode(block_span(rest), PXA_RFC, buf.at, cap, &digest);

        ck_assert_int_eq(status, cap < 5 ? PXA_SMALL_BUFFER : PXA_OK);
        ck_assert_uint_eq(digest.fault_at, cap < 5 ? fault_at[cap] : 0);
        if (cap < 5)
            expect_nothing(&digest, buf);
        else
            ck_assert(block_is_all(buf, 5, BLOCK_FILL));
        block_free(buf);
    }
    block_free(rest);
}
END_TEST

/* Cut in the middle, credentials are refused; what is given lies in them. */
START_TEST(cut_anywhere)
{
    const char *full = good[_i % GOOD_COUNT].rest;
    enum pxa_dialect dialect = _i < GOOD_COUNT ? PXA_RFC : PXA_SQUID;

    for (size_t len = 0; len < strlen(full); len++) {
        struct block rest = block_of(full, len);
        struct block buf = block_filled(len);
        struct pxa_digest digest;
        enum pxa_status status = pxa_digest_decode(block_span(rest), dialect, buf.at, len, &digest);

        ck_assert_int_ne(status, PXA_SMALL_BUFFER);
        if (status == PXA_OK) {
            expect_within(&digest, rest, buf);
            ck_assert_uint_ge(len, strlen("username=,realm=,nonce=,uri=,response="));
        } else {
            ck_assert_uint_le(digest.fault_at, len);
            expect_nothing(&digest, buf);
        }
        block_free(buf);
        block_free(rest);
    }
}
END_TEST

/* Decodes with the '?' of the user's parameter replaced. */
static enum pxa_status decode_with(const char *user, int byte, enum pxa_dialect dialect,
                                   size_t *user_len)
{
    char text[200];
    char buf[sizeof text];
    struct pxa_digest digest;
    struct block rest;
    enum pxa_status status;

    snprintf(text, sizeof text, "%s, " REST, user);
    rest = block_of(text, strlen(text));
    rest.at[strcspn(text, "?")] = (char)byte;
    status = pxa_digest_decode(block_span(rest), dialect, buf, sizeof buf, &digest);
    *user_len = digest.username.len;
    block_free(rest);
    return status;
}

START_TEST(every_byte_in_a_user_name)
{
    for (int byte = 0; byte < 256; byte++) {
        bool control = byte < 0x20 || byte == 0x7f;
        enum pxa_status refused = byte == 0 ? PXA_NUL : PXA_CONTROL;
        size_t len;
        enum pxa_status status = decode_with("username=\"a?b\"", byte, PXA_RFC, &len);

        if (byte == '"')
            ck_assert_int_eq(status, PXA_NO_COMMA);
        else
            ck_assert_int_eq(status, control ? refused : PXA_OK);
        if (status == PXA_OK)
            ck_assert_uint_eq(len, byte == '\\' ? 2 : 3);

        /* Squid passes over the parameter, but for a NUL. */
        status = decode_with("username=\"a?b\"", byte, PXA_SQUID, &len);
        if (byte == 0)
            ck_assert_int_eq(status, PXA_NUL);
        else if (byte == '"') /* it ends the value; what follows has changed sides */
            ck_assert_int_eq(status, PXA_PARAM_MISSING);
        else
            ck_assert_int_eq(status, control ? PXA_PARAM_MISSING : PXA_OK);
        if (status == PXA_OK)
            ck_assert_uint_eq(len, byte == '\\' ? 2 : 3);

        status = decode_with("username=a?b", byte, PXA_SQUID, &len);
        if (byte == '"')
            ck_assert_int_eq(status, PXA_PARAM_VALUE);
        else
            ck_assert_int_eq(status, control ? refused : PXA_OK);
        if (status == PXA_OK)
            ck_assert_uint_eq(len, byte == ',' ? 1 : 3);
    }
}
END_TEST

START_TEST(nothing_is_empty)
{
    struct pxa_digest digest;

    ck_assert_int_eq(pxa_digest_decode((struct pxa_span){NULL, 0}, PXA_RFC, NULL, 0, &digest),
                     PXA_EMPTY);
    expect_nothing(&digest, (struct block){NULL, 0});
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("digest");
    TCase *tc = tcase_create("digest");

    tcase_add_loop_test(tc, decodes, 0, GOOD_COUNT);
    tcase_add_loop_test(tc, decodes_as_squid, 0, SQUID_GOOD_COUNT);
    tcase_add_loop_test(tc, refuses, 0, BAD_COUNT);
    tcase_add_loop_test(tc, refuses_as_squid, 0, SQUID_BAD_COUNT);
    tcase_add_test(tc, small_buffers);
    tcase_add_loop_test(tc, cut_anywhere, 0, 2 * GOOD_COUNT);
    tcase_add_test(tc, every_byte_in_a_user_name);
    tcase_add_test(tc, nothing_is_empty);
    suite_add_tcase(s, tc);
    return s;
}
