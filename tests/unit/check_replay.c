/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/replay.c. Names and their order are those of MIT's documentation
 * ("Environment variables", krb5.conf(5): default_rcache_name); that libkrb5 keeps the file where
 * this says is tested with real logins (test_gssapi_keytab.py).
 */
#include <config.h>

#include "helpers/kerberos/replay.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *suite(void);

static char folder[] = "check-replay-XXXXXX";
static char file[sizeof folder + 64];

static void setup(void)
{
    static const char *const names[] = {"KRB5RCACHENAME", "KRB5RCACHETYPE", "KRB5RCACHEDIR",
                                        "TMPDIR"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_int_eq(unsetenv(names[i]), 0);
    ck_assert_int_eq(setenv("KRB5_CONFIG", "/dev/null", 1), 0);
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/krb5_%lu.rcache2", folder, (unsigned long)geteuid());
}

static void teardown(void)
{
    (void)chmod(folder, 0700);
    (void)remove(file);
    (void)rmdir(folder);
}

static struct replay replay_of(const char *option)
{
    struct why why = {""};
    struct replay replay;

    ck_assert_msg(replay_init(&replay, option, &why), "%s", why.text);
    return replay;
}

static void expect(const char *option, const char *name, const char *path)
{
    struct replay replay = replay_of(option);

    ck_assert_str_eq(replay.name, name);
    if (path)
        ck_assert_str_eq(replay.path, path);
    else
        ck_assert_ptr_null(replay.path);
    replay_free(&replay);
}

static void expect_bad(const char *option, const char *words)
{
    struct why why = {""};
    struct replay replay;

    ck_assert(!replay_init(&replay, option, &why));
    ck_assert_msg(strstr(why.text, words) != NULL, "%s", why.text);
    ck_assert_ptr_null(replay.name);
    ck_assert_ptr_null(replay.path);
}

/* ---- names ---- */

START_TEST(options)
{
    expect("none", "none:", NULL);
    expect("none:", "none:", NULL);
    expect(folder, "dfl:", file);
    ck_assert_str_eq(getenv("KRB5RCACHEDIR"), folder);
    expect_bad("", "--replay-cache");
}
END_TEST

START_TEST(the_option_wins)
{
    setenv("KRB5RCACHENAME", "file2:/elsewhere", 1);
    setenv("KRB5RCACHETYPE", "none", 1);
    setenv("KRB5RCACHEDIR", "/elsewhere", 1);
    expect(folder, "dfl:", file);
    expect("none", "none:", NULL);
}
END_TEST

static char *default_in(const char *where)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/krb5_%lu.rcache2", where, (unsigned long)geteuid());
    return path;
}

START_TEST(defaults)
{
    expect(NULL, "dfl:", default_in("/var/tmp"));
    setenv("TMPDIR", "/a", 1);
    expect(NULL, "dfl:", default_in("/a"));
    setenv("KRB5RCACHEDIR", "/b", 1);
    expect(NULL, "dfl:", default_in("/b"));
    setenv("KRB5RCACHETYPE", "dfl", 1);
    expect(NULL, "dfl:", default_in("/b"));
    setenv("KRB5RCACHETYPE", "none", 1);
    expect(NULL, "none:", NULL);
    setenv("KRB5RCACHENAME", "file2:/c/d", 1);
    expect(NULL, "file2:/c/d", "/c/d");
    setenv("KRB5RCACHENAME", "none:", 1);
    expect(NULL, "none:", NULL);
    setenv("KRB5RCACHENAME", "dfl:ignored", 1);
    expect(NULL, "dfl:", default_in("/b"));
}
END_TEST

static void write_config(const char *name)
{
    FILE *config = fopen(file, "w");

    ck_assert_ptr_nonnull(config);
    (void)fprintf(config, "[libdefaults]\n  default_rcache_name = %s\n", name);
    (void)fclose(config);
    setenv("KRB5_CONFIG", file, 1);
}

START_TEST(in_krb5_conf)
{
    write_config("file2:/x/y");
    expect(NULL, "file2:/x/y", "/x/y");
    expect("none", "none:", NULL);
    setenv("KRB5RCACHETYPE", "none", 1);
    expect(NULL, "none:", NULL);
    unsetenv("KRB5RCACHETYPE");
    write_config("file2:/x/%{uid}");
    expect(NULL, "dfl:", default_in("/var/tmp"));
}
END_TEST

/* It is a data file, and ends no helper; but what it asks for and does not get is told. */
START_TEST(in_a_bad_krb5_conf)
{
    struct replay replay;

    write_config("file2:/x/%{uid}");
    replay = replay_of(NULL);
    ck_assert_str_eq(replay.name, "dfl:");
    ck_assert_msg(strstr(replay.passed_over.text, "default_rcache_name"), "%s",
                  replay.passed_over.text);
    replay_free(&replay);
    write_config("none:");
    replay = replay_of(NULL);
    ck_assert_str_eq(replay.passed_over.text, "");
    replay_free(&replay);
}
END_TEST

START_TEST(unknown_types)
{
    setenv("KRB5RCACHETYPE", "memory", 1);
    expect_bad(NULL, "KRB5RCACHETYPE");
    setenv("KRB5RCACHENAME", "kdb:x", 1);
    expect_bad(NULL, "KRB5RCACHENAME");
    setenv("KRB5RCACHENAME", "/path", 1);
    expect_bad(NULL, "file2:PATH");
}
END_TEST

/* ---- the file ---- */

static void expect_unusable(const char *option, const char *words)
{
    struct replay replay = replay_of(option);
    struct why why = {""};

    ck_assert(!replay_usable(&replay, &why));
    ck_assert_msg(strstr(why.text, words) != NULL, "%s", why.text);
    replay_free(&replay);
}

static void expect_usable(const char *option)
{
    struct replay replay = replay_of(option);
    struct why why = {""};

    ck_assert_msg(replay_usable(&replay, &why), "%s", why.text);
    replay_free(&replay);
}

static void make_file(void)
{
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    ck_assert_int_ge(fd, 0);
    close(fd);
}

START_TEST(usable)
{
    expect_usable("none");
    expect_usable(folder);
    make_file();
    expect_usable(folder);
}
END_TEST

START_TEST(no_folder)
{
    expect_unusable("/nonexistent/folder", "/nonexistent/folder: No such file");
    make_file();
    expect_unusable(file, "is no folder");
}
END_TEST

START_TEST(no_plain_file)
{
    ck_assert_int_eq(symlink("/etc/passwd", file), 0);
    expect_unusable(folder, "no plain file");
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(mkfifo(file, 0600), 0);
    expect_unusable(folder, "no plain file");
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(mkdir(file, 0700), 0);
    expect_unusable(folder, "no plain file");
}
END_TEST

/* Only root can give files away, or become somebody who may not write. */
START_TEST(of_others)
{
    enum { OTHER = 65534 };

    if (geteuid() != 0)
        return;
    make_file();
    ck_assert_int_eq(chown(file, OTHER, OTHER), 0);
    expect_unusable(folder, "is of user 65534, not of 0");
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(chmod(folder, 0755), 0);
    ck_assert_int_eq(seteuid(OTHER), 0);
    expect_unusable(folder, "user 65534, as which this process runs, cannot write");
    ck_assert_int_eq(seteuid(0), 0);
    (void)snprintf(file, sizeof file, "%s/krb5_65534.rcache2", folder);
    make_file();
    ck_assert_int_eq(chown(file, OTHER, OTHER), 0);
    ck_assert_int_eq(chmod(file, 0400), 0);
    ck_assert_int_eq(seteuid(OTHER), 0);
    expect_unusable(folder, "cannot be written: Permission denied");
    ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/* ---- its lock ---- */

static void lock(int fd, short type)
{
    struct flock whole = {.l_type = type, .l_whence = SEEK_SET};

    ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &whole), 0);
}

START_TEST(locks)
{
    struct replay replay = replay_of(folder);
    struct replay nothing = replay_of("none");
    int fd;

    ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
    ck_assert_int_eq(replay_look(&nothing), REPLAY_FREE);
    make_file();
    ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
    fd = open(file, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    lock(fd, F_WRLCK);
    ck_assert_int_eq(replay_look(&replay), REPLAY_LOCKED);
    ck_assert_int_eq(replay_look(&replay), REPLAY_LOCKED); /* looking changes nothing */
    lock(fd, F_UNLCK);
    ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
    lock(fd, F_WRLCK);
    close(fd);
    ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
    replay_free(&replay);
    replay_free(&nothing);
}
END_TEST

/* The file of the name is libkrb5's, whatever was looked at before: it may have been removed, moved
 * away or replaced. */
START_TEST(another_file_has_the_name)
{
    struct replay replay = replay_of(folder);
    char other[sizeof file + 8];
    int old, new;

    (void)snprintf(other, sizeof other, "%s.other", file);
    make_file();
    old = open(file, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(old, 0);
    lock(old, F_WRLCK);
    ck_assert_int_eq(replay_look(&replay), REPLAY_LOCKED);
    ck_assert_int_eq(rename(file, other), 0);
    ck_assert_int_eq(replay_look(&replay), REPLAY_FREE); /* there is none */
    make_file();
    ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
    new = open(file, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(new, 0);
    lock(new, F_WRLCK);
    ck_assert_int_eq(replay_look(&replay), REPLAY_LOCKED);
    lock(old, F_UNLCK);
    ck_assert_int_eq(rename(other, file), 0);
    ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
    ck_assert_int_eq(unlink(file), 0);
    ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
    close(old);
    close(new);
    replay_free(&replay);
}
END_TEST

/* Looking opens no more than one descriptor, which ends with it; one that was never begun has
 * none. */
START_TEST(descriptors_are_closed)
{
    struct replay nothing = {.name = NULL};
    int next = dup(STDIN_FILENO);
    struct replay replay = replay_of(folder);

    close(next);
    for (int i = 0; i < 3; i++) {
        make_file();
        ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
        ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
        ck_assert_int_eq(unlink(file), 0);
    }
    replay_free(&replay);
    replay_free(&nothing);
    ck_assert_int_eq(dup(STDIN_FILENO), next);
    close(next);
}
END_TEST

/* Opening one for reading waits for a writer, and reading from it for ever. */
START_TEST(a_fifo_is_not_waited_for)
{
    struct replay replay = replay_of(folder);

    ck_assert_int_eq(mkfifo(file, 0600), 0);
    ck_assert_int_eq(replay_look(&replay), REPLAY_BLOCKED);
    ck_assert_int_eq(replay.fd, -1);
    ck_assert_int_eq(unlink(file), 0);
    make_file();
    ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
    replay_free(&replay);
}
END_TEST

/* libkrb5 does not follow one either. */
START_TEST(behind_a_symbolic_link)
{
    struct replay replay = replay_of(folder);
    char target[sizeof file];
    int fd;

    make_file();
    (void)snprintf(target, sizeof target, "%s/target", folder);
    ck_assert_int_eq(rename(file, target), 0);
    ck_assert_int_eq(symlink("target", file), 0);
    fd = open(target, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    lock(fd, F_WRLCK);
    ck_assert_int_eq(replay_look(&replay), REPLAY_FREE);
    close(fd);
    (void)remove(target);
    replay_free(&replay);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("replay");
    TCase *tc = tcase_create("replay");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, options);
    tcase_add_test(tc, the_option_wins);
    tcase_add_test(tc, defaults);
    tcase_add_test(tc, in_krb5_conf);
    tcase_add_test(tc, in_a_bad_krb5_conf);
    tcase_add_test(tc, unknown_types);
    tcase_add_test(tc, usable);
    tcase_add_test(tc, no_folder);
    tcase_add_test(tc, no_plain_file);
    tcase_add_test(tc, of_others);
    tcase_add_test(tc, locks);
    tcase_add_test(tc, another_file_has_the_name);
    tcase_add_test(tc, descriptors_are_closed);
    tcase_add_test(tc, a_fifo_is_not_waited_for);
    tcase_add_test(tc, behind_a_symbolic_link);
    suite_add_tcase(s, tc);
    return s;
}
