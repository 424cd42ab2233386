/* SPDX-License-Identifier: BSD-2-Clause */
/* The LDAP operations of a login, as plain libldap calls, for the two programs that helpers are
 * compared with. User names go into the filter as they are: the logins of a bench are plain. */
#ifndef BENCH_CONNECT_H
#define BENCH_CONNECT_H

#include <ldap.h>
#include <stdbool.h>

struct connect_options {
    const char *uri;
    const char *base;
    const char *bind_dn;
    const char *secret_file;
};

/* Whether all options are there. */
bool connect_complete(const struct connect_options *options);

/* Connects and binds as the service account, waiting for both; dies on failure. TLS takes its CA
 * from ldap.conf or LDAPTLS_CACERT. */
LDAP *connect_directory(const struct connect_options *options);

/* Starts the search for a user and returns its message id; dies on failure. */
int connect_search(LDAP *ld, const struct connect_options *options, const char *user);

/* Starts a bind and returns its message id; dies on failure. */
int connect_bind(LDAP *ld, const char *dn, const char *password);

/* The result code in a final answer; dies when there is none. Does not free the message. */
int connect_result(LDAP *ld, LDAPMessage *message);

#endif
