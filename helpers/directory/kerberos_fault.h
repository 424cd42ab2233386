/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kerberos_fault: what an error of libkrb5 means for the service account, in words.
 *
 * A pure table. SETUP_CREDENTIAL: the KDC refuses the account, and asking again with the same key
 * can lock it. SETUP_SERVER: this server cannot be used with Kerberos, another one may.
 * SETUP_LOCAL: neither is to blame: the KDC is away, our clock or our configuration is wrong.
 */
#ifndef PROXYAUTH_DIRECTORY_KERBEROS_FAULT_H
#define PROXYAUTH_DIRECTORY_KERBEROS_FAULT_H

#include "helpers/core/why.h"
#include "helpers/directory/setup.h"

/* Whose ticket was asked for. */
enum kerberos_step {
    KERBEROS_ACCOUNT, /* the account's own, by its key in the keytab */
    KERBEROS_SERVICE, /* the one for the directory server */
};

/* CODE is a krb5_error_code, TEXT libkrb5's words for it. NAME is the principal whose ticket it
 * was, in words. */
enum setup_outcome kerberos_fault(enum kerberos_step step, long code, const char *text,
                                  const char *name, struct why *why);

#endif
