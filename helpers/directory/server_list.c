/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of options that name servers, and what they mean.
 *
 * URIs are read by libldap. Hosts are read as ldap_init() of libldap reads them (its url.c), which
 * is what the stock helper calls: any word is one, and what is no name is found out when it is
 * resolved. Commas separate words as blanks do, there and here.
 *
 * Cannot do: DN, filter and the rest of an LDAP URI; they are left out.
 */
#include <config.h>

#include "helpers/directory/server_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ldap.h>

/* Where "ldapi:///" is: libldap's built-in path on Debian. Elsewhere the URI names the path. */
static const char ldapi_path[] = "/var/run/slapd/ldapi";

static const char blanks[] = " \t\n";
static const char separators[] = " \t\n,";
static const char default_host[] = "localhost";

enum { PORT_MAX = 65535, PORT_LDAP = 389, PORT_LDAPS = 636, PORT_GC = 3268, PORT_GC_TLS = 3269 };

/* What is added, and where. */
struct addition {
    struct server_list *list;
    unsigned port;
    bool backup;
    struct why *why;
};

static const char *scheme_of(enum transport transport)
{
    switch (transport) {
    case TRANSPORT_LDAPS:
        return "ldaps";
    case TRANSPORT_LDAPI:
        return "ldapi";
    case TRANSPORT_LDAP:
    default:
        return "ldap";
    }
}

/* HOST for a URI: what RFC 3986 section 2.3 does not call unreserved becomes %XX, except the
 * colons of an IPv6 address, which stands in brackets. The caller frees; NULL: no memory. */
static char *encode_host(const char *host, bool brackets)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~";
    char *encoded = malloc(3 * strlen(host) + sizeof "[]");
    char *to = encoded;

    if (!encoded)
        return NULL;
    if (brackets)
        *to++ = '[';
    for (; *host; host++) {
        if (strchr(plain, *host) || (brackets && *host == ':'))
            *to++ = *host;
        else
            to += sprintf(to, "%%%02X", (unsigned char)*host);
    }
    if (brackets)
        *to++ = ']';
    *to = '\0';
    return encoded;
}

/* The caller frees; NULL: no memory. */
static char *make_uri(enum transport transport, const char *host, unsigned port)
{
    bool is_path = transport == TRANSPORT_LDAPI;
    char *encoded = encode_host(host, !is_path && strchr(host, ':'));
    char *uri = NULL;
    int len = -1;

    if (encoded && is_path)
        len = asprintf(&uri, "%s://%s", scheme_of(transport), encoded);
    else if (encoded)
        len = asprintf(&uri, "%s://%s:%u", scheme_of(transport), encoded, port);
    free(encoded);
    return len < 0 ? NULL : uri;
}

static bool append(const struct addition *addition, enum transport transport, const char *host,
                   unsigned port)
{
    struct server_list *list = addition->list;
    struct server_address *grown = realloc(list->servers, (list->count + 1) * sizeof *grown);
    struct server_address *server;

    if (!grown)
        return why_set(addition->why, "out of memory");
    list->servers = grown;
    server = &grown[list->count];
    server->uri = make_uri(transport, host, port);
    server->host = strdup(host);
    server->port = port;
    server->transport = transport;
    server->backup = addition->backup;
    if (!server->uri || !server->host) {
        free(server->uri);
        free(server->host);
        return why_set(addition->why, "out of memory");
    }
    list->count++;
    return true;
}

static bool bad_uri(const struct addition *addition, const char *uri, const char *what)
{
    return why_set(addition->why,
                   "\"%s\" %s; a server is ldap://HOST, ldaps://HOST or "
                   "ldapi://PATH with / as %%2F, and :PORT may follow a HOST",
                   why_excerpt(uri).text, what);
}

static bool add_parsed_uri(const struct addition *addition, const char *uri,
                           const LDAPURLDesc *parsed)
{
    const char *host = parsed->lud_host ? parsed->lud_host : default_host;
    enum transport transport = TRANSPORT_LDAP;

    if (strcmp(parsed->lud_scheme, "ldapi") == 0)
        return append(addition, TRANSPORT_LDAPI, parsed->lud_host ? host : ldapi_path, 0);
    if (strcmp(parsed->lud_scheme, "ldaps") == 0)
        transport = TRANSPORT_LDAPS;
    else if (strcmp(parsed->lud_scheme, "ldap") != 0)
        return bad_uri(addition, uri, "is not LDAP over TCP or a UNIX socket");
    if (parsed->lud_port < 1 || parsed->lud_port > PORT_MAX)
        return bad_uri(addition, uri, "has a port that is not between 1 and 65535");
    return append(addition, transport, host, (unsigned)parsed->lud_port);
}

static bool add_uri(const struct addition *addition, const char *uri)
{
    LDAPURLDesc *parsed = NULL;
    bool good;
    int code;

    if (uri[0] == '<') /* libldap 2.5 and 2.6 read before the start of what is left of "<ldap://" */
        return bad_uri(addition, uri, "must be without angle brackets");
    code = ldap_url_parse(uri, &parsed);
    if (code == LDAP_URL_ERR_MEM)
        return why_set(addition->why, "out of memory");
    if (code != LDAP_URL_SUCCESS)
        return bad_uri(addition, uri, "is not an LDAP URI");
    good = add_parsed_uri(addition, uri, parsed);
    ldap_free_urldesc(parsed);
    return good;
}

/* Digits that are a port; 0 for anything else. */
static unsigned read_port(const char *text)
{
    unsigned port = 0;

    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return 0;
        port = port * 10 + (unsigned)(*text - '0');
        if (port > PORT_MAX)
            return 0;
    }
    return port;
}

/* Cuts HOST into host and port: "[v6]", "[v6]:port", "host:port"; more than one colon and no
 * brackets is an IPv6 address without a port. NULL when it is malformed. */
static char *cut_port(char *host, unsigned *port)
{
    char *end = strchr(host, ':');

    if (host[0] == '[') {
        end = strchr(++host, ']');
        if (!end)
            return NULL;
        *end++ = '\0';
        if (*end == '\0')
            return host;
        if (*end != ':')
            return NULL;
    } else if (!end || strchr(end + 1, ':')) {
        return host;
    }
    *end = '\0';
    *port = read_port(end + 1);
    return *port > 0 ? host : NULL;
}

static bool add_host(const struct addition *addition, const char *word)
{
    unsigned port = addition->port;
    char *copy = strdup(word);
    const char *host;
    bool good;

    if (!copy)
        return why_set(addition->why, "out of memory");
    host = cut_port(copy, &port);
    if (host)
        good = append(addition, TRANSPORT_LDAP, *host ? host : default_host, port);
    else
        good = why_set(addition->why,
                       "\"%s\" is not a host with a port; right are host:389 and "
                       "[2001:db8::1]:389, ports between 1 and 65535",
                       why_excerpt(word).text);
    free(copy);
    return good;
}

static bool is_uri(const char *word, size_t len)
{
    return memmem(word, len, "://", 3);
}

/* Whether TEXT begins with a URI of LDAP. */
static bool uri_begins(const char *text)
{
    return strncasecmp(text, "ldap://", 7) == 0 || strncasecmp(text, "ldaps://", 8) == 0 ||
           strncasecmp(text, "ldapi://", 8) == 0;
}

/* The bytes of the first server in TEXT. A comma ends a host. It ends a URI where another one
 * follows; any other comma in a URI belongs to its DN. */
static size_t first_len(const char *text)
{
    size_t len = strcspn(text, blanks);

    for (size_t i = 0; i < len; i++)
        if (text[i] == ',' && (!is_uri(text, i) || uri_begins(&text[i + 1])))
            return i;
    return len;
}

static bool add_words(const struct addition *addition, const char *words)
{
    bool good = true;

    words += strspn(words, separators);
    while (good && *words) {
        size_t len = first_len(words);
        char *word = strndup(words, len);

        if (!word)
            return why_set(addition->why, "out of memory");
        good = is_uri(word, len) ? add_uri(addition, word) : add_host(addition, word);
        free(word);
        words += len;
        words += strspn(words, separators);
    }
    return good;
}

bool server_list_add(struct server_list *list, const char *word, unsigned port, struct why *why)
{
    struct addition addition = {.list = list, .port = port, .why = why};

    return add_words(&addition, word);
}

bool server_list_add_backup(struct server_list *list, const char *word, unsigned port,
                            struct why *why)
{
    struct addition addition = {.list = list, .port = port, .backup = true, .why = why};

    return add_words(&addition, word);
}

bool server_list_finish(struct server_list *list, unsigned port, struct why *why)
{
    struct server_address *sorted;
    size_t count = 0;

    if (list->count == 0)
        return server_list_add(list, default_host, port, why);
    sorted = malloc(list->count * sizeof *sorted);
    if (!sorted)
        return why_set(why, "out of memory");
    for (int backup = 0; backup <= 1; backup++)
        for (size_t i = 0; i < list->count; i++)
            if (list->servers[i].backup == backup)
                sorted[count++] = list->servers[i];
    free(list->servers);
    list->servers = sorted;
    return true;
}

bool server_list_use_catalog(struct server_list *list, struct why *why)
{
    for (size_t i = 0; i < list->count; i++) {
        struct server_address *server = &list->servers[i];
        unsigned port = server->port == PORT_LDAP    ? PORT_GC
                        : server->port == PORT_LDAPS ? PORT_GC_TLS
                                                     : server->port;
        char *uri;

        if (server->transport == TRANSPORT_LDAPI)
            return why_set(why, "option --global-catalog: catalogs have ports, and %s is none",
                           why_excerpt(server->uri).text);
        uri = make_uri(server->transport, server->host, port);
        if (!uri)
            return why_set(why, "out of memory");
        free(server->uri);
        server->uri = uri;
        server->port = port;
    }
    return true;
}

void server_list_free(struct server_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->servers[i].host);
        free(list->servers[i].uri);
    }
    free(list->servers);
    *list = (struct server_list){NULL, 0};
}
