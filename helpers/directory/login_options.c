/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of logins, and what follows from them.
 */
#include <config.h>

#include "helpers/directory/login_options.h"

#include <string.h>

static const char *const user_names[] = {"sam", "upn", "as-typed", NULL};

#define MEMBER(member) .offset = offsetof(struct login_options, member)

/* clang-format off */
const struct option login_option_list[] = {
    {.heading = "Passwords",
     .name = "compare-attr", .letter = 'U', .kind = OPTION_TEXT, .argument = "ATTR",
     MEMBER(compare_attr), .help = "compare with ATTR instead of binding"},
    {.name = "connections", .kind = OPTION_NUMBER, .argument = "N", .min = 1, .max = 1024,
     .preset = "64", MEMBER(connections), .help = "most bind connections to one server"},
    {.name = "bind-once", .letter = 'O', .kind = OPTION_IGNORED,
     .help = "no effect: binds have connections apart"},

    {.heading = "What is told about users",
     .name = "user-name", .kind = OPTION_CHOICE, .argument = "WHICH", .choices = user_names,
     .preset = "sam", MEMBER(user_name), .help = "the note user=: sam, upn, as-typed"},
    {.name = "password-expiry-warning", .kind = OPTION_NUMBER, .argument = "N", .min = 0,
     .max = 3650, .preset = "0", MEMBER(expiry_warning_days),
     .help = "a note from N days before on; 0: none"},
    {.name = "require-group", .kind = OPTION_LIST, .argument = "GROUP", MEMBER(require_groups),
     .help = "only members log in: a name or a DN"},
    {.name = "groups", .kind = OPTION_FLAG, MEMBER(groups),
     .help = "notes group= and groups_= with the user's"},
    {.name = "group-filter", .kind = OPTION_LIST, .argument = "PATTERN", MEMBER(group_filters),
     .help = "of those only what matches, with * and ?"},
};
/* clang-format on */

const size_t login_option_count = sizeof login_option_list / sizeof *login_option_list;

bool login_options_init(struct login_options *options)
{
    const struct option_table table = {NULL, login_option_list, login_option_count, options};

    memset(options, 0, sizeof *options);
    return option_preset(&table);
}

/* Letters, digits, hyphens and what OIDs and options of attributes are made of (RFC 4512 2.5). */
static bool is_attribute(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-.;";

    return *text && text[strspn(text, allowed)] == '\0';
}

static bool check_groups(const struct login_options *options, struct why *why)
{
    if (options->group_filters.count > 0 && !options->groups)
        return why_set(why, "option --group-filter: it selects from --groups, which is not given");
    for (size_t i = 0; i < options->require_groups.count; i++)
        if (options->require_groups.values[i][0] == '\0')
            return why_set(why, "option --require-group: the name of a group is needed");
    return true;
}

bool login_options_check(const struct login_options *options,
                         const struct directory_options *directory, const struct user_options *user,
                         struct why *why)
{
    (void)user;
    if (options->compare_attr && !is_attribute(options->compare_attr))
        return why_set(why, "option -U (--compare-attr): \"%s\" is not the name of an attribute",
                       why_excerpt(options->compare_attr).text);
    if (options->user_name == USER_NAME_UPN && !directory_options_say_ad(directory))
        return why_set(why, "option --user-name upn: only an Active Directory has such names: "
                            "--domain or --directory ad is needed");
    return check_groups(options, why);
}
