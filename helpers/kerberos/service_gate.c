/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the token itself says is enough here: its mechanism, the service that its ticket is for, the
 * realm that it asks for.
 */
#include <config.h>

#include "helpers/kerberos/service_gate.h"

#include "helpers/kerberos/fault_remark.h"
#include "helpers/kerberos/iakerb.h"

static bool deny(struct service_gate *gate, const char *reason, const char *remark)
{
    gate->answer =
        (struct service_answer){.result = SERVICE_DENIED, .reason = reason, .remark = remark};
    return false;
}

/* Whether the ticket is for one of the names that were given: what opens it may be the key of
 * another one, since accounts of Active Directory have one key for all of theirs. */
static bool is_for_us(struct service_gate *gate, const struct spn_rule *spns, struct pxa_span inner)
{
    struct fault_remark remark = {gate->remark, 0};
    char name[1024];
    struct pxa_written done;
    struct pxa_krb5 ticket;

    if (!spn_rule_is_strict(spns) || inner.len == 0 || pxa_krb5_decode(inner, &ticket) != PXA_OK ||
        ticket.kind != PXA_KRB5_AP_REQ)
        return true;
    if (pxa_krb5_name_text(&ticket.server, ticket.realm, name, sizeof name, &done) == PXA_OK &&
        spn_rule_takes(spns, (struct pxa_span){name, done.len}))
        return true;
    fault_remark_put(&remark, "--spn does not name it; ");
    fault_remark_put_ticket(&remark, &ticket);
    return deny(gate, "your Kerberos ticket is for another service than this proxy", gate->remark);
}

bool service_gate_admits(struct service_gate *gate, const struct service_config *config,
                         const struct route *route)
{
    if (route->way == ROUTE_DENIED)
        return deny(gate, route->reason, route->remark);
    if (route->way != ROUTE_OTHER)
        return is_for_us(gate, config->spns, route->inner);
    gate->answer = (struct service_answer){.result = SERVICE_OTHER};
    return false;
}

bool service_gate_lets_ask(struct service_gate *gate, const struct service_config *config,
                           struct pxa_span inner, const struct keys *keys)
{
    struct fault_remark remark = {gate->remark, 0};

    switch (iakerb_judge(inner, keys, config->who.realms)) {
    case IAKERB_ALLOWED:
        return true;
    case IAKERB_MALFORMED:
        return deny(gate, "the login is malformed", NULL);
    case IAKERB_FOREIGN:
        break;
    }
    fault_remark_put(&remark, "IAKERB asks for a realm that is neither the keytab's nor named by "
                              "--krb5-realm; the client's KDC is asked for those alone");
    return deny(gate, "the proxy does not ask the KDC of your Kerberos realm for you",
                gate->remark);
}
