/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spn: for which of the service's names tickets are taken.
 *
 * A name is HTTP/host or HTTP/host@REALM as Kerberos writes it, or HTTP@host as GSSAPI does. Hosts
 * are compared without regard to ASCII case, as an Active Directory does; realms are not.
 */
#ifndef PROXYAUTH_KERBEROS_SPN_H
#define PROXYAUTH_KERBEROS_SPN_H

#include <stdbool.h>

#include "common/proxyauth.h"
#include "helpers/core/option.h"
#include "helpers/core/why.h"

struct spn_rule;

/* NAMES of --spn; none: any name of the service HTTP; "any" or "GSS_C_NO_NAME": any at all. NAMES
 * outlives the rule. NULL with WHY, which names the value that is no SPN. */
struct spn_rule *spn_rule_new(const struct option_list *names, struct why *why);

/* NULL is allowed. */
void spn_rule_free(struct spn_rule *rule);

/* Whether a ticket for, or a key of, PRINCIPAL ("HTTP/proxy.example.com@EXAMPLE.COM", as
 * pxa_krb5_name_text() and krb5_unparse_name() write it) is taken. */
bool spn_rule_takes(const struct spn_rule *rule, struct pxa_span principal);

/* Whether names were given (then a ticket's own name has to fit, whatever key it opens with). */
bool spn_rule_is_strict(const struct spn_rule *rule);

#endif
