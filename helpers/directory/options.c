/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of every helper that talks to a directory: the letters of Squid's basic_ldap_auth
 * with their meaning, a long name for each, and what those letters could not say.
 */
#include <config.h>

#include "helpers/directory/options.h"

#include <string.h>

static const char *const scopes[] = {"base", "one", "sub", NULL};
static const char *const derefs[] = {"never", "always", "search", "find", NULL};
static const char *const tls_versions[] = {"1.2", "1.3", NULL};
static const char *const yes_no[] = {"yes", "no", NULL};
#ifdef HAVE_SASL
static const char *const sasl_mechs[] = {"EXTERNAL", NULL};
#endif

#define MEMBER(member) .offset = offsetof(struct directory_options, member)

/* clang-format off */
const struct option directory_option_list[] = {
    {.heading = "The user",
     .name = "base", .letter = 'b', .kind = OPTION_TEXT, .argument = "DN", MEMBER(base),
     .help = "where users are searched; always needed"},
    {.name = "filter", .letter = 'f', .kind = OPTION_TEXT, .argument = "FILTER", MEMBER(filter),
     .help = "finds the user; %s becomes the name"},
    {.name = "user-attr", .letter = 'u', .kind = OPTION_TEXT, .argument = "ATTR",
     .preset = "uid", MEMBER(user_attr), .help = "without -f the DN is ATTR=name,base"},
    {.name = "compare-attr", .letter = 'U', .kind = OPTION_TEXT, .argument = "ATTR",
     MEMBER(compare_attr), .help = "compare the password with ATTR, do not bind"},
    {.name = "scope", .letter = 's', .kind = OPTION_CHOICE, .argument = "base|one|sub",
     .choices = scopes, .preset = "sub", MEMBER(scope), .help = "how deep to search"},
    {.name = "deref", .letter = 'a', .kind = OPTION_CHOICE, .argument = "WHEN",
     .choices = derefs, .preset = "never", MEMBER(deref), .help = "never, always, search, find"},
    {.name = "accept-aliases", .kind = OPTION_FLAG, MEMBER(accept_aliases),
     .help = "any name that the directory finds will do"},

    {.heading = "The servers",
     .name = "uri", .letter = 'H', .kind = OPTION_LIST, .argument = "URI", MEMBER(servers),
     .names_server = true, .help = "a server: ldap://, ldaps:// or ldapi://"},
    {.name = "host", .letter = 'h', .kind = OPTION_LIST, .argument = "HOST", MEMBER(servers),
     .names_server = true, .help = "a server: HOST or HOST:PORT"},
    {.name = "backup-uri", .kind = OPTION_LIST, .argument = "URI", MEMBER(backup_uris),
     .names_server = true, .help = "a server for when all others are down"},
    {.name = "port", .letter = 'p', .kind = OPTION_NUMBER, .argument = "PORT", .min = 1,
     .max = 65535, .preset = "389", MEMBER(port), .help = "for a HOST without one"},
    {.name = "connections", .kind = OPTION_NUMBER, .argument = "N", .min = 1, .max = 1024,
     .preset = "64", MEMBER(connections), .help = "most bind connections to one server"},
    {.name = "connect-timeout", .letter = 'c', .kind = OPTION_NUMBER, .argument = "SECONDS",
     .min = 1, .max = 3600, .preset = "3", MEMBER(connect_timeout_s),
     .help = "most time to connect, TLS included"},
    {.name = "search-timeout", .letter = 't', .kind = OPTION_NUMBER, .argument = "SECONDS",
     .min = 0, .max = 3600, .preset = "0", MEMBER(search_timeout_s),
     .help = "limit asked of the server, 0: none"},
    {.name = "protocol-version", .letter = 'v', .kind = OPTION_NUMBER, .argument = "2|3",
     .min = 2, .max = 3, .preset = "3", MEMBER(protocol_version),
     .help = "accepted; 3 is always spoken"},

    {.heading = "TLS",
     .name = "starttls", .letter = 'Z', .kind = OPTION_FLAG, MEMBER(starttls),
     .help = "TLS on ldap:// servers, always"},
    {.name = "ca-file", .kind = OPTION_TEXT, .argument = "FILE", MEMBER(ca_file),
     .help = "certificates of the CAs to trust, in PEM"},
    {.name = "ca-dir", .kind = OPTION_TEXT, .argument = "DIR", MEMBER(ca_dir),
     .help = "the same as files in a folder, by hash"},
    {.name = "client-cert", .kind = OPTION_TEXT, .argument = "FILE", MEMBER(client_cert),
     .help = "our own certificate, in PEM"},
    {.name = "client-key", .kind = OPTION_TEXT, .argument = "FILE", MEMBER(client_key),
     .help = "its private key, in PEM"},
    {.name = "tls-min", .kind = OPTION_CHOICE, .argument = "1.2|1.3", .choices = tls_versions,
     .preset = "1.2", MEMBER(tls_min), .help = "lowest version of TLS"},
    {.name = "tls-verify", .kind = OPTION_CHOICE, .argument = "yes|no", .choices = yes_no,
     MEMBER(tls_verify), .help = "whether servers must prove who they are"},
    {.name = "allow-cleartext", .kind = OPTION_FLAG, MEMBER(allow_cleartext),
     .help = "passwords may cross the network in clear"},
    {.letter = 'E', .kind = OPTION_REFUSED,
     .help = "--ca-file names the certificates to trust, --client-cert our own"},

    {.heading = "The account that searches",
     .name = "bind-dn", .letter = 'D', .kind = OPTION_TEXT, .argument = "DN", MEMBER(bind_dn),
     .help = "the account; without it, anonymous"},
    {.name = "bind-password-file", .letter = 'W', .kind = OPTION_TEXT, .argument = "FILE",
     MEMBER(bind_password_file), .help = "its password: the first line of FILE"},
    {.name = "bind-password", .letter = 'w', .kind = OPTION_SECRET, .argument = "PASSWORD",
     MEMBER(bind_password), .help = "its password, visible to others: use -W"},
#ifdef HAVE_SASL
    {.name = "sasl-mech", .kind = OPTION_TEXT, .argument = "EXTERNAL", .choices = sasl_mechs,
     MEMBER(sasl_mech), .help = "user id on ldapi://, or client certificate"},
#else
    {.name = "sasl-mech", .kind = OPTION_REFUSED, .argument = "EXTERNAL",
     .help = "not in this build, which has no SASL"},
#endif

    {.heading = "Accepted because lines in squid.conf have them",
     .name = "persistent", .letter = 'P', .kind = OPTION_IGNORED,
     .help = "no effect: connections are always kept"},
    {.name = "bind-once", .letter = 'O', .kind = OPTION_IGNORED,
     .help = "no effect: binds have connections apart"},
    {.name = "no-referrals", .letter = 'R', .kind = OPTION_IGNORED,
     .help = "no effect: referrals are never followed"},
};
/* clang-format on */

const size_t directory_option_count = sizeof directory_option_list / sizeof *directory_option_list;

bool directory_options_init(struct directory_options *options)
{
    const struct option_table table = {NULL, directory_option_list, directory_option_count,
                                       options};

    memset(options, 0, sizeof *options);
    options->tls_verify = DIRECTORY_TLS_VERIFY_UNSET;
    return option_preset(&table);
}

bool directory_options_servers(const struct directory_options *options, struct server_list *servers,
                               struct why *why)
{
    unsigned port = (unsigned)options->port;
    size_t i;

    for (i = 0; i < options->servers.count; i++)
        if (!server_list_add(servers, options->servers.values[i], port, why))
            return false;
    for (i = 0; i < options->backup_uris.count; i++)
        if (!server_list_add_backup(servers, options->backup_uris.values[i], port, why))
            return false;
    return server_list_finish(servers, port, why);
}

/* Letters, digits, hyphens and what OIDs and options of attributes are made of (RFC 4512 2.5). */
static bool is_attribute(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-.;";

    return *text && text[strspn(text, allowed)] == '\0';
}

static bool check_user(const struct directory_options *options, struct why *why)
{
    if (!options->base)
        return why_set(why, "option -b (--base) is missing: the DN below which users are found");
    if (options->compare_attr && !is_attribute(options->compare_attr))
        return why_set(why, "option -U (--compare-attr): \"%s\" is not the name of an attribute",
                       why_excerpt(options->compare_attr).text);
    return true;
}

/* What the stock helper would send with a DN and no password, directories take for anonymous or
 * refuse (RFC 4513 5.1.2). Where nothing is searched or compared, the account is not used. */
static bool check_bind(const struct directory_options *options, struct why *why)
{
    bool dn = options->bind_dn && *options->bind_dn;
    bool used = options->filter || options->compare_attr;

    if (options->bind_password && options->bind_password_file)
        return why_set(why, "options -w (--bind-password) and -W (--bind-password-file) "
                            "exclude each other");
    if (options->sasl_mech && (dn || options->bind_password || options->bind_password_file))
        return why_set(why, "option --sasl-mech: EXTERNAL takes neither a DN (-D) "
                            "nor a password (-w, -W)");
    if (dn && options->bind_password && options->bind_password->len == 0)
        return why_set(why, "option -w (--bind-password): the password is empty");
    if (dn && used && !options->bind_password && !options->bind_password_file)
        return why_set(why, "option -D (--bind-dn) needs a password: -W FILE "
                            "(--bind-password-file)");
    return true;
}

bool directory_options_check(const struct directory_options *options, struct why *why)
{
    if (!check_user(options, why) || !check_bind(options, why))
        return false;
    if (options->client_cert && !options->client_key)
        return why_set(why, "option --client-cert needs --client-key FILE");
    if (options->client_key && !options->client_cert)
        return why_set(why, "option --client-key needs --client-cert FILE");
    return true;
}
