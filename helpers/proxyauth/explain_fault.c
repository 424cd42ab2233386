/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a decoder found wrong, where, and what usually is behind it.
 *
 * Of texts that may be secret neither the byte at the fault nor an excerpt is shown, and of those
 * that may be a password not the length either. What stands behind the fault is never shown of a
 * challenge: it was not understood, and may be anything.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"
#include "helpers/core/visible.h"

enum {
    BEFORE = 16,       /* bytes of an excerpt before the fault */
    NEAR_A_LIMIT = 900 /* the first limit of a log is 1024 */
};

static void excerpt(struct explain *explain, const struct fault *fault)
{
    size_t from = fault->at > BEFORE ? fault->at - BEFORE : 0;
    size_t len = fault->at - from + (report_shows_secrets(explain->report) ? BEFORE : 0);
    struct pxa_span around = text_upto(text_from(fault->text, from), len);

    if (around.len > 0)
        report_text(explain->report, "around", around);
}

/* What may be shown of the text. */
static void shown_text(struct explain *explain, const struct fault *fault)
{
    struct report *report = explain->report;
    bool all = report_shows_secrets(report);

    if (!fault->password || all)
        report_number(report, "length", fault->text.len);
    if (fault->secret && !all)
        return;
    if (fault->status == PXA_NOT_BASE64 && fault->at < fault->text.len)
        report_text(report, "byte", text_upto(text_from(fault->text, fault->at), 1));
    excerpt(explain, fault);
}

/* The causes of a byte that is not Base64, by that byte. */
static void foreign_byte(struct report *report, const struct fault *fault)
{
    char byte = '=';

    if (fault->at < fault->text.len)
        byte = fault->text.at[fault->at];
    switch (byte) {
    case '-':
    case '_':
        report_cause(report, "The client encoded with the URL-safe alphabet, which has '-' and "
                             "'_' for '+' and '/'. HTTP authentication wants the standard one.");
        break;
    case ' ':
    case '\t':
        report_cause(report, "Something follows the token, or the line was broken where it was "
                             "copied. On the wire a token is one word.");
        break;
    case '"':
    case '\'':
        report_cause(report, "There are quotes around the token. They do not belong there.");
        break;
    case '%':
        report_cause(report, "The token is percent-escaped; it has to be sent as it is.");
        break;
    case ':':
        report_cause(report, "user:password was not encoded: it stands there as it is.");
        break;
    case ',':
    case ';':
        report_cause(report, "Two values were joined in one header, which credentials do not "
                             "allow. A proxy or a script on the way may have done it.");
        break;
    case '*':
    case '[':
    case '<':
    case '.':
        report_cause(report, "Somebody took the token out of the paste before sharing it, or it "
                             "is a token of another kind (one with dots is a web token, which "
                             "the scheme Bearer carries).");
        break;
    default:
        report_cause(report, "The header was damaged or cut on its way here.");
    }
}

static void bad_base64(struct report *report, const struct fault *fault)
{
    if (text_begins(fault->text, "token=")) {
        report_cause(report, "\"token=\" is a part of the value: Squid's Kerberos helper writes "
                             "\"TT token=...\", and Squid hands on the word behind TT as it is. "
                             "Every login that needs a second leg fails with it.");
        return;
    }
    if (fault->status == PXA_NOT_BASE64) {
        foreign_byte(report, fault);
        return;
    }
    if (fault->text.len % 4 == 1)
        report_cause(report, "The token was cut: no Base64 text is one character longer than a "
                             "multiple of four.");
    else
        report_cause(report, "The token was cut, by a paste, a log that keeps only the beginning "
                             "of a line, or a buffer on the way; or a client left the '=' "
                             "away.");
    if (fault->text.len <= NEAR_A_LIMIT)
        return;
    report_check(report,
                 "Is the length, %zu characters, near a limit? Logs often cut at 1024, "
                 "2048 or 4096; Squid takes headers of up to request_header_max_size, "
                 "64 KB.",
                 fault->text.len);
}

static void bad_binary(struct report *report, const struct fault *fault)
{
    if (fault->status == PXA_CUT)
        report_cause(report, "The token was cut, as by a log or a paste, although its Base64 is "
                             "whole.");
    else if (fault->status == PXA_UNKNOWN_TOKEN)
        report_cause(report, "This is no token of SPNEGO, Kerberos or NTLM, but something that "
                             "was put behind the scheme's name.");
    else
        report_cause(report, "The client, or something between client and proxy, made a token "
                             "that is not as its specification says.");
}

static const struct {
    enum pxa_status status;
    const char *cause;
} usual_causes[] = {
    {PXA_QUOTE_OPEN, "The header was cut, or a quote inside of a value was not written as \\\" by "
                     "whoever made it."},
    {PXA_NO_PARAM, "A value with blanks or commas stands without quotes."},
    {PXA_NO_VALUE, "A value is missing, or has blanks or commas and stands without quotes."},
    {PXA_NO_COMMA, "A comma is missing, or a value with blanks stands without quotes."},
    {PXA_NO_COLON, "A script encoded the user name, or the password, alone. It has to be "
                   "user:password."},
    {PXA_EMPTY, "The client sent the header without credentials: a script's variable was empty."},
    {PXA_NO_SCHEME, "The value does not begin with Basic, Digest, Negotiate or NTLM and a space."},
    {PXA_NO_SPACE, "The value does not begin with Basic, Digest, Negotiate or NTLM and a space."},
};

/* A value that does not begin with a scheme and a space. False if that says nothing more. */
static bool bad_scheme(struct report *report, const struct fault *fault)
{
    struct pxa_span name = text_upto(fault->text, text_find(fault->text, ":"));

    if (fault->status != PXA_NO_SCHEME && fault->status != PXA_NO_SPACE)
        return false;
    if (pxa_name_is(name, "Proxy-Authorization") || pxa_name_is(name, "Authorization"))
        report_cause(report, "The header's name stands twice.");
    else if (fault->at < fault->text.len && fault->text.at[fault->at] == '\t')
        report_cause(report, "A tab stands behind the scheme's name, where a space has to be.");
    else
        return false;
    return true;
}

/* What usually is behind the fault. */
static void causes(struct report *report, const struct fault *fault)
{
    if (bad_scheme(report, fault))
        return;
    if (fault->status >= PXA_NOT_BASE64 && fault->status <= PXA_BASE64_TRAILING_BITS)
        bad_base64(report, fault);
    else if (fault->status >= PXA_CUT)
        bad_binary(report, fault);
    for (size_t i = 0; i < sizeof usual_causes / sizeof *usual_causes; i++)
        if (usual_causes[i].status == fault->status)
            report_cause(report, "%s", usual_causes[i].cause);
}

void explain_fault(struct explain *explain, const struct fault *fault)
{
    struct report *report = explain->report;

    explain->faults++;
    report_group(report, "fault");
    report_word(report, "in", fault->what);
    report_word(report, "status", pxa_status_text(fault->status));
    report_number(report, "offset", fault->at);
    shown_text(explain, fault);
    report_end(report);
    report_remark(report, REPORT_ERROR, "not_understood", "%s It is in the %s, at byte %zu.",
                  pxa_status_text(fault->status), fault->what, fault->at);
    causes(report, fault);
}

void explain_out_of_memory(struct explain *explain)
{
    explain->faults++;
    report_remark(explain->report, REPORT_ERROR, "out_of_memory",
                  "Memory is out, so that this could not be decoded.");
}
