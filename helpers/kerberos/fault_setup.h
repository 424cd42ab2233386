/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault_setup: what is wrong with krb5.conf, as an error code of libkrb5. No client has a part in
 * it. 0: nothing.
 */
#ifndef PROXYAUTH_KERBEROS_FAULT_SETUP_H
#define PROXYAUTH_KERBEROS_FAULT_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <krb5.h>

#include "common/proxyauth.h"

/* A context with the krb5.conf that there is: ENOMEM, EMFILE, ENFILE, KRB5_CONFIG_BADFORMAT or
 * KRB5_CONFIG_CANTOPEN where it cannot be had. */
krb5_error_code fault_setup_begin(krb5_context *context);

/* fault_setup_begin() for the code alone. */
krb5_error_code fault_setup(void);

enum { FAULT_ETYPES_MAX = 64 };

struct fault_etypes {
    int32_t at[FAULT_ETYPES_MAX];
    size_t count;
};

/* The encryption types that krb5.conf allows. KRB5_CONFIG_ETYPE_NOSUPP: none. Or what fault_setup()
 * gives. */
krb5_error_code fault_setup_etypes(struct fault_etypes *etypes);

bool fault_setup_allows(const struct fault_etypes *etypes, int32_t etype);

/* Why there is no local name for the principal NAME, as gss_display_name() writes it, where it is
 * not for want of a rule: KRB5_CONFIG_NODEFREALM, KRB5_LNAME_BADFORMAT, which stands for all that
 * is wrong with the rules or their modules, or what fault_setup() gives. */
krb5_error_code fault_setup_local_name(struct pxa_span name);

#endif
