/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts of known helpers and libraries in a helper's reply, and what is behind them.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"

/* Texts of Squid's own helpers and of the libraries below them. */
static const struct {
    const char *part;
    const char *meaning;
    const char *check;
} known_texts[] = {
    {"received type 1 NTLM token",
     "The browser sent NTLM inside Negotiate because it has no Kerberos ticket for the proxy; the "
     "helper knows Kerberos alone.",
     "The browser must use the proxy's full name, and one account must have the SPN HTTP/name: "
     "klist get HTTP/name on the client, setspn -Q HTTP/name."},
    {"Clock skew too great",
     "The clocks of client, KDC or proxy differ by more than five "
     "minutes.",
     "Compare them; use NTP."},
    {"Request is a replay", "The same token came twice.",
     "Do several helpers or proxies share a replay cache? Did a load balancer repeat the "
     "request?"},
    {"Ticket expired", "The client used an old ticket.", "The client has to get a new one."},
    {"Cannot find key for",
     "The keytab has no key of that version (kvno): the password of the "
     "account was changed after the keytab was made.",
     "kvno HTTP/name on a client and klist -ekt KEYTAB must show the same number."},
    {"Cannot decrypt ticket",
     "The keytab has another key than the one that the ticket was made "
     "with: two accounts have the SPN, or the keytab is old.",
     "setspn -X finds duplicates; make a new keytab."},
    {"not found in keytab", "The ticket is for an SPN that the keytab does not have.",
     "klist -kt KEYTAB; the browser must use the name that is in it."},
    {"No principal in keytab matches",
     "The helper was told an SPN (-s) that the keytab does "
     "not have.",
     "klist -kt KEYTAB, and the helper's option -s."},
    {"Permission denied", "The helper cannot read a file, usually the keytab.",
     "The keytab has to be readable by the user that Squid runs as."},
    {"Invalid negotiate request token", "The token is no Base64.",
     "Explain the YR line before this reply."},
    {"Unspecified GSS failure",
     "The library could not use the token; the text behind it says "
     "why.",
     "Read the end of the text; run the helper with -d."},
    {"Wrong principal in request", "The ticket is for another SPN than the helper accepts.",
     "The helper's option -s; GSS_C_NO_NAME accepts all of the keytab."},
    {"Encryption type",
     "The ticket's encryption type is not in the keytab, or forbidden by "
     "krb5.conf.",
     "klist -ekt KEYTAB; permitted_enctypes of krb5.conf."},
    {"Strong(er) authentication required", "The directory refuses logins without TLS.",
     "Use ldaps:// or StartTLS."},
    {"Can't contact LDAP server", "The directory cannot be reached.",
     "The address, port and "
     "firewall."},
    {"Invalid credentials", "User name or password is wrong, or the account is locked.",
     "The directory's log says which."},
    {"NT_STATUS_WRONG_PASSWORD", "The password is wrong.", ""},
    {"NT_STATUS_ACCOUNT_LOCKED_OUT", "The account is locked after wrong passwords.",
     "Which client repeats an old password?"},
    {"NT_STATUS_NO_SUCH_USER", "The domain does not know the user.", "The domain's name."},
    {"NT_STATUS_NO_LOGON_SERVERS", "No domain controller can be reached.", "wbinfo -P"},
    {"winbindd_privileged", "The helper may not use winbind.",
     "Squid's user has to be in the group winbindd_priv."},
};

void explain_known_text(struct report *report, struct pxa_span text)
{
    for (size_t i = 0; i < sizeof known_texts / sizeof *known_texts; i++) {
        if (!text_has(text, known_texts[i].part))
            continue;
        report_remark(report, REPORT_WARNING, "known_text", "%s", known_texts[i].meaning);
        if (known_texts[i].check[0])
            report_check(report, "%s", known_texts[i].check);
        return;
    }
}
