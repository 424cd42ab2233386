/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of --config. Each test writes it anew into a folder of ours in the current one, which
 * goes away when all is done.
 */
#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/option_fixture.h"

Suite *suite(void);

static char folder[] = "option-file-XXXXXX";
static char path[sizeof folder + 8];

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x.conf", folder);
}

static void remove_folder(void)
{
    unlink(path);
    rmdir(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void write_bytes(const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

static void write_text(const char *text)
{
    write_bytes(text, strlen(text));
}

/* Parses `--config path` and, if it is given, WORD. */
static void parse_file(struct run *run, const char *word)
{
    PARSE(run, "--config", path, word);
}

/* The file is refused; the sentence is the path and REST. */
static void expect_sentence(const char *rest)
{
    struct run run;
    char sentence[400];

    snprintf(sentence, sizeof sentence, "%s%s", path, rest);
    parse_file(&run, NULL);
    ck_assert_int_eq(run.outcome, OPTION_BAD);
    ck_assert_str_eq(run.why.text, sentence);
    release(&run);
}

START_TEST(every_kind_of_line)
{
    struct run run;

    write_text("# a comment\n"
               "\n"
               " \t \n"
               "  # another\n"
               "text = dc=example, dc=test\n"
               "\tnumber=636\t\n"
               "flag = yes\n"
               "nothing = no\n"
               "choice   =   green\n"
               "mech = EXTERNAL\n"
               "uri = ldaps://a\n"
               "host = b c\n"
               "uri = ldaps://d\n"
               "secret = open # sesame = \xc3\xa9\n"
               "seconds = 7");
    parse_file(&run, NULL);
    ck_assert_str_eq(run.outcome == OPTION_RUN ? "" : run.why.text, "");
    ck_assert_str_eq(run.target.text, "dc=example, dc=test");
    ck_assert_int_eq(run.target.number, 636);
    ck_assert_int_eq(run.target.seconds, 7);
    ck_assert_int_eq(run.target.choice, 1);
    ck_assert(run.target.flag);
    ck_assert_str_eq(run.target.mech, "EXTERNAL");
    EXPECT_LIST(&run.target.list, "ldaps://a", "b c", "ldaps://d");
    ck_assert_str_eq(run.target.secret->bytes, "open # sesame = \xc3\xa9");
    ck_assert_str_eq(run.set.config_file, path);
    ck_assert(run.set.long_server);
    ck_assert(!run.set.secret_in_argv);
    release(&run);
    ck_assert_ptr_null(run.set.config_file);
}
END_TEST

START_TEST(an_empty_file_and_empty_values)
{
    struct run run;

    write_text("");
    parse_file(&run, NULL);
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.target.text, "preset");
    release(&run);
    write_text("text =\nflag=no");
    parse_file(&run, NULL);
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.target.text, "");
    release(&run);
}
END_TEST

START_TEST(line_ends_of_windows_and_a_mark)
{
    struct run run;

    write_text("\xEF\xBB\xBFtext = a b\r\n\r\n# x\r\nnumber = 2\r");
    parse_file(&run, NULL);
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.target.text, "a b");
    ck_assert_int_eq(run.target.number, 2);
    release(&run);
}
END_TEST

START_TEST(the_command_line_wins)
{
    struct run run;

    write_text("text = file\nflag = yes\nsecret = file\nnumber = 5\n");
    PARSE(&run, "-b", "line", "--config", path, "--flag=no", "-wline");
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_str_eq(run.target.text, "line");
    ck_assert(!run.target.flag);
    ck_assert_str_eq(run.target.secret->bytes, "line");
    ck_assert_int_eq(run.target.number, 5);
    release(&run);
}
END_TEST

/* -H, -h and words fill one list, so one of them on the command line replaces all of the file's. */
START_TEST(the_command_line_replaces_a_list)
{
    struct run run;

    write_text("uri = ldap://file1\nhost = file2\nuri = ldap://file3\n");
    PARSE(&run, "-H", "ldap://line", "--config", path);
    EXPECT_LIST(&run.target.list, "ldap://line");
    release(&run);
    PARSE(&run, "--config", path, "word");
    EXPECT_LIST(&run.target.list, "word");
    release(&run);
    PARSE(&run, "--config", path, "-p3");
    EXPECT_LIST(&run.target.list, "ldap://file1", "file2", "ldap://file3");
    release(&run);
}
END_TEST

START_TEST(what_the_command_line_replaces_is_checked_too)
{
    struct run run;
    char sentence[200];

    write_text("number = x\n");
    snprintf(sentence, sizeof sentence, "%s, line 1: number: \"x\" is not a number from 1 to 65535",
             path);
    PARSE(&run, "-p", "3", "--config", path);
    ck_assert_int_eq(run.outcome, OPTION_BAD);
    ck_assert_str_eq(run.why.text, sentence);
    release(&run);
}
END_TEST

START_TEST(sentences_name_file_and_line)
{
    write_text("\n# x\nseconds = 3601\n");
    expect_sentence(", line 3: seconds: \"3601\" is not a number of seconds from 0 to 3600");
    write_text("flag = true\n");
    expect_sentence(", line 1: flag: \"true\" is neither yes nor no");
    write_text("nothing =\n");
    expect_sentence(", line 1: nothing: \"\" is neither yes nor no");
    write_text("choice = RED");
    expect_sentence(", line 1: choice: \"RED\" is not one of: red, green, blue");
    write_text("mech = GSSAPI");
    expect_sentence(", line 1: mech: \"GSSAPI\" is not one of: EXTERNAL");
}
END_TEST

START_TEST(names_that_are_not_known)
{
    write_text("text = a\nsecert = SESAME\n");
    expect_sentence(", line 2: the name \"secert\" is not known; "
                    "helper --help lists those that are");
    write_text("--text = a\n");
    expect_sentence(", line 1: the name \"--text\" is not known; "
                    "helper --help lists those that are");
    write_text("b = a\n");
    expect_sentence(", line 1: the name \"b\" is not known; helper --help lists those that are");
    write_text(" = a\n");
    expect_sentence(", line 1: the name \"\" is not known; helper --help lists those that are");
    write_text("TEXT = a\n");
    expect_sentence(", line 1: the name \"TEXT\" is not known; helper --help lists those that are");
}
END_TEST

START_TEST(names_for_the_command_line_alone)
{
    write_text("config = /etc/other.conf\n");
    expect_sentence(", line 1: config is for the command line alone");
    write_text("help = yes\n");
    expect_sentence(", line 1: help is for the command line alone");
    write_text("version = no\n");
    expect_sentence(", line 1: version is for the command line alone");
}
END_TEST

START_TEST(a_name_twice)
{
    write_text("text = a\n\ntext = b\n");
    expect_sentence(", line 3: text stands in line 1 already");
}
END_TEST

START_TEST(a_line_without_equals_sign_is_not_shown)
{
    write_text("secret SESAME\n");
    expect_sentence(", line 1: there is no \"=\"; a line is `name = value`, or begins with #");
}
END_TEST

START_TEST(bytes_that_are_no_text)
{
    static const char nul[] = "text = a\nnumber = 1\0\n";

    write_bytes(nul, sizeof nul - 1);
    expect_sentence(", line 2: it holds the control byte 0x00");
    write_text("text = a\rnumber = 2\r");
    expect_sentence(", line 1: it holds the control byte 0x0D");
    write_text("# \x1b[31m\n");
    expect_sentence(", line 1: it holds the control byte 0x1B");
    write_text("text = \x7f");
    expect_sentence(", line 1: it holds the control byte 0x7F");
}
END_TEST

/* The file cannot be read at all; the sentence has the path between BEFORE and BEHIND. */
static void expect_unreadable(const char *before, const char *behind)
{
    struct run run;
    char sentence[200];

    parse_file(&run, NULL);
    ck_assert_int_eq(run.outcome, OPTION_BAD);
    snprintf(sentence, sizeof sentence, "option --config: %s%s%s", before, path, behind);
    ck_assert_str_eq(run.why.text, sentence);
    release(&run);
}

/* A file of exactly LEN bytes: `text = aaa...`. */
static void write_long(size_t len)
{
    char *text = malloc(len + 1);

    memset(text, 'a', len);
    memcpy(text, "text = ", 7);
    text[len] = '\0';
    write_bytes(text, len);
    free(text);
}

START_TEST(the_largest_file)
{
    struct run run;

    write_long(OPTION_FILE_MAX);
    parse_file(&run, NULL);
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    ck_assert_uint_eq(strlen(run.target.text), OPTION_FILE_MAX - 7);
    release(&run);
    write_long(OPTION_FILE_MAX + 1);
    expect_unreadable("", " is longer than 65536 bytes");
}
END_TEST

START_TEST(files_that_are_none)
{
    unlink(path);
    expect_unreadable("cannot read ", ": No such file or directory");
    ck_assert_int_eq(mkdir(path, 0700), 0);
    expect_unreadable("", " is not a regular file");
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    expect_unreadable("", " is not a regular file");
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* Whether a parse of TEXT in a file with MODE is told to be exposed. */
static bool is_exposed(const char *text, mode_t mode)
{
    struct run run;
    bool exposed;

    write_text(text);
    ck_assert_int_eq(chmod(path, mode), 0);
    parse_file(&run, NULL);
    ck_assert_int_eq(run.outcome, OPTION_RUN);
    exposed = run.set.config_exposed;
    release(&run);
    return exposed;
}

START_TEST(secrets_in_a_file_that_others_read)
{
    ck_assert(!is_exposed("secret = x\n", 0600));
    ck_assert(is_exposed("secret = x\n", 0644));
    ck_assert(is_exposed("secret = x\n", 0604));
    ck_assert(!is_exposed("text = x\n", 0644));
    /* root's file for the group of the helper is as it should be; one's own is not. */
    ck_assert(is_exposed("secret = x\n", 0640) == (geteuid() != 0));
}
END_TEST

Suite *suite(void)
{
    Suite *option_file = suite_create("option_file");
    TCase *tc = tcase_create("file");

    tcase_add_unchecked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, every_kind_of_line);
    tcase_add_test(tc, an_empty_file_and_empty_values);
    tcase_add_test(tc, line_ends_of_windows_and_a_mark);
    tcase_add_test(tc, the_command_line_wins);
    tcase_add_test(tc, the_command_line_replaces_a_list);
    tcase_add_test(tc, what_the_command_line_replaces_is_checked_too);
    tcase_add_test(tc, sentences_name_file_and_line);
    tcase_add_test(tc, names_that_are_not_known);
    tcase_add_test(tc, names_for_the_command_line_alone);
    tcase_add_test(tc, a_name_twice);
    tcase_add_test(tc, a_line_without_equals_sign_is_not_shown);
    tcase_add_test(tc, bytes_that_are_no_text);
    tcase_add_test(tc, the_largest_file);
    tcase_add_test(tc, files_that_are_none);
    tcase_add_test(tc, secrets_in_a_file_that_others_read);
    suite_add_tcase(option_file, tc);
    return option_file;
}
