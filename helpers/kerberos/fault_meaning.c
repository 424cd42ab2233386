/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reasons are for users, in the browser's page; cures for administrators, in the log. Codes that
 * are not here are the client's: it can make libkrb5 fail in many ways.
 */
#include <config.h>

#include "helpers/kerberos/fault_meaning.h"

#include <errno.h>
#include <stddef.h>

#include "helpers/kerberos/fault.h"

#define NEW_KEYTAB                                                                                 \
    "make the keytab anew (ktpass, adcli update, msktutil or ktadd) if the account's key was "     \
    "changed"

static const struct fault_meaning krb5_meanings[] = {
    {.code = KRB5KRB_AP_ERR_TKT_EXPIRED,
     .reason = "your Kerberos ticket has expired: lock and unlock the screen, or run kinit",
     .cure = "the client has to renew its ticket (kinit; Windows: lock and unlock)"},
    {.code = KRB5KRB_AP_ERR_SKEW,
     .reason = "the clocks of your computer and the proxy differ too much",
     .cure = "set both clocks by NTP; clockskew of krb5.conf says what is allowed (300 s)"},
    {.code = KRB5KRB_AP_ERR_TKT_NYV,
     .reason = "your Kerberos ticket is not valid yet: the clocks of KDC and proxy differ",
     .cure = "set the clocks of KDC and proxy by NTP"},
    {.code = KRB5KRB_AP_ERR_REPEAT,
     .reason = "this login was used before (a replay)",
     .cure = "something between the client and here sends requests twice, or somebody listened and "
             "tried it himself"},
    {.code = KRB5KRB_AP_ERR_BADKEYVER,
     .key_missing = true,
     .reason = "your Kerberos ticket was made with a key that the proxy does not have",
     .cure = NEW_KEYTAB},
    {.code = KRB5KRB_AP_ERR_NOKEY,
     .key_missing = true,
     .reason = "your Kerberos ticket was made with a key that the proxy does not have",
     .cure = NEW_KEYTAB},
    {.code = KRB5KRB_AP_ERR_NOT_US,
     .key_missing = true,
     .reason = "your Kerberos ticket is for another service than this proxy",
     .cure = "give clients the proxy's name that the keytab has, or add a key for this one"},
    {.code = KRB5KRB_AP_WRONG_PRINC,
     .key_missing = true,
     .reason = "your Kerberos ticket is for another service than this proxy",
     .cure = "give clients the proxy's name that the keytab has, or add a key for this one"},
    {.code = KRB5_KT_NOTFOUND,
     .key_missing = true,
     .reason = "your Kerberos ticket is for another service than this proxy",
     .cure = "give clients the proxy's name that the keytab has, or add a key for this one"},
    {.code = KRB5_KT_KVNONOTFOUND,
     .key_missing = true,
     .reason = "your Kerberos ticket was made with a key that the proxy does not have",
     .cure = NEW_KEYTAB},
    {.code = KRB5KRB_AP_ERR_BAD_INTEGRITY,
     .key_missing = true,
     .reason = "your Kerberos ticket cannot be decrypted with the proxy's key",
     .cure = "the keytab has another key than the account: make it anew; in Active Directory see "
             "that one account alone has the SPN (setspn -X)"},
    {.code = KRB5KRB_AP_ERR_MODIFIED,
     .reason = "the login was changed on its way",
     .cure = "something between the client and here changes requests"},
    {.code = KRB5KRB_AP_ERR_BADMATCH,
     .reason = "the ticket is not that of the one who sent it",
     .cure = "ticket and authenticator name two clients: somebody plays with tickets"},
    {.code = KRB5KRB_AP_ERR_ILL_CR_TKT,
     .reason = "your Kerberos realm is not one that this proxy's realm trusts",
     .cure = "see [capaths] of krb5.conf for the way between the realms"},
    {.code = KRB5KRB_AP_ERR_TKT_INVALID, .reason = "your Kerberos ticket is marked as invalid"},
    {.code = KRB5KRB_AP_ERR_BADADDR,
     .reason = "your Kerberos ticket is for another address",
     .cure = "the client asks for tickets with addresses: noaddresses = true in its krb5.conf"},
    {.code = KRB5_NOPERM_ETYPE,
     .reason = "your Kerberos ticket uses an encryption type that is not allowed here",
     .cure = "allow stronger types for the accounts (msDS-SupportedEncryptionTypes 24), or this "
             "one in krb5.conf (permitted_enctypes, allow_weak_crypto)"},
    {.code = KRB5_PROG_ETYPE_NOSUPP,
     .reason = "your Kerberos ticket uses an encryption type that is not known here",
     .cure = "allow AES for the accounts (msDS-SupportedEncryptionTypes 24)"},
    {.code = KRB5_BAD_ENCTYPE,
     .reason = "your Kerberos ticket uses an encryption type that is not known here",
     .cure = "allow AES for the accounts (msDS-SupportedEncryptionTypes 24)"},
    {.code = ENOMEM, .trouble = true, .reason = "out of memory"},
    {.code = EMFILE,
     .trouble = true,
     .reason = "the proxy has no file descriptor left",
     .cure = "give Squid and its helpers more: LimitNOFILE of its unit, or ulimit -n"},
    {.code = ENFILE,
     .trouble = true,
     .reason = "the proxy has no file descriptor left",
     .cure = "the whole system has none: fs.file-max, and who has them all (lsof)"},
    {.code = KRB5_KT_IOERR, .trouble = true, .reason = "the proxy's keys cannot be read"},
    {.code = KRB5_CONFIG_CANTOPEN,
     .trouble = true,
     .reason = "krb5.conf cannot be read",
     .cure = "this process has to be able to read it, and what it includes: chmod a+r"},
    {.code = KRB5_CONFIG_BADFORMAT,
     .trouble = true,
     .reason = "krb5.conf is malformed",
     .cure = "klist says so, too, when it is run with the same file"},
    {.code = KRB5_CONFIG_ETYPE_NOSUPP,
     .trouble = true,
     .reason = "krb5.conf allows no encryption type at all",
     .cure = "permitted_enctypes in [libdefaults] of krb5.conf names none that libkrb5 knows and "
             "allows: look for a slip, or leave the line out"},
    {.code = KRB5_CONFIG_NODEFREALM,
     .trouble = true,
     .reason = "krb5.conf has no default realm, which local names need",
     .cure = "default_realm in [libdefaults] of krb5.conf is the realm whose auth_to_local counts"},
    {.code = KRB5_LNAME_BADFORMAT,
     .trouble = true,
     .reason = "the rules for local names in krb5.conf cannot be used",
     .cure = "look for a slip in krb5.conf: in auth_to_local below [realms], in localauth and "
             "hostrealm below [plugins]"},
};
enum { KRB5_MEANINGS = sizeof krb5_meanings / sizeof *krb5_meanings };

static const struct fault_meaning gss_meanings[] = {
    {.code = GSS_S_BAD_MECH,
     .reason = "no way to log in that the client offers is accepted here",
     .cure = "see that the client has a ticket for the proxy"},
    {.code = GSS_S_BAD_BINDINGS,
     .reason = "the login is bound to another connection",
     .cure = "something between the client and here ends its TLS"},
    {.code = GSS_S_BAD_SIG,
     .reason = "the login was changed on its way",
     .cure = "something between the client and here changes requests"},
    {.code = GSS_S_DEFECTIVE_TOKEN, .reason = "the login is malformed"},
    /* For the mechanism that the token names: there are keys for Kerberos. */
    {.code = GSS_S_NO_CRED,
     .reason = "no way to log in that the client offers is accepted here",
     .cure = "see that the client has a ticket for the proxy"},
    {.code = GSS_S_CREDENTIALS_EXPIRED, .trouble = true, .reason = "the proxy's key has expired"},
};
enum { GSS_MEANINGS = sizeof gss_meanings / sizeof *gss_meanings };

const struct fault_meaning fault_unknown_krb5 = {.reason = "the Kerberos login is not accepted"};
const char fault_ntlm_refusal[] = "the NTLM login is not accepted: wrong user or password";
const struct fault_meaning fault_unknown_ntlm = {
    .reason = fault_ntlm_refusal,
    .cure = "if all fail, look whether the accounts can be reached (wbinfo -p, wbinfo -t; or the "
            "file of --ntlm-file)"};
const struct fault_meaning fault_replay_cache = {
    .trouble = true,
    .reason = "the proxy could not note the login in its replay cache",
    .cure = "look after the folder of --replay-cache"};
const struct fault_meaning fault_old_keytab = {
    .key_missing = true,
    .reason = "your Kerberos ticket was made with a key that the proxy does not have yet",
    .cure = "the account's key was changed after the keytab was made: make it anew (ktpass, adcli "
            "update, msktutil or ktadd)"};
const struct fault_meaning fault_old_ticket = {
    .key_missing = true,
    .reason = "your Kerberos ticket was made with a key that the proxy does not have any more: log "
              "out and in again, or run klist purge",
    .cure = "the client has a ticket from before the key was changed; a keytab that keeps the old "
            "key for a day spares users that"};
const struct fault_meaning fault_no_etype = {
    .key_missing = true,
    .reason = "your Kerberos ticket was made with a key that the proxy does not have",
    .cure = "the keytab lacks this encryption type: make it anew with all that the account has"};
const struct fault_meaning fault_forbidden_key = {
    .trouble = true,
    .reason = "the proxy does not allow the encryption type of its own key",
    .cure = "the keytab has this key, and krb5.conf forbids its type: see permitted_enctypes in "
            "[libdefaults] (and allow_weak_crypto), or give the account and the keytab AES keys"};
const struct fault_meaning fault_left_out = {
    .key_missing = true,
    .reason = "your Kerberos ticket is for another service than this proxy",
    .cure = "--spn does not take this name: give clients one that it takes, or name this one, too"};
const struct fault_meaning fault_not_http = {
    .key_missing = true,
    .reason = "your Kerberos ticket is for another service than this proxy",
    .cure = "without --spn, HTTP/ names alone are taken: give clients one, or name this one by "
            "--spn"};
const struct fault_meaning fault_no_domain = {
    .trouble = true,
    .reason = "the domain that knows NTLM's users cannot be reached",
    .cure = "winbindd has to run, wbinfo --ping-dc to succeed, and Squid's account to be in the "
            "group that may use its privileged pipe (Debian: winbindd_priv)"};
const struct fault_meaning fault_no_file = {
    .trouble = true,
    .reason = "the file that knows NTLM's users cannot be read",
    .cure = "this process has to be able to read the file of --ntlm-file"};
const struct fault_meaning fault_no_kdc = {
    .trouble = true,
    .reason = "no KDC answers that the proxy could ask for the client",
    .cure = "see that krb5.conf or the DNS name a KDC of the client's realm, and that it can be "
            "reached from here; a KDC has no answer to what makes no sense, either"};

static const struct fault_meaning *find(const struct fault_meaning *meanings, size_t count,
                                        int64_t code)
{
    for (size_t i = 0; i < count; i++)
        if (meanings[i].code == code)
            return &meanings[i];
    return NULL;
}

const struct fault_meaning *fault_meaning_krb5(krb5_error_code code)
{
    return find(krb5_meanings, KRB5_MEANINGS, code);
}

const struct fault_meaning *fault_meaning_gss(OM_uint32 major)
{
    return find(gss_meanings, GSS_MEANINGS, GSS_ROUTINE_ERROR(major));
}
