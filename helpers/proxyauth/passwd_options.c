/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which words and options the actions of `proxyauth passwd` take. No sentence shows a word of the
 * command line, which may be a password at the wrong place.
 */
#include <config.h>

#include "helpers/proxyauth/passwd_options.h"

#include <stddef.h>
#include <string.h>

#include "helpers/proxyauth/passwd_hash.h"

#define MEMBER(member) .offset = offsetof(struct passwd_options, member)

/* clang-format off */
static const struct option option_list[] = {
    {.name = "basic", .kind = OPTION_FLAG, MEMBER(basic),
     .help = "FILE has lines user:hash, for basic-file"},
    {.name = "digest", .kind = OPTION_TEXT, .argument = "REALM", MEMBER(realm),
     .help = "FILE has lines user:realm:HA1, for digest-file -c"},
    {.name = "nt", .kind = OPTION_FLAG, MEMBER(nt),
     .help = "FILE has lines of smbpasswd, for NTLM"},
    {.name = "stdin", .kind = OPTION_FLAG, MEMBER(input),
     .help = "read the password from the first line of standard input"},
    {.name = "hash", .kind = OPTION_CHOICE, .argument = "KIND", .choices = passwd_hash_names,
     MEMBER(hash), .preset = "yescrypt", .help = "hash with yescrypt, bcrypt or sha512"},
    {.name = "cost", .kind = OPTION_NUMBER, .argument = "N", .min = 1, .max = 999999999,
     MEMBER(cost), .help = "how expensive the hash is: yescrypt 1-11, bcrypt 4-17, "
                           "sha512 1000-999999999"},
    {.name = "word", .kind = OPTION_LIST, .argument = "WORD", MEMBER(words),
     .help = "the same as the word WORD, which may begin with a dash"},
};
/* clang-format on */

static const struct passwd_needs needs[] = {
    [PASSWD_ADD] = {"add", true, true, true},
    [PASSWD_SET] = {"set", true, true, true},
    [PASSWD_DELETE] = {"delete", true, false, false},
    [PASSWD_VERIFY] = {"verify", true, false, true},
    [PASSWD_LIST] = {"list", false, false, false},
};

enum { ACTIONS = sizeof needs / sizeof *needs };

static struct pxa_span span_of_text(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

static bool take_kind(struct passwd_work *work, struct why *why)
{
    const struct passwd_options *options = &work->options;

    if (options->basic + options->nt + (options->realm != NULL) != 1)
        return why_set(why, "one of --basic, --digest REALM and --nt is needed, which says what "
                            "FILE holds");
    if (options->basic)
        work->target.kind = PASSWD_BASIC;
    else
        work->target.kind = options->nt ? PASSWD_NT : PASSWD_DIGEST;
    if (options->realm)
        work->target.realm = span_of_text(options->realm);
    return true;
}

/* A word too many may be a password: it is neither taken nor shown. */
static bool take_words(struct passwd_work *work, struct why *why)
{
    const struct option_list *words = &work->options.words;
    bool needs_user = work->needs->user;

    if (words->count > (needs_user ? 2 : 1) && work->needs->password)
        return why_set(why,
                       "%s takes the words FILE and USER; the password is no word, but asked "
                       "for, or read with --stdin",
                       work->needs->name);
    if (words->count != (needs_user ? 2 : 1))
        return why_set(why, "%s takes %s", work->needs->name,
                       needs_user ? "the words FILE and USER" : "the word FILE");
    if (!words->values[0][0])
        return why_set(why, "the name of FILE is empty");
    work->target.path = words->values[0];
    if (needs_user)
        work->target.user = span_of_text(words->values[1]);
    if (needs_user && work->target.user.len == 0)
        return why_set(why, "the user's name is empty");
    return true;
}

/* Options that would be without effect are refused. */
static bool options_fit(const struct passwd_work *work, struct why *why)
{
    const struct passwd_options *options = &work->options;
    bool hashes = work->needs->new_hash && options->basic;

    if ((options->hash != PASSWD_YESCRYPT || options->cost != 0) && !hashes)
        return why_set(why, "--hash and --cost are for add and set with --basic");
    if (options->input && !work->needs->password)
        return why_set(why, "%s needs no password, and takes no --stdin", work->needs->name);
    return passwd_hash_cost_fits((enum passwd_hash)options->hash, options->cost, why);
}

static bool judge(struct passwd_work *work, struct why *why)
{
    if (!take_kind(work, why) || !take_words(work, why) || !options_fit(work, why) ||
        !passwd_target_open(&work->target, why))
        return false;
    return !work->needs->new_hash || passwd_target_fits(&work->target, why);
}

/* The action is the first word, unless only --help or --version is wanted. */
static bool take_action(struct passwd_work *work, const char *word)
{
    for (size_t i = 0; word && i < ACTIONS; i++) {
        if (strcmp(needs[i].name, word) != 0)
            continue;
        work->action = (enum passwd_action)i;
        work->needs = &needs[i];
        return true;
    }
    return word && (strcmp(word, "--help") == 0 || strcmp(word, "--version") == 0);
}

enum option_outcome passwd_options_read(struct passwd_work *work, int argc, char **argv,
                                        struct why *why)
{
    enum option_outcome outcome;

    work->table = (struct option_table){"Options", option_list,
                                        sizeof option_list / sizeof *option_list, &work->options};
    work->set = (struct option_set){
        .program = "proxyauth passwd",
        .synopsis = "add|set|delete|verify|list --basic|--digest REALM|--nt [options] FILE [USER]",
        .purpose = "Keeps files of passwords for helpers. A password is asked for at the terminal, "
                   "or read with --stdin.",
        .tables = &work->table,
        .table_count = 1,
        .words_as = "word",
        .for_people = true,
    };
    if (!take_action(work, argc > 1 ? argv[1] : NULL)) {
        why_set(why, "the first word is one of add, set, delete, verify and list");
        return OPTION_BAD;
    }
    if (!option_preset(&work->table)) {
        why_set(why, "out of memory");
        return OPTION_BAD;
    }
    outcome = work->needs ? option_parse(&work->set, argc - 1, argv + 1, why)
                          : option_parse(&work->set, argc, argv, why);
    return outcome == OPTION_RUN && !judge(work, why) ? OPTION_BAD : outcome;
}

/* A word too many may have been a password. */
void passwd_options_free(struct passwd_work *work)
{
    for (size_t i = 0; i < work->options.words.count; i++)
        pxa_wipe(work->options.words.values[i], strlen(work->options.words.values[i]));
    option_free(&work->set);
}
