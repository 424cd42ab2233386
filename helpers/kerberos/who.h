/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * who: whether a client that has proved who it is is let in, and the one name that Squid sees.
 */
#ifndef PROXYAUTH_KERBEROS_WHO_H
#define PROXYAUTH_KERBEROS_WHO_H

#include "helpers/core/bytes.h"
#include "helpers/core/option.h"
#include "helpers/kerberos/exchange.h"

struct who_rule {
    const struct option_list *realms;  /* --krb5-realm; empty: any that the KDC vouches for */
    const struct option_list *domains; /* --ntlm-domain; empty: any */
    bool strip_realm;
    bool strip_domain; /* NTLM alone: whoever verifies it knows no domains, so that a client could
                          choose one freely, and have many names */
    bool local_name;
};

/* Why a client is not let in; constants. */
struct who_refusal {
    const char *reason; /* for the client, without a full stop; NULL: it is let in */
    const char *cure;   /* for the administrator; NULL: nothing is to be done */
};

/* Puts the name for Squid into USER. An Active Directory gives its users tickets under many names:
 * in any case, as user\\@other.domain; where the PAC tells the account, it is account@REALM. False
 * with REFUSAL: the realm or domain is not on the list, there is no local name, it is anonymous, or
 * the name is one that cannot be told from another one (an empty one, a NUL in it). Realm is what
 * follows the last '@' that is not escaped. */
bool who_is(const struct who_rule *rule, const struct exchange_outcome *outcome, struct bytes *user,
            struct who_refusal *refusal);

#endif
