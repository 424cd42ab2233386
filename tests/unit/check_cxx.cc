// SPDX-License-Identifier: BSD-2-Clause
//
// The public header in C++, alone and before anything else, and a call of each function
// through it, with values from the specifications that are named. Reports TAP.
#include "common/proxyauth.h"

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace
{

int cases = 0;
int failures = 0;

void report(bool good, const char *what)
{
    std::printf("%s %d - %s\n", good ? "ok" : "not ok", ++cases, what);
    failures += !good;
}

pxa_span span_of(const std::string &text)
{
    return pxa_span{text.data(), text.size()};
}

std::string string_of(pxa_span span)
{
    return span.len == 0 ? std::string() : std::string(span.at, span.len);
}

// A literal with its NULs.
template <size_t N> std::string bytes_of(const char (&literal)[N])
{
    return std::string(literal, N - 1);
}

void check_scheme()
{
    const std::string value = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="; // RFC 7617 section 2
    pxa_scheme scheme;
    pxa_basic basic;
    char text[PXA_BASE64_DECODED_MAX(28)];

    report(pxa_scheme_split(span_of(value), &scheme) == PXA_OK && scheme.id == PXA_SCHEME_BASIC,
           "pxa_scheme_split");
    report(pxa_scheme_of(scheme.name) == PXA_SCHEME_BASIC, "pxa_scheme_of");
    report(std::string(pxa_scheme_name(scheme.id)) == "Basic", "pxa_scheme_name");
    report(pxa_name_is(scheme.name, "BASIC"), "pxa_name_is");
    report(pxa_form_of(scheme.rest) == PXA_FORM_TOKEN68, "pxa_form_of");
    report(pxa_basic_decode(scheme.rest, text, sizeof text, &basic) == PXA_OK &&
               string_of(basic.user) == "Aladdin" && string_of(basic.password) == "open sesame",
           "pxa_basic_decode");
    pxa_wipe(text, sizeof text);
    report(std::string(text, sizeof text) == std::string(sizeof text, '\0'), "pxa_wipe");
}

void check_param()
{
    const std::string list = "a=\"b\\\"c\"";
    pxa_cursor cursor = {span_of(list), 0};
    pxa_param param;
    char text[8];
    pxa_written done;

    report(pxa_param_next(&cursor, &param) == PXA_OK && param.quoted && param.escaped,
           "pxa_param_next");
    report(pxa_unquote(param.value, PXA_RFC, text, sizeof text, &done) == PXA_OK &&
               std::string(text, done.len) == "b\"c",
           "pxa_unquote");
}

void check_base64()
{
    const std::string foo = "foo"; // RFC 4648 section 10
    char text[PXA_BASE64_ENCODED_LEN(3)];
    char bytes[PXA_BASE64_DECODED_MAX(sizeof text)];
    pxa_written done;

    report(pxa_base64_encode(span_of(foo), text, sizeof text, &done) == PXA_OK &&
               std::string(text, done.len) == "Zm9v",
           "pxa_base64_encode");
    report(pxa_base64_decode(pxa_span{text, done.len}, bytes, sizeof bytes, &done) == PXA_OK &&
               std::string(bytes, done.len) == foo,
           "pxa_base64_decode");
}

void check_charset()
{
    const std::string latin1 = "\xe9";
    char text[PXA_UTF8_MAX(1)];
    pxa_written done;

    report(pxa_charset_of(span_of(latin1)) == PXA_OTHER_CHARSET, "pxa_charset_of");
    report(pxa_charset_guess(span_of(latin1)) == PXA_LATIN1, "pxa_charset_guess");
    report(pxa_to_utf8(PXA_LATIN1, span_of(latin1), text, sizeof text, &done) == PXA_OK &&
               std::string(text, done.len) == "\xc3\xa9",
           "pxa_to_utf8");
}

// The example of RFC 7616 section 3.9.1, with MD5.
void check_digest()
{
    const std::string credentials =
        "username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
        "algorithm=MD5, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
        "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, "
        "response=\"8ca523f5e9506fed4657c9700eebdbec\"";
    const std::string user = "Mufasa", realm = "http-auth@example.org", password = "Circle of Life",
                      method = "GET";
    std::vector<char> room(credentials.size());
    pxa_digest_request request = {span_of(method), {nullptr, 0}};
    pxa_digest digest;
    pxa_digest_hex ha1, hex;

    report(pxa_digest_decode(span_of(credentials), PXA_RFC, room.data(), room.size(), &digest) ==
                   PXA_OK &&
               string_of(digest.username) == user,
           "pxa_digest_decode");
    report(std::string(pxa_digest_algorithm_name(digest.algorithm)) == "MD5",
           "pxa_digest_algorithm_name");
    report(pxa_digest_ha1(PXA_DIGEST_MD5, span_of(user), span_of(realm), span_of(password), &ha1) ==
                   PXA_OK &&
               ha1.len == 32,
           "pxa_digest_ha1");
    report(pxa_digest_userhash(PXA_DIGEST_SHA256, span_of(user), span_of(realm), &hex) == PXA_OK &&
               hex.len == 64,
           "pxa_digest_userhash");
    report(pxa_digest_ha2(&digest, &request, &hex) == PXA_OK && hex.len == 32, "pxa_digest_ha2");
    report(pxa_digest_response(&digest, pxa_span{ha1.hex, ha1.len}, &request, &hex) == PXA_OK &&
               std::string(hex.hex, hex.len) == string_of(digest.response),
           "pxa_digest_response");
    report(pxa_digest_check(&digest, pxa_span{ha1.hex, ha1.len}, &request) == PXA_OK,
           "pxa_digest_check");
}

void check_challenge()
{
    const std::string line = "Basic realm=\"x\", Negotiate", scheme = "Negotiate", token = "QUJD";
    const pxa_span lines[] = {span_of(line)};
    pxa_challenges list = {lines, 1, 0, 0};
    pxa_challenges again = list;
    pxa_challenge challenge;
    pxa_param param;
    pxa_written done;
    char text[64];
    size_t number;

    report(pxa_challenge_next(&list, &challenge) == PXA_OK && challenge.id == PXA_SCHEME_BASIC,
           "pxa_challenge_next");
    report(pxa_challenge_param(&challenge, "REALM", &param) == PXA_OK &&
               string_of(param.value) == "x",
           "pxa_challenge_param");
    report(pxa_challenge_write(challenge.name, &param, 1, text, sizeof text, &done, &number) ==
                   PXA_OK &&
               std::string(text, done.len) == "Basic realm=\"x\"",
           "pxa_challenge_write");
    report(pxa_challenge_write_token68(span_of(scheme), span_of(token), text, sizeof text, &done) ==
                   PXA_OK &&
               std::string(text, done.len) == "Negotiate QUJD",
           "pxa_challenge_write_token68");
    report(pxa_challenge_strongest(&again, PXA_SCHEME_BIT(PXA_SCHEME_BASIC), &challenge) ==
                   PXA_OK &&
               challenge.id == PXA_SCHEME_BASIC,
           "pxa_challenge_strongest");
}

// A NegTokenResp with negState accept-completed and supportedMech NTLM, RFC 4178 4.2.2.
void check_negotiate()
{
    const std::string token = bytes_of("\xa1\x15\x30\x13\xa0\x03\x0a\x01\x00\xa1\x0c\x06\x0a"
                                       "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a");
    const std::string mechs = bytes_of("\x06\x06\x2b\x06\x01\x05\x05\x02");
    pxa_cursor cursor = {span_of(mechs), 0};
    pxa_negotiate negotiate;
    pxa_written done;
    pxa_span oid;
    char text[PXA_OID_TEXT_MAX(6)];

    report(pxa_negotiate_decode(span_of(token), &negotiate) == PXA_OK &&
               negotiate.neg_state == PXA_NEG_ACCEPT_COMPLETED &&
               negotiate.supported_mech.len == 10,
           "pxa_negotiate_decode");
    report(pxa_mech_next(&cursor, &oid) == PXA_OK && oid.len == 6, "pxa_mech_next");
    report(pxa_mech_of(oid) == PXA_MECH_SPNEGO, "pxa_mech_of");
    report(std::strlen(pxa_mech_name(PXA_MECH_SPNEGO)) > 0, "pxa_mech_name");
    report(pxa_oid_text(oid, text, sizeof text, &done) == PXA_OK &&
               std::string(text, done.len) == "1.3.6.1.5.5.2",
           "pxa_oid_text");
}

// An AP-REP, RFC 4120 5.5.2: etype 17 and a cipher of one byte.
void check_krb5()
{
    const std::string message =
        bytes_of("\x6f\x1b\x30\x19\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x0f\xa2\x0d"
                 "\x30\x0b\xa0\x03\x02\x01\x11\xa2\x04\x04\x02zz");
    const std::string parts = bytes_of("\x1b\x04HTTP\x1b\x01p"), realm = "R";
    pxa_krb5_name name = {2, span_of(parts), 2};
    pxa_cursor cursor = {span_of(parts), 0};
    pxa_krb5 krb5;
    pxa_written done;
    pxa_span part;
    char text[PXA_KRB5_NAME_MAX(9, 1)];

    report(pxa_krb5_decode(span_of(message), &krb5) == PXA_OK && krb5.kind == PXA_KRB5_AP_REP &&
               krb5.part.etype == 17 && string_of(krb5.part.cipher) == "zz",
           "pxa_krb5_decode");
    report(pxa_krb5_part_next(&cursor, &part) == PXA_OK && string_of(part) == "HTTP",
           "pxa_krb5_part_next");
    report(pxa_krb5_name_text(&name, span_of(realm), text, sizeof text, &done) == PXA_OK &&
               std::string(text, done.len) == "HTTP/p@R",
           "pxa_krb5_name_text");
    report(std::string(pxa_etype_name(17)) == "aes128-cts-hmac-sha1-96", "pxa_etype_name");
    report(std::string(pxa_krb5_error_name(37)) == "KRB_AP_ERR_SKEW", "pxa_krb5_error_name");
}

// A negotiate message of a client that sends neither names nor a version, [MS-NLMP] 2.2.1.1.
void check_ntlmssp()
{
    const std::string message = bytes_of("NTLMSSP\0\1\0\0\0\7\x82\x08\0") + std::string(16, '\0');
    const std::string pairs = bytes_of("\1\0\2\0x\0\0\0\0\0");
    pxa_cursor cursor = {span_of(pairs), 0};
    pxa_ntlmssp ntlmssp;
    pxa_ntlm_pair pair;

    report(pxa_ntlmssp_decode(span_of(message), &ntlmssp) == PXA_OK && ntlmssp.type == 1 &&
               ntlmssp.flags == 0x00088207,
           "pxa_ntlmssp_decode");
    report(pxa_ntlm_pair_next(&cursor, &pair) == PXA_OK && pair.id == PXA_PAIR_COMPUTER &&
               pair.value.len == 2,
           "pxa_ntlm_pair_next");
}

// BUILTIN\Administrators without its RID, and a PAC with one buffer, which is no logon info.
void check_pac()
{
    const std::string binary = bytes_of("\1\1\0\0\0\0\0\5\x20\0\0\0");
    const std::string pac = bytes_of("\1\0\0\0\0\0\0\0\x11\0\0\0\x08\0\0\0\x18\0\0\0\0\0\0\0") +
                            bytes_of("\2\0\0\0\1\0\0\0");
    pxa_cursor cursor = {span_of(pac), 0};
    pxa_pac_buffer buffer;
    pxa_pac_logon logon = {};
    pxa_pac_walk walk = {};
    pxa_pac_group group;
    pxa_written done;
    pxa_sid sid;
    char text[PXA_SID_TEXT_MAX];

    report(pxa_sid_decode(span_of(binary), &sid, nullptr) == PXA_OK && sid.sub_count == 1,
           "pxa_sid_decode");
    report(pxa_sid_append(&sid, 544), "pxa_sid_append");
    report(pxa_sid_text(&sid, text, sizeof text, &done) == PXA_OK &&
               std::string(text, done.len) == "S-1-5-32-544",
           "pxa_sid_text");
    report(pxa_pac_next(&cursor, &buffer) == PXA_OK && buffer.type == PXA_PAC_ATTRIBUTES &&
               buffer.data.len == 8,
           "pxa_pac_next");
    report(pxa_pac_logon_decode(span_of(pac), &logon) == PXA_NO_PAC_BUFFER, "pxa_pac_logon_decode");
    report(pxa_pac_group_next(&logon, &walk, &group) == PXA_END, "pxa_pac_group_next");
}

void check_escape()
{
    const std::string plain = "a b";
    char text[PXA_SQUID_ESCAPED_MAX(3)];
    pxa_written done;

    report(pxa_squid_escape(span_of(plain), text, sizeof text, &done) == PXA_OK &&
               std::string(text, done.len) == "a%20b",
           "pxa_squid_escape");
    report(pxa_squid_unescape(pxa_span{text, done.len}, text, done.len, &done) == PXA_OK &&
               std::string(text, done.len) == plain,
           "pxa_squid_unescape");
}

} // namespace

int main()
{
    check_scheme();
    check_param();
    check_base64();
    check_charset();
    check_digest();
    check_challenge();
    check_negotiate();
    check_krb5();
    check_ntlmssp();
    check_pac();
    check_escape();
    report(std::strlen(pxa_status_text(PXA_NO_COLON)) > 0, "pxa_status_text");
    std::printf("1..%d\n", cases);
    return failures == 0 ? 0 : 1;
}
