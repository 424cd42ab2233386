/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --help and --version, from the tables. The tests of the manual pages read what is printed here:
 * an option's line begins with two blanks, its letter or four blanks, and its name.
 */
#include <config.h>

#include "helpers/core/option_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct option own_list[] = {
    {.name = "config", .kind = OPTION_TEXT, .argument = "FILE",
     .help = "`name = value` lines, see proxyauth.conf(5)",
     .offset = offsetof(struct option_own, config), .line_only = true},
    {.name = "help", .kind = OPTION_FLAG, .help = "print this text",
     .offset = offsetof(struct option_own, help), .line_only = true},
    {.name = "version", .kind = OPTION_FLAG, .help = "print the version",
     .offset = offsetof(struct option_own, version), .line_only = true},
};
/* clang-format on */

struct option_table option_own_table(const struct option_set *set, struct option_own *target)
{
    const size_t count = sizeof own_list / sizeof *own_list;
    const size_t left_out = set->for_people ? 1 : 0; /* --config, the first one */

    return (struct option_table){set->for_people ? "Help" : "Configuration and help",
                                 own_list + left_out, count - left_out, target};
}

/* `  -b, --base DN`, without the blanks in front. */
struct left {
    char text[80];
};

static struct left left_of(const struct option *option)
{
    struct left left;
    char letter[] = "    ";

    if (option->letter)
        (void)snprintf(letter, sizeof letter, "-%c, ", option->letter);
    (void)snprintf(left.text, sizeof left.text, "%.4s--%s%s%s", letter, option->name,
                   option->argument ? " " : "", option->argument ? option->argument : "");
    return left;
}

static int widest(const struct option *options, size_t count, int width)
{
    size_t i;

    for (i = 0; i < count; i++) {
        int own = options[i].name ? (int)strlen(left_of(&options[i]).text) : 0;

        if (own > width)
            width = own;
    }
    return width;
}

static void print_table(const struct option_table *table, int width)
{
    size_t i;

    if (table->title)
        printf("\n%s:\n", table->title);
    for (i = 0; i < table->count; i++) {
        const struct option *option = &table->options[i];

        if (!option->name)
            continue;
        if (option->heading)
            printf("\n%s:\n", option->heading);
        printf("  %-*s  %s", width, left_of(option).text, option->help);
        if (option->preset)
            printf(" [%s]", option->preset);
        putchar('\n');
    }
}

static bool written(struct why *why)
{
    if (fflush(stdout) == 0)
        return true;
    return why_set(why, "cannot write to standard output: %s", strerror(errno));
}

bool option_print_help(const struct option_set *set, struct why *why)
{
    struct option_table own = option_own_table(set, NULL);
    int width = widest(own.options, own.count, 0);
    size_t i;

    for (i = 0; i < set->table_count; i++)
        width = widest(set->tables[i].options, set->tables[i].count, width);
    printf("Usage: %s %s\n%s\nDefaults are in brackets.\n", set->program, set->synopsis,
           set->purpose);
    for (i = 0; i < set->table_count; i++)
        print_table(&set->tables[i], width);
    print_table(&own, width);
    return written(why);
}

bool option_print_version(const struct option_set *set, struct why *why)
{
    printf("%s (proxyauth) %s\n", set->program, PACKAGE_VERSION);
    return written(why);
}
