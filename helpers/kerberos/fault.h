/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault: what a failed login means: whose fault it is, what the client is told, and what the
 * administrator should do.
 *
 * The client sent an expired or foreign ticket, its clock is wrong, it offered NTLM, the token was
 * used before, or is garbage: DENIED, in words. BH is for our own trouble alone. The remark names
 * what is in the token (the SPN, its kvno and enctype) beside what is in the keytab. Reads no more
 * than krb5.conf.
 */
#ifndef PROXYAUTH_KERBEROS_FAULT_H
#define PROXYAUTH_KERBEROS_FAULT_H

#include <stdbool.h>

#include "helpers/kerberos/exchange.h"
#include "helpers/kerberos/keys.h"

enum { FAULT_REMARK_MAX = 700 };

struct fault {
    bool denied;                   /* ERR; else BH */
    bool key_missing;              /* a newer keytab may have the key */
    bool replay_cache;             /* BH: the replay cache may be why */
    const char *reason;            /* a constant, without a full stop */
    char remark[FAULT_REMARK_MAX]; /* for the log; names from outside made visible; may be "" */
};

/* The reason of a wrong password by NTLM. Who refuses a user because of the account says the same,
 * so that nobody learns which accounts there are. */
extern const char fault_ntlm_refusal[];

/* TOKEN is what was given to the step that gave OUTCOME (EXCHANGE_FAILED). KEYS may be NULL. */
void fault_tell(struct fault *fault, const struct exchange_outcome *outcome, struct pxa_span token,
                const struct keys *keys);

#endif
