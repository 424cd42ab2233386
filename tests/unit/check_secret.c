/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/secret.c: which files hold a password, and what is said about the others.
 */
#include <config.h>

#include "helpers/core/secret.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite(void);

static char folder[] = "secret-XXXXXX";
static char path[64];

static void make_folder(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
}

static void remove_folder(void)
{
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void write_file(const char *bytes, size_t len)
{
    FILE *file = fopen(path, "we");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

#define BYTES(literal) (literal), sizeof(literal) - 1

static const struct {
    const char *file;
    size_t len;
    const char *secret;
} good[] = {
    {BYTES("secret\n"), "secret"},
    {BYTES("secret"), "secret"},
    {BYTES("secret\r\n"), "secret"},
    {BYTES("secret\r"), "secret"},
    {BYTES("secret\nmore\n"), "secret"},
    {BYTES("secret\r\nmore\r\n"), "secret"},
    {BYTES("secret\n\0"), "secret"},
    {BYTES(" se cret \n"), " se cret "},
    {BYTES("\tsecret\n"), "\tsecret"},
    {BYTES("se\rcret\n"), "se\rcret"},
    {BYTES("s\xc3\xa9" "cret\xff\n"), "s\xc3\xa9" "cret\xff"},
    {BYTES("x\n"), "x"},
};
enum { GOOD_COUNT = sizeof good / sizeof good[0] };

START_TEST(the_first_line_of_a_file)
{
    struct secret *secret;
    struct why why = {{0}};

    write_file(good[_i].file, good[_i].len);
    secret = secret_read_file(path, &why);
    ck_assert_msg(secret, "%s", why.text);
    ck_assert_uint_eq(secret->len, strlen(good[_i].secret));
    ck_assert_str_eq(secret->bytes, good[_i].secret);
    secret_free(&secret);
    ck_assert_ptr_null(secret);
}
END_TEST

static void expect_refused(const char *reason)
{
    struct why why = {{0}};
    struct secret *secret = secret_read_file(path, &why);

    ck_assert_ptr_null(secret);
    ck_assert_msg(strstr(why.text, path), "no path in \"%s\"", why.text);
    ck_assert_msg(strstr(why.text, reason), "no \"%s\" in \"%s\"", reason, why.text);
    ck_assert_msg(!strstr(why.text, "secret-text"), "the secret in \"%s\"", why.text);
}

static const struct {
    const char *file;
    size_t len;
    const char *reason;
} bad[] = {
    {BYTES(""), "empty"},
    {BYTES("\n"), "empty"},
    {BYTES("\r\n"), "empty"},
    {BYTES("\nsecret-text\n"), "empty"},
    {BYTES("\0\n"), "NUL"},
    {BYTES("secret-text\0\n"), "NUL"},
    {BYTES("secret-text\0more\n"), "NUL"},
};
enum { BAD_COUNT = sizeof bad / sizeof bad[0] };

START_TEST(files_without_a_password)
{
    write_file(bad[_i].file, bad[_i].len);
    expect_refused(bad[_i].reason);
}
END_TEST

/* The longest password, with each end of line; then one byte more. */
START_TEST(the_longest_password)
{
    static const char *const ends[] = {"", "\n", "\r\n", "\nmore"};
    static char text[SECRET_MAX + 100];

    for (size_t i = 0; i < 4; i++) {
        for (size_t more = 0; more < 2; more++) {
            struct why why = {{0}};
            struct secret *secret;

            memset(text, 'x', SECRET_MAX + more);
            strcpy(text + SECRET_MAX + more, ends[i]);
            write_file(text, strlen(text));
            if (more) {
                expect_refused("longer");
                continue;
            }
            secret = secret_read_file(path, &why);
            ck_assert_msg(secret, "%s", why.text);
            ck_assert_uint_eq(secret->len, SECRET_MAX);
            secret_free(&secret);
        }
    }
    memset(text, 'x', sizeof text);
    write_file(text, sizeof text);
    expect_refused("longer");
}
END_TEST

START_TEST(what_is_no_file)
{
    expect_refused("No such file");
    ck_assert_int_eq(mkdir(path, 0700), 0);
    expect_refused("directory");
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(symlink("file", path), 0);
    expect_refused("symbolic links");
}
END_TEST

START_TEST(a_file_that_may_not_be_read)
{
    write_file(BYTES("secret-text\n"));
    ck_assert_int_eq(chmod(path, 0), 0);
    if (geteuid() != 0) /* root reads it all the same */
        expect_refused("Permission denied");
}
END_TEST

/* One that waited for a writer would never come back. */
START_TEST(a_fifo_is_not_waited_for)
{
    int writer;

    ck_assert_int_eq(mkfifo(path, 0600), 0);
    expect_refused("");
    writer = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(writer, 0);
    expect_refused("");
    close(writer);
}
END_TEST

/* ---- in memory ---- */

START_TEST(sizes)
{
    struct secret *secret = secret_new(10);

    ck_assert_ptr_nonnull(secret);
    ck_assert_uint_eq(secret->len, 0);
    ck_assert_uint_eq(secret->cap, 10);
    memset(secret->bytes, 'x', 11); /* a sanitizer or valgrind sees one too many */
    secret_free(&secret);
    secret_free(&secret);
    secret = secret_new(0);
    ck_assert_ptr_nonnull(secret);
    secret_free(&secret);
    secret = secret_new(SECRET_MAX);
    ck_assert_ptr_nonnull(secret);
    secret_free(&secret);
    ck_assert_ptr_null(secret_new(SECRET_MAX + 1));
    ck_assert_ptr_null(secret_new((size_t)-1));
    ck_assert_ptr_null(secret_copy("x", SECRET_MAX + 1));
}
END_TEST

static bool equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
    struct secret *first = secret_copy(a, a_len);
    struct secret *second = secret_copy(b, b_len);
    bool same = secret_equal(first, second);

    ck_assert_int_eq(secret_equal(second, first), same);
    ck_assert(!secret_equal(first, NULL));
    secret_free(&first);
    secret_free(&second);
    return same;
}

START_TEST(comparison)
{
    ck_assert(equal(BYTES("secret"), BYTES("secret")));
    ck_assert(equal(BYTES(""), BYTES("")));
    ck_assert(equal(BYTES("a\0b"), BYTES("a\0b")));
    ck_assert(!equal(BYTES("a\0b"), BYTES("a\0c")));
    ck_assert(!equal(BYTES("secret"), BYTES("secreT")));
    ck_assert(!equal(BYTES("Secret"), BYTES("secret")));
    ck_assert(!equal(BYTES("secret"), BYTES("secre")));
    ck_assert(!equal(BYTES("secret"), BYTES("")));
    ck_assert(!secret_equal(NULL, NULL));
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("secret");
    TCase *files = tcase_create("files");
    TCase *memory = tcase_create("memory");

    tcase_add_checked_fixture(files, make_folder, remove_folder);
    tcase_add_loop_test(files, the_first_line_of_a_file, 0, GOOD_COUNT);
    tcase_add_loop_test(files, files_without_a_password, 0, BAD_COUNT);
    tcase_add_test(files, the_longest_password);
    tcase_add_test(files, what_is_no_file);
    tcase_add_test(files, a_file_that_may_not_be_read);
    tcase_add_test(files, a_fifo_is_not_waited_for);
    suite_add_tcase(s, files);
    tcase_add_test(memory, sizes);
    tcase_add_test(memory, comparison);
    suite_add_tcase(s, memory);
    return s;
}
