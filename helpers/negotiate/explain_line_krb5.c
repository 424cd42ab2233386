/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kerberos messages. Who logs in is encrypted; only for which server can be told.
 */
#include <config.h>

#include "helpers/negotiate/explain_line_private.h"

#include <inttypes.h>

enum { NAME_SHOWN = 512 }; /* bytes of a principal's parts and realm; a longer one is not shown */

static void put_principal(struct line_text *line, const struct pxa_krb5_name *name,
                          struct pxa_span realm)
{
    char text[PXA_KRB5_NAME_MAX(NAME_SHOWN, NAME_SHOWN)];
    struct pxa_written done;

    if (name->parts.len <= NAME_SHOWN && realm.len <= NAME_SHOWN &&
        pxa_krb5_name_text(name, realm, text, sizeof text, &done) == PXA_OK)
        line_text_put_quoted(line, (struct pxa_span){text, done.len});
    else
        line_text_put(line, "a name of %zu bytes", name->parts.len);
}

static void put_etype(struct line_text *line, int32_t etype)
{
    const char *name = pxa_etype_name(etype);

    if (name[0])
        line_text_put(line, "%s", name);
    else
        line_text_put(line, "encryption type %" PRId32, etype);
}

void explain_line_ticket(struct line_text *line, const struct pxa_krb5 *krb5)
{
    put_principal(line, &krb5->server, krb5->realm);
    line_text_put(line, ", ");
    put_etype(line, krb5->ticket.etype);
    if (krb5->ticket.has_kvno)
        line_text_put(line, ", kvno %" PRIu32, krb5->ticket.kvno);
    else
        line_text_put(line, ", without kvno");
}

static void put_error(struct line_text *line, const struct pxa_krb5 *krb5)
{
    const char *name = pxa_krb5_error_name(krb5->error_code);

    line_text_put(line, "Kerberos KRB-ERROR %" PRId32 "%s%s", krb5->error_code, name[0] ? " " : "",
                  name);
    line_text_put_name(line, "text", krb5->error_text, PXA_OTHER_CHARSET);
    line_text_put(line, ", from ");
    put_principal(line, &krb5->server, krb5->realm);
}

void explain_line_krb5(struct line_text *line, struct pxa_span message)
{
    struct pxa_krb5 krb5;
    enum pxa_status status = pxa_krb5_decode(message, &krb5);

    if (status != PXA_OK) {
        line_text_put(line, "Kerberos message, ");
        explain_line_fault(line, "message", status, krb5.fault_at, message.len);
        return;
    }
    switch (krb5.kind) {
    case PXA_KRB5_AP_REQ:
        line_text_put(line, "Kerberos AP-REQ for ");
        explain_line_ticket(line, &krb5);
        if (krb5.ap_options & PXA_AP_MUTUAL_REQUIRED)
            line_text_put(line, ", mutual");
        if (krb5.ap_options & PXA_AP_USE_SESSION_KEY)
            line_text_put(line, ", user to user");
        break;
    case PXA_KRB5_AP_REP:
        line_text_put(line, "Kerberos AP-REP, ");
        put_etype(line, krb5.part.etype);
        break;
    case PXA_KRB5_ERROR:
        put_error(line, &krb5);
        break;
    case PXA_KRB5_TGT_REQ:
        line_text_put(line, "Kerberos TGT-REQ (user to user)");
        break;
    case PXA_KRB5_TGT_REP:
        line_text_put(line, "Kerberos TGT-REP (user to user) with a ticket for ");
        explain_line_ticket(line, &krb5);
        break;
    case PXA_KRB5_IAKERB:
        line_text_put(line, "IAKERB message of %zu bytes for a KDC", krb5.kdc_message.len);
        line_text_put_name(line, "realm", krb5.target_realm, PXA_UTF8);
        break;
    case PXA_KRB5_OTHER:
        line_text_put(line, "Kerberos message of an unknown kind");
        break;
    }
}
