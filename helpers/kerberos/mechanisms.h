/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mechanisms: the OIDs of the mechanisms that are accepted, and which are installed.
 */
#ifndef PROXYAUTH_KERBEROS_MECHANISMS_H
#define PROXYAUTH_KERBEROS_MECHANISMS_H

#include <stdbool.h>

#include <gssapi/gssapi.h>

extern const gss_OID_desc mechanism_krb5;
extern const gss_OID_desc mechanism_iakerb;
extern const gss_OID_desc mechanism_spnego;
extern const gss_OID_desc mechanism_ntlm;

/* The element of a credential store for the mechanism of gss-ntlmssp: where its accounts are. */
extern const char ntlm_file_key[];

/* Whether libgssapi has it. */
bool mechanism_is_installed(const gss_OID_desc *mechanism);

#endif
