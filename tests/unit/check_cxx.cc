// SPDX-License-Identifier: BSD-2-Clause
//
// The public header in C++, alone and before anything else, and a call of each
// function through it. Reports TAP.
#include "common/proxyauth.h"

#include <cstdio>
#include <cstring>
#include <string>

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
    return std::string(span.at, span.len);
}

void check_basic()
{
    const std::string value = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="; // RFC 7617 section 2
    pxa_scheme scheme;
    pxa_basic basic;
    char text[PXA_BASE64_DECODED_MAX(28)];

    report(pxa_scheme_split(span_of(value), &scheme) == PXA_OK && scheme.id == PXA_SCHEME_BASIC,
           "pxa_scheme_split");
    report(pxa_basic_decode(scheme.rest, text, sizeof text, &basic) == PXA_OK &&
               string_of(basic.user) == "Aladdin" && string_of(basic.password) == "open sesame",
           "pxa_basic_decode");
    report(pxa_scheme_of(scheme.name) == PXA_SCHEME_BASIC, "pxa_scheme_of");
    report(std::string(pxa_scheme_name(PXA_SCHEME_BASIC)) == "Basic", "pxa_scheme_name");
    report(pxa_name_is(scheme.name, "BASIC"), "pxa_name_is");
    report(pxa_charset_of(basic.user) == PXA_ASCII, "pxa_charset_of");
    pxa_wipe(text, sizeof text);
    report(std::string(text, sizeof text) == std::string(sizeof text, '\0'), "pxa_wipe");
}

void check_base64()
{
    char text[PXA_BASE64_ENCODED_LEN(3)];
    char bytes[PXA_BASE64_DECODED_MAX(sizeof text)];
    pxa_written done;

    report(pxa_base64_encode(span_of("foo"), text, sizeof text, &done) == PXA_OK &&
               std::string(text, done.len) == "Zm9v", // RFC 4648 section 10
           "pxa_base64_encode");
    report(pxa_base64_decode(pxa_span{text, done.len}, bytes, sizeof bytes, &done) == PXA_OK &&
               std::string(bytes, done.len) == "foo",
           "pxa_base64_decode");
}

void check_escape()
{
    char text[PXA_SQUID_ESCAPED_MAX(3)];
    pxa_written done;

    report(pxa_squid_escape(span_of("a b"), text, sizeof text, &done) == PXA_OK &&
               std::string(text, done.len) == "a%20b",
           "pxa_squid_escape");
    report(pxa_squid_unescape(pxa_span{text, done.len}, text, done.len, &done) == PXA_OK &&
               std::string(text, done.len) == "a b",
           "pxa_squid_unescape");
}

} // namespace

int main()
{
    std::puts("1..12");
    check_basic();
    check_base64();
    check_escape();
    report(std::strlen(pxa_status_text(PXA_NO_COLON)) > 0, "pxa_status_text");
    return failures == 0 ? 0 : 1;
}
