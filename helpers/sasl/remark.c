/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Without a callback libsasl2 writes to syslog, which nobody looks into for a helper of Squid.
 */
#include <config.h>

#include "helpers/sasl/remark.h"

#include <stdio.h>
#include <string.h>

int sasl_remark_log(void *context, int level, const char *message)
{
    struct sasl_remark *remark = context;
    size_t len = strlen(remark->text);

    /* Beyond it are traces of protocols, and passwords. */
    if (level > SASL_LOG_DEBUG || !message || strstr(remark->text, message))
        return SASL_OK;
    snprintf(remark->text + len, sizeof remark->text - len, "%s%s", len > 0 ? "; " : "", message);
    return SASL_OK;
}

sasl_callback_t sasl_remark_callback(struct sasl_remark *remark)
{
    /* The library's own type for callbacks of every kind. */
    return (sasl_callback_t){SASL_CB_LOG, (int (*)(void))(void (*)(void))sasl_remark_log, remark};
}
