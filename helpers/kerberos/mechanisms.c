/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The OIDs: RFC 1964 (1.2.840.113554.1.2.2), IAKERB's draft (1.3.6.1.5.2.5), RFC 4178
 * (1.3.6.1.5.5.2) and MS-NLMP (1.3.6.1.4.1.311.2.2.10).
 */
#include <config.h>

#include "helpers/kerberos/mechanisms.h"

/* The type wants bytes that could be written; nobody does. */
static char krb5[] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
static char iakerb[] = "\x2b\x06\x01\x05\x02\x05";
static char spnego[] = "\x2b\x06\x01\x05\x05\x02";
static char ntlm[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";

const gss_OID_desc mechanism_krb5 = {sizeof krb5 - 1, krb5};
const gss_OID_desc mechanism_iakerb = {sizeof iakerb - 1, iakerb};
const gss_OID_desc mechanism_spnego = {sizeof spnego - 1, spnego};
const gss_OID_desc mechanism_ntlm = {sizeof ntlm - 1, ntlm};

const char ntlm_file_key[] = "ntlmssp_keyfile";

bool mechanism_is_installed(const gss_OID_desc *mechanism)
{
    gss_OID_desc wanted = *mechanism;
    gss_OID_set all = GSS_C_NO_OID_SET;
    OM_uint32 minor;
    int present = 0;

    if (gss_indicate_mechs(&minor, &all) != GSS_S_COMPLETE)
        return false;
    (void)gss_test_oid_set_member(&minor, &wanted, all, &present);
    (void)gss_release_oid_set(&minor, &all);
    return present != 0;
}
