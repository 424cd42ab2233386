/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Digest: all that the client says, and where Squid reads it otherwise than RFC 7616.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"
#include "helpers/core/visible.h"

static void optional(struct report *report, const char *name, struct pxa_span value)
{
    if (value.len > 0)
        report_text(report, name, value);
}

static void fields(struct explain *explain, const struct pxa_digest *digest)
{
    struct report *report = explain->report;

    if (digest->userhash)
        report_text(report, "user_hash", digest->username);
    else
        explain_user(explain, digest->username);
    report_text(report, "realm", digest->realm);
    report_word(report, "algorithm", pxa_digest_algorithm_name(digest->algorithm));
    if (digest->algorithm == PXA_DIGEST_OTHER)
        report_text(report, "algorithm_name", digest->algorithm_name);
    optional(report, "qop", digest->qop_name);
    report_text(report, "nonce", digest->nonce);
    if (digest->nc.len > 0)
        report_number(report, "nonce_count", digest->nonce_count);
    optional(report, "client_nonce", digest->cnonce);
    optional(report, "opaque", digest->opaque);
    explain_target(explain, "uri", digest->uri);
    report_secret(report, "response", digest->response);
}

static void remarks(struct report *report, const struct pxa_digest *digest)
{
    if (digest->algorithm >= PXA_DIGEST_SHA256)
        report_remark(report, REPORT_WARNING, "squid_only_md5",
                      "Squid knows only MD5 and MD5-sess: it refuses this algorithm.");
    else if (digest->algorithm == PXA_DIGEST_OTHER)
        report_remark(report, REPORT_WARNING, "unknown_algorithm",
                      "The algorithm is none of RFC 7616.");
    if (digest->qop == PXA_QOP_NONE)
        report_remark(report, REPORT_WARNING, "no_qop",
                      "There is no qop, as in RFC 2069: the answer can be used again, and newer "
                      "versions of Squid refuse it.");
    if (digest->qop == PXA_QOP_AUTH_INT)
        report_remark(report, REPORT_WARNING, "auth_int",
                      "qop=auth-int covers the body of the request. Squid refuses it.");
    if (digest->userhash)
        report_remark(report, REPORT_WARNING, "user_hash",
                      "The user's name is hashed (userhash=true). Squid takes the hash for the "
                      "name.");
    if (digest->username_extended)
        report_remark(report, REPORT_WARNING, "extended_user",
                      "The user's name came as username*, which Squid does not know.");
    if (digest->charset == PXA_OTHER_CHARSET)
        report_remark(report, REPORT_WARNING, "not_utf8",
                      "The user's name is not UTF-8. The hash was made from these bytes, so that "
                      "a password file in UTF-8 does not match.");
}

static void put_text(struct explain *explain, const char *name, struct pxa_span value)
{
    report_text(explain->report, name, value);
}

static void differs(struct explain *explain, const char *name, struct pxa_span rfc,
                    struct pxa_span squid)
{
    /* A URI may hold a password, also in one of the two readings alone. Others do not. */
    void (*put)(struct explain *, const char *, struct pxa_span) =
        strcmp(name, "uri_differs") == 0 ? explain_target : put_text;

    if (text_same(rfc, squid))
        return;
    report_group(explain->report, name);
    put(explain, "as_the_rfc_says", rfc);
    put(explain, "as_squid_reads_it", squid);
    report_end(explain->report);
    report_remark(explain->report, REPORT_WARNING, "squid_reads_otherwise",
                  "Squid reads a value otherwise than RFC 7616 says: it drops backslashes "
                  "(DOMAIN\\\\user becomes DOMAINuser), and of a value that comes twice it takes "
                  "the last. The helper is asked about the name that Squid reads.");
}

/* Says what the other reading, OTHER, makes of the same text. */
static void compare(struct explain *explain, struct pxa_span rest, const struct pxa_digest *shown)
{
    enum pxa_dialect other = explain->dialect == PXA_RFC ? PXA_SQUID : PXA_RFC;
    struct scratch scratch = scratch_open(explain, rest.len);
    struct pxa_digest digest;
    enum pxa_status status;

    if (!scratch.at)
        return;
    status = pxa_digest_decode(rest, other, scratch.at, scratch.cap, &digest);
    if (status != PXA_OK) {
        struct visible_excerpt name = visible_excerpt(digest.fault_param);

        report_remark(explain->report, REPORT_WARNING,
                      other == PXA_SQUID ? "squid_refuses" : "rfc_refuses",
                      "%s refuses these credentials%s%s: %s",
                      other == PXA_SQUID ? "Squid" : "A strict reader of RFC 7616",
                      name.text[0] ? ", because of " : "", name.text, pxa_status_text(status));
    } else {
        const struct pxa_digest *rfc = other == PXA_RFC ? &digest : shown;
        const struct pxa_digest *squid = other == PXA_RFC ? shown : &digest;

        differs(explain, "user_differs", rfc->username, squid->username);
        differs(explain, "realm_differs", rfc->realm, squid->realm);
        differs(explain, "uri_differs", rfc->uri, squid->uri);
    }
    scratch_close(&scratch);
}

static void not_decoded(struct explain *explain, struct pxa_span rest, enum pxa_status status,
                        const struct pxa_digest *digest)
{
    struct fault fault = {"credentials", status, digest->fault_at, rest, true, false};

    if (digest->fault_param.len > 0)
        report_text(explain->report, "parameter", digest->fault_param);
    explain_fault(explain, &fault);
    if (pxa_form_of(rest) == PXA_FORM_TOKEN68)
        report_cause(explain->report,
                     "There is one token where Digest has parameters, name=\"value\": another "
                     "scheme's credentials were sent as Digest.");
}

void explain_digest(struct explain *explain, struct pxa_span rest, struct exchange_login *login)
{
    struct scratch scratch = scratch_open(explain, rest.len);
    struct pxa_digest digest;
    enum pxa_status status;

    if (!scratch.at)
        return;
    status = pxa_digest_decode(rest, explain->dialect, scratch.at, scratch.cap, &digest);
    if (status == PXA_OK) {
        fields(explain, &digest);
        remarks(explain->report, &digest);
        compare(explain, rest, &digest);
        exchange_text_set(&login->realm, digest.realm);
        exchange_text_set(&login->nonce, digest.nonce);
    } else {
        not_decoded(explain, rest, status, &digest);
    }
    scratch_close(&scratch);
}

/* ---- the helper's line ---- */

enum { SQUID_LINE_MAX = 8191 };

void explain_digest_line(struct explain *explain, struct pxa_span line)
{
    size_t middle = text_find(line, "\":\"");
    struct pxa_span realm = text_from(line, middle + 3);
    size_t end = realm.len;

    while (end > 0 && realm.at[end - 1] != '"')
        end--;
    explain_user(explain, text_upto(text_from(line, 1), middle - 1));
    explain_text(explain, "realm", text_upto(realm, end > 0 ? end - 1 : realm.len));
    if (end < realm.len && end > 0)
        report_secret(explain->report, "extras", text_trim(text_from(realm, end)));
    if (line.len >= SQUID_LINE_MAX - 21)
        report_remark(explain->report, REPORT_WARNING, "cut_by_squid",
                      "Squid cuts such lines at %d bytes, without an end of line: the next "
                      "request is glued to this one.",
                      SQUID_LINE_MAX);
    report_remark(explain->report, REPORT_NOTE, "digest_line",
                  "Squid escapes nothing in this line and does not compare the realm with its "
                  "own: the helper has to accept its own realm alone.");
}
