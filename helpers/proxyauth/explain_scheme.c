/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first word of a header's value. It should be a scheme's name; where the name was forgotten it
 * is the password itself, so that a word nobody knows is shown only if it looks like a name.
 * Cannot do: tell a password of letters alone, with parameters behind it, from a name.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"

enum { NAME_MAX_LEN = 24 };

/* Letters and dashes; digits only beside capital letters alone, as in SCRAM-SHA-512. */
static bool is_name(struct pxa_span word)
{
    bool lower = false;
    bool digit = false;

    for (size_t i = 0; i < word.len; i++) {
        char c = word.at[i];

        if (c >= 'a' && c <= 'z')
            lower = true;
        else if (text_is_digit(c))
            digit = true;
        else if (!(c >= 'A' && c <= 'Z') && c != '-')
            return false;
    }
    return word.len > 0 && word.len <= NAME_MAX_LEN && !(lower && digit);
}

/* Text, as a name and a password are. */
static bool is_readable(struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ')
            return false;
    return pxa_charset_of(text) != PXA_OTHER_CHARSET;
}

/* Whether WORD is Base64, also without its padding, of something with a colon. READABLE: which is
 * also text; else one in forty words of eight letters is taken for a login. */
static bool is_login(struct explain *explain, struct pxa_span word, bool readable)
{
    struct scratch scratch = scratch_open(explain, PXA_BASE64_DECODED_MAX(word.len));
    struct pxa_written done = {0};
    bool login = false;

    if (!scratch.at)
        return true; /* rather hide it */
    if (word.len >= 4 && pxa_base64_decode(text_upto(word, word.len - word.len % 4), scratch.at,
                                           scratch.cap, &done) == PXA_OK) {
        struct pxa_span text = {scratch.at, done.len};

        login = text_has(text, ":") && (!readable || is_readable(text));
    }
    scratch_close(&scratch);
    return login;
}

bool explain_has_login(struct explain *explain, struct pxa_span text)
{
    for (size_t at = 0; at < text.len; at++) {
        size_t len = 0;

        while (at + len < text.len && text_is_base64(text_upto(text_from(text, at + len), 1)))
            len++;
        if (len >= 8 && is_login(explain, text_upto(text_from(text, at), len), true))
            return true;
        at += len;
    }
    return false;
}

void explain_text(struct explain *explain, const char *name, struct pxa_span value)
{
    if (!explain_has_login(explain, value)) {
        report_text(explain->report, name, value);
        return;
    }
    report_secret(explain->report, name, value);
    report_remark(explain->report, REPORT_WARNING, "login_as_text",
                  "There is Base64 of user:password in the place of other text. It is not shown.");
}

bool explain_scheme(struct explain *explain, struct pxa_span name, struct pxa_span rest)
{
    struct report *report = explain->report;
    bool login;

    if (pxa_scheme_of(name) != PXA_SCHEME_OTHER) {
        report_text(report, "scheme", name);
        return true;
    }
    login = is_login(explain, name, false);
    if (rest.len > 0 && !login && is_name(name)) {
        report_text(report, "scheme", name);
        return true;
    }
    report_secret(report, "scheme", name);
    report_remark(report, REPORT_WARNING, "no_scheme",
                  "The first word is the name of no scheme that is known, and does not look like "
                  "one: the scheme is missing. The word is not shown, as it may be a password.");
    if (login)
        report_cause(report, "It looks like Base64 of user:password without \"Basic \" before "
                             "it.");
    return false;
}
