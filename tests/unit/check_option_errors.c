/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command lines that cannot be understood: the sentence names the option and what would be right,
 * and never shows what may be a secret. Tables that cannot be right abort.
 */
#include <config.h>

#include <signal.h>
#include <stdio.h>

#include "tests/unit/option_fixture.h"

Suite *suite(void);

START_TEST(missing_values)
{
    EXPECT_BAD("option -b (--text) needs a value: DN", "-b");
    EXPECT_BAD("option -b (--text) needs a value: DN", "-Z", "--text");
    EXPECT_BAD("option --mech needs a value: MECH", "--mech");
    EXPECT_BAD("option --config needs a value: FILE", "--config");
}
END_TEST

/* Whatever the system makes of an empty name. */
START_TEST(files_and_folders_have_names)
{
    static const struct option paths[] = {
        {.name = "key", .letter = 'k', .kind = OPTION_TEXT, .argument = "FILE", MEMBER(text)},
        {.name = "cache", .kind = OPTION_TEXT, .argument = "DIR|none", MEMBER(mech)},
        {.name = "users", .kind = OPTION_LIST, .argument = "FILE", MEMBER(list)},
    };
    static const struct {
        const char *word;
        const char *value;
        const char *sentence;
    } cases[] = {
        {"-k", "", "option -k (--key): the name of the file is empty"},
        {"--cache", "", "option --cache: the name of the folder is empty"},
        {"", "x", "option --users: the name of the file is empty"},
        {"--config", "", "option --config: the name of the file is empty"},
        {"--config", "/nonexistent/c",
         "option --config: cannot read /nonexistent/c: No such file or directory"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;

        prepare(&run);
        option_free(&run.set);
        run.table = (struct option_table){"Paths", paths, 3, &run.target};
        run.set.words_as = "users";
        parse_words(&run, (const char *const[]){cases[i].word, cases[i].value, NULL});
        ck_assert_int_eq(run.outcome, OPTION_BAD);
        ck_assert_str_eq(run.why.text, cases[i].sentence);
        release(&run);
    }
    EXPECT_BAD("option --config: the name of the file is empty", "--config=");
}
END_TEST

START_TEST(unknown_letters_and_names)
{
    EXPECT_BAD("option -z is not known; helper --help lists those that are", "-z");
    EXPECT_BAD("option -x is not known; helper --help lists those that are", "-xSECRET");
    EXPECT_BAD("option --secrte is not known; helper --help lists those that are",
               "--secrte=SECRET");
    EXPECT_BAD("option --tex is not known; helper --help lists those that are", "--tex=x");
    EXPECT_BAD("option --textt is not known; helper --help lists those that are", "--textt");
    EXPECT_BAD("option -- is not known; helper --help lists those that are", "--");
    EXPECT_BAD("a dash without an option's letter; helper --help lists them", "-");
    EXPECT_BAD("a dash without an option's letter; helper --help lists them", "-\xc3\xa9");
}
END_TEST

START_TEST(refused_letters)
{
    EXPECT_BAD("option -E: it cannot be used: take --text", "-E", "/path");
    EXPECT_BAD("option -E: it cannot be used: take --text", "-E/path");
    EXPECT_BAD("option -E: it cannot be used: take --text", "-E");
}
END_TEST

/* Of a tool for people no value is quoted: it may be a password in the wrong place. */
START_TEST(people_see_no_value)
{
    static const char *const words[] = {"--flag=SECRET",   "--nothing=SECRET", "--number=SECRET",
                                        "--choice=SECRET", "--mech=SECRET",    NULL};

    for (size_t i = 0; words[i]; i++) {
        struct run run;

        prepare(&run);
        run.set.for_people = true;
        parse_words(&run, (const char *const[]){words[i], NULL});
        ck_assert_int_eq(run.outcome, OPTION_BAD);
        ck_assert_ptr_nonnull(strstr(run.why.text, "it does not take this value"));
        ck_assert_ptr_null(strstr(run.why.text, "SECRET"));
        release(&run);
    }
}
END_TEST

START_TEST(people_see_the_choices)
{
    struct run run;

    prepare(&run);
    run.set.for_people = true;
    parse_words(&run, (const char *const[]){"--choice=SECRET", NULL});
    ck_assert_str_eq(run.why.text, "option -s (--choice): it does not take this value, but one of: "
                                   "red, green, blue");
    release(&run);
}
END_TEST

START_TEST(numbers_at_their_limits)
{
    struct run run;

    PARSE(&run, "-p", "65535", "-c", "0");
    ck_assert_int_eq(run.target.number, 65535);
    ck_assert_int_eq(run.target.seconds, 0);
    release(&run);
    PARSE(&run, "-p", "0001", "-c3600");
    ck_assert_int_eq(run.target.number, 1);
    ck_assert_int_eq(run.target.seconds, 3600);
    release(&run);
}
END_TEST

START_TEST(numbers_that_are_none)
{
    static const char *const wrong[] = {"0",
                                        "65536",
                                        "",
                                        " 1",
                                        "1 ",
                                        "+1",
                                        "-1",
                                        "1x",
                                        "0x10",
                                        "1.0",
                                        "9223372036854775807",
                                        "9223372036854775808",
                                        "18446744073709551617",
                                        "99999999999999999999999"};
    size_t i;

    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char sentence[200];

        snprintf(sentence, sizeof sentence,
                 "option -p (--number): \"%s\" is not a number from 1 to 65535", wrong[i]);
        EXPECT_BAD(sentence, "-p", wrong[i]);
    }
    EXPECT_BAD("option -c (--seconds): \"\" is not a number of seconds from 0 to 3600", "-c", "");
    EXPECT_BAD("option -c (--seconds): \"abc\" is not a number of seconds from 0 to 3600", "-c",
               "abc");
    EXPECT_BAD("option -c (--seconds): \"1\\x0A\" is not a number of seconds from 0 to 3600", "-c",
               "1\n");
}
END_TEST

START_TEST(choices_that_are_none)
{
    EXPECT_BAD("option -s (--choice): \"Red\" is not one of: red, green, blue", "-s", "Red");
    EXPECT_BAD("option --mech: \"GSSAPI\" is not one of: EXTERNAL", "--mech=GSSAPI");
}
END_TEST

START_TEST(a_long_value_leaves_room_for_the_sentence)
{
    char word[4000];
    struct run run;

    memset(word, '9', sizeof word);
    word[sizeof word - 1] = '\0';
    PARSE(&run, "-p", word);
    ck_assert_int_eq(run.outcome, OPTION_BAD);
    ck_assert_ptr_nonnull(strstr(run.why.text, "9...\" is not a number from 1 to 65535"));
    release(&run);
}
END_TEST

START_TEST(a_secret_too_long_is_refused_and_not_shown)
{
    char *word = malloc(SECRET_MAX + 2);
    struct run run;

    memset(word, 'q', SECRET_MAX + 1);
    word[SECRET_MAX + 1] = '\0';
    PARSE(&run, "-w", word);
    ck_assert_int_eq(run.outcome, OPTION_BAD);
    ck_assert_str_eq(run.why.text, "option -w (--secret): the value is longer than 65536 bytes");
    ck_assert_ptr_null(strchr(run.argv[2], 'q'));
    release(&run);
    word[SECRET_MAX] = '\0';
    PARSE(&run, "-w", word);
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_uint_eq(run.target.secret->len, SECRET_MAX);
    release(&run);
    free(word);
}
END_TEST

START_TEST(words_where_none_are_taken)
{
    struct run run;

    prepare(&run);
    run.set.words_as = NULL;
    parse_words(&run, (const char *const[]){"-Z", "SECRET", NULL});
    ck_assert_int_eq(run.outcome, OPTION_BAD);
    ck_assert_str_eq(run.why.text, "word 2 of the command line belongs to no option: "
                                   "-Z (--flag), before it, takes no value");
    release(&run);
    prepare(&run);
    run.set.words_as = NULL;
    parse_words(&run, (const char *const[]){"-Z", "-p", "1", "SECRET", NULL});
    ck_assert_int_eq(run.outcome, OPTION_BAD);
    ck_assert_str_eq(run.why.text, "word 4 of the command line belongs to no option");
    release(&run);
}
END_TEST

START_TEST(config_may_be_given_once)
{
    EXPECT_BAD("option --config may be given once", "--config", "/nonexistent/a",
               "--config=/nonexistent/b");
}
END_TEST

START_TEST(errors_without_a_listener)
{
    struct run run;
    char *argv[] = {strdup("helper"), strdup("-p"), strdup("x"), NULL};
    int i;

    prepare(&run);
    ck_assert_int_eq(option_parse(&run.set, 3, argv, NULL), OPTION_BAD);
    release(&run);
    for (i = 0; i < 3; i++)
        free(argv[i]);
}
END_TEST

START_TEST(a_name_twice_aborts)
{
    struct option_table twice[2];
    struct run run;

    prepare(&run);
    twice[0] = run.table;
    twice[1] = (struct option_table){"Again", options + 1, 1, &run.target};
    run.set.tables = twice;
    run.set.table_count = 2;
    parse_words(&run, (const char *const[]){NULL});
}
END_TEST

START_TEST(a_letter_twice_aborts)
{
    static const struct option twice[] = {
        {.name = "one", .letter = 'x', .kind = OPTION_IGNORED},
        {.name = "two", .letter = 'x', .kind = OPTION_IGNORED},
    };
    struct run run;

    prepare(&run);
    run.table = (struct option_table){"Twice", twice, 2, NULL};
    parse_words(&run, (const char *const[]){NULL});
}
END_TEST

START_TEST(words_as_an_unknown_name_aborts)
{
    struct run run;

    prepare(&run);
    run.set.words_as = "server";
    parse_words(&run, (const char *const[]){NULL});
}
END_TEST

START_TEST(a_preset_that_is_no_value_aborts)
{
    const struct option bad = {
        .name = "n", .kind = OPTION_NUMBER, .min = 1, .max = 5, .preset = "6"};
    const struct option_table table = {"Bad", &bad, 1, NULL};

    option_preset(&table);
}
END_TEST

/* A test that aborts needs a process of its own. */
static bool cases_fork(void)
{
    const char *fork_mode = getenv("CK_FORK");

    return !fork_mode || strcmp(fork_mode, "no") != 0;
}

Suite *suite(void)
{
    Suite *errors = suite_create("option_errors");
    TCase *tc = tcase_create("errors");

    tcase_add_test(tc, missing_values);
    tcase_add_test(tc, files_and_folders_have_names);
    tcase_add_test(tc, unknown_letters_and_names);
    tcase_add_test(tc, refused_letters);
    tcase_add_test(tc, people_see_no_value);
    tcase_add_test(tc, people_see_the_choices);
    tcase_add_test(tc, numbers_at_their_limits);
    tcase_add_test(tc, numbers_that_are_none);
    tcase_add_test(tc, choices_that_are_none);
    tcase_add_test(tc, a_long_value_leaves_room_for_the_sentence);
    tcase_add_test(tc, a_secret_too_long_is_refused_and_not_shown);
    tcase_add_test(tc, words_where_none_are_taken);
    tcase_add_test(tc, config_may_be_given_once);
    tcase_add_test(tc, errors_without_a_listener);
    if (cases_fork()) {
        tcase_add_test_raise_signal(tc, a_name_twice_aborts, SIGABRT);
        tcase_add_test_raise_signal(tc, a_letter_twice_aborts, SIGABRT);
        tcase_add_test_raise_signal(tc, words_as_an_unknown_name_aborts, SIGABRT);
        tcase_add_test_raise_signal(tc, a_preset_that_is_no_value_aborts, SIGABRT);
    }
    suite_add_tcase(errors, tc);
    return errors;
}
