/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iakerb: for whom the proxy asks a KDC.
 *
 * IAKERB lets a client that nobody knows yet choose the realm whose KDC gets its message, and
 * libkrb5 finds KDCs by the DNS: without a limit a client could have the proxy send bytes of its
 * choice to any host and port that some domain's SRV records name.
 */
#ifndef PROXYAUTH_KERBEROS_IAKERB_H
#define PROXYAUTH_KERBEROS_IAKERB_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/option.h"
#include "helpers/kerberos/keys.h"

enum iakerb_verdict {
    IAKERB_ALLOWED,
    IAKERB_MALFORMED,
    IAKERB_FOREIGN, /* a realm that is none of these */
};

/* Judges MESSAGE, IAKERB's without its frame: one for a KDC of a realm that a key of KEYS is in, or
 * that is among REALMS (--krb5-realm), or of no named one, which means krb5.conf's default; or the
 * ticket at the end. */
enum iakerb_verdict iakerb_judge(struct pxa_span message, const struct keys *keys,
                                 const struct option_list *realms);

#endif
