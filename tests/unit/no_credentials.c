/* SPDX-License-Identifier: BSD-2-Clause */
/* Two wrapped functions of libgssapi. */
#include <config.h>

#include "tests/unit/no_credentials.h"

#include <gssapi/gssapi_ext.h>

int credentials_left = -1;
bool mechanisms_hidden;

void credentials_as_they_are(void)
{
    credentials_left = -1;
    mechanisms_hidden = false;
}

/* The linker's names for what is wrapped. NOLINTBEGIN */
OM_uint32 __real_gss_indicate_mechs(OM_uint32 *minor, gss_OID_set *mechanisms);
OM_uint32 __wrap_gss_indicate_mechs(OM_uint32 *minor, gss_OID_set *mechanisms);
OM_uint32 __real_gss_acquire_cred_from(OM_uint32 *minor, gss_name_t name, OM_uint32 time,
                                       gss_OID_set mechanisms, gss_cred_usage_t usage,
                                       gss_const_key_value_set_t store, gss_cred_id_t *credential,
                                       gss_OID_set *actual, OM_uint32 *seconds);
OM_uint32 __wrap_gss_acquire_cred_from(OM_uint32 *minor, gss_name_t name, OM_uint32 time,
                                       gss_OID_set mechanisms, gss_cred_usage_t usage,
                                       gss_const_key_value_set_t store, gss_cred_id_t *credential,
                                       gss_OID_set *actual, OM_uint32 *seconds);

OM_uint32 __wrap_gss_indicate_mechs(OM_uint32 *minor, gss_OID_set *mechanisms)
{
    if (mechanisms_hidden)
        return gss_create_empty_oid_set(minor, mechanisms);
    return __real_gss_indicate_mechs(minor, mechanisms);
}

OM_uint32 __wrap_gss_acquire_cred_from(OM_uint32 *minor, gss_name_t name, OM_uint32 time,
                                       gss_OID_set mechanisms, gss_cred_usage_t usage,
                                       gss_const_key_value_set_t store, gss_cred_id_t *credential,
                                       gss_OID_set *actual, OM_uint32 *seconds)
{
    if (credentials_left == 0) {
        *minor = 0;
        return GSS_S_NO_CRED;
    }
    if (credentials_left > 0)
        credentials_left--;
    return __real_gss_acquire_cred_from(minor, name, time, mechanisms, usage, store, credential,
                                        actual, seconds);
}
/* NOLINTEND */
