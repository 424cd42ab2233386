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

/* Base64, also without its padding, of a text with a colon. */
static bool is_login(struct explain *explain, struct pxa_span word)
{
    struct scratch scratch = scratch_open(explain, PXA_BASE64_DECODED_MAX(word.len));
    struct pxa_written done = {0};
    bool colon = false;

    if (!scratch.at)
        return true; /* rather hide it */
    if (word.len >= 4 && pxa_base64_decode(text_upto(word, word.len - word.len % 4), scratch.at,
                                           scratch.cap, &done) == PXA_OK)
        colon = text_has((struct pxa_span){scratch.at, done.len}, ":");
    scratch_close(&scratch);
    return colon;
}

bool explain_scheme(struct explain *explain, struct pxa_span name, struct pxa_span rest)
{
    struct report *report = explain->report;
    bool login;

    if (pxa_scheme_of(name) != PXA_SCHEME_OTHER) {
        report_text(report, "scheme", name);
        return true;
    }
    login = is_login(explain, name);
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
