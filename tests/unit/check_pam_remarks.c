/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/pam/remarks.c with syslog(3) itself. Standard error is a file, so that it is
 * seen what reaches it.
 */
#include <config.h>

#include "helpers/pam/remarks.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

Suite *suite(void);

static struct remarks remarks;
static FILE *screen;
static int kept;

static void begin(void)
{
    screen = tmpfile();
    ck_assert_ptr_nonnull(screen);
    kept = dup(STDERR_FILENO);
    ck_assert_int_eq(dup2(fileno(screen), STDERR_FILENO), STDERR_FILENO);
    memset(&remarks, 'x', sizeof remarks);
}

static void end(void)
{
    dup2(kept, STDERR_FILENO);
    close(kept);
    fclose(screen);
}

static void assert_on_screen(const char *text)
{
    char found[4096];
    ssize_t len = pread(fileno(screen), found, sizeof found - 1, 0);

    ck_assert_int_ge(len, 0);
    found[len] = '\0';
    ck_assert_str_eq(found, text);
}

START_TEST(what_is_logged_is_heard)
{
    remarks_begin(&remarks);
    syslog(LOG_AUTHPRIV | LOG_ERR, "PAM (x) illegal module type: auht");
    syslog(LOG_ERR, "second");
    remarks_end(&remarks);
    ck_assert_str_eq(remarks.text, "PAM (x) illegal module type: auht\nsecond\n");
    assert_on_screen("");
}
END_TEST

START_TEST(what_is_printed_is_not_a_remark)
{
    remarks_begin(&remarks);
    fprintf(stderr, "a module begins\n");
    syslog(LOG_ERR, "first");
    fprintf(stderr, "and goes on\n");
    remarks_end(&remarks);
    ck_assert_str_eq(remarks.text, "first\n");
    assert_on_screen("a module begins\nand goes on\n");
}
END_TEST

START_TEST(behind_it_nothing_is_heard)
{
    remarks_begin(&remarks);
    remarks_end(&remarks);
    syslog(LOG_ERR, "too late");
    fprintf(stderr, "as ever\n");
    ck_assert_str_eq(remarks.text, "");
    assert_on_screen("as ever\n");
}
END_TEST

/* As Linux-PAM says it of any service on a system without a service "other". */
START_TEST(a_service_of_its_own_needs_no_other)
{
    remarks_begin(&remarks);
    syslog(LOG_ERR, "PAM _pam_init_handlers: no default config other");
    remarks_end(&remarks);
    ck_assert_str_eq(remarks.text, "");
}
END_TEST

/* A pipe has room for 64 KiB: nobody waits for somebody to read it. */
START_TEST(more_than_is_kept)
{
    enum { LINES = 2000, LINE = 100 };
    char line[LINE + 1];

    memset(line, 'y', LINE);
    line[LINE] = '\0';
    remarks_begin(&remarks);
    for (int i = 0; i < LINES; i++)
        syslog(LOG_ERR, "%s", line);
    remarks_end(&remarks);
    ck_assert_uint_eq(strlen(remarks.text), REMARKS_MAX / (LINE + 1) * (LINE + 1));
    assert_on_screen("");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("pam_remarks");
    TCase *tc = tcase_create("pam_remarks");

    tcase_add_checked_fixture(tc, begin, end);
    tcase_add_test(tc, what_is_logged_is_heard);
    tcase_add_test(tc, what_is_printed_is_not_a_remark);
    tcase_add_test(tc, behind_it_nothing_is_heard);
    tcase_add_test(tc, a_service_of_its_own_needs_no_other);
    tcase_add_test(tc, more_than_is_kept);
    suite_add_tcase(s, tc);
    return s;
}
