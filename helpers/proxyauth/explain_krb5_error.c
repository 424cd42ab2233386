/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error codes of Kerberos that people meet at a proxy, and what to do about each.
 * Source of the codes: RFC 4120, section 7.5.9.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"

static const struct {
    int32_t code;
    const char *meaning;
    const char *check;
} advices[] = {
    {6, "The KDC does not know the user.",
     "Is the name right, and the realm? In Active Directory: Get-ADUser, or kinit NAME."},
    {7, "The KDC does not know the SPN that was asked for.",
     "setspn -Q HTTP/name must find exactly one account; a duplicate gives the same error."},
    {12, "A policy of the KDC forbids it (logon hours, workstations, delegation).",
     "Look at the account's restrictions."},
    {14, "Client, KDC and account have no encryption type in common.",
     "msDS-SupportedEncryptionTypes of the account (24: AES), permitted_enctypes of krb5.conf."},
    {18, "The account is disabled, locked, expired, or outside of its logon hours.",
     "Look at the account's state."},
    {23, "The password has expired.", "The user has to change it."},
    {24, "The password, or the key in a keytab, was wrong.",
     "Log in again; for a keytab, make a new one after the last change of the password."},
    {25, "The KDC wants pre-authentication. This is an ordinary step of a login.",
     "Nothing, unless it is the last message."},
    {31, "The message could not be decrypted: it is from another key than the one expected.",
     "Does the keytab fit to the account's present password? Compare kvno and klist -ekt."},
    {32, "The ticket has expired.", "Get a new one: kinit, or lock and unlock the screen."},
    {33, "The ticket is not valid yet: a clock is behind.", "Compare the clocks; use NTP."},
    {34, "The same token came twice: a replay, or a request that was sent again.",
     "Do several proxies share one keytab and replay cache? Did a load balancer repeat it?"},
    {35, "The ticket is for another service than the one that got it.",
     "Is the SPN that is shown here in the keytab of this proxy (klist -kt)?"},
    {37, "The clocks of client and server differ by more than five minutes.",
     "Compare the time shown with the client's; use NTP on proxy, clients and KDCs."},
    {41,
     "The message was changed on its way, or decrypted with the wrong key: two accounts have "
     "the SPN, or the keytab is old.",
     "setspn -X finds duplicates; make a new keytab."},
    {44, "The keytab has no key of the version (kvno) that the ticket was made with.",
     "kvno HTTP/name on a client and klist -ekt KEYTAB on the proxy must show the same number. "
     "If not: make a new keytab; old tickets go with klist purge."},
    {45, "The server has no key for this SPN.", "klist -kt KEYTAB: is the SPN there?"},
    {60, "An error that Kerberos has no name for; the text says more.",
     "Look into the log of the program that sent it."},
    {68, "The KDC of another realm has to be asked.", "Is the realm in the user's name right?"},
};

/* Errors may be negative in a damaged message; they are shown as they are in the protocol. */
void explain_krb5_error(struct explain *explain, const struct pxa_krb5 *message)
{
    const char *name = pxa_krb5_error_name(message->error_code);
    const char *meaning = "The code has no well-known remedy.";
    const char *check = "";

    report_number(explain->report, "error_code", (uint64_t)(uint32_t)message->error_code);
    if (name[0])
        report_word(explain->report, "error_name", name);
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++) {
        if (advices[i].code != message->error_code)
            continue;
        meaning = advices[i].meaning;
        check = advices[i].check;
    }
    report_remark(explain->report, REPORT_WARNING, "krb_error", "Kerberos says %s (%ld): %s",
                  name[0] ? name : "an error", (long)message->error_code, meaning);
    if (check[0])
        report_check(explain->report, "%s", check);
}
