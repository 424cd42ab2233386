/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * accounts: the smbpasswd file, as the acceptor asks for it.
 */
#ifndef PROXYAUTH_NEGOTIATE_STUB_ACCOUNTS_H
#define PROXYAUTH_NEGOTIATE_STUB_ACCOUNTS_H

#include "helpers/files/keeper.h"
#include "helpers/ntlm/acceptor.h"

struct accounts {
    const struct keeper *keeper; /* NULL: there is no file, and nobody is found */
    const char *remark; /* what the last lookup found that the client is not told: a constant
                         * without a full stop; NULL if nothing, or if there was no lookup */
};

/* `lookup` of struct ntlm_policy; CONTEXT is a struct accounts *. The name that it gives points
 * into the keeper's table, which stays for this turn of the loop. */
enum ntlm_lookup accounts_lookup(void *context, struct pxa_span user, struct pxa_span domain,
                                 struct ntlm_account *out);

#endif
