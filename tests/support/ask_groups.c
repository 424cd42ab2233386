/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ask_groups: asks the engine about groups, for tests.
 *
 *   ask_groups [options of the directory, of users and of groups]
 *
 * Each line of standard input is a user and its groups, with tabs between them; a group "?" asks
 * for the list of all. Each gets one line, with tabs between its fields, and the next is asked
 * when it has been answered:
 *
 *   answered  yes|no for each group, then the names of the list
 *   denied    there is no such user
 *   unavailable  REASON
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helpers/core/chance.h"
#include "helpers/core/helper.h"
#include "helpers/core/option.h"
#include "helpers/directory/directory.h"
#include "helpers/directory/find.h"
#include "helpers/directory/membership.h"

enum { GROUPS = 4096, LINE_MAX_BYTES = 1 << 20 };

struct asker {
    struct directory_options directory_options;
    struct user_options user_options;
    struct membership_options membership_options;
    struct common_options common;
    struct helper helper;
    struct chance chance;
    struct directory *directory;
    char *line;
    size_t cap;
    struct pxa_span user;
    struct pxa_span groups[GROUPS];
    size_t count;
    bool list;
    struct entry *entry;
    struct posted next;
};

static void ask(struct posted *posted);

static void ask_next(struct asker *asker)
{
    entry_free(asker->entry);
    asker->entry = NULL;
    fflush(stdout);
    loop_later(asker->helper.loop, &asker->next);
}

static void on_membership(void *context, const struct membership_result *result)
{
    struct asker *asker = context;

    if (result->verdict == VERDICT_UNAVAILABLE) {
        printf("unavailable\t%s\n", result->reason);
    } else {
        printf("answered");
        for (size_t i = 0; i < asker->count; i++)
            printf("\t%s", result->member[i] ? "yes" : "no");
        for (size_t i = 0; i < result->name_count; i++)
            printf("\t%.*s", (int)result->names[i].len, result->names[i].at);
        printf("\n");
    }
    ask_next(asker);
}

static void on_found(void *context, struct find_result *result)
{
    struct asker *asker = context;
    const struct membership_query query = {
        .user = asker->user,
        .groups = asker->groups,
        .group_count = asker->count,
        .list = asker->list,
        .done = on_membership,
        .context = asker,
    };

    if (result->verdict != VERDICT_OK) {
        printf(result->verdict == VERDICT_DENIED ? "denied\n" : "unavailable\t%s\n",
               result->reason);
        ask_next(asker);
        return;
    }
    asker->entry = result->entry;
    result->entry = NULL;
    {
        struct membership_query with_entry = query;

        with_entry.entry = asker->entry;
        directory_membership(asker->directory, &with_entry);
    }
}

/* Splits the line at its tabs. */
static void split(struct asker *asker)
{
    char *rest = asker->line;
    char *word;

    asker->count = 0;
    asker->list = false;
    rest[strcspn(rest, "\n")] = '\0';
    word = strsep(&rest, "\t");
    asker->user = (struct pxa_span){word, strlen(word)};
    while ((word = strsep(&rest, "\t")) != NULL && asker->count < GROUPS) {
        if (strcmp(word, "?") == 0)
            asker->list = true;
        else
            asker->groups[asker->count++] = (struct pxa_span){word, strlen(word)};
    }
}

static void ask(struct posted *posted)
{
    struct asker *asker = (struct asker *)(void *)((char *)posted - offsetof(struct asker, next));
    struct find_query query = {
        .attributes = membership_attributes(), .done = on_found, .context = asker};

    if (getline(&asker->line, &asker->cap, stdin) < 0) {
        loop_stop(asker->helper.loop);
        return;
    }
    split(asker);
    query.user = asker->user;
    directory_find(asker->directory, &query);
}

static const struct option own_list[] = {
    {.heading = "The user",
     .name = "filter",
     .kind = OPTION_TEXT,
     .argument = "FILTER",
     .offset = offsetof(struct user_options, filter),
     .help = "finds the user"},
};

static int run(void *context, struct why *why)
{
    struct asker *asker = context;
    const struct directory_orders orders = {
        .options = &asker->directory_options,
        .user = &asker->user_options,
        .membership = &asker->membership_options,
        .cleartext_allowed = true,
    };
    struct directory_ground ground;

    if (!directory_options_check(&asker->directory_options, true, why) ||
        !user_options_check(&asker->user_options, &asker->directory_options, why) ||
        !helper_open(&asker->helper, "ask_groups", &asker->common, why) ||
        !helper_open_threads(&asker->helper, 4, why))
        return HELPER_EXIT_OPTIONS;
    asker->chance.state = helper_seed(&asker->helper);
    ground = (struct directory_ground){
        .loop = asker->helper.loop,
        .offload = asker->helper.offload,
        .log = asker->helper.log,
        .deadline_ms = helper_deadline_ms(&asker->helper),
        .random = chance_next,
        .random_context = &asker->chance,
    };
    asker->directory = directory_open(&ground, &orders, why);
    if (!asker->directory)
        return HELPER_EXIT_OPTIONS;
    asker->next.run = ask;
    loop_later(asker->helper.loop, &asker->next);
    loop_run(asker->helper.loop);
    return EXIT_SUCCESS;
}

static bool init(void *context)
{
    struct asker *asker = context;

    return directory_options_init(&asker->directory_options) &&
           user_options_init(&asker->user_options) &&
           membership_options_init(&asker->membership_options);
}

static bool tidy(void *context)
{
    struct asker *asker = context;

    if (asker->directory && !directory_quiet(asker->directory))
        return false;
    if (asker->directory)
        directory_close(asker->directory);
    free(asker->line);
    return helper_close(&asker->helper);
}

int main(int argc, char **argv)
{
    static struct asker asker;
    struct option_table tables[] = {
        {NULL, own_list, 1, &asker.user_options},
        {NULL, user_option_list, user_option_count, &asker.user_options},
        {NULL, membership_option_list, membership_option_count, &asker.membership_options},
        {NULL, directory_option_list, directory_option_count, &asker.directory_options},
        {NULL, common_option_list, common_option_count, &asker.common},
    };
    struct option_set set = {
        .program = "ask_groups",
        .synopsis = "[options] -b BASE [server ...]",
        .purpose = "Asks a directory about groups, for tests.",
        .tables = tables,
        .table_count = sizeof tables / sizeof *tables,
        .words_as = "host",
    };
    const struct helper_program whole = {
        .options = &set, .common = &asker.common, .init = init, .run = run, .tidy = tidy};

    return helper_main(&whole, &asker, argc, argv);
}
