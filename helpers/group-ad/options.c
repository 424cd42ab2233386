/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The letters of Squid's ext_kerberos_ldap_group_acl (main() of
 * src/acl/external/kerberos_ldap_group/kerberos_ldap_group.cc). Nearly all of them mean something
 * else in the other helpers, so this table comes first and takes them away.
 */
#include <config.h>

#include "helpers/group-ad/options.h"

static const char *const login_forms[] = {"url", "raw", NULL};

#define MEMBER(member) .offset = offsetof(struct group_ad_options, member)

/* clang-format off */
static const struct option own_list[] = {
    {.heading = "The groups",
     .name = "groups", .letter = 'g', .kind = OPTION_TEXT, .argument = "LIST", MEMBER(group_text),
     .help = "GROUP[@[REALM]]:...; else each line names them"},
    {.name = "hex-groups", .letter = 't', .kind = OPTION_TEXT, .argument = "LIST",
     MEMBER(hex_group_text), .help = "the same with GROUP in hexadecimal digits"},
    {.name = "hex-groups-realms", .letter = 'T', .kind = OPTION_TEXT, .argument = "LIST",
     MEMBER(hex_all_text), .help = "the same with REALM, too"},
    {.letter = 'U', .kind = OPTION_TEXT, .argument = "LIST", MEMBER(hex_group_text)},
    {.name = "max-depth", .letter = 'm', .kind = OPTION_NUMBER, .argument = "N", .min = 0,
     .max = 99, MEMBER(max_depth), .help = "levels of groups in groups; else all"},

    {.heading = "Realms and users",
     .name = "default-realm", .letter = 'D', .kind = OPTION_TEXT, .argument = "REALM",
     MEMBER(default_realm), .help = "of users whose name has none"},
    {.name = "netbios-names", .letter = 'N', .kind = OPTION_TEXT, .argument = "LIST",
     MEMBER(netbios_text), .help = "NETBIOS@REALM:..., for DOMAIN\\user"},
    {.name = "servers", .letter = 'S', .kind = OPTION_TEXT, .argument = "LIST",
     MEMBER(server_text), .names_server = true,
     .help = "SERVER[@[REALM]]:...; else DNS is asked"},
    {.name = "login", .kind = OPTION_CHOICE, .argument = "url|raw", .choices = login_forms,
     .preset = "url", MEMBER(login), .help = "how the user is written"},
    {.name = "accept-aliases", .kind = OPTION_FLAG, MEMBER(user.accept_aliases),
     .help = "any name that the directory finds will do"},
    {.name = "charset", .kind = OPTION_TEXT, .argument = "NAME", MEMBER(user.charset),
     .help = "of names not in UTF-8"},

    {.heading = "What is remembered",
     .name = "group-ttl", .kind = OPTION_NUMBER, .argument = "SECONDS", .min = 0, .max = 86400,
     .preset = "60", MEMBER(ttl_s), .help = "how long answers are kept, 0: not at all"},
    {.name = "group-memory", .kind = OPTION_NUMBER, .argument = "MIB", .min = 1, .max = 1024,
     .preset = "16", MEMBER(memory_mib), .help = "the most memory for them, for each realm"},

    {.heading = "How it binds",
     .name = "no-kerberos", .letter = 'n', .kind = OPTION_FLAG, MEMBER(no_kerberos),
     .help = "only with -u, -p and -l"},
    {.name = "kerberos-in-tls", .letter = 's', .kind = OPTION_FLAG, MEMBER(kerberos_in_tls),
     .help = "Kerberos inside TLS, the same as --sasl-in-tls"},
    {.name = "unverified", .letter = 'a', .kind = OPTION_FLAG, MEMBER(unverified),
     .help = "the same as --tls-verify no"},
    {.letter = 'P', .kind = OPTION_TEXT, .argument = "NAME", MEMBER(directory.bind_principal)},
    {.letter = 'u', .kind = OPTION_TEXT, .argument = "DN", MEMBER(directory.bind_dn)},
    {.letter = 'p', .kind = OPTION_SECRET, .argument = "PASSWORD",
     MEMBER(directory.bind_password)},
    {.letter = 'l', .kind = OPTION_LIST, .argument = "URI", MEMBER(directory.servers)},

    {.heading = "Messages",
     .name = "info", .letter = 'i', .kind = OPTION_FLAG, MEMBER(info),
     .help = "the same as --log-level info"},
};
/* clang-format on */

static const size_t own_count = sizeof own_list / sizeof *own_list;

bool group_ad_options_init(struct group_ad_options *options)
{
    const struct option_table table = {NULL, own_list, own_count, options};

    options->max_depth = -1;
    return directory_options_init(&options->directory) &&
           membership_options_init(&options->membership) && option_preset(&table);
}

void group_ad_option_tables(struct group_ad_options *options,
                            struct option_table tables[GROUP_AD_TABLES])
{
    const struct option_table list[GROUP_AD_TABLES] = {
        {NULL, own_list, own_count, options},
        {NULL, membership_option_list, membership_option_count, &options->membership},
        {NULL, directory_option_list, directory_option_count, &options->directory},
        {NULL, common_option_list, common_option_count, &options->common},
    };

    for (int i = 0; i < GROUP_AD_TABLES; i++)
        tables[i] = list[i];
}
