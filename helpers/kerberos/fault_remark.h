/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault_remark: a sentence for the administrator that grows up to a cap.
 */
#ifndef PROXYAUTH_KERBEROS_FAULT_REMARK_H
#define PROXYAUTH_KERBEROS_FAULT_REMARK_H

#include "helpers/kerberos/fault.h"

struct fault_remark {
    char *at; /* FAULT_REMARK_MAX bytes, a C string at all times */
    size_t len;
};

/* Appends by printf's rules; what is too long is cut. Nothing from outside. */
void fault_remark_put(struct fault_remark *remark, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends `"VALUE"`, made visible, its first 120 bytes at most. */
void fault_remark_put_value(struct fault_remark *remark, struct pxa_span value);

/* Appends for whom TICKET is, and the entries of KEYS for that name; of other names where there are
 * none. Of each kind a few, and how many more there are. */
void fault_remark_put_ticket(struct fault_remark *remark, const struct pxa_krb5 *ticket);
void fault_remark_put_keys(struct fault_remark *remark, const struct pxa_krb5 *ticket,
                           const struct keys *keys);

#endif
