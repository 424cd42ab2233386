/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/harden.c, each in a child of its own: what is switched off stays off.
 */
#include <config.h>

#include "helpers/core/harden.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *suite(void);

/* The exit status of LOOK in a hardened child. */
static int in_hardened_child(int (*look)(void))
{
    pid_t child = fork();
    int status;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        harden_process();
        _exit(look());
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int core_limit(void)
{
    struct rlimit limit = {1, 1};

    return getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0;
}

static int dumpable(void)
{
    return prctl(PR_GET_DUMPABLE);
}

START_TEST(no_core_file)
{
    ck_assert_int_eq(in_hardened_child(core_limit), 1);
}
END_TEST

START_TEST(not_dumpable)
{
    ck_assert_int_eq(dumpable(), 1); /* else the test could not fail */
    ck_assert_int_eq(in_hardened_child(dumpable), 0);
}
END_TEST

/* What is opened after it has none of their numbers. */
static int first_free(void)
{
    return dup(STDOUT_FILENO);
}

START_TEST(closed_standard_descriptors)
{
    pid_t child = fork();
    int status;

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        char byte;

        close(STDIN_FILENO);
        close(STDERR_FILENO);
        harden_process();
        _exit(first_free() > STDERR_FILENO && read(STDIN_FILENO, &byte, 1) == 0 &&
              write(STDERR_FILENO, "x", 1) == 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 1);
}
END_TEST

/* A pipe's end as standard output: what is printed there does not come out, what is written to
 * where it was moved to does, and a program that is started has no end of it. */
static int moved_out_of_the_way(void)
{
    char bytes[8];
    int ends[2], moved;

    if (pipe(ends) != 0 || dup2(ends[1], STDOUT_FILENO) < 0)
        return 0;
    close(ends[1]);
    moved = harden_move_descriptor(STDOUT_FILENO);
    if (moved <= STDERR_FILENO || !(fcntl(moved, F_GETFD) & FD_CLOEXEC))
        return 0;
    if (write(STDOUT_FILENO, "lost", 4) != 4 || write(moved, "kept", 4) != 4)
        return 0;
    close(moved); /* the last end, or else the second read would wait */
    return read(ends[0], bytes, sizeof bytes) == 4 && memcmp(bytes, "kept", 4) == 0 &&
           read(ends[0], bytes, sizeof bytes) == 0;
}

START_TEST(a_descriptor_is_moved)
{
    ck_assert_int_eq(in_hardened_child(moved_out_of_the_way), 1);
}
END_TEST

/* Without a descriptor left the old one stays as it is. */
static int cannot_be_moved(void)
{
    const struct rlimit few = {STDERR_FILENO + 1, STDERR_FILENO + 1};
    int ends[2];
    char byte;

    if (pipe(ends) != 0 || dup2(ends[0], STDIN_FILENO) < 0 || dup2(ends[1], STDOUT_FILENO) < 0)
        return 0;
    close(ends[0]);
    close(ends[1]);
    return setrlimit(RLIMIT_NOFILE, &few) == 0 &&
           harden_move_descriptor(STDOUT_FILENO) == STDOUT_FILENO &&
           write(STDOUT_FILENO, "x", 1) == 1 && read(STDIN_FILENO, &byte, 1) == 1;
}

START_TEST(a_descriptor_that_cannot_be_moved_stays)
{
    ck_assert_int_eq(in_hardened_child(cannot_be_moved), 1);
}
END_TEST

START_TEST(an_argument_is_erased)
{
    char argument[] = "-wsecret";
    char none[] = "";

    harden_erase_argument(argument);
    ck_assert_str_eq(argument, "xxxxxxxx");
    harden_erase_argument(none);
    ck_assert_str_eq(none, "");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("harden");
    TCase *tc = tcase_create("harden");

    tcase_add_test(tc, no_core_file);
    tcase_add_test(tc, not_dumpable);
    tcase_add_test(tc, closed_standard_descriptors);
    tcase_add_test(tc, a_descriptor_is_moved);
    tcase_add_test(tc, a_descriptor_that_cannot_be_moved_stays);
    tcase_add_test(tc, an_argument_is_erased);
    suite_add_tcase(s, tc);
    return s;
}
