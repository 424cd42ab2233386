/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exchange: one GSSAPI context of the accepting side, leg by leg, and who is behind it in the end.
 *
 * May block; runs in the loop's thread or in one of the offload's, in one at a time. Touches
 * nothing but itself and the credential that it is given.
 */
#ifndef PROXYAUTH_KERBEROS_EXCHANGE_H
#define PROXYAUTH_KERBEROS_EXCHANGE_H

#include <gssapi/gssapi.h>

#include "common/proxyauth.h"
#include "helpers/core/bytes.h"

struct exchange;

/* What is wanted of the client once it is known; constant. */
struct exchange_orders {
    bool local_name;       /* gss_localname() */
    bool groups;           /* the SIDs of its PAC */
    const char *ntlm_file; /* NTLM's accounts, whose names are the users'; NULL: none in a file */
};

enum exchange_result { EXCHANGE_CONTINUE, EXCHANGE_DONE, EXCHANGE_FAILED };

/* Who knows NTLM's users, and cannot be asked. */
enum exchange_away { EXCHANGE_NOBODY_AWAY, EXCHANGE_FILE_AWAY, EXCHANGE_DOMAIN_AWAY };

struct exchange_outcome {
    enum exchange_result result;
    OM_uint32 major; /* of what failed */
    OM_uint32 minor;
    struct pxa_span words;         /* FAILED: libgssapi's on it, which it has for the thread alone
                                      in which it failed; may be empty */
    enum exchange_away away;       /* FAILED: why it may have, by no fault of the client's */
    const gss_OID_desc *mechanism; /* as far as it is known; NULL */
    struct pxa_span token;         /* all spans are the exchange's, until its next step */
    struct pxa_span name;          /* DONE: as gss_display_name() gives it, or the file has it */
    struct pxa_span account; /* DONE: the sAMAccountName that the PAC has; empty: it tells none */
    struct pxa_span local_name;  /* DONE, where asked for; empty: there is no rule for it */
    const struct pxa_span *sids; /* DONE: binary, each group once; of the logon info and its extra
                                    and resource groups */
    size_t sid_count;
    int32_t setup;    /* FAILED: what is wrong with krb5.conf (fault_setup.h), or 0 */
    bool pac_refused; /* there is a PAC that is not authenticated, is malformed, or is another
                         client's: not used */
};

/* NULL when memory is out. */
struct exchange *exchange_new(const struct exchange_orders *orders);

void exchange_step(struct exchange *exchange, gss_cred_id_t credential, struct pxa_span token,
                   struct exchange_outcome *outcome);

/* Wipes and frees; NULL is allowed. */
void exchange_free(struct exchange *exchange);

#endif
