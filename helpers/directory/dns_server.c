/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address of a DNS server as an administrator writes it, and as the log shows it. Names are not
 * resolved: what would one ask for them?
 */
#include <config.h>

#include "helpers/directory/dns.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool set_server(struct dns_server *server, const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;

    if (getaddrinfo(host, port, &hints, &found) != 0)
        return false;
    memcpy(&server->address, found->ai_addr, found->ai_addrlen);
    server->len = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static bool is_port(const char *text)
{
    unsigned long port = strspn(text, "0123456789") == strlen(text) ? strtoul(text, NULL, 10) : 0;

    return port >= 1 && port <= 65535;
}

/* Cuts TEXT into address and port. */
static bool cut(char *text, char **host, const char **port)
{
    char *colon = strchr(text, ':');

    *host = text;
    if (text[0] == '[') {
        char *end = strchr(text, ']');

        if (!end || (end[1] != '\0' && end[1] != ':'))
            return false;
        *host = text + 1;
        *end = '\0';
        colon = end[1] ? end + 1 : NULL;
    } else if (colon && strchr(colon + 1, ':')) {
        colon = NULL;
    }
    if (!colon)
        return true;
    *colon = '\0';
    *port = colon + 1;
    return is_port(*port);
}

bool dns_server_parse(const char *text, struct dns_server *server, struct why *why)
{
    char *copy = strdup(text);
    const char *port = "53";
    char *host;
    bool good;

    if (!copy)
        return why_set(why, "out of memory");
    good = cut(copy, &host, &port) && set_server(server, host, port);
    free(copy);
    return good || why_set(why,
                           "\"%s\" is not the address of a DNS server; right are 192.0.2.1:53 and "
                           "[2001:db8::1]:53",
                           why_excerpt(text).text);
}

void dns_server_name(const struct dns_server *server, char *to, size_t cap)
{
    char host[NI_MAXHOST] = "?";
    char port[NI_MAXSERV] = "?";

    getnameinfo((const struct sockaddr *)&server->address, server->len, host, sizeof host, port,
                sizeof port, NI_NUMERICHOST | NI_NUMERICSERV | NI_DGRAM);
    snprintf(to, cap, "%s port %s", host, port);
}
