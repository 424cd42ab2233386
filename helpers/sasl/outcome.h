/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * outcome: whose fault a result code of libsasl2 is.
 */
#ifndef PROXYAUTH_SASL_OUTCOME_H
#define PROXYAUTH_SASL_OUTCOME_H

#include "helpers/sasl/service.h"

/* CODE is what sasl_checkpass() returned. */
enum sasl_outcome sasl_outcome_of(int code);

#endif
