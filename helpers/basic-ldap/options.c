/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The letters of Squid's basic_ldap_auth for finding users, beside the tables that other helpers
 * have, too.
 */
#include <config.h>

#include "helpers/basic-ldap/options.h"

#define MEMBER(member) .offset = offsetof(struct user_options, member)

/* clang-format off */
static const struct option find_list[] = {
    {.heading = "The user",
     .name = "filter", .letter = 'f', .kind = OPTION_TEXT, .argument = "FILTER", MEMBER(filter),
     .help = "finds the user; %s becomes the name"},
    {.name = "user-attr", .letter = 'u', .kind = OPTION_TEXT, .argument = "ATTR",
     MEMBER(user_attr), .help = "without -f the DN is ATTR=name,base [uid]"},
};
/* clang-format on */

bool basic_ldap_options_init(struct basic_ldap_options *options)
{
    return directory_options_init(&options->directory) && user_options_init(&options->user) &&
           login_options_init(&options->login) && membership_options_init(&options->membership);
}

void basic_ldap_option_tables(struct basic_ldap_options *options,
                              struct option_table tables[BASIC_LDAP_TABLES])
{
    const struct option_table list[BASIC_LDAP_TABLES] = {
        {NULL, find_list, sizeof find_list / sizeof *find_list, &options->user},
        {NULL, user_option_list, user_option_count, &options->user},
        {NULL, login_option_list, login_option_count, &options->login},
        {NULL, membership_option_list, membership_option_count, &options->membership},
        {NULL, directory_option_list, directory_option_count, &options->directory},
        {NULL, common_option_list, common_option_count, &options->common},
    };

    for (int i = 0; i < BASIC_LDAP_TABLES; i++)
        tables[i] = list[i];
}

/* Options of group lookups where nobody asks about groups. */
static bool check_groups(const struct membership_options *membership, bool groups, struct why *why)
{
    const char *option = membership->group_base              ? "--group-base"
                         : membership->method != METHOD_AUTO ? "--group-method"
                         : membership->depth > 0             ? "--group-depth"
                                                             : NULL;

    return groups || !option ||
           why_set(why, "option %s is about groups: it needs --groups or --require-group", option);
}

bool basic_ldap_options_check(struct basic_ldap_options *options, struct why *why)
{
    bool groups = options->login.groups || options->login.require_groups.count > 0;
    bool searches = options->user.filter || options->login.compare_attr || groups ||
                    directory_options_say_ad(&options->directory);

    return directory_options_check(&options->directory, searches, why) &&
           user_options_check(&options->user, &options->directory, why) &&
           check_groups(&options->membership, groups, why) &&
           membership_options_check(&options->membership, why) &&
           login_options_check(&options->login, &options->directory, &options->user, why);
}

struct notes_told basic_ldap_options_told(const struct basic_ldap_options *options)
{
    bool binds = options->login.compare_attr == NULL;

    return (struct notes_told){
        .reason = binds || options->login.require_groups.count > 0,
        .grace = binds && !directory_options_say_ad(&options->directory),
        .expiry = options->login.expiry_warning_days > 0,
    };
}
