/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * service_gate: which tokens are answered before any library gets to see them. Of service alone.
 */
#ifndef PROXYAUTH_KERBEROS_SERVICE_GATE_H
#define PROXYAUTH_KERBEROS_SERVICE_GATE_H

#include "helpers/kerberos/fault.h"
#include "helpers/kerberos/route.h"
#include "helpers/kerberos/service.h"

struct service_gate {
    struct service_answer answer; /* for the one that was turned away last */
    char remark[FAULT_REMARK_MAX];
};

/* Whether the token of ROUTE may go to libgssapi. */
bool service_gate_admits(struct service_gate *gate, const struct service_config *config,
                         const struct route *route);

/* Whether a KDC may be asked for INNER, a message of IAKERB. */
bool service_gate_lets_ask(struct service_gate *gate, const struct service_config *config,
                           struct pxa_span inner, const struct keys *keys);

#endif
