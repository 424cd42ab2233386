/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options of group lookups.
 */
#include <config.h>

#include "helpers/directory/membership_options.h"

#include <string.h>

static const char *const methods[] = {"auto", "in-chain", "token-groups", "walk", NULL};

#define MEMBER(member) .offset = offsetof(struct membership_options, member)

/* clang-format off */
const struct option membership_option_list[] = {
    {.heading = "Groups",
     .name = "group-base", .kind = OPTION_TEXT, .argument = "DN", MEMBER(group_base),
     .help = "where groups are, if not below --base"},
    {.name = "group-method", .kind = OPTION_CHOICE, .argument = "HOW", .choices = methods,
     .preset = "auto", MEMBER(method), .help = "auto, in-chain, token-groups, walk"},
    {.name = "group-depth", .kind = OPTION_NUMBER, .argument = "N", .min = 1, .max = 100,
     MEMBER(depth), .help = "walk so deep, 1: direct members; else 10"},
};
/* clang-format on */

const size_t membership_option_count =
    sizeof membership_option_list / sizeof *membership_option_list;

bool membership_options_init(struct membership_options *options)
{
    const struct option_table table = {NULL, membership_option_list, membership_option_count,
                                       options};

    memset(options, 0, sizeof *options);
    return option_preset(&table);
}

bool membership_options_check(struct membership_options *options, struct why *why)
{
    if (options->depth == 0)
        return true;
    if (options->method == METHOD_AUTO)
        options->method = METHOD_WALK;
    return options->method == METHOD_WALK ||
           why_set(why,
                   "option --group-depth: only --group-method walk counts levels, with %s groups "
                   "within groups count at any depth",
                   methods[options->method]);
}

unsigned membership_options_depth(const struct membership_options *options)
{
    return options->depth == 0 ? MEMBERSHIP_DEPTH : (unsigned)options->depth;
}
