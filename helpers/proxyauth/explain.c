/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proxyauth explain: options, input and output.
 */
#include <config.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helpers/core/harden.h"
#include "helpers/core/option.h"
#include "helpers/proxyauth/command.h"
#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/input.h"

static const char program[] = "proxyauth explain";

struct options {
    bool json;
    bool show_secrets;
    bool squid;
    struct option_list headers;
};

#define MEMBER(member) .offset = offsetof(struct options, member)

/* clang-format off */
static const struct option option_list[] = {
    {.name = "json", .kind = OPTION_FLAG, MEMBER(json), .help = "print JSON, for programs"},
    {.name = "show-secrets", .kind = OPTION_FLAG, MEMBER(show_secrets),
     .help = "print passwords and responses, too"},
    {.name = "squid", .kind = OPTION_FLAG, MEMBER(squid),
     .help = "read quoted strings and Digest as Squid does"},
    {.name = "header", .kind = OPTION_LIST, .argument = "HEADER", MEMBER(headers),
     .help = "the same as a word HEADER"},
};
/* clang-format on */

static void write_out(void *context, const char *at, size_t len)
{
    (void)context;
    (void)fwrite(at, 1, len, stdout); /* the stream remembers an error */
}

/* Whether standard input is meant: no words, or the word `-` alone. */
static bool wants_input(const struct options *options)
{
    const struct option_list *headers = &options->headers;

    return headers->count == 0 || (headers->count == 1 && strcmp(headers->values[0], "-") == 0);
}

/* Words and standard input are not read both. */
static bool words_fit(const struct options *options, struct why *why)
{
    const struct option_list *headers = &options->headers;

    for (size_t i = 0; i < headers->count && headers->count > 1; i++)
        if (strcmp(headers->values[i], "-") == 0)
            return why_set(why, "the word - means standard input, and stands alone");
    return true;
}

static bool read_input(struct input *input, const struct options *options, struct why *why)
{
    if (!wants_input(options))
        return input_words(input, &options->headers, why);
    if (isatty(STDIN_FILENO))
        fprintf(stderr,
                "%s: paste headers, a transcript of curl -v or helper lines, then press "
                "Enter and Ctrl-D\n",
                program);
    return input_read(input, STDIN_FILENO, why);
}

/* False if something cannot be explained; WHY says what, unless the report does. */
static bool explain_all(const struct input *input, const struct options *options, struct why *why)
{
    const struct report_config config = {
        .format = options->json ? REPORT_JSON : REPORT_TEXT,
        .show_secrets = options->show_secrets,
        .write = write_out,
    };
    static struct explain explain; /* a large one, zeroed */

    explain.dialect = options->squid ? PXA_SQUID : PXA_RFC;
    explain.report = report_open(&config);
    if (!explain.report)
        return why_set(why, "out of memory");
    explain_run(&explain, (struct pxa_span){input->at, input->len}, !wants_input(options));
    if (!report_close(explain.report))
        return why_set(why, "out of memory: something is missing above");
    if (fflush(stdout) != 0 || ferror(stdout))
        return why_set(why, "standard output cannot be written");
    if (explain.found == 0)
        return why_set(why, "nothing was found that can be explained: no Proxy-Authorization or "
                            "Proxy-Authenticate header, no status 407, no helper line");
    return explain.faults == 0;
}

static int run(const struct options *options, struct why *why)
{
    struct input input = {0};
    bool good = read_input(&input, options, why) && explain_all(&input, options, why);

    input_free(&input);
    return good ? COMMAND_GOOD : COMMAND_BAD;
}

/* Headers on the command line are seen by others in the list of processes. */
static void hide_words(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        harden_erase_argument(argv[i]);
}

static void wipe_words(struct option_list *words)
{
    for (size_t i = 0; i < words->count; i++)
        pxa_wipe(words->values[i], strlen(words->values[i]));
}

int command_explain(int argc, char **argv)
{
    struct options options = {0};
    struct why why = {{0}};
    const struct option_table table = {"Options", option_list,
                                       sizeof option_list / sizeof *option_list, &options};
    struct option_set set = {
        .program = program,
        .synopsis = "[options] [HEADER ...]",
        .purpose = "Says what headers of proxy authentication mean. Reads standard input if no "
                   "HEADER is given.",
        .tables = &table,
        .table_count = 1,
        .words_as = "header",
        .for_people = true,
    };
    enum option_outcome outcome = option_parse(&set, argc, argv, &why);
    int code = outcome == OPTION_DONE ? COMMAND_GOOD : COMMAND_OPTIONS;

    if (outcome == OPTION_BAD && ferror(stdout))
        code = COMMAND_BAD; /* --help or --version could not be written */
    hide_words(argc, argv);
    if (outcome == OPTION_RUN && words_fit(&options, &why))
        code = run(&options, &why);
    if (why.text[0])
        fprintf(stderr, "%s: %s\n", program, why.text);
    wipe_words(&options.headers);
    option_free(&set);
    return code;
}
