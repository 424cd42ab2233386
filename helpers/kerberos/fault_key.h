/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault_key: how the key that a ticket was made with compares with those of the keytab.
 */
#ifndef PROXYAUTH_KERBEROS_FAULT_KEY_H
#define PROXYAUTH_KERBEROS_FAULT_KEY_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/kerberos/fault_setup.h"
#include "helpers/kerberos/keys.h"

enum { FAULT_NAME_CAP = 1024 };

/* The ticket's SPN as text in ROOM (FAULT_NAME_CAP bytes); longer ones are "?". */
struct pxa_span fault_key_name(const struct pxa_krb5 *ticket, char *room);

/* Whether ENTRY is of that name; hosts of SPNs are the same in any case. */
bool fault_key_is_named(const struct key_entry *entry, struct pxa_span name);

enum fault_key {
    FAULT_KEY_NO_NAME,    /* the keytab does not have the ticket's SPN */
    FAULT_KEY_LEFT_OUT,   /* it has, but the rule on SPNs does not take it */
    FAULT_KEY_NO_ETYPE,   /* it has this kvno, of other encryption types */
    FAULT_KEY_OLD_KEYTAB, /* all its kvnos are smaller */
    FAULT_KEY_OLD_TICKET, /* all are greater */
    FAULT_KEY_OTHER
};

enum fault_key fault_key_judge(const struct pxa_krb5 *ticket, const struct keys *keys);

/* Whether the keytab has a stronger key for the ticket's SPN, of a type in ALLOWED. */
bool fault_key_has_better(const struct pxa_krb5 *ticket, const struct keys *keys,
                          const struct fault_etypes *allowed);

#endif
