/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Basic: who, in which encoding, and what Squid and its helpers make of it.
 *
 * The decoder refuses NUL and control bytes; Squid does not refuse all of them. Then the text is
 * taken apart here as Squid does it, to show whom Squid sees.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"
#include "helpers/core/visible.h"

/* ---- the user's name ---- */

/* One byte of Windows code page 1251 as a code point; 0 for those that no name has. */
static unsigned cyrillic(unsigned char byte)
{
    static const struct {
        unsigned char byte;
        unsigned short code;
    } others[] = {{0xa5, 0x490}, {0xa8, 0x401}, {0xaa, 0x404}, {0xaf, 0x407},
                  {0xb2, 0x406}, {0xb3, 0x456}, {0xb4, 0x491}, {0xb8, 0x451},
                  {0xba, 0x454}, {0xbf, 0x457}, {0xa1, 0x40e}, {0xa2, 0x45e}};

    if (byte < 0x80)
        return byte;
    if (byte >= 0xc0)
        return 0x410U + byte - 0xc0;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].byte == byte)
            return others[i].code;
    return 0;
}

/* As CP1251; false if a byte is no letter of it. OUT has room for two bytes each. */
static bool cyrillic_text(struct pxa_span in, char *out, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < in.len; i++) {
        unsigned code = cyrillic((unsigned char)in.at[i]);

        if (code == 0)
            return false;
        if (code < 0x80) {
            out[(*len)++] = (char)code;
        } else {
            out[(*len)++] = (char)(0xc0 | code >> 6);
            out[(*len)++] = (char)(0x80 | (code & 0x3f));
        }
    }
    return true;
}

/* How the name reads in the character sets that a browser may have taken. */
static void readings(struct explain *explain, struct pxa_span user, enum pxa_charset guess)
{
    struct scratch scratch = scratch_open(explain, PXA_UTF8_MAX(user.len));
    struct pxa_written done;
    size_t len;

    if (!scratch.at)
        return;
    if (guess == PXA_OTHER_CHARSET)
        guess = PXA_LATIN1;
    if (pxa_to_utf8(guess, user, scratch.at, scratch.cap, &done) == PXA_OK)
        report_text(explain->report, guess == PXA_CP1252 ? "user_if_cp1252" : "user_if_latin1",
                    (struct pxa_span){scratch.at, done.len});
    if (cyrillic_text(user, scratch.at, &len))
        report_text(explain->report, "user_if_cp1251", (struct pxa_span){scratch.at, len});
    scratch_close(&scratch);
}

/* Letters with the accent as a character of its own, as macOS types them: U+0300 to U+036F. */
static bool is_decomposed(struct pxa_span user)
{
    for (size_t i = 0; i + 1 < user.len; i++) {
        unsigned char a = (unsigned char)user.at[i];
        unsigned char b = (unsigned char)user.at[i + 1];

        if ((a == 0xcc && b >= 0x80) || (a == 0xcd && b >= 0x80 && b <= 0xaf))
            return true;
    }
    return false;
}

static bool has_upper_case(struct pxa_span user)
{
    for (size_t i = 0; i < user.len; i++)
        if (user.at[i] >= 'A' && user.at[i] <= 'Z')
            return true;
    return false;
}

static bool has_escape(struct pxa_span user)
{
    char out[3];
    struct pxa_written done;

    for (size_t i = 0; i + 2 < user.len; i++)
        if (user.at[i] == '%' &&
            pxa_squid_unescape(text_upto(text_from(user, i), 3), out, sizeof out, &done) == PXA_OK)
            return true;
    return false;
}

static void form_of_user(struct report *report, struct pxa_span user)
{
    if (text_has(user, "\\"))
        report_remark(report, REPORT_NOTE, "domain_user",
                      "The name has the form DOMAIN\\user. A helper that looks users up by "
                      "sAMAccountName or uid finds nobody unless it takes the domain off.");
    else if (text_has(user, "@"))
        report_remark(report, REPORT_NOTE, "user_at_realm",
                      "The name has the form user@domain (userPrincipalName, or an address). A "
                      "helper that looks users up by sAMAccountName or uid does not find it.");
    if (has_escape(user))
        report_remark(report, REPORT_WARNING, "percent_in_user",
                      "The name holds a percent escape, which the proxy takes literally: it was "
                      "escaped twice, as in http_proxy=http://CORP%%255Calice:...");
    if (is_decomposed(user))
        report_remark(report, REPORT_WARNING, "decomposed",
                      "The name is in decomposed form (NFD): a letter and its accent are two "
                      "characters. Directories that compare bytes do not find it.");
    if (text_trim(user).len != user.len)
        report_remark(report, REPORT_WARNING, "blank_at_end",
                      "The name begins or ends with a blank. It was probably copied with it.");
}

void explain_user(struct explain *explain, struct pxa_span user)
{
    explain_text(explain, "user", user);
    if (pxa_charset_of(user) == PXA_OTHER_CHARSET)
        readings(explain, user, pxa_charset_guess(user));
    form_of_user(explain->report, user);
}

/* ---- the credentials ---- */

/* What Squid does with the names of Basic alone. */
static void squids_way(struct report *report, struct pxa_span user)
{
    if (user.len == 0)
        report_remark(report, REPORT_WARNING, "empty_user",
                      "The user name is empty. Squid asks its helper all the same.");
    if (has_upper_case(user))
        report_remark(report, REPORT_NOTE, "upper_case",
                      "Squid makes this name lower case before it asks the helper and compares "
                      "it in access lists, unless auth_param basic casesensitive is on.");
}

static const char *encoding_name(struct pxa_span text)
{
    static const char *const names[] = {
        [PXA_ASCII] = "ASCII",
        [PXA_UTF8] = "UTF-8",
        [PXA_OTHER_CHARSET] = "not UTF-8, and not Windows-1252 either",
        [PXA_LATIN1] = "not UTF-8; ISO 8859-1 or another 8-bit set",
        [PXA_CP1252] = "not UTF-8; Windows-1252 or another 8-bit set",
    };

    return names[pxa_charset_guess(text)];
}

static void encoding(struct explain *explain, struct pxa_span text)
{
    struct report *report = explain->report;

    report_word(report, "encoding", encoding_name(text));
    if (pxa_charset_of(text) != PXA_OTHER_CHARSET)
        return;
    report_remark(report, REPORT_WARNING, "not_utf8",
                  "User name or password is not UTF-8, as directories want it: a right password "
                  "with such letters is refused.");
    report_cause(report, "The challenge does not say charset=\"UTF-8\", so the browser took its "
                         "own character set.");
    report_cause(report, "The client is an old program or a script that ignores it.");
    report_check(report, "auth_param basic utf8 on: Squid then says it, and converts what is not "
                         "UTF-8 (from Windows-1251 for browsers set to Russian, Ukrainian, "
                         "Belarusian, Bulgarian or Serbian, else from ISO 8859-1).");
}

static void who(struct explain *explain, struct pxa_span user, struct pxa_span password)
{
    explain_user(explain, user);
    report_secret(explain->report, "password", password);
    if (password.len == 0)
        report_remark(explain->report, REPORT_WARNING, "empty_password",
                      "The password is empty. Squid refuses that at once, without asking its "
                      "helper.");
}

/* ASCII in UTF-16 of either byte order. */
static bool is_utf16(struct pxa_span text)
{
    size_t zero[2] = {0, 0};

    for (size_t i = 0; i < text.len; i++)
        zero[i % 2] += text.at[i] == '\0';
    return text.len >= 4 && text.len % 2 == 0 && zero[0] + zero[1] == text.len / 2 &&
           (zero[0] == 0 || zero[1] == 0);
}

/* Shows what Squid sees of a text with a NUL or control byte: what stands before a NUL. */
static void as_squid(struct explain *explain, struct pxa_span token)
{
    struct scratch scratch = scratch_open(explain, PXA_BASE64_DECODED_MAX(token.len));
    struct report *report = explain->report;
    struct pxa_written done;
    struct pxa_span text;
    size_t colon;

    if (!scratch.at)
        return;
    if (pxa_base64_decode(token, scratch.at, scratch.cap, &done) == PXA_OK) {
        if (is_utf16((struct pxa_span){scratch.at, done.len}))
            report_cause(report, "The text is UTF-16 (every second byte is NUL), as scripts for "
                                 "Windows encode it. It has to be UTF-8.");
        text = (struct pxa_span){scratch.at, strnlen(scratch.at, done.len)};
        colon = text_find(text, ":");
        if (text_has(text, "\r") || text_has(text, "\n")) {
            report_remark(report, REPORT_NOTE, "squid_refuses", "Squid refuses it, too.");
        } else if (colon < text.len) {
            explain_text(explain, "user_as_squid_sees_it", text_upto(text, colon));
            report_remark(report, REPORT_WARNING, "squid_takes_it",
                          "Squid does not refuse this. It cuts at a NUL byte and lets other "
                          "control bytes pass, so that its helper is asked about the user shown.");
        }
    }
    scratch_close(&scratch);
}

static void not_decoded(struct explain *explain, struct pxa_span rest, enum pxa_status status,
                        size_t at)
{
    bool decoded = status == PXA_NUL || status == PXA_CONTROL || status == PXA_NO_COLON;
    struct fault fault = {decoded ? "decoded text" : "Base64", status, at, rest, true, true};

    if (decoded)
        fault.text = (struct pxa_span){NULL, 0}; /* the decoder keeps none of it */
    explain_fault(explain, &fault);
    if (status == PXA_NUL || status == PXA_CONTROL)
        as_squid(explain, rest);
}

void explain_basic(struct explain *explain, struct pxa_span rest, struct exchange_login *login)
{
    struct scratch scratch = scratch_open(explain, PXA_BASE64_DECODED_MAX(rest.len));
    struct pxa_basic basic;
    enum pxa_status status;

    if (!scratch.at)
        return;
    status = pxa_basic_decode(rest, scratch.at, scratch.cap, &basic);
    if (status == PXA_OK) {
        who(explain, basic.user, basic.password);
        squids_way(explain->report, basic.user);
        encoding(explain, (struct pxa_span){scratch.at, basic.user.len + 1 + basic.password.len});
    } else {
        not_decoded(explain, rest, status, basic.fault_at);
        login->unreadable = text_find(rest, ":") == rest.len; /* else it is not encoded at all */
    }
    scratch_close(&scratch);
}

/* ---- the helper's line ---- */

void explain_basic_line(struct explain *explain, struct pxa_span line)
{
    struct scratch scratch = scratch_open(explain, line.len);
    struct pxa_span password = line;
    struct pxa_span fields[2];
    struct pxa_written done;
    size_t used = 0;

    fields[0] = text_word(&password);
    fields[1] = password;
    for (size_t i = 0; i < 2 && scratch.at; i++) {
        enum pxa_status status =
            pxa_squid_unescape(fields[i], scratch.at + used, scratch.cap - used, &done);

        if (status != PXA_OK) {
            struct fault fault = {i == 0 ? "user's field" : "password's field",
                                  status,
                                  done.fault_at,
                                  fields[i],
                                  true,
                                  true};

            explain_fault(explain, &fault);
            scratch_close(&scratch);
            return;
        }
        fields[i] = (struct pxa_span){scratch.at + used, done.len};
        used += done.len;
    }
    if (scratch.at) {
        who(explain, fields[0], fields[1]);
        encoding(explain, (struct pxa_span){scratch.at, used});
    }
    scratch_close(&scratch);
}
