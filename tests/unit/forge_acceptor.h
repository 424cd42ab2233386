/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The accepting side for forged tickets: a credential with the forge's keytab, and what a client
 * sends in later legs.
 */
#ifndef TESTS_UNIT_FORGE_ACCEPTOR_H
#define TESTS_UNIT_FORGE_ACCEPTOR_H

#include <gssapi/gssapi_ext.h>

#include "tests/unit/ticket_forge.h"

/* RCACHE as libkrb5 names replay caches. */
static inline gss_cred_id_t forged_credential(const char *rcache)
{
    static unsigned char krb5[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02};
    static unsigned char iakerb[] = {0x2b, 0x06, 0x01, 0x05, 0x02, 0x05};
    static unsigned char spnego[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};
    gss_OID_desc oids[] = {{sizeof krb5, krb5}, {sizeof iakerb, iakerb}, {sizeof spnego, spnego}};
    gss_OID_set_desc mechanisms = {3, oids};
    gss_OID_set_desc inside = {2, oids};
    gss_key_value_element_desc elements[] = {{"keytab", FORGED_KEYTAB}, {"rcache", rcache}};
    gss_key_value_set_desc store = {2, elements};
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
    OM_uint32 minor;

    ck_assert_uint_eq(gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms,
                                            GSS_C_ACCEPT, &store, &credential, NULL, NULL),
                      GSS_S_COMPLETE);
    ck_assert_uint_eq(gss_set_neg_mechs(&minor, credential, &inside), GSS_S_COMPLETE);
    return credential;
}

/* RFC 4178, section 4.2.2: a NegTokenResp with responseToken TOKEN. */
static inline struct block forge_response(struct block token)
{
    struct der_build der = {.len = 0};

    put_bytes(&der, token.at, token.len);
    wrap(&der, 0, 0x04);
    wrap(&der, 0, 0xa2);
    wrap(&der, 0, 0x30);
    wrap(&der, 0, 0xa1);
    return built(&der);
}

#endif
