/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * | URI      | purpose                        | protection                  |
 * |----------|--------------------------------|-----------------------------|
 * | ldapi:// | any                            | none: it never leaves       |
 * | ldaps:// | any                            | TLS                         |
 * | ldap://  | service, Kerberos              | the mechanism's layer       |
 * | ldap://  | service, Kerberos, sasl_in_tls | TLS by StartTLS             |
 * | ldap://  | all others                     | TLS if starttls, else none  |
 *
 * SCRAM and EXTERNAL have no layer: they are protected as a simple bind is. SCRAM does not send the
 * password, but who records it in clear can try passwords against it at leisure.
 */
#include <config.h>

#include "helpers/directory/protection.h"

#include <strings.h>

bool protection_by_kerberos(const char *mech)
{
    return mech && (strcasecmp(mech, "GSSAPI") == 0 || strcasecmp(mech, "GSS-SPNEGO") == 0);
}

enum protection protection_of(const struct setup_plan *plan, const struct server_address *address,
                              enum purpose purpose)
{
    bool kerberos = purpose == PURPOSE_SERVICE && protection_by_kerberos(plan->sasl_mech);

    switch (address->transport) {
    case TRANSPORT_LDAPS:
        return PROTECTION_TLS;
    case TRANSPORT_LDAPI:
        return PROTECTION_NONE;
    case TRANSPORT_LDAP:
        break;
    }
    if (kerberos)
        return plan->sasl_in_tls ? PROTECTION_TLS : PROTECTION_LAYER;
    return plan->starttls ? PROTECTION_TLS : PROTECTION_NONE;
}
