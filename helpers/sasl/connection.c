/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To make a sasl_conn_t, libsasl2 may ask the DNS for the name of the host, so it is used again.
 * But not for ever: with sasldb it becomes slower and larger with each check, by 100 ns and 300
 * bytes (2.1.28).
 */
#include <config.h>

#include "helpers/sasl/connection.h"

#include <stdlib.h>

#include <sasl/prop.h>

struct connection *connection_new(const struct sasl_service_config *config, const char *host,
                                  int *code)
{
    struct connection *connection = calloc(1, sizeof *connection);

    *code = SASL_NOMEM;
    if (!connection)
        return NULL;
    connection->callbacks[0] = sasl_remark_callback(&connection->remark);
    connection->callbacks[1] = (sasl_callback_t){SASL_CB_LIST_END, NULL, NULL};
    *code = sasl_server_new(config->service, host, config->realm, NULL, NULL, connection->callbacks,
                            0, &connection->sasl);
    if (*code == SASL_OK)
        return connection;
    free(connection);
    return NULL;
}

const char *connection_host(const struct connection *connection)
{
    const void *value = NULL;

    if (sasl_getprop(connection->sasl, SASL_SERVERFQDN, &value) != SASL_OK || !value)
        return "";
    return value;
}

void connection_free(struct connection *connection)
{
    sasl_dispose(&connection->sasl);
    free(connection);
}

/* What sasldb holds is the password itself. */
static void forget_properties(const struct connection *connection)
{
    struct propctx *properties = sasl_auxprop_getctx(connection->sasl);

    if (!properties)
        return;
    prop_erase(properties, SASL_AUX_PASSWORD);
    prop_erase(properties, "*cmusaslsecretPLAIN");
    prop_clear(properties, 0);
}

int connection_check(struct connection *connection, struct pxa_span user,
                     const struct secret *password)
{
    int code;

    connection->remark.text[0] = '\0';
    code = sasl_checkpass(connection->sasl, user.at, (unsigned)user.len, password->bytes,
                          (unsigned)password->len);
    forget_properties(connection);
    return code;
}
