/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tests of the option parser share: a small table that has an option of every kind, and
 * a parse of given words.
 */
#ifndef TESTS_UNIT_OPTION_FIXTURE_H
#define TESTS_UNIT_OPTION_FIXTURE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/option.h"
#include "helpers/core/secret.h"

struct target {
    bool flag;
    char *text;
    char *mech;
    struct option_list list;
    long number;
    long seconds;
    int choice;
    struct secret *secret;
};

static const char *const colours[] = {"red", "green", "blue", NULL};
static const char *const mechs[] = {"EXTERNAL", NULL};

#define MEMBER(member) .offset = offsetof(struct target, member)

/* clang-format off */
static const struct option options[] = {
    {.name = "flag", .letter = 'Z', .kind = OPTION_FLAG, .help = "a flag", MEMBER(flag)},
    {.name = "nothing", .letter = 'P', .kind = OPTION_IGNORED, .help = "no effect"},
    {.letter = 'E', .kind = OPTION_REFUSED, .help = "take --text"},
    {.name = "text", .letter = 'b', .kind = OPTION_TEXT, .argument = "DN", .help = "a text",
     .preset = "preset", MEMBER(text)},
    {.name = "mech", .kind = OPTION_TEXT, .argument = "MECH", .choices = mechs, .help = "one",
     MEMBER(mech)},
    {.name = "uri", .letter = 'H', .kind = OPTION_LIST, .argument = "URI", .help = "a list",
     .names_server = true, MEMBER(list)},
    {.name = "host", .letter = 'h', .kind = OPTION_LIST, .argument = "HOST", .help = "the same",
     .names_server = true, MEMBER(list)},
    {.heading = "More",
     .name = "number", .letter = 'p', .kind = OPTION_NUMBER, .argument = "PORT",
     .help = "a number", .min = 1, .max = 65535, .preset = "389", MEMBER(number)},
    {.name = "seconds", .letter = 'c', .kind = OPTION_NUMBER, .argument = "SECONDS",
     .help = "a time", .min = 0, .max = 3600, MEMBER(seconds)},
    {.name = "choice", .letter = 's', .kind = OPTION_CHOICE, .argument = "COLOUR",
     .choices = colours, .preset = "blue", .help = "a choice", MEMBER(choice)},
    {.name = "secret", .letter = 'w', .kind = OPTION_SECRET, .argument = "SECRET",
     .help = "a secret", MEMBER(secret)},
};
/* clang-format on */

enum { WORDS_MAX = 16 };

/* One parse: the words, as a process has them (writable), and what came of them. */
struct run {
    struct target target;
    struct option_table table;
    struct option_set set;
    char *argv[WORDS_MAX + 1];
    int argc;
    struct why why;
    enum option_outcome outcome;
};

static inline void prepare(struct run *run)
{
    memset(run, 0, sizeof *run);
    run->table =
        (struct option_table){"Options", options, sizeof options / sizeof *options, &run->target};
    run->set = (struct option_set){.program = "helper",
                                   .synopsis = "[OPTION]...",
                                   .purpose = "Helps.",
                                   .tables = &run->table,
                                   .table_count = 1,
                                   .words_as = "host"};
    ck_assert(option_preset(&run->table));
}

static inline void parse_words(struct run *run, const char *const *words)
{
    run->argv[run->argc++] = strdup("helper");
    for (; *words; words++) {
        ck_assert_int_lt(run->argc, WORDS_MAX);
        run->argv[run->argc++] = strdup(*words);
    }
    run->outcome = option_parse(&run->set, run->argc, run->argv, &run->why);
}

#define PARSE(run, ...)                                                                            \
    do {                                                                                           \
        prepare(run);                                                                              \
        parse_words(run, (const char *const[]){__VA_ARGS__, NULL});                                \
    } while (0)

static inline void release(struct run *run)
{
    int i;

    option_free(&run->set);
    for (i = 0; i < run->argc; i++)
        free(run->argv[i]);
}

/* The words given are refused with this sentence. */
static inline void expect_bad(const char *sentence, const char *const *words)
{
    struct run run;

    prepare(&run);
    parse_words(&run, words);
    ck_assert_int_eq(run.outcome, OPTION_BAD);
    ck_assert_str_eq(run.why.text, sentence);
    release(&run);
}

#define EXPECT_BAD(sentence, ...) expect_bad(sentence, (const char *const[]){__VA_ARGS__, NULL})

static inline void expect_list(const struct option_list *list, const char *const *values)
{
    size_t i;

    for (i = 0; values[i]; i++) {
        ck_assert_uint_lt(i, list->count);
        ck_assert_str_eq(list->values[i], values[i]);
    }
    ck_assert_uint_eq(list->count, i);
}

#define EXPECT_LIST(list, ...) expect_list(list, (const char *const[]){__VA_ARGS__, NULL})

#endif
