/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of LDAP result codes: what each means for a login.
 * Cannot do: judge what libldap found wrong by itself (negative codes); that is always trouble.
 */
#include <config.h>

#include "helpers/directory/verdict.h"

#include <stddef.h>
#include <string.h>

#include <ldap.h>

#include "helpers/directory/account_state.h"

enum verdict verdict_of_bind(int code)
{
    switch (code) {
    case LDAP_SUCCESS:
        return VERDICT_OK;
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_INAPPROPRIATE_AUTH:   /* the entry has no password */
    case LDAP_NO_SUCH_OBJECT:       /* the entry went after the search */
    case LDAP_INVALID_DN_SYNTAX:    /* a DN made from a name that no entry can have */
    case LDAP_CONSTRAINT_VIOLATION: /* a password policy: locked */
    case LDAP_UNWILLING_TO_PERFORM: /* a password policy: disabled */
    case LDAP_INSUFFICIENT_ACCESS:  /* may not log in */
        return VERDICT_DENIED;
    default:
        return VERDICT_UNAVAILABLE;
    }
}

enum verdict verdict_of_search(int code, unsigned entries, bool base_is_ours)
{
    if (entries > 1)
        return VERDICT_DENIED;
    switch (code) {
    case LDAP_SUCCESS:
        return entries == 1 ? VERDICT_OK : VERDICT_DENIED;
    case LDAP_SIZELIMIT_EXCEEDED: /* a limit of the server's own cut off the others */
        return entries == 1 ? VERDICT_DENIED : VERDICT_UNAVAILABLE;
    case LDAP_NO_SUCH_OBJECT:
    case LDAP_INVALID_DN_SYNTAX:
        return base_is_ours ? VERDICT_UNAVAILABLE : VERDICT_DENIED;
    default:
        return VERDICT_UNAVAILABLE;
    }
}

enum verdict verdict_of_compare(int code)
{
    switch (code) {
    case LDAP_COMPARE_TRUE:
        return VERDICT_OK;
    case LDAP_COMPARE_FALSE:
    case LDAP_NO_SUCH_ATTRIBUTE:
    case LDAP_NO_SUCH_OBJECT:
        return VERDICT_DENIED;
    default:
        return VERDICT_UNAVAILABLE;
    }
}

bool verdict_hurts_server(int code)
{
    return code == LDAP_BUSY || code == LDAP_UNAVAILABLE || code == LDAP_OTHER;
}

/* What Active Directory says when it does not like how a connection is protected. */
static const char *protection_advice(const char *diagnostic)
{
    static const struct {
        const char *part;
        const char *advice;
    } known[] = {
        {"Sign or Seal are not allowed if TLS is used",
         "the server takes TLS or a SASL layer, not both: use an ldap:// URI without --starttls, "
         "or --sasl-in-tls"},
        {"Sign or Seal are required",
         "the server wants SASL binds signed or sealed: use an ldap:// URI, and neither "
         "--starttls nor --sasl-in-tls"},
        {"not allowed if TLS is used",
         "the server takes no SASL bind inside TLS: use an ldap:// URI, and neither --starttls "
         "nor --sasl-in-tls"},
        {"data 80090346", "the server wants channel binding for SASL inside TLS: use "
                          "--sasl-in-tls, or an ldap:// URI without --starttls"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strstr(diagnostic, known[i].part))
            return known[i].advice;
    return NULL;
}

static const char *code_advice(int code)
{
    switch (code) {
    case LDAP_STRONG_AUTH_REQUIRED:
    case LDAP_CONFIDENTIALITY_REQUIRED:
        return "the server wants TLS: use an ldaps:// URI or --starttls";
    case LDAP_REFERRAL:
        return "the server does not hold this part of the directory and names another one, "
               "which is not followed: use that one with --uri";
    case LDAP_OPERATIONS_ERROR:
        return "an Active Directory says this to a search without a service account: use --bind-dn";
    case LDAP_INVALID_CREDENTIALS:
        return "the server does not accept the name or the password";
    case LDAP_INSUFFICIENT_ACCESS:
        return "the server does not allow it: check the rights of the account of --bind-dn";
    case LDAP_NO_SUCH_OBJECT:
        return "there is no such entry: check --base";
    case LDAP_INVALID_DN_SYNTAX:
        return "this is not a DN: check --base and --bind-dn";
    case LDAP_TIMELIMIT_EXCEEDED:
    case LDAP_ADMINLIMIT_EXCEEDED:
        return "the search took too long for the server: check that the attributes of the filter "
               "are indexed";
    case LDAP_SIZELIMIT_EXCEEDED:
        return "the filter finds more entries than the server gives";
    case LDAP_INAPPROPRIATE_MATCHING:
        return "the server cannot match like this: check --filter";
    case LDAP_BUSY:
    case LDAP_UNAVAILABLE:
        return "the server is overloaded or going down";
    default:
        return NULL;
    }
}

const char *verdict_advice(int code, const char *diagnostic)
{
    const char *advice = diagnostic ? protection_advice(diagnostic) : NULL;

    if (!advice && account_diagnostic_is_trouble(diagnostic))
        return "this controller could not try the password: see whether it reaches those of the "
               "user's domain";
    return advice ? advice : code_advice(code);
}
