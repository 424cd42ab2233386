/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * credentials: what the service accepts contexts with, acquired once for a state of the keytab.
 *
 * Two of the same: one for the loop's thread, one for the offload threads, since libgssapi locks a
 * credential while a thread uses it and may wait for the network there (IAKERB). Both are for
 * Kerberos and IAKERB, bare and in SPNEGO. A third one is for NTLM where it is allowed and
 * installed, bare and in SPNEGO too: the mechanism for NTLM wants to be called by a name, by which
 * the one for Kerberos would take keys of that name alone. Nothing else that may be installed is
 * accepted by any of them.
 */
#ifndef PROXYAUTH_KERBEROS_CREDENTIALS_H
#define PROXYAUTH_KERBEROS_CREDENTIALS_H

#include <gssapi/gssapi.h>

#include "helpers/core/why.h"
#include "helpers/kerberos/keys.h"
#include "helpers/kerberos/replay.h"

struct credentials_order {
    const struct replay *replay;
    bool ntlm;
    const char *ntlm_file; /* smbpasswd lines, read at each login; NULL: winbind is asked */
};

struct service_credentials {
    struct keys *keys; /* owned; NULL: NTLM alone */
    gss_cred_id_t own; /* the loop's thread; it and the next are GSS_C_NO_CREDENTIAL without keys */
    gss_cred_id_t threads;
    gss_cred_id_t ntlm; /* borrowed, offload threads; GSS_C_NO_CREDENTIAL: NTLM is not accepted */
    unsigned holders;   /* loop's thread only */
};

/* The one for NTLM, which no keytab changes: acquired once, since each failure of the mechanisms
 * that do not count leaks some bytes in libgssapi. GSS_C_NO_CREDENTIAL with WHY. May block. */
gss_cred_id_t ntlm_credential_new(const char *ntlm_file, struct why *why);
void ntlm_credential_free(gss_cred_id_t credential); /* GSS_C_NO_CREDENTIAL is allowed */

/* Takes over KEYS, which are freed when a NULL (with WHY) comes back. NTLM is borrowed and outlives
 * what is made. May block. One holder. */
struct service_credentials *service_credentials_new(struct keys *keys, const struct replay *replay,
                                                    gss_cred_id_t ntlm, struct why *why);
struct service_credentials *service_credentials_hold(struct service_credentials *credentials);
void service_credentials_drop(struct service_credentials *credentials); /* NULL is allowed */

#endif
