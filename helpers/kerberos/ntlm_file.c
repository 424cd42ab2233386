/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client's credential for that name in that file is found by the mechanism in the way in which it
 * finds the one that it verifies with, and can be asked for its name.
 */
#include <config.h>

#include "helpers/kerberos/ntlm_file.h"

#include <unistd.h>

#include <gssapi/gssapi_ext.h>

#include "helpers/kerberos/mechanisms.h"

bool ntlm_file_name(const char *file, gss_name_t client, gss_buffer_desc *name)
{
    gss_OID_desc oid = mechanism_ntlm;
    gss_OID_set_desc mechanisms = {1, &oid};
    gss_key_value_element_desc element = {ntlm_file_key, file};
    gss_key_value_set_desc store = {1, &element};
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
    gss_name_t found = GSS_C_NO_NAME;
    OM_uint32 minor, ignored, major;

    major = gss_acquire_cred_from(&minor, client, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE,
                                  &store, &credential, NULL, NULL);
    if (!GSS_ERROR(major))
        major = gss_inquire_cred(&minor, credential, &found, NULL, NULL, NULL);
    if (!GSS_ERROR(major))
        major = gss_display_name(&minor, found, name, NULL);
    (void)gss_release_name(&ignored, &found);
    (void)gss_release_cred(&ignored, &credential);
    return !GSS_ERROR(major);
}

bool ntlm_file_is_readable(const char *file)
{
    return access(file, R_OK) == 0;
}
