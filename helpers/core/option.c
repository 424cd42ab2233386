/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line: words of argv to members, by the stock helpers' rules and our long names.
 * Reading stops at the first word that cannot be understood.
 */
#include <config.h>

#include "helpers/core/option_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/core/harden.h"

/* What is left of argv. */
struct words {
    char **argv;
    int count;
    int at;       /* the next word to read */
    bool letters; /* one dash begins a letter: no positional word yet, or getopt's rules */
    const struct option_slot *flag; /* the option of the last word, where it takes no value */
};

static struct option_label label_of(const struct option_slot *slot)
{
    const char *name = slot->option->name;
    struct option_label label;

    if (slot->letter && name)
        (void)snprintf(label.text, sizeof label.text, "-%c (--%s)", slot->letter, name);
    else if (slot->letter)
        (void)snprintf(label.text, sizeof label.text, "-%c", slot->letter);
    else
        (void)snprintf(label.text, sizeof label.text, "--%s", name);
    return label;
}

/* Whether TABLE has LETTER, in an option before END or in any. */
static bool has_letter(const struct option_table *table, char letter, const struct option *end)
{
    size_t i;

    for (i = 0; i < table->count && &table->options[i] != end; i++)
        if (table->options[i].letter == letter)
            return true;
    return false;
}

static bool is_in(const struct option_table *table, const struct option *option)
{
    size_t i;

    for (i = 0; i < table->count; i++)
        if (&table->options[i] == option)
            return true;
    return false;
}

/* What every set has comes first: -h, where it is --help. */
char option_letter(const struct option_set *set, const struct option *option)
{
    struct option_table table = option_own_table(set, NULL);
    size_t i;

    for (i = 0; i < set->table_count && !is_in(&table, option); i++) {
        if (option->letter && has_letter(&table, option->letter, NULL))
            return '\0';
        table = set->tables[i];
    }
    return option->letter;
}

void *option_member(const struct option *option, void *target)
{
    if (option->kind == OPTION_IGNORED || option->kind == OPTION_REFUSED)
        return NULL;
    return (char *)target + option->offset;
}

bool option_takes_value(const struct option *option)
{
    return option->kind != OPTION_FLAG && option->kind != OPTION_IGNORED &&
           option->kind != OPTION_REFUSED;
}

struct option_slot *option_find(const struct option_parser *parser, const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < parser->count; i++) {
        const char *known = parser->slots[i].option->name;

        if (known && strlen(known) == len && memcmp(known, name, len) == 0)
            return &parser->slots[i];
    }
    return NULL;
}

static struct option_slot *find_letter(const struct option_parser *parser, char letter)
{
    size_t i;

    for (i = 0; letter && i < parser->count; i++)
        if (parser->slots[i].letter == letter)
            return &parser->slots[i];
    return NULL;
}

/* Whether the sentence about a wrong value quotes it. */
static bool quotes_value(const struct option *option)
{
    return option->kind == OPTION_FLAG || option->kind == OPTION_IGNORED ||
           option->kind == OPTION_NUMBER || option->choices;
}

/* VALUE from the command line, which is overwritten there if it is a secret. */
static bool set_from_line(struct option_parser *parser, struct option_slot *slot, char *value,
                          struct why *why)
{
    const struct option *option = slot->option;
    bool set = option_value_set(option, slot->member, value, why);

    if (option->kind == OPTION_SECRET) {
        harden_erase_argument(value);
        parser->set->secret_in_argv = true;
    }
    slot->on_line = true;
    if (!set && parser->set->for_people && option->choices)
        why_set(why, "option %s: it does not take this value, but one of: %s", label_of(slot).text,
                option_choices(option).text);
    else if (!set && parser->set->for_people && quotes_value(option))
        why_set(why, "option %s: it does not take this value; %s --help lists the options",
                label_of(slot).text, parser->set->program);
    else if (!set)
        why_set(why, "option %s: %s", label_of(slot).text, why->text);
    return set;
}

/* The option of SLOT with the value JOINED, or with the next word where it needs one. */
static bool take_option(struct option_parser *parser, struct option_slot *slot, char *joined,
                        struct words *words, struct why *why)
{
    static char yes[] = "yes";
    const struct option *option = slot->option;
    char *value = joined;

    words->flag = option_takes_value(option) ? NULL : slot;
    if (!value && !option_takes_value(option)) {
        value = yes;
    } else if (!value) {
        if (words->at == words->count)
            return why_set(why, "option %s needs a value: %s", label_of(slot).text,
                           option->argument);
        value = words->argv[words->at++];
    }
    return set_from_line(parser, slot, value, why);
}

/* The next word, if the stock helper would take it for the value of a flag: see skips_value. */
static void skip_value(struct words *words)
{
    if (words->at < words->count && words->argv[words->at][0] != '-')
        words->at++;
}

/* The letter at AT, with the rest of its word, in which the next letter becomes *REST where there
 * is one: behind a letter that takes no value the rest does not count, but by getopt's rules. */
static bool take_letter(struct option_parser *parser, char *at, struct words *words, char **rest,
                        struct why *why)
{
    struct option_slot *slot = find_letter(parser, *at);
    bool joined = at[1] != '\0';

    *rest = NULL;
    if (!slot && *at > ' ' && *at < 0x7f)
        return why_set(why, "option -%c is not known; %s --help lists those that are", *at,
                       parser->set->program);
    if (!slot)
        return why_set(why, "a dash without an option's letter; %s --help lists them",
                       parser->set->program);
    if (option_takes_value(slot->option))
        return take_option(parser, slot, joined ? at + 1 : NULL, words, why);
    if (joined && parser->set->clusters)
        *rest = at + 1;
    if (!joined && slot->option->skips_value)
        skip_value(words);
    return take_option(parser, slot, NULL, words, why);
}

/* A word `-x...`. */
static bool take_letters(struct option_parser *parser, char *word, struct words *words,
                         struct why *why)
{
    char *at = word + 1;

    do {
        if (!take_letter(parser, at, words, &at, why))
            return false;
    } while (at);
    return true;
}

/* A word `--name` or `--name=value`. A name that is not known is shown without its value, which
 * may be a secret. */
static bool take_name(struct option_parser *parser, char *word, struct words *words,
                      struct why *why)
{
    char *name = word + 2;
    size_t len = strcspn(name, "=");
    struct option_slot *slot = option_find(parser, name, len);

    if (!slot) {
        name[len] = '\0';
        return why_set(why, "option --%s is not known; %s --help lists those that are",
                       why_excerpt(name).text, parser->set->program);
    }
    if (slot->member == &parser->own.config && slot->on_line)
        return why_set(why, "option --config may be given once");
    if (slot->option->names_server || slot->member == &parser->own.config)
        parser->set->long_server = true;
    return take_option(parser, slot, name[len] == '=' ? name + len + 1 : NULL, words, why);
}

static bool take_positional(struct option_parser *parser, char *word, struct words *words,
                            struct why *why)
{
    words->letters = parser->set->clusters;
    if (!parser->words_slot && words->flag)
        return why_set(why,
                       "word %d of the command line belongs to no option: %s, before it, takes no "
                       "value",
                       words->at - 1, label_of(words->flag).text);
    if (!parser->words_slot)
        return why_set(why, "word %d of the command line belongs to no option", words->at - 1);
    return set_from_line(parser, parser->words_slot, word, why);
}

static enum option_outcome parse_line(struct option_parser *parser, struct words *words,
                                      struct why *why)
{
    while (words->at < words->count) {
        char *word = words->argv[words->at++];
        bool taken;

        if (parser->set->for_people && strcmp(word, "-") == 0)
            taken = take_positional(parser, word, words, why);
        else if (word[0] == '-' && word[1] == '-')
            taken = take_name(parser, word, words, why);
        else if (word[0] == '-' && words->letters)
            taken = take_letters(parser, word, words, why);
        else
            taken = take_positional(parser, word, words, why);
        if (!taken)
            return OPTION_BAD;
        if (parser->own.help)
            return option_print_help(parser->set, why) ? OPTION_DONE : OPTION_BAD;
        if (parser->own.version)
            return option_print_version(parser->set, why) ? OPTION_DONE : OPTION_BAD;
    }
    return OPTION_RUN;
}

static void add_slots(struct option_parser *parser, const struct option_table *table)
{
    size_t i;

    for (i = 0; i < table->count; i++) {
        const struct option *option = &table->options[i];
        bool twice = option->letter && has_letter(table, option->letter, option);

        if (option->name && option_find(parser, option->name, strlen(option->name)))
            twice = true;
        if (twice || (!option->name && !option->letter))
            abort();
        parser->slots[parser->count++] = (struct option_slot){
            .option = option,
            .member = option_member(option, table->target),
            .letter = option_letter(parser->set, option),
        };
    }
}

/* Lays out the slots of all tables and of what every set has. */
static bool open_parser(struct option_parser *parser, struct why *why)
{
    const struct option_set *set = parser->set;
    struct option_table own = option_own_table(set, &parser->own);
    size_t count = own.count;
    size_t i;

    for (i = 0; i < set->table_count; i++)
        count += set->tables[i].count;
    parser->slots = calloc(count, sizeof *parser->slots);
    if (!parser->slots)
        return why_set(why, "out of memory");
    for (i = 0; i < set->table_count; i++)
        add_slots(parser, &set->tables[i]);
    add_slots(parser, &own);
    if (set->words_as) {
        parser->words_slot = option_find(parser, set->words_as, strlen(set->words_as));
        if (!parser->words_slot)
            abort();
    }
    return true;
}

/* Keeps for option_given() what of the slots outlives them. */
static bool keep_mentions(const struct option_parser *parser, struct why *why)
{
    struct option_set *set = parser->set;

    set->mentions = calloc(parser->count, sizeof *set->mentions);
    if (!set->mentions)
        return why_set(why, "out of memory");
    for (size_t i = 0; i < parser->count; i++) {
        const struct option_slot *slot = &parser->slots[i];

        if (slot->member && (slot->on_line || slot->file_line))
            set->mentions[set->mention_count++] =
                (struct option_mention){slot->option, label_of(slot)};
    }
    return true;
}

enum option_outcome option_parse(struct option_set *set, int argc, char **argv, struct why *why)
{
    struct option_parser parser = {.set = set};
    struct words words = {.argv = argv, .count = argc, .at = 1, .letters = true};
    enum option_outcome outcome;
    struct why unseen;

    if (!why)
        why = &unseen;
    if (!open_parser(&parser, why))
        return OPTION_BAD;
    outcome = parse_line(&parser, &words, why);
    set->config_file = parser.own.config;
    if (outcome == OPTION_RUN && set->config_file &&
        !option_file_read(&parser, set->config_file, why))
        outcome = OPTION_BAD;
    if (outcome == OPTION_RUN && !keep_mentions(&parser, why))
        outcome = OPTION_BAD;
    free(parser.slots);
    return outcome;
}

bool option_preset(const struct option_table *table)
{
    size_t i;

    for (i = 0; i < table->count; i++) {
        const struct option *option = &table->options[i];

        if (!option->preset)
            continue;
        if (!option_value_set(option, NULL, option->preset, NULL))
            abort();
        if (!option_value_set(option, option_member(option, table->target), option->preset, NULL))
            return false;
    }
    return true;
}

bool option_given(const struct option_set *set, const struct option_table *table,
                  struct option_label *label)
{
    for (size_t i = 0; i < set->mention_count; i++) {
        if (!is_in(table, set->mentions[i].option))
            continue;
        *label = set->mentions[i].label;
        return true;
    }
    return false;
}

void option_free(struct option_set *set)
{
    size_t i, at;

    for (i = 0; i < set->table_count; i++) {
        const struct option_table *table = &set->tables[i];

        for (at = 0; at < table->count; at++)
            option_value_free(&table->options[at],
                              option_member(&table->options[at], table->target));
    }
    free(set->config_file);
    set->config_file = NULL;
    free(set->mentions);
    set->mentions = NULL;
    set->mention_count = 0;
}
