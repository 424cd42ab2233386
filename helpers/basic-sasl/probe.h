/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe: --check of basic-sasl.
 */
#ifndef PROXYAUTH_BASIC_SASL_PROBE_H
#define PROXYAUTH_BASIC_SASL_PROBE_H

#include <stdbool.h>

#include "helpers/core/helper.h"
#include "helpers/sasl/service.h"

/* Prints what the configuration says, asks about a user that there should not be, and prints what
 * came out, all of it before the deadline. HELPER is open, with threads. False when something is
 * wrong. When the deadline has passed a thread may still use SERVICE. */
bool probe(struct helper *helper, struct sasl_service *service);

#endif
