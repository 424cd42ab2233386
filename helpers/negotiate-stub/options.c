/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of options, and the names for the challenge.
 */
#include <config.h>

#include "helpers/negotiate-stub/options.h"

#include <stdio.h>
#include <string.h>

static const char *const schemes[] = {"negotiate", "ntlm", NULL};

#define MEMBER(member) .offset = offsetof(struct stub_options, member)

/* clang-format off */
const struct option stub_option_list[] = {
    {.heading = "Accounts",
     .name = "ntlm-file", .kind = OPTION_TEXT, .argument = "FILE", MEMBER(ntlm_file),
     .help = "smbpasswd lines with NT hashes; without it nobody gets in"},
    {.name = "ntlm-domain", .kind = OPTION_LIST, .argument = "NAME", MEMBER(domains),
     .help = "a domain that is let in; without it any; may be given again"},
    {.name = "allow-ntlmv1", .kind = OPTION_FLAG, MEMBER(allow_ntlmv1),
     .help = "take NTLMv1 responses too: broken, for old clients"},

    {.heading = "Dialogue",
     .name = "scheme", .kind = OPTION_CHOICE, .argument = "negotiate|ntlm", .choices = schemes,
     .preset = "negotiate", MEMBER(scheme), .help = "which auth_param line it is"},
    {.name = "explain", .kind = OPTION_FLAG, MEMBER(explain),
     .help = "write a line about each token to the log"},
    {.name = "computer", .kind = OPTION_TEXT, .argument = "NAME", MEMBER(computer),
     .help = "NetBIOS name in the challenge; else from the host's name"},
    {.name = "dns-name", .kind = OPTION_TEXT, .argument = "NAME", MEMBER(dns_name),
     .help = "DNS name in the challenge; else the host's name"},
};
/* clang-format on */

const size_t stub_option_count = sizeof stub_option_list / sizeof *stub_option_list;

bool stub_options_init(struct stub_options *options)
{
    const struct option_table table = {NULL, stub_option_list, stub_option_count, options};

    memset(options, 0, sizeof *options);
    return option_preset(&table);
}

/* A variable that was not set leaves an empty word. An empty domain would let in those that name
 * none. */
bool stub_options_check(const struct stub_options *options, struct why *why)
{
    for (size_t i = 0; i < options->domains.count; i++)
        if (!options->domains.values[i][0])
            return why_set(why, "option --ntlm-domain: the name is empty; leave the option out to "
                                "let in any domain");
    return true;
}

/* ---- names ---- */

static const char netbios_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789-_";

static bool is_netbios_name(const char *name)
{
    size_t len = strspn(name, netbios_chars);

    return len > 0 && len <= NETBIOS_NAME_MAX && name[len] == '\0';
}

/* Whether NAME is ASCII that a DNS name may have. */
static bool is_dns_name(const char *name)
{
    size_t len = 0;

    while (name[len] && (strchr(netbios_chars, name[len]) || name[len] == '.'))
        len++;
    return len > 0 && len <= DNS_NAME_MAX && name[len] == '\0';
}

/* NetBIOS names are in upper case. */
static void put_upper(char to[static NETBIOS_NAME_MAX + 1], const char *from, size_t len)
{
    for (size_t i = 0; i < len; i++)
        to[i] = (char)(from[i] >= 'a' && from[i] <= 'z' ? from[i] - 'a' + 'A' : from[i]);
    to[len] = '\0';
}

static void name_computer(const char *host, struct stub_names *names)
{
    size_t len = strspn(host, netbios_chars);

    if (len > NETBIOS_NAME_MAX)
        len = NETBIOS_NAME_MAX;
    if (len == 0)
        put_upper(names->computer, "PROXY", 5);
    else
        put_upper(names->computer, host, len);
}

static void name_domain(const struct option_list *domains, struct stub_names *names)
{
    for (size_t i = 0; i < domains->count; i++) {
        const char *domain = domains->values[i];

        if (is_netbios_name(domain)) {
            put_upper(names->domain, domain, strlen(domain));
            return;
        }
    }
    memcpy(names->domain, names->computer, sizeof names->domain);
}

bool stub_names_make(const struct stub_options *options, const char *host, struct stub_names *names,
                     struct why *why)
{
    memset(names, 0, sizeof *names);
    if (options->computer && !is_netbios_name(options->computer))
        return why_set(why,
                       "option --computer: \"%s\" is no NetBIOS name: 1 to 15 letters, digits, "
                       "'-' and '_'",
                       why_excerpt(options->computer).text);
    if (options->dns_name && options->dns_name[0] && !is_dns_name(options->dns_name))
        return why_set(why,
                       "option --dns-name: \"%s\" is no DNS name: up to 255 letters, digits, '-', "
                       "'_' and '.'",
                       why_excerpt(options->dns_name).text);
    name_computer(options->computer ? options->computer : host, names);
    name_domain(&options->domains, names);
    if (options->dns_name || is_dns_name(host))
        (void)snprintf(names->dns_name, sizeof names->dns_name, "%s",
                       options->dns_name ? options->dns_name : host);
    return true;
}
