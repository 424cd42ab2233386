/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line as it is meant to be. What the letters do is what main() of Squid's
 * basic_ldap_auth.cc does.
 */
#include <config.h>

#include <stdio.h>
#include <unistd.h>

#include "tests/unit/option_fixture.h"

Suite *suite(void);

START_TEST(nothing_given_leaves_the_presets)
{
    struct run run;

    prepare(&run);
    parse_words(&run, (const char *const[]){NULL});
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.target.text, "preset");
    ck_assert_int_eq(run.target.number, 389);
    ck_assert_int_eq(run.target.choice, 2);
    ck_assert_int_eq(run.target.seconds, 0);
    ck_assert(!run.target.flag);
    ck_assert_uint_eq(run.target.list.count, 0);
    ck_assert(!run.set.long_server && !run.set.secret_in_argv && !run.set.config_file);
    release(&run);
}
END_TEST

START_TEST(no_words_at_all)
{
    struct run run;

    prepare(&run);
    ck_assert_int_eq(option_parse(&run.set, 0, run.argv, &run.why), OPTION_RUN);
    release(&run);
}
END_TEST

START_TEST(letters_joined_and_apart)
{
    struct run run;

    PARSE(&run, "-bdc=x", "-p", "636", "-c5", "-sred", "-Hldap://a", "-h", "b c", "-wtop");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.target.text, "dc=x");
    ck_assert_int_eq(run.target.number, 636);
    ck_assert_int_eq(run.target.seconds, 5);
    ck_assert_int_eq(run.target.choice, 0);
    EXPECT_LIST(&run.target.list, "ldap://a", "b c");
    ck_assert_uint_eq(run.target.secret->len, 3);
    ck_assert(!run.set.long_server);
    release(&run);
}
END_TEST

/* The stock helper looks at the second character of such a word and drops the rest. */
START_TEST(letters_without_value_end_their_word)
{
    struct run run;

    PARSE(&run, "-ZZ", "-Pb", "host");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert(run.target.flag);
    ck_assert_str_eq(run.target.text, "preset");
    EXPECT_LIST(&run.target.list, "host");
    release(&run);
}
END_TEST

START_TEST(a_value_may_look_like_an_option)
{
    struct run run;

    PARSE(&run, "-w", "-Z", "-b", "--flag", "--uri", "-P");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.target.secret->bytes, "-Z");
    ck_assert_str_eq(run.target.text, "--flag");
    EXPECT_LIST(&run.target.list, "-P");
    ck_assert(!run.target.flag);
    release(&run);
}
END_TEST

START_TEST(an_empty_value_is_a_value)
{
    struct run run;

    PARSE(&run, "-b", "", "--secret=", "");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.target.text, "");
    ck_assert_uint_eq(run.target.secret->len, 0);
    EXPECT_LIST(&run.target.list, "");
    release(&run);
}
END_TEST

START_TEST(words_behind_the_first_are_words)
{
    struct run run;

    PARSE(&run, "-h", "first", "second", "-b", "dc=x", "-", "--flag", "-Z");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    EXPECT_LIST(&run.target.list, "first", "second", "-b", "dc=x", "-", "-Z");
    ck_assert_str_eq(run.target.text, "preset");
    ck_assert(run.target.flag);
    ck_assert(!run.set.long_server);
    release(&run);
}
END_TEST

START_TEST(long_names)
{
    struct run run;

    PARSE(&run, "--text=a=b", "--number", "1", "--flag", "--choice=green", "--mech", "EXTERNAL",
          "-b", "last wins", "--nothing");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.target.text, "last wins");
    ck_assert_int_eq(run.target.number, 1);
    ck_assert_int_eq(run.target.choice, 1);
    ck_assert_str_eq(run.target.mech, "EXTERNAL");
    ck_assert(run.target.flag);
    ck_assert(!run.set.long_server);
    release(&run);
}
END_TEST

START_TEST(flags_take_yes_and_no_behind_an_equals_sign)
{
    struct run run;

    PARSE(&run, "-Z", "--flag=no", "--nothing=yes");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert(!run.target.flag);
    release(&run);
    EXPECT_BAD("option -Z (--flag): \"on\" is neither yes nor no", "--flag=on");
    EXPECT_BAD("option -P (--nothing): \"\" is neither yes nor no", "--nothing=");
}
END_TEST

START_TEST(long_names_of_servers_are_told)
{
    struct run run;

    PARSE(&run, "--uri", "ldaps://a");
    ck_assert(run.set.long_server);
    release(&run);
    PARSE(&run, "--host=a");
    ck_assert(run.set.long_server);
    release(&run);
    PARSE(&run, "-H", "ldap://a", "-h", "b", "c", "--text", "x");
    ck_assert(!run.set.long_server);
    release(&run);
}
END_TEST

START_TEST(secrets_are_taken_off_the_command_line)
{
    struct run run;

    PARSE(&run, "-b", "dc=x", "-w", "sesame");
    ck_assert_str_eq(run.target.secret->bytes, "sesame");
    ck_assert(run.set.secret_in_argv);
    ck_assert_str_eq(run.argv[2], "dc=x");
    ck_assert_str_eq(run.argv[3], "-w");
    ck_assert_uint_eq(strlen(run.argv[4]), strlen("sesame"));
    ck_assert_ptr_null(strpbrk(run.argv[4], "esam"));
    release(&run);

    PARSE(&run, "-wsesame", "--secret", "simsim", "--secret=opensesame");
    ck_assert_str_eq(run.target.secret->bytes, "opensesame");
    ck_assert_int_eq(strncmp(run.argv[1], "-w", 2), 0);
    ck_assert_ptr_null(strpbrk(run.argv[1] + 2, "esam"));
    ck_assert_ptr_null(strpbrk(run.argv[3], "sim"));
    ck_assert_int_eq(strncmp(run.argv[4], "--secret=", 9), 0);
    ck_assert_ptr_null(strpbrk(run.argv[4] + 9, "opensam"));
    release(&run);
}
END_TEST

START_TEST(freed_targets_are_empty)
{
    struct run run;

    PARSE(&run, "-b", "x", "-H", "a", "-w", "s", "--mech=EXTERNAL");
    option_free(&run.set);
    ck_assert_ptr_null(run.target.text);
    ck_assert_ptr_null(run.target.mech);
    ck_assert_ptr_null(run.target.secret);
    ck_assert_ptr_null(run.target.list.values);
    ck_assert_uint_eq(run.target.list.count, 0);
    release(&run);
}
END_TEST

/* What is printed while WORD is parsed. The caller frees it. */
static char *printed(const char *word)
{
    FILE *file = tmpfile();
    int saved = dup(STDOUT_FILENO);
    char *text = calloc(1, 8192);
    struct run run;

    ck_assert(file && saved >= 0 && text);
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    PARSE(&run, word);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    ck_assert_int_eq(run.outcome, OPTION_DONE);
    release(&run);
    rewind(file);
    ck_assert_uint_gt(fread(text, 1, 8191, file), 0);
    fclose(file);
    return text;
}

START_TEST(help_lists_the_tables)
{
    char *text = printed("--help");

    ck_assert_str_eq(text, "Usage: helper [OPTION]...\n"
                           "Helps.\n"
                           "Defaults are in brackets.\n"
                           "\n"
                           "Options:\n"
                           "  -Z, --flag             a flag\n"
                           "  -P, --nothing          no effect\n"
                           "  -b, --text DN          a text [preset]\n"
                           "      --mech MECH        one\n"
                           "  -H, --uri URI          a list\n"
                           "  -h, --host HOST        the same\n"
                           "\n"
                           "More:\n"
                           "  -p, --number PORT      a number [389]\n"
                           "  -c, --seconds SECONDS  a time\n"
                           "  -s, --choice COLOUR    a choice [blue]\n"
                           "  -w, --secret SECRET    a secret\n"
                           "\n"
                           "Configuration and help:\n"
                           "      --config FILE      `name = value` lines, see proxyauth.conf(5)\n"
                           "      --help             print this text\n"
                           "      --version          print the version\n");
    free(text);
}
END_TEST

START_TEST(version_names_program_and_package)
{
    char *text = printed("--version");

    ck_assert_str_eq(text, "helper (proxyauth) " PACKAGE_VERSION "\n");
    free(text);
}
END_TEST

/* A tool for people has no file of options, and `-` is a word as any other. */
START_TEST(sets_for_people)
{
    char text[256] = {0};
    FILE *file = tmpfile();
    int saved = dup(STDOUT_FILENO);
    struct run run;

    prepare(&run);
    run.set.for_people = true;
    parse_words(&run, (const char *const[]){"-", "x", "-", NULL});
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    EXPECT_LIST(&run.target.list, "-", "x", "-");
    release(&run);

    prepare(&run);
    run.set.for_people = true;
    parse_words(&run, (const char *const[]){"--config=/dev/null", NULL});
    ck_assert_int_eq(run.outcome, OPTION_BAD);
    ck_assert_str_eq(run.why.text,
                     "option --config is not known; helper --help lists those that are");
    release(&run);

    prepare(&run);
    run.set.for_people = true;
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    parse_words(&run, (const char *const[]){"--help", NULL});
    dup2(saved, STDOUT_FILENO);
    close(saved);
    ck_assert_int_eq(run.outcome, OPTION_DONE);
    release(&run);
    ck_assert_int_eq(fseek(file, -((long)sizeof text - 1), SEEK_END), 0);
    ck_assert_uint_eq(fread(text, 1, sizeof text - 1, file), sizeof text - 1);
    fclose(file);
    ck_assert_ptr_nonnull(strstr(text, "\nHelp:\n"
                                       "      --help             print this text\n"
                                       "      --version          print the version\n"));
    ck_assert_ptr_null(strstr(text, "--config"));
}
END_TEST

/* A table that stands before the fixture's and has two of its letters. */
struct other {
    char *base;
    bool flag;
};

#define OTHER(member) .offset = offsetof(struct other, member)

static const struct option other_options[] = {
    {.name = "other-base",
     .letter = 'H',
     .kind = OPTION_TEXT,
     .argument = "DN",
     .help = "ours",
     OTHER(base)},
    {.letter = 'c', .kind = OPTION_FLAG, .help = "ours, not in --help", OTHER(flag)},
};

struct two_tables {
    struct run run;
    struct other other;
    struct option_table tables[2];
};

static void prepare_two(struct two_tables *two)
{
    memset(two, 0, sizeof *two);
    prepare(&two->run);
    two->tables[0] = (struct option_table){"Ours", other_options, 2, &two->other};
    two->tables[1] = two->run.table;
    two->run.set.tables = two->tables;
    two->run.set.table_count = 2;
}

START_TEST(an_earlier_table_takes_letters_away)
{
    struct two_tables two;

    prepare_two(&two);
    parse_words(&two.run, (const char *const[]){"-H", "dc=x", "-c", "-b", "text", "--uri",
                                                "ldap://a", "--seconds=5", "-wtop", NULL});
    ck_assert_int_eq(two.run.outcome, OPTION_RUN);
    ck_assert_str_eq(two.other.base, "dc=x");
    ck_assert(two.other.flag);
    ck_assert_str_eq(two.run.target.text, "text");
    ck_assert_int_eq(two.run.target.seconds, 5);
    EXPECT_LIST(&two.run.target.list, "ldap://a");
    release(&two.run);
}
END_TEST

START_TEST(sentences_name_options_without_their_lost_letter)
{
    struct two_tables two;

    prepare_two(&two);
    parse_words(&two.run, (const char *const[]){"--seconds=x", NULL});
    ck_assert_int_eq(two.run.outcome, OPTION_BAD);
    ck_assert_str_eq(two.run.why.text,
                     "option --seconds: \"x\" is not a number of seconds from 0 to 3600");
    release(&two.run);
}
END_TEST

START_TEST(help_shows_the_letters_that_are_left)
{
    char text[2048] = {0};
    FILE *file = tmpfile();
    int saved = dup(STDOUT_FILENO);
    struct two_tables two;

    prepare_two(&two);
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    parse_words(&two.run, (const char *const[]){"--help", NULL});
    dup2(saved, STDOUT_FILENO);
    close(saved);
    ck_assert_int_eq(two.run.outcome, OPTION_DONE);
    release(&two.run);
    rewind(file);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, file), 0);
    fclose(file);
    ck_assert_ptr_nonnull(strstr(text, "\n      --seconds SECONDS  a time\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n      --uri URI          a list\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n  -b, --text DN          a text [preset]\n"));
    ck_assert_ptr_nonnull(strstr(text, "\n  -H, --other-base DN    ours\n"));
}
END_TEST

static void expect_given(const struct two_tables *two, size_t table, const char *name)
{
    struct option_label label = {""};

    ck_assert(option_given(&two->run.set, &two->tables[table], &label) == (name != NULL));
    ck_assert_str_eq(label.text, name ? name : "");
}

START_TEST(who_asks_is_told_what_was_given)
{
    struct two_tables two;

    prepare_two(&two);
    parse_words(&two.run, (const char *const[]){"-H", "dc=x", NULL});
    expect_given(&two, 0, "-H (--other-base)");
    expect_given(&two, 1, NULL);
    release(&two.run);

    prepare_two(&two);
    parse_words(&two.run, (const char *const[]){"--choice", "red", "--uri=ldap://a", NULL});
    expect_given(&two, 0, NULL);
    expect_given(&two, 1, "--uri"); /* its letter is lost */
    release(&two.run);
}
END_TEST

/* What is said of an option is not what it does. */
START_TEST(given_is_what_was_said)
{
    struct two_tables two;

    prepare_two(&two);
    parse_words(&two.run, (const char *const[]){"-P", NULL});
    ck_assert_int_eq(two.run.outcome, OPTION_RUN);
    expect_given(&two, 1, NULL); /* without effect */
    release(&two.run);

    prepare_two(&two);
    parse_words(&two.run, (const char *const[]){"--choice=blue", NULL}); /* the preset */
    expect_given(&two, 1, "-s (--choice)");
    release(&two.run);

    prepare_two(&two);
    parse_words(&two.run, (const char *const[]){"ldap.test", NULL}); /* a --host */
    expect_given(&two, 1, "-h (--host)");
    release(&two.run);
}
END_TEST

/* What getopt(3) does with "ZPb:h:c:s:w:". */
START_TEST(clusters_of_letters)
{
    struct run run;

    prepare(&run);
    run.set.clusters = true;
    parse_words(&run, (const char *const[]){"-PZbdc=x", "word", "-ZPc", "5", NULL});
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert(run.target.flag);
    ck_assert_str_eq(run.target.text, "dc=x");
    ck_assert_int_eq(run.target.seconds, 5);
    EXPECT_LIST(&run.target.list, "word");
    release(&run);

    prepare(&run);
    run.set.clusters = true;
    parse_words(&run, (const char *const[]){"-Zx", NULL});
    ck_assert_int_eq(run.outcome, OPTION_BAD);
    ck_assert_str_eq(run.why.text, "option -x is not known; helper --help lists those that are");
    release(&run);
}
END_TEST

START_TEST(h_may_be_help)
{
    char first[64] = {0};
    FILE *file = tmpfile();
    int saved = dup(STDOUT_FILENO);
    struct two_tables two;

    prepare_two(&two);
    two.run.set.h_is_help = true;
    fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    parse_words(&two.run, (const char *const[]){"-h", NULL});
    dup2(saved, STDOUT_FILENO);
    close(saved);
    ck_assert_int_eq(two.run.outcome, OPTION_DONE);
    release(&two.run);
    rewind(file);
    ck_assert_ptr_nonnull(fgets(first, sizeof first, file));
    fclose(file);
    ck_assert_str_eq(first, "Usage: helper [OPTION]...\n");
}
END_TEST

/* The parser of Squid's digest_ldap_auth takes the word behind -d and -E; lines that work there
 * have a word of no meaning behind it, or nothing. */
START_TEST(a_flag_whose_value_is_skipped)
{
    static const struct option list[] = {
        {.letter = 'd', .kind = OPTION_FLAG, .skips_value = true, OTHER(flag)},
        {.name = "base", .letter = 'b', .kind = OPTION_TEXT, .argument = "DN", OTHER(base)},
        {.letter = 'E', .kind = OPTION_IGNORED, .skips_value = true},
    };
    static const char *const lines[][5] = {
        {"-d", "1", "-b", "dc=x"}, {"-d", "-b", "dc=x"},      {"-b", "dc=x", "-d"},
        {"-d1", "-b", "dc=x"},     {"-E", "-d", "-bdc=x", 0}, {"-E", "/path", "-bdc=x", "-d"},
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct other other = {0};
        struct run run;

        prepare(&run);
        option_free(&run.set);
        run.table = (struct option_table){"Options", list, 3, &other};
        run.set.words_as = NULL;
        parse_words(&run, lines[i]);
        ck_assert_int_eq(run.outcome, OPTION_RUN);
        ck_assert_str_eq(other.base, "dc=x");
        ck_assert(other.flag);
        release(&run);
    }
}
END_TEST

Suite *suite(void)
{
    Suite *option = suite_create("option");
    TCase *tc = tcase_create("line");

    tcase_add_test(tc, nothing_given_leaves_the_presets);
    tcase_add_test(tc, no_words_at_all);
    tcase_add_test(tc, letters_joined_and_apart);
    tcase_add_test(tc, letters_without_value_end_their_word);
    tcase_add_test(tc, a_value_may_look_like_an_option);
    tcase_add_test(tc, an_empty_value_is_a_value);
    tcase_add_test(tc, words_behind_the_first_are_words);
    tcase_add_test(tc, long_names);
    tcase_add_test(tc, flags_take_yes_and_no_behind_an_equals_sign);
    tcase_add_test(tc, long_names_of_servers_are_told);
    tcase_add_test(tc, secrets_are_taken_off_the_command_line);
    tcase_add_test(tc, freed_targets_are_empty);
    tcase_add_test(tc, help_lists_the_tables);
    tcase_add_test(tc, version_names_program_and_package);
    tcase_add_test(tc, sets_for_people);
    tcase_add_test(tc, an_earlier_table_takes_letters_away);
    tcase_add_test(tc, sentences_name_options_without_their_lost_letter);
    tcase_add_test(tc, help_shows_the_letters_that_are_left);
    tcase_add_test(tc, who_asks_is_told_what_was_given);
    tcase_add_test(tc, given_is_what_was_said);
    tcase_add_test(tc, clusters_of_letters);
    tcase_add_test(tc, h_may_be_help);
    tcase_add_test(tc, a_flag_whose_value_is_skipped);
    suite_add_tcase(option, tc);
    return option;
}
