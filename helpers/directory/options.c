/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of every helper that talks to a directory: the letters of Squid's basic_ldap_auth
 * with their meaning, a long name for each, and what those letters could not say.
 */
#include <config.h>

#include "helpers/directory/options.h"

#include <string.h>
#include <strings.h>

#include "helpers/directory/dns.h"
#include "helpers/directory/facts.h"

/* RFC 1035 2.3.4, less what is put before it: "_ldap._tcp.dc._msdcs.". */
enum { DOMAIN_MAX = 253 - 21, LABEL_MAX = 63 };

enum { PORT_DEFAULT = 389 };

static const char *const kinds[] = {"auto", "ad", "openldap", NULL};
static const char *const scopes[] = {"base", "one", "sub", NULL};
static const char *const derefs[] = {"never", "always", "search", "find", NULL};
static const char *const tls_versions[] = {"1.2", "1.3", NULL};
static const char *const yes_no[] = {"yes", "no", NULL};
#ifdef HAVE_SASL
static const char *const sasl_mechs[] = {
    "GSSAPI", "GSS-SPNEGO", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512", "EXTERNAL", NULL};
#endif

#define MEMBER(member) .offset = offsetof(struct directory_options, member)

/* clang-format off */
const struct option directory_option_list[] = {
    {.heading = "The directory",
     .name = "directory", .kind = OPTION_CHOICE, .argument = "KIND", .choices = kinds,
     .preset = "auto", MEMBER(kind), .help = "auto, ad (Active Directory), openldap"},
    {.name = "domain", .kind = OPTION_TEXT, .argument = "NAME", MEMBER(domain),
     .names_server = true, .help = "the domain whose servers DNS knows"},
    {.name = "global-catalog", .kind = OPTION_FLAG, MEMBER(global_catalog),
     .help = "Active Directory: all domains of the forest"},
    {.name = "dns", .kind = OPTION_TEXT, .argument = "HOST:PORT", MEMBER(dns),
     .help = "ask this DNS server for the domain"},
    {.name = "base", .letter = 'b', .kind = OPTION_TEXT, .argument = "DN", MEMBER(base),
     .help = "where to search; Active Directory: its own"},
    {.name = "scope", .letter = 's', .kind = OPTION_CHOICE, .argument = "base|one|sub",
     .choices = scopes, .preset = "sub", MEMBER(scope), .help = "how deep to search"},
    {.name = "deref", .letter = 'a', .kind = OPTION_CHOICE, .argument = "WHEN",
     .choices = derefs, .preset = "never", MEMBER(deref), .help = "never, always, search, find"},

    {.heading = "The servers",
     .name = "uri", .letter = 'H', .kind = OPTION_LIST, .argument = "URI", MEMBER(servers),
     .names_server = true, .help = "a server: ldap://, ldaps:// or ldapi://"},
    {.name = "host", .letter = 'h', .kind = OPTION_LIST, .argument = "HOST", MEMBER(servers),
     .names_server = true, .help = "a server: HOST or HOST:PORT"},
    {.name = "backup-uri", .kind = OPTION_LIST, .argument = "URI", MEMBER(backup_uris),
     .names_server = true, .help = "a server for when all others are down"},
    {.name = "port", .letter = 'p', .kind = OPTION_NUMBER, .argument = "PORT", .min = 1,
     .max = 65535, MEMBER(port), .help = "for a HOST without one [389]"},
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
    {.name = "sasl-mech", .kind = OPTION_TEXT, .argument = "MECH", .choices = sasl_mechs,
     MEMBER(sasl_mech), .help = "GSSAPI, GSS-SPNEGO, SCRAM-..., EXTERNAL"},
    {.name = "sasl-user", .kind = OPTION_TEXT, .argument = "NAME", MEMBER(sasl_user),
     .help = "the account's name for SCRAM"},
    {.name = "sasl-in-tls", .kind = OPTION_FLAG, MEMBER(sasl_in_tls),
     .help = "Kerberos inside TLS, not instead of it"},
#else
    {.name = "sasl-mech", .kind = OPTION_REFUSED, .argument = "MECH",
     .help = "not in this build, which has no SASL"},
#endif
#if defined(HAVE_SASL) && defined(HAVE_GSSAPI)
    {.name = "bind-keytab", .kind = OPTION_TEXT, .argument = "FILE", MEMBER(bind_keytab),
     .help = "the account's Kerberos keys"},
    {.name = "bind-principal", .kind = OPTION_TEXT, .argument = "NAME", MEMBER(bind_principal),
     .help = "whose keys; else the first in the keytab"},
#else
    {.name = "bind-keytab", .kind = OPTION_REFUSED, .argument = "FILE",
     .help = "not in this build, which has no Kerberos"},
#endif

    {.heading = "Accepted because lines in squid.conf have them",
     .name = "persistent", .letter = 'P', .kind = OPTION_IGNORED,
     .help = "no effect: connections are always kept"},
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
    unsigned port = options->port > 0 ? (unsigned)options->port : PORT_DEFAULT;
    size_t i;

    for (i = 0; i < options->servers.count; i++)
        if (!server_list_add(servers, options->servers.values[i], port, why))
            return false;
    for (i = 0; i < options->backup_uris.count; i++)
        if (!server_list_add_backup(servers, options->backup_uris.values[i], port, why))
            return false;
    return server_list_finish(servers, port, why) &&
           (!options->global_catalog || server_list_use_catalog(servers, why));
}

bool directory_options_say_ad(const struct directory_options *options)
{
    return options->kind == KIND_AD || (options->domain && options->kind != KIND_OPENLDAP);
}

static bool names_servers(const struct directory_options *options)
{
    return options->servers.count + options->backup_uris.count > 0;
}

bool directory_options_discover(const struct directory_options *options)
{
    return options->domain && !names_servers(options);
}

/* Whatever has one of these characters is a DN, a userPrincipalName, DOMAIN\name or a canonical
 * name; S-1- begins a SID (MS-ADTS 5.1.1.1.1). */
bool directory_options_bare_account(const struct directory_options *options)
{
    const char *name = options->bind_dn;

    return directory_options_say_ad(options) && name && *name && !strpbrk(name, "=@\\/") &&
           strncasecmp(name, "S-1-", 4) != 0;
}

/* What the stock helper would send with a DN and no password, directories take for anonymous or
 * refuse (RFC 4513 5.1.2). */
static bool check_simple_bind(const struct directory_options *options, bool searches,
                              struct why *why)
{
    bool dn = options->bind_dn && *options->bind_dn;

    if (options->bind_password && options->bind_password_file)
        return why_set(why, "options -w (--bind-password) and -W (--bind-password-file) "
                            "exclude each other");
    if (!options->domain && directory_options_bare_account(options))
        return why_set(why,
                       "option -D (--bind-dn): an Active Directory wants \"%s\" with its "
                       "domain, as svc@corp.example.com, CORP\\svc or a DN (or add --domain)",
                       why_excerpt(options->bind_dn).text);
    if (dn && options->bind_password && options->bind_password->len == 0)
        return why_set(why, "option -w (--bind-password): the password is empty");
    if (dn && searches && !options->sasl_mech && !options->bind_password &&
        !options->bind_password_file)
        return why_set(why, "option -D (--bind-dn) needs a password: -W FILE "
                            "(--bind-password-file)");
    return true;
}

static bool is_mech(const struct directory_options *options, const char *prefix)
{
    return options->sasl_mech && strncasecmp(options->sasl_mech, prefix, strlen(prefix)) == 0;
}

/* What each mechanism takes its identity from. */
static bool check_sasl(const struct directory_options *options, struct why *why)
{
    bool kerberos = is_mech(options, "GSS");
    bool scram = is_mech(options, "SCRAM");
    bool password = options->bind_password || options->bind_password_file;

    if (options->bind_keytab && !kerberos)
        return why_set(why, "option --bind-keytab needs --sasl-mech GSSAPI or GSS-SPNEGO");
    if (kerberos && !options->bind_keytab)
        return why_set(why, "option --sasl-mech %s needs --bind-keytab FILE", options->sasl_mech);
    if (options->bind_principal && !options->bind_keytab)
        return why_set(why, "option --bind-principal needs --bind-keytab FILE");
    if (options->sasl_in_tls && !kerberos)
        return why_set(why, "option --sasl-in-tls needs --sasl-mech GSSAPI or GSS-SPNEGO");
    if (scram && (!options->sasl_user || !password))
        return why_set(why,
                       "option --sasl-mech %s needs --sasl-user NAME and -W FILE "
                       "(--bind-password-file)",
                       options->sasl_mech);
    if (options->sasl_user && !scram)
        return why_set(why, "option --sasl-user needs --sasl-mech SCRAM-...");
    if (options->sasl_mech && options->bind_dn && *options->bind_dn)
        return why_set(why, "option --sasl-mech takes no DN (-D)");
    if (is_mech(options, "EXTERNAL") && directory_options_discover(options) &&
        !options->client_cert)
        return why_set(why, "option --sasl-mech EXTERNAL needs --client-cert FILE where DNS names "
                            "the servers (--domain)");
    if (options->sasl_mech && !scram && password)
        return why_set(why, "option --sasl-mech: %s takes no password (-w, -W)",
                       options->sasl_mech);
    return true;
}

/* A name in DNS that others can be put before. */
static bool is_domain(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t len = strlen(name);

    if (len == 0 || len > DOMAIN_MAX)
        return false;
    for (;;) {
        size_t label = strspn(name, letters);

        if (label == 0 || label > LABEL_MAX)
            return false;
        name += label;
        if (*name == '\0')
            return true;
        if (*name++ != '.')
            return false;
    }
}

static bool check_domain(const struct directory_options *options, struct why *why)
{
    struct dns_server server;
    struct why fault = {{0}};

    if (options->domain && !is_domain(options->domain))
        return why_set(why,
                       "option --domain: \"%s\" is not the DNS name of a domain, such as "
                       "corp.example.com",
                       why_excerpt(options->domain).text);
    if (options->dns && !directory_options_discover(options))
        return why_set(why, "option --dns says who is asked for servers: it needs --domain NAME, "
                            "and no server that is named (-H)");
    if (options->dns && !dns_server_parse(options->dns, &server, &fault))
        return why_set(why, "option --dns: %s", fault.text);
    return true;
}

/* Options about servers that others name. */
static bool check_servers(const struct directory_options *options, struct why *why)
{
    if (options->port > 0 && directory_options_discover(options))
        return why_set(why, "option -p (--port) is for servers that are named (-h): where DNS "
                            "names them (--domain), it names their ports, too");
    if (options->backup_uris.count > 0 && options->servers.count == 0)
        return why_set(why,
                       "option --backup-uri stands in for servers that are named (-H), and none "
                       "is%s",
                       options->domain ? "; with it, DNS is not asked for those of --domain" : "");
    return true;
}

static bool check_kind(const struct directory_options *options, struct why *why)
{
    if (!options->base && !directory_options_say_ad(options))
        return why_set(why, "option -b (--base) is missing: the DN below which users are found "
                            "(an Active Directory's --domain says it, too)");
    if (options->global_catalog && options->kind == KIND_OPENLDAP)
        return why_set(why, "option --global-catalog: only an Active Directory has one, which "
                            "--directory openldap says this is not");
    if (options->global_catalog && !directory_options_say_ad(options))
        return why_set(why, "option --global-catalog needs --directory ad or --domain NAME");
    if (options->kind == KIND_AD && !options->domain && !names_servers(options))
        return why_set(why, "option --directory ad needs --domain NAME or a server (-H)");
    return true;
}

bool directory_options_check(const struct directory_options *options, bool searches,
                             struct why *why)
{
    if (!check_simple_bind(options, searches, why) || !check_sasl(options, why) ||
        !check_domain(options, why) || !check_servers(options, why) || !check_kind(options, why))
        return false;
    if (options->client_cert && !options->client_key)
        return why_set(why, "option --client-cert needs --client-key FILE");
    if (options->client_key && !options->client_cert)
        return why_set(why, "option --client-key needs --client-cert FILE");
    return true;
}
