/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Codes are those of RFC 4120, section 7.5.9, as krb5.h counts them, and libkrb5's own.
 *
 * | what                                        | account's ticket | server's ticket |
 * |---------------------------------------------|------------------|-----------------|
 * | unknown, revoked, expired, wrong key        | CREDENTIAL       | CREDENTIAL      |
 * | the service's name is unknown or not usable | (of the KDC) LOCAL | SERVER        |
 * | no KDC answers, no KDC is known             | LOCAL            | LOCAL           |
 * | the clocks differ                           | LOCAL            | LOCAL           |
 * | any other                                   | LOCAL            | SERVER          |
 */
#include <config.h>

#include "helpers/directory/kerberos_fault.h"

#include <stddef.h>

#include <krb5.h>

/* About the account: half a sentence, or NULL. */
static const char *account_fault(long code)
{
    switch (code) {
    case KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN:
        return "the KDC knows no such account";
    case KRB5KDC_ERR_PREAUTH_FAILED:
    case KRB5KRB_AP_ERR_BAD_INTEGRITY:
        return "the key in the keytab is not the account's, whose password was changed perhaps: "
               "make the keytab anew";
    case KRB5KDC_ERR_CLIENT_REVOKED:
        return "the account is disabled, locked or has expired";
    case KRB5KDC_ERR_NAME_EXP:
        return "the account has expired";
    case KRB5KDC_ERR_KEY_EXP:
        return "the account's password has expired: set it so that it does not, and make the "
               "keytab anew";
    case KRB5KDC_ERR_CLIENT_NOTYET:
        return "the account is not valid yet";
    case KRB5KDC_ERR_POLICY:
        return "a policy of the KDC forbids it";
    case KRB5KDC_ERR_ETYPE_NOSUPP:
    case KRB5_KT_NOTFOUND:
        return "the keytab holds no key of a type that the KDC and this machine use for the "
               "account";
    default:
        return NULL;
    }
}

/* About the way to the KDC, and about us. */
static const char *local_fault(long code)
{
    switch (code) {
    case KRB5_KDC_UNREACH:
        return "no KDC answers";
    case KRB5_REALM_UNKNOWN:
    case KRB5_REALM_CANT_RESOLVE:
        return "no KDC is known for the realm: name one in krb5.conf, or let DNS name it";
    case KRB5_CONFIG_CANTOPEN:
    case KRB5_CONFIG_BADFORMAT:
    case KRB5_CONFIG_NODEFREALM:
    case KRB5_CONFIG_NOTENUFSPACE:
        return "see krb5.conf";
    case KRB5KRB_AP_ERR_SKEW:
    case KRB5_KDCREP_SKEW:
    case KRB5KRB_AP_ERR_TKT_NYV:
    case KRB5KDC_ERR_NEVER_VALID:
        return "the clocks of this machine and of the KDC differ by too much";
    default:
        return NULL;
    }
}

static const char *service_fault(long code)
{
    switch (code) {
    case KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN:
    case KRB5KDC_ERR_SERVER_NOMATCH:
        return "the KDC knows no service of that name: the server's URI must have the name that "
               "the KDC knows it by (see also rdns and dns_canonicalize_hostname in krb5.conf)";
    case KRB5KDC_ERR_SERVICE_EXP:
    case KRB5KDC_ERR_SERVICE_REVOKED:
    case KRB5KDC_ERR_SERVICE_NOTYET:
        return "the service's account is disabled or has expired";
    default:
        return NULL;
    }
}

enum setup_outcome kerberos_fault(enum kerberos_step step, long code, const char *text,
                                  const char *name, struct why *why)
{
    enum setup_outcome outcome = SETUP_CREDENTIAL;
    const char *cause = account_fault(code);

    if (!cause) {
        outcome = SETUP_LOCAL;
        cause = local_fault(code);
    }
    if (!cause && step == KERBEROS_SERVICE) {
        outcome = SETUP_SERVER;
        cause = service_fault(code);
    }
    why_set(why, "no Kerberos ticket for %s: %s%s%s%s", name, cause ? cause : text,
            cause ? " (" : "", cause ? text : "", cause ? ")" : "");
    return outcome;
}
