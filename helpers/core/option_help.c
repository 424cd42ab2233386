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
    {.letter = 'h', .kind = OPTION_FLAG,
     .offset = offsetof(struct option_own, help)}, /* where h_is_help */
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
    const size_t letter = set->h_is_help ? 0 : 1;         /* the first one is left out */
    const size_t left_out = set->for_people ? 2 : letter; /* and --config, the second one */

    return (struct option_table){
        .title = set->for_people ? "Help" : "Configuration and help",
        .options = own_list + left_out,
        .count = count - left_out,
        .target = target,
    };
}

/* `  -b, --base DN`, without the blanks in front. */
struct left {
    char text[80];
};

static struct left left_of(const struct option_set *set, const struct option *option)
{
    struct left left;
    char letter = option_letter(set, option);
    char before[] = "    ";

    if (letter)
        (void)snprintf(before, sizeof before, "-%c, ", letter);
    (void)snprintf(left.text, sizeof left.text, "%.4s--%s%s%s", before, option->name,
                   option->argument ? " " : "", option->argument ? option->argument : "");
    return left;
}

static int widest(const struct option_set *set, const struct option_table *table, int width)
{
    size_t i;

    for (i = 0; i < table->count; i++) {
        const struct option *option = &table->options[i];
        int own = option->name ? (int)strlen(left_of(set, option).text) : 0;

        if (own > width)
            width = own;
    }
    return width;
}

static void print_table(const struct option_set *set, const struct option_table *table, int width)
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
        printf("  %-*s  %s", width, left_of(set, option).text, option->help);
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
    int width = widest(set, &own, 0);
    size_t i;

    for (i = 0; i < set->table_count; i++)
        width = widest(set, &set->tables[i], width);
    printf("Usage: %s %s\n%s\nDefaults are in brackets.\n", set->program, set->synopsis,
           set->purpose);
    for (i = 0; i < set->table_count; i++)
        print_table(set, &set->tables[i], width);
    print_table(set, &own, width);
    return written(why);
}

bool option_print_version(const struct option_set *set, struct why *why)
{
    printf("%s (proxyauth) %s\n", set->program, PACKAGE_VERSION);
    return written(why);
}
