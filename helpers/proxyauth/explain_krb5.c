/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kerberos: for which server the ticket is, with which key it was made, and what an error says.
 * Cannot do: say who logs in, because that is encrypted.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"
#include "helpers/core/visible.h"

#include <inttypes.h>
#include <stdio.h>

static const char *kind_name(enum pxa_krb5_kind kind)
{
    switch (kind) {
    case PXA_KRB5_AP_REQ:
        return "AP-REQ (a login with a ticket)";
    case PXA_KRB5_AP_REP:
        return "AP-REP (the server's answer)";
    case PXA_KRB5_ERROR:
        return "KRB-ERROR";
    case PXA_KRB5_TGT_REQ:
        return "TGT-REQ (user to user)";
    case PXA_KRB5_TGT_REP:
        return "TGT-REP (user to user)";
    case PXA_KRB5_IAKERB:
        return "IAKERB (messages for a KDC)";
    case PXA_KRB5_OTHER:
        break;
    }
    return "unknown";
}

static void name_field(struct explain *explain, const char *field, const struct pxa_krb5_name *name)
{
    struct scratch scratch;
    struct pxa_written done;

    if (name->part_count == 0)
        return;
    scratch = scratch_open(explain, PXA_KRB5_NAME_MAX(name->parts.len, 0));
    if (scratch.at && pxa_krb5_name_text(name, (struct pxa_span){NULL, 0}, scratch.at, scratch.cap,
                                         &done) == PXA_OK)
        report_text(explain->report, field, (struct pxa_span){scratch.at, done.len});
    scratch_close(&scratch);
}

struct etype_text {
    char text[48];
};

/* The name of an encryption type, or its number. Those of private use are negative. */
static struct etype_text etype_text(int32_t etype)
{
    const char *name = pxa_etype_name(etype);
    struct etype_text text;

    if (name[0])
        (void)snprintf(text.text, sizeof text.text, "%s", name);
    else
        (void)snprintf(text.text, sizeof text.text, "%" PRId32, etype);
    return text;
}

static void etype_field(struct report *report, const char *field, int32_t etype)
{
    report_word(report, field, etype_text(etype).text);
}

/* ---- what is odd about a ticket ---- */

static bool is_weak(int32_t etype)
{
    /* DES, triple DES, RC4; the negative ones are Microsoft's forms of RC4. */
    static const int32_t weak[] = {1, 2, 3, 16, 23, 24, -128, -133, -135};

    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++)
        if (etype == weak[i])
            return true;
    return false;
}

static void weak_etype(struct report *report, int32_t etype)
{
    report_remark(report, REPORT_WARNING, "weak_etype",
                  "The ticket is encrypted with %s, which is old and weak. Newer domain "
                  "controllers and MIT Kerberos refuse it by default.",
                  etype_text(etype).text);
    report_cause(report, "The proxy's account has no AES keys: msDS-SupportedEncryptionTypes is "
                         "not set, or its password is older than the domain's AES support.");
    report_check(report, "Set msDS-SupportedEncryptionTypes of the account to 24 (AES), change "
                         "its password, make a new keytab, and let clients get new tickets "
                         "(klist purge).");
}

static void host_of_spn(struct report *report, struct pxa_span host)
{
    if (text_is_address(host))
        report_remark(report, REPORT_WARNING, "spn_is_address",
                      "The SPN names an IP address: the proxy is configured by its address. Use "
                      "its full name in the browser or PAC file.");
    else if (!text_has(host, "."))
        report_remark(report, REPORT_WARNING, "spn_short_name",
                      "The SPN names a host without a domain. The proxy is configured by its "
                      "short name; its keytab usually has only the full one.");
}

/* Returns whether the ticket may be for a proxy: a key of a KDC is in no keytab. */
static bool spn(struct report *report, const struct pxa_krb5_name *server)
{
    struct pxa_cursor cursor = {server->parts, 0};
    struct pxa_span service = {NULL, 0};
    struct pxa_span host = {NULL, 0};

    if (pxa_krb5_part_next(&cursor, &service) != PXA_OK)
        return true;
    if (pxa_name_is(service, "krbtgt")) {
        report_remark(report, REPORT_WARNING, "ticket_for_kdc",
                      "This is a ticket for a KDC, not for a proxy.");
        return false;
    }
    if (!pxa_name_is(service, "HTTP"))
        report_remark(report, REPORT_WARNING, "spn_not_http",
                      "The ticket is for the service \"%s\". Browsers ask for HTTP/name.",
                      visible_excerpt(service).text);
    if (pxa_krb5_part_next(&cursor, &host) == PXA_OK)
        host_of_spn(report, host);
    return true;
}

static void key(struct report *report, const struct pxa_krb5_data *ticket)
{
    if (!ticket->has_kvno) {
        report_remark(report, REPORT_NOTE, "no_kvno",
                      "The ticket does not say with which version of the key (kvno) it was "
                      "made; the proxy tries all that it has.");
        return;
    }
    report_remark(report, REPORT_NOTE, "keytab",
                  "The proxy's keytab needs the key of this SPN and realm with kvno %u and the "
                  "encryption type %s.",
                  (unsigned)ticket->kvno, etype_text(ticket->etype).text);
    report_check(report, "klist -ekt KEYTAB on the proxy; compare kvno and type. A kvno that is "
                         "one too old means that the account's password was changed after the "
                         "keytab was made.");
    if (ticket->kvno > 0xffff)
        report_remark(report, REPORT_NOTE, "kvno_rodc",
                      "The upper half of the kvno, %u, is the number of a read-only domain "
                      "controller.",
                      (unsigned)(ticket->kvno >> 16));
}

static void ticket(struct explain *explain, const struct pxa_krb5 *message)
{
    struct report *report = explain->report;
    bool for_proxy;

    name_field(explain, "spn", &message->server);
    report_text(report, "realm", message->realm);
    etype_field(report, "ticket_etype", message->ticket.etype);
    if (message->ticket.has_kvno)
        report_number(report, "kvno", message->ticket.kvno);
    report_number(report, "ticket_length", message->ticket_der.len);
    for_proxy = spn(report, &message->server);
    if (is_weak(message->ticket.etype))
        weak_etype(report, message->ticket.etype);
    if (message->kind != PXA_KRB5_AP_REQ)
        return;
    etype_field(report, "authenticator_etype", message->part.etype);
    report_flag(report, "mutual_authentication",
                (message->ap_options & PXA_AP_MUTUAL_REQUIRED) != 0);
    if (message->ap_options & PXA_AP_USE_SESSION_KEY)
        report_remark(report, REPORT_WARNING, "user_to_user",
                      "The ticket is encrypted with a session key (user to user): a keytab "
                      "cannot open it.");
    else if (for_proxy)
        key(report, &message->ticket);
    report_remark(report, REPORT_NOTE, "who_is_encrypted",
                  "Who logs in stands in the encrypted part of the ticket. Only the proxy, with "
                  "its keytab, can read it.");
}

static void error_fields(struct explain *explain, const struct pxa_krb5 *message)
{
    struct report *report = explain->report;

    name_field(explain, "spn", &message->server);
    report_text(report, "realm", message->realm);
    name_field(explain, "client", &message->client);
    if (message->client_realm.len > 0)
        report_text(report, "client_realm", message->client_realm);
    if (message->error_text.len > 0)
        report_text(report, "error_text", message->error_text);
    report_text(report, "server_time", message->server_time);
    explain_krb5_error(explain, message);
}

static void iakerb(struct explain *explain, const struct pxa_krb5 *message)
{
    if (message->target_realm.len > 0)
        report_text(explain->report, "target_realm", message->target_realm);
    report_remark(explain->report, REPORT_WARNING, "iakerb",
                  "The client cannot reach a domain controller and asks the proxy to hand its "
                  "messages on (IAKERB). Squid's helper does not do that.");
    report_check(explain->report, "Can the client reach a KDC: DNS records _kerberos._tcp, and "
                                  "port 88?");
}

void explain_krb5(struct explain *explain, struct pxa_span message)
{
    struct pxa_krb5 krb5;
    enum pxa_status status = pxa_krb5_decode(message, &krb5);

    report_group(explain->report, "kerberos");
    if (status != PXA_OK) {
        struct fault fault = {"Kerberos message", status, krb5.fault_at, message, true, false};

        explain_fault(explain, &fault);
        report_end(explain->report);
        return;
    }
    report_word(explain->report, "message", kind_name(krb5.kind));
    if (krb5.kind == PXA_KRB5_AP_REQ || krb5.kind == PXA_KRB5_TGT_REP)
        ticket(explain, &krb5);
    else if (krb5.kind == PXA_KRB5_ERROR)
        error_fields(explain, &krb5);
    else if (krb5.kind == PXA_KRB5_AP_REP)
        etype_field(explain->report, "etype", krb5.part.etype);
    else if (krb5.kind == PXA_KRB5_IAKERB)
        iakerb(explain, &krb5);
    else if (krb5.kind == PXA_KRB5_TGT_REQ)
        report_remark(explain->report, REPORT_WARNING, "user_to_user",
                      "The client wants user-to-user authentication. Squid's helper has only a "
                      "keytab and cannot do that.");
    report_end(explain->report);
}
