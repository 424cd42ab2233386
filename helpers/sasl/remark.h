/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remark: what libsasl2 and its plug-ins say while they work, for one line of our log.
 */
#ifndef PROXYAUTH_SASL_REMARK_H
#define PROXYAUTH_SASL_REMARK_H

#include <sasl/sasl.h>

/* Zeroed before. One thread at a time. */
struct sasl_remark {
    char text[200];
};

/* A sasl_log_t; CONTEXT is a struct sasl_remark. Keeps all that fits, each message once, but for
 * levels that may show passwords. */
int sasl_remark_log(void *context, int level, const char *message);

/* The entry of a list of callbacks. */
sasl_callback_t sasl_remark_callback(struct sasl_remark *remark);

#endif
