/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tls_fault: why a handshake failed, in words.
 *
 * OpenSSL builds of libldap say it in the handle's diagnostic message. GnuTLS builds say it only in
 * libldap's trace, so while a handshake runs the trace is on, at the one level that shows no
 * packets, and goes to the thread that runs it.
 */
#ifndef PROXYAUTH_DIRECTORY_TLS_FAULT_H
#define PROXYAUTH_DIRECTORY_TLS_FAULT_H

#include <ldap.h>

#include "helpers/core/why.h"

/* The lines about TLS that libldap traced, joined; cut when they are too many. */
struct tls_fault {
    char text[1024];
};

/* Once for the process, before any thread. */
void tls_fault_prepare(void);

/* Between begin and end, this thread's trace goes to FAULT. */
void tls_fault_begin(struct tls_fault *fault);
void tls_fault_end(struct tls_fault *fault);

/* One sentence: what is wrong with the certificate or the handshake, the expected name HOST and
 * where the CAs come from (CA). */
void tls_fault_explain(const struct tls_fault *fault, LDAP *ld, const char *host, const char *ca,
                       struct why *why);

#endif
