/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the option_*.c files share; nobody else includes this.
 */
#ifndef PROXYAUTH_CORE_OPTION_PRIVATE_H
#define PROXYAUTH_CORE_OPTION_PRIVATE_H

#include "helpers/core/option.h"

/* One option of one table while it is being parsed. */
struct option_slot {
    const struct option *option;
    void *member;       /* NULL where the kind has none */
    char letter;        /* by which it is known in this set, or 0 */
    bool on_line;       /* given on the command line */
    unsigned file_line; /* the line of the file that gave it, or 0 */
};

struct option_parser {
    struct option_set *set;
    struct option_slot *slots;
    size_t count;
    struct option_slot *words_slot; /* what positional words are values of, or NULL */
    /* What every set has: */
    struct option_own {
        char *config;
        bool help;
        bool version;
    } own;
};

/* option.c: the slot of a long name (LEN bytes), or NULL. */
struct option_slot *option_find(const struct option_parser *parser, const char *name, size_t len);

/* The member of OPTION in TARGET, or NULL where the kind has none. */
void *option_member(const struct option *option, void *target);

/* The letter of OPTION, which is in a table of SET, or 0 where it has none or an earlier table has
 * it, too. */
char option_letter(const struct option_set *set, const struct option *option);

/* Whether the letter or name wants a value behind it. */
bool option_takes_value(const struct option *option);

/* option_value.c: what an option with choices takes, "a, b, c", for a sentence. */
struct option_choices {
    char text[160];
};
struct option_choices option_choices(const struct option *option);

/* option_value.c: reads VALUE into MEMBER, or only checks it where MEMBER is NULL. False with a
 * sentence about the value, without the option's name and without a secret. */
bool option_value_set(const struct option *option, void *member, const char *value,
                      struct why *why);

/* Frees what the member holds and sets it to NULL; other members stay. */
void option_value_free(const struct option *option, void *member);

/* option_file.c: reads PATH. False with a sentence that names file and line. */
bool option_file_read(struct option_parser *parser, const char *path, struct why *why);

/* option_help.c: the options that are known in SET without a table of its own. TARGET may be NULL
 * where nothing is parsed. */
struct option_table option_own_table(const struct option_set *set, struct option_own *target);

/* Print to standard output; false when it cannot be written. */
bool option_print_help(const struct option_set *set, struct why *why);
bool option_print_version(const struct option_set *set, struct why *why);

#endif
