/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A target of a request, or a URI: masked where it may hold a password.
 * A password may itself hold slashes, and a URL may stand in the query of another: so any colon
 * with an "@" somewhere behind it counts, beside an "@" in the place of a URL's user. A path such
 * as /@scope of a host with a port is masked, too: better so than the reverse.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"

/* Where the last of PART stands in TEXT; the length if nowhere. */
static size_t find_last(struct pxa_span text, const char *part)
{
    size_t found = text.len;

    for (size_t at = text_find(text, part); at < text.len;) {
        found = at;
        at += 1 + text_find(text_from(text, at + 1), part);
    }
    return found;
}

/* What follows the scheme of a URL; all if it has none. */
static struct pxa_span without_scheme(struct pxa_span target)
{
    static const char others[] = "+-.";
    size_t slashes = text_find(target, "://");

    for (size_t i = 0; i < slashes && slashes < target.len; i++)
        if (!((target.at[i] | 0x20) >= 'a' && (target.at[i] | 0x20) <= 'z') &&
            !text_is_digit(target.at[i]) && !memchr(others, target.at[i], sizeof others - 1))
            return target;
    return slashes < target.len ? text_from(target, slashes + 3) : target;
}

/* Whether an AT, "@" or its escape, stands behind a colon or its escape. */
static bool has_password(struct pxa_span text, const char *at)
{
    size_t len = find_last(text, at);
    struct pxa_span before = text_upto(text, len);

    return len < text.len &&
           (text_has(before, ":") || text_has(before, "%3A") || text_has(before, "%3a"));
}

static bool has_user(struct pxa_span target)
{
    struct pxa_span rest = without_scheme(target);

    if (rest.len < target.len && text_has(text_upto(rest, text_find(rest, "/")), "@"))
        return true;
    return has_password(rest, "@") || has_password(rest, "%40");
}

void explain_target(struct explain *explain, const char *name, struct pxa_span target)
{
    if (!has_user(target)) {
        report_text(explain->report, name, target);
        return;
    }
    report_secret(explain->report, name, target);
    report_remark(explain->report, REPORT_WARNING, "password_in_url",
                  "The address holds a user name or password before its \"@\". It ends up in "
                  "logs of every proxy on the way.");
}
