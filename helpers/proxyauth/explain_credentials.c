/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The value of an Authorization header: its scheme, and on to the scheme's own file.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"
#include "helpers/core/visible.h"

static void bearer(struct explain *explain, struct pxa_span rest)
{
    report_secret(explain->report, "token", rest);
    report_remark(explain->report, REPORT_NOTE, "bearer",
                  "A token that whoever has it can use. Squid has no scheme of this name; it is "
                  "for a server behind, or for another proxy.");
}

/* NAMED: the scheme's name looks like one. */
static void other(struct explain *explain, const struct pxa_scheme *scheme, bool named)
{
    if (scheme->rest.len > 0)
        report_secret(explain->report, "credentials", scheme->rest);
    if (scheme->name.len > 5 && pxa_name_is(text_upto(scheme->name, 5), "Basic"))
        report_remark(explain->report, REPORT_WARNING, "like_basic",
                      "This is no scheme that is known, but Squid compares only the first five "
                      "letters and takes it for Basic.");
    else if (scheme->id == PXA_SCHEME_OTHER && named)
        report_remark(explain->report, REPORT_WARNING, "unknown_scheme",
                      "This is no scheme that is known. A proxy answers 407 to it.");
    else if (scheme->id != PXA_SCHEME_OTHER)
        report_remark(explain->report, REPORT_NOTE, "not_explained",
                      "What this scheme sends is not decoded here, and Squid does not know it.");
}

void explain_credentials(struct explain *explain, struct pxa_span value,
                         struct exchange_login *login)
{
    struct pxa_scheme scheme;
    enum pxa_status status = pxa_scheme_split(value, &scheme);
    bool named;

    if (status != PXA_OK) {
        struct fault fault = {"header", status, scheme.fault_at, value, true, true};

        explain_fault(explain, &fault);
        return;
    }
    login->scheme = scheme.id;
    login->print = exchange_print(scheme.rest);
    named = explain_scheme(explain, scheme.name, scheme.rest);
    if (scheme.id == PXA_SCHEME_BASIC)
        explain_basic(explain, scheme.rest, login);
    else if (scheme.id == PXA_SCHEME_DIGEST)
        explain_digest(explain, scheme.rest, login);
    else if (scheme.id == PXA_SCHEME_NEGOTIATE || scheme.id == PXA_SCHEME_NTLM)
        explain_token(explain, scheme.rest, scheme.id, login);
    else if (scheme.id == PXA_SCHEME_BEARER)
        bearer(explain, scheme.rest);
    else
        other(explain, &scheme, named);
}
