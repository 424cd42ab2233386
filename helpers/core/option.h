/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * option: one table per helper that drives everything said about its options.
 *
 * The same table parses the command line (Squid's stock letters as the stock helpers parse them,
 * and a long name for each), reads `name = value` lines of --config, prints --help, and is what the
 * manual pages are checked against.
 *
 * The stock parser, which lines in the wild rely on: a letter that takes no value ends its word
 * (-ZZ is -Z); a value is joined (-v3) or the next word, whatever that looks like; the first word
 * that does not begin with `-` ends the letters, and it and all further words are positional, also
 * those with one dash. Only words that begin with `--` are ours everywhere, `--name value` or
 * `--name=value`. Source: main() of src/auth/basic/LDAP/basic_ldap_auth.cc in Squid.
 *
 * Where the stock helper uses getopt(3) instead, `clusters` reads a word of letters to its end.
 *
 * Start-up only, one thread.
 */
#ifndef PROXYAUTH_CORE_OPTION_H
#define PROXYAUTH_CORE_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/why.h"

enum option_kind {
    OPTION_FLAG,    /* bool: given or not; `yes` or `no` in a file and after `=` */
    OPTION_IGNORED, /* a flag that is accepted and without effect; `help` says why. No member */
    OPTION_REFUSED, /* an error; `help` says what to do instead. No member */
    OPTION_TEXT,    /* char *, allocated; replaces an earlier one. One of `choices`, if there are */
    OPTION_LIST,    /* struct option_list: may be given several times */
    OPTION_NUMBER,  /* long, decimal, between min and max */
    OPTION_CHOICE,  /* int: the index in `choices` */
    OPTION_SECRET,  /* struct secret *; the word on the command line is overwritten at once */
};

/* Zeroed, it is the empty list. */
struct option_list {
    char **values;
    size_t count;
};

struct option {
    const char *name; /* long name without dashes; NULL: a letter not in --help */
    /* What the value is called in --help: DN, PORT. FILE and DIR are names, which are not empty. */
    const char *argument;
    const char *help;           /* one line, without a full stop */
    const char *heading;        /* begins a new group in --help, or NULL */
    const char *const *choices; /* for OPTION_CHOICE and OPTION_TEXT, ends with NULL */
    const char *preset;         /* the value when nothing else is said, or NULL: see below */
    long min;                   /* for OPTION_NUMBER, not negative */
    long max;
    size_t offset; /* of the member in the table's target */
    enum option_kind kind;
    char letter;       /* stock letter, or 0 */
    bool names_server; /* its long name counts as naming the server (law on cleartext) */
    bool line_only;    /* makes no sense in a file and is refused there */
    /* A flag for which the stock helper reads a value all the same, and does nothing with it: the
     * rest of its word, or the next word unless that is an option, is skipped. */
    bool skips_value;
};

struct option_table {
    const char *title; /* heading in --help; NULL where the first option has one */
    const struct option *options;
    size_t count;
    void *target;
};

/* An option as sentences call it: `-c (--connect-timeout)`. */
struct option_label {
    char text[80];
};

/* That an option was given, on the command line or in the file. */
struct option_mention {
    const struct option *option;
    struct option_label label;
};

struct option_set {
    const char *program;
    const char *synopsis; /* what follows the program's name in the first line of --help */
    const char *purpose;  /* one sentence under it */
    /* Where a letter of a shared table means something else in this helper, the helper's own table
     * stands before it and takes the letter away: the shared option has its long name alone. */
    const struct option_table *tables;
    size_t table_count;
    /* The long name that positional words are values of (`host`), or NULL: they are refused. */
    const char *words_as;
    /* A tool that people start: it has no --config, `-` is a word like others, and no sentence
     * quotes a value, which may be a password that was pasted to the wrong place. */
    bool for_people;
    /* The stock helper reads its options by getopt(3): letters that take no value may stand
     * together (-ad), and words need not come last. */
    bool clusters;
    bool h_is_help; /* -h is --help, as in the stock helper */
    /* Told after parsing: */
    bool long_server;    /* a long name that names the server, or --config, was used */
    bool secret_in_argv; /* an OPTION_SECRET came from the command line */
    bool config_exposed; /* the file holds a secret, and accounts that need not can read it */
    char *config_file;   /* of --config, or NULL */
    struct option_mention *mentions; /* for option_given() */
    size_t mention_count;
};

enum option_outcome {
    OPTION_RUN,  /* go on */
    OPTION_DONE, /* --help or --version has been printed: exit 0 */
    OPTION_BAD,  /* WHY names the option or the file and line, and what would be right: exit 2 */
};

/* The largest --config file, in bytes. It is read into memory that is wiped. */
enum { OPTION_FILE_MAX = 64 * 1024 };

/*
 * Gives every member of TABLE that has one its `preset`, read as a value of that option. For the
 * function that initializes a target (zeroed before), so that --help and the code tell the same
 * default. A preset that is no value of its option is an error of the program: aborts. False when
 * memory is out.
 */
bool option_preset(const struct option_table *table);

/*
 * Parses the command line into the tables' targets, then the file of --config. --help and --version
 * are known in every set, --config in all but those for people.
 *
 * An option on the command line replaces all that the file says of its member (so `uri` and `host`,
 * which fill one list, replace each other); of one member given twice on the command line the last
 * wins, lists grow. Words of argv that hold a secret are overwritten. After OPTION_DONE and
 * OPTION_BAD targets hold what was read until then; option_free() is due after every outcome.
 *
 * A name that two tables have, or a letter that one table has twice, is an error of the program:
 * aborts.
 */
enum option_outcome option_parse(struct option_set *set, int argc, char **argv, struct why *why);

/* The first option of TABLE, one of SET's, that was given on the command line or in the file, also
 * with the value that it has without; those without effect (OPTION_IGNORED) do not count. False:
 * none was. After OPTION_RUN. */
bool option_given(const struct option_set *set, const struct option_table *table,
                  struct option_label *label);

/* Frees what was allocated in the tables' targets and in SET, wiping secrets; leaves NULLs. */
void option_free(struct option_set *set);

#endif
