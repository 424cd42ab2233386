/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server_list: the directory servers, in the order of preference, as options name them.
 *
 * Squid's helper takes hosts (`-h`, or words behind the options, `host` or `host:port` or
 * `[v6]:port`, with -p for those without a port) and URIs (`-H`, `ldap://`, `ldaps://`,
 * `ldapi://`), one or several separated by blanks in a word. All end in one list; backups come
 * last.
 */
#ifndef PROXYAUTH_DIRECTORY_SERVER_LIST_H
#define PROXYAUTH_DIRECTORY_SERVER_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/why.h"

enum transport { TRANSPORT_LDAP, TRANSPORT_LDAPS, TRANSPORT_LDAPI };

struct server_address {
    char *uri;     /* normalised, for libldap and the log: ldap://dc1.example.test:389 */
    char *host;    /* name or address without brackets; for ldapi the path of the socket */
    unsigned port; /* 0 for ldapi */
    enum transport transport;
    bool backup;
};

/* Zeroed, it is the empty list. */
struct server_list {
    struct server_address *servers;
    size_t count;
};

/*
 * Adds what WORD names: hosts and URIs, separated by blanks or commas; a blank word names none.
 * PORT is for hosts without one (1 to 65535). What an ldap:// URI says after host and port is left
 * out; without a host it means localhost, ldapi:/// libldap's own socket. False with WHY when a URI
 * or a port is malformed or memory is out; servers before it in WORD stay added. A host that cannot
 * be one (the stock helper takes any word) is added and found out when it is resolved.
 */
bool server_list_add(struct server_list *list, const char *word, unsigned port, struct why *why);

/* The same for a backup. */
bool server_list_add_backup(struct server_list *list, const char *word, unsigned port,
                            struct why *why);

/* Moves the backups behind the others, keeping the order; adds ldap://localhost:PORT when the list
 * is empty. False with WHY when memory is out. */
bool server_list_finish(struct server_list *list, unsigned port, struct why *why);

/* Port 3268 in the place of 389, and 3269 in the place of 636: where a global catalog is, which is
 * never meant by the others. False with WHY when memory is out. */
bool server_list_use_catalog(struct server_list *list, struct why *why);

/* Frees what the list holds; it is empty then. */
void server_list_free(struct server_list *list);

#endif
