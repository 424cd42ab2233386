/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The letters of Squid's ext_ldap_group_acl for groups, users and lines, beside the tables that
 * other helpers have, too.
 */
#include <config.h>

#include "helpers/group-ldap/options.h"

#include <string.h>

#include "helpers/directory/filter_template.h"

static const char *const login_forms[] = {"url", "raw", NULL};

/* clang-format off */
#define MEMBER(member) .offset = offsetof(struct membership_options, member)
static const struct option filter_list[] = {
    {.heading = "The groups",
     .name = "filter", .letter = 'f', .kind = OPTION_TEXT, .argument = "FILTER", MEMBER(filter),
     .help = "finds the group; %u is the user, %g the group"},
};
#undef MEMBER

#define MEMBER(member) .offset = offsetof(struct user_options, member)
static const struct option find_list[] = {
    {.heading = "The user",
     .name = "user-base", .letter = 'B', .kind = OPTION_TEXT, .argument = "DN", MEMBER(base),
     .help = "where users are, if not below --base"},
    {.name = "user-filter", .letter = 'F', .kind = OPTION_TEXT, .argument = "FILTER",
     MEMBER(filter), .help = "finds the user, %s becomes the name; %u is then the DN"},
    {.name = "user-attr", .letter = 'u', .kind = OPTION_TEXT, .argument = "ATTR",
     MEMBER(user_attr), .help = "the user's DN is ATTR=name,user-base; %u is then it"},
};
#undef MEMBER

#define MEMBER(member) .offset = offsetof(struct group_line_options, member)
static const struct option line_list[] = {
    {.heading = "Lines from Squid",
     .name = "base-extension", .letter = 'g', .kind = OPTION_FLAG, MEMBER(base_extension),
     .help = "the first argument goes in front of --base"},
    {.name = "strip-nt-domain", .letter = 'S', .kind = OPTION_FLAG, MEMBER(strip_nt_domain),
     .help = "cut DOMAIN\\, DOMAIN/ or DOMAIN+ off"},
    {.name = "strip-kerberos-realm", .letter = 'K', .kind = OPTION_FLAG,
     MEMBER(strip_kerberos_realm), .help = "cut @REALM off"},
    {.name = "login", .kind = OPTION_CHOICE, .argument = "url|raw", .choices = login_forms,
     .preset = "url", MEMBER(login), .help = "how the user is written"},
    {.name = "groups-count", .kind = OPTION_NUMBER, .argument = "N", .min = 0, .max = 4096,
     .preset = "0", MEMBER(groups_count),
     .help = "last fields that are groups; 0: all but the first"},

    {.heading = "What is remembered",
     .name = "group-ttl", .kind = OPTION_NUMBER, .argument = "SECONDS", .min = 0, .max = 86400,
     .preset = "60", MEMBER(ttl_s), .help = "how long answers are kept, 0: not at all"},
    {.name = "group-memory", .kind = OPTION_NUMBER, .argument = "MIB", .min = 1, .max = 1024,
     .preset = "16", MEMBER(memory_mib), .help = "the most memory for them"},
};
#undef MEMBER
/* clang-format on */

#define COUNT(list) (sizeof(list) / sizeof *(list))

bool group_ldap_options_init(struct group_ldap_options *options)
{
    const struct option_table line = {NULL, line_list, COUNT(line_list), &options->line};

    memset(&options->line, 0, sizeof options->line);
    return directory_options_init(&options->directory) && user_options_init(&options->user) &&
           membership_options_init(&options->membership) && option_preset(&line);
}

void group_ldap_option_tables(struct group_ldap_options *options,
                              struct option_table tables[GROUP_LDAP_TABLES])
{
    const struct option_table list[GROUP_LDAP_TABLES] = {
        {NULL, filter_list, COUNT(filter_list), &options->membership},
        {NULL, membership_option_list, membership_option_count, &options->membership},
        {NULL, find_list, COUNT(find_list), &options->user},
        {NULL, user_option_list, user_option_count, &options->user},
        {NULL, line_list, COUNT(line_list), &options->line},
        {NULL, directory_option_list, directory_option_count, &options->directory},
        {NULL, common_option_list, common_option_count, &options->common},
    };

    for (int i = 0; i < GROUP_LDAP_TABLES; i++)
        tables[i] = list[i];
}

/* The engine knows the option by the name that it has in basic-ldap. */
static bool check_user_filter(const struct user_options *user, struct why *why)
{
    struct why fault = {""};
    struct filter_template *filter;

    if (!user->filter)
        return true;
    filter = filter_template_new(user->filter, &fault);
    filter_template_free(filter);
    return filter || why_set(why, "option -F (--user-filter): %s", fault.text);
}

bool group_ldap_options_find_first(const struct group_ldap_options *options)
{
    return !options->membership.filter || options->user.filter || options->user.user_attr;
}

bool group_ldap_options_check(struct group_ldap_options *options, struct why *why)
{
    if (options->line.base_extension && !options->membership.filter)
        return why_set(why, "option -g (--base-extension) is for searches by -f (--filter), which "
                            "is missing");
    if (options->membership.depth > 0 && options->membership.filter)
        return why_set(why, "option --group-depth: a search by -f (--filter) knows no levels");
    if (options->membership.method != METHOD_AUTO && options->membership.filter)
        return why_set(why, "option --group-method: with -f (--filter) groups are found by that "
                            "search alone");
    return check_user_filter(&options->user, why) &&
           membership_options_check(&options->membership, why) &&
           directory_options_check(&options->directory, true, why) &&
           user_options_check(&options->user, &options->directory, why);
}
