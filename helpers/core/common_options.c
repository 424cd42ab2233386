/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options that every helper has. What they do is up to the helper's main.
 */
#include <config.h>

#include "helpers/core/common_options.h"

#include <string.h>

static const char *const concurrency_modes[] = {"auto", "on", "off", NULL};
static const char *const log_levels[] = {"error", "warning", "notice", "info", "debug", NULL};

#define MEMBER(member) .offset = offsetof(struct common_options, member)

/* clang-format off */
const struct option common_option_list[] = {
    {.heading = "Requests",
     .name = "concurrency", .kind = OPTION_CHOICE, .argument = "auto|on|off",
     .choices = concurrency_modes, .preset = "auto", MEMBER(concurrency),
     .help = "whether lines have channel-IDs"},
    {.name = "key-extras", .kind = OPTION_NUMBER, .argument = "N", .min = 0, .max = 16,
     .preset = "0", MEMBER(key_extras), .help = "fields that key_extras adds to a line"},
    {.name = "deadline", .kind = OPTION_NUMBER, .argument = "SECONDS", .min = 1, .max = 600,
     .preset = "10", MEMBER(deadline_s), .help = "every request is answered within"},

    {.heading = "Log and check",
     .name = "log-level", .kind = OPTION_CHOICE, .argument = "LEVEL", .choices = log_levels,
     .preset = "notice", MEMBER(log_level), .help = "error, warning, notice, info, debug"},
    {.name = "debug", .letter = 'd', .kind = OPTION_FLAG, MEMBER(debug),
     .help = "the same as --log-level debug"},
    {.name = "check", .kind = OPTION_FLAG, MEMBER(check), .line_only = true,
     .help = "test what is configured, say what works"},
};
/* clang-format on */

const size_t common_option_count = sizeof common_option_list / sizeof *common_option_list;

bool common_options_init(struct common_options *options)
{
    const struct option_table table = {NULL, common_option_list, common_option_count, options};

    memset(options, 0, sizeof *options);
    return option_preset(&table);
}

enum log_level common_options_log_level(const struct common_options *options)
{
    return options->debug ? LOG_DEBUG : (enum log_level)options->log_level;
}
