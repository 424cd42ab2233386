/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No replay cache is opened where libkrb5 is not told to look after times
 * (KRB5_AUTH_CONTEXT_DO_TIME); it looks after the clocks all the same.
 */
#include <config.h>

#include "helpers/kerberos/fault_ticket.h"

#include <limits.h>

#include "helpers/kerberos/fault_setup.h"

krb5_error_code fault_ticket(struct pxa_span request, const char *keytab)
{
    krb5_data data = {0};
    krb5_context context;
    krb5_auth_context auth = NULL;
    krb5_keytab keys = NULL;
    krb5_error_code code;

    if (request.len > INT_MAX)
        return KRB5_BAD_MSIZE;
    /* libkrb5 only reads it. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    data.data = (char *)(uintptr_t)request.at;
    data.length = (unsigned)request.len;
    code = fault_setup_begin(&context);
    if (code != 0)
        return code;
    code = krb5_kt_resolve(context, keytab, &keys);
    if (code == 0)
        code = krb5_auth_con_init(context, &auth);
    if (code == 0)
        code = krb5_auth_con_setflags(context, auth, KRB5_AUTH_CONTEXT_DO_SEQUENCE);
    if (code == 0)
        code = krb5_rd_req(context, &auth, &data, NULL, keys, NULL, NULL);
    krb5_auth_con_free(context, auth);
    if (keys)
        krb5_kt_close(context, keys);
    krb5_free_context(context);
    return code;
}
