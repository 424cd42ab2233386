/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sasl_external: the service bind by SASL EXTERNAL, who we are being known from the ldapi socket or
 * the client certificate.
 */
#ifndef PROXYAUTH_DIRECTORY_SASL_EXTERNAL_H
#define PROXYAUTH_DIRECTORY_SASL_EXTERNAL_H

#include <stdint.h>

#include <ldap.h>

/* Whether this build has SASL. */
int sasl_external_supported(void);

/* The result code. Waits: offload threads only, over a wire with a deadline. */
int sasl_external_bind(LDAP *ld, uint64_t timeout_ms);

#endif
