/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault_meaning: the table from error codes to what they mean, and what is to be done.
 */
#ifndef PROXYAUTH_KERBEROS_FAULT_MEANING_H
#define PROXYAUTH_KERBEROS_FAULT_MEANING_H

#include <stdbool.h>
#include <stdint.h>

#include <gssapi/gssapi.h>
#include <krb5.h>

struct fault_meaning {
    int64_t code;
    bool trouble;     /* our own: BH */
    bool key_missing; /* the keytab is to blame, or the client has an old ticket */
    const char *reason;
    const char *cure; /* NULL: what libkrb5 says is all there is */
};

/* NULL where the code is not known. */
const struct fault_meaning *fault_meaning_krb5(krb5_error_code code);
const struct fault_meaning *fault_meaning_gss(OM_uint32 major);

extern const struct fault_meaning fault_unknown_krb5;
extern const struct fault_meaning fault_unknown_ntlm;
extern const struct fault_meaning fault_replay_cache; /* it failed */
extern const struct fault_meaning fault_old_keytab;
extern const struct fault_meaning fault_old_ticket;
extern const struct fault_meaning fault_no_etype;
extern const struct fault_meaning fault_forbidden_key; /* by krb5.conf */
extern const struct fault_meaning fault_left_out;      /* the key, by --spn */
extern const struct fault_meaning fault_not_http;      /* the same, as nobody gave --spn */
extern const struct fault_meaning fault_no_domain;     /* winbind's */
extern const struct fault_meaning fault_no_file;       /* of --ntlm-file */
extern const struct fault_meaning fault_no_kdc;        /* that IAKERB asks for */

#endif
