/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/harden.c, each in a child of its own: what is switched off stays off.
 */
#include <config.h>

#include "helpers/core/harden.h"

#include <check.h>
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
    tcase_add_test(tc, an_argument_is_erased);
    suite_add_tcase(s, tc);
    return s;
}
