/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines that Squid sends to a helper of Negotiate or NTLM.
 * Source: src/auth/negotiate/UserRequest.cc of Squid.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"

enum { SQUID_TOKEN_LINE_MAX = 65535 };

void explain_helper_line(struct explain *explain, struct pxa_span verb, struct pxa_span rest)
{
    struct exchange_login login = {0};
    struct pxa_span token = text_word(&rest);
    struct report *report = explain->report;
    bool first = text_is(verb, "YR");

    report_text(report, "verb", verb);
    report_word(report, "meaning", first ? "the first leg of a login" : "a later leg");
    if (rest.len > 0) {
        report_secret(report, "behind_the_token", rest); /* may be a whole header */
        report_remark(report, REPORT_NOTE, "extras",
                      "What follows the token is key_extras, or was sent by the client: Squid "
                      "hands on all that stands behind the scheme's name.");
    }
    if (token.len + 4 >= SQUID_TOKEN_LINE_MAX)
        report_remark(report, REPORT_WARNING, "too_long_for_squid",
                      "Squid does not send lines of %d bytes or more to its helper.",
                      SQUID_TOKEN_LINE_MAX);
    explain_token(explain, token, PXA_SCHEME_OTHER, &login); /* both schemes use these lines */
    if (first && login.ntlm_type == 3)
        report_remark(report, REPORT_WARNING, "ntlm_order",
                      "The third message of NTLM comes as the first leg (YR): the helper that "
                      "gave the challenge was another one, or the connection has changed.");
    if (!first && login.ntlm_type == 1)
        report_remark(report, REPORT_WARNING, "ntlm_order",
                      "The first message of NTLM comes as a later leg (KK): the client began "
                      "anew.");
}
