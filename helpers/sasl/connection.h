/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * connection: a sasl_conn_t, which one thread at a time uses for a while.
 */
#ifndef PROXYAUTH_SASL_CONNECTION_H
#define PROXYAUTH_SASL_CONNECTION_H

#include <sasl/sasl.h>

#include "helpers/core/secret.h"
#include "helpers/sasl/remark.h"
#include "helpers/sasl/service.h"

enum { CONNECTION_USES_MAX = 100 };

struct connection {
    struct connection *next; /* the owner's */
    unsigned uses;           /* the owner's */
    sasl_conn_t *sasl;
    struct sasl_remark remark;    /* of the last check */
    sasl_callback_t callbacks[2]; /* libsasl2 keeps a pointer */
};

/* NULL with CODE. libsasl2 has begun. HOST is the host's name; NULL: libsasl2 asks for it, perhaps
 * the DNS. */
struct connection *connection_new(const struct sasl_service_config *config, const char *host,
                                  int *code);

/* The host's name, "" if it is not known. Borrowed. */
const char *connection_host(const struct connection *connection);

void connection_free(struct connection *connection);

/* sasl_checkpass(): its code, and what was said in `remark`. May block for ever. Nothing of a
 * password is left in CONNECTION. */
int connection_check(struct connection *connection, struct pxa_span user,
                     const struct secret *password);

#endif
