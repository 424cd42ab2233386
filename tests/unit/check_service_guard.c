/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/service_guard.c: how long a refused service account is left alone,
 * and what the file with its password has to do with it. Time is an argument.
 */
#include <config.h>

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helpers/directory/service_guard.h"

Suite *suite(void);

enum { NOW = 5000000 };

static char folder[] = "check_service_guard.XXXXXX"; /* in the build folder */
static char path[sizeof folder + 16];
static char other[sizeof folder + 16];

static void make_folder(void)
{
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/secret", folder);
    snprintf(other, sizeof other, "%s/new", folder);
}

static void remove_folder(void)
{
    unlink(path);
    unlink(other);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void write_file(const char *name, const char *text, time_t changed)
{
    const struct timespec times[] = {{.tv_sec = changed}, {.tv_sec = changed}};
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(futimens(fd, times), 0);
    close(fd);
}

/* A guard whose account was refused with the file as it is. */
static struct service_guard refused_with_file(void)
{
    struct service_guard guard = {.file = path};

    service_guard_begins(&guard);
    service_guard_refused(&guard, NOW);
    return guard;
}

START_TEST(nothing_is_blocked_at_first)
{
    struct service_guard guard = {0};

    ck_assert(!service_guard_blocks(&guard, NOW));
    service_guard_accepted(&guard);
    ck_assert(!service_guard_blocks(&guard, NOW));
}
END_TEST

START_TEST(a_refusal_blocks_for_a_minute)
{
    struct service_guard guard = {0};

    service_guard_begins(&guard);
    ck_assert_uint_eq(service_guard_refused(&guard, NOW), 60000);
    ck_assert(service_guard_blocks(&guard, NOW));
    ck_assert(service_guard_blocks(&guard, NOW + 59999));
    ck_assert(!service_guard_blocks(&guard, NOW + 60000));
}
END_TEST

START_TEST(refusals_in_a_row_double_up_to_ten_minutes)
{
    static const uint64_t pauses_s[] = {60, 120, 240, 480, 600, 600, 600};
    struct service_guard guard = {0};
    uint64_t now_ms = NOW;

    for (size_t i = 0; i < sizeof pauses_s / sizeof pauses_s[0]; i++) {
        ck_assert_uint_eq(service_guard_refused(&guard, now_ms), pauses_s[i] * 1000);
        now_ms += pauses_s[i] * 1000;
    }
}
END_TEST

START_TEST(binds_under_way_at_the_same_time_count_as_one)
{
    struct service_guard guard = {0};

    service_guard_refused(&guard, NOW);
    ck_assert_uint_eq(service_guard_refused(&guard, NOW + 1000), 59000);
    ck_assert(!service_guard_blocks(&guard, NOW + 60000));
    ck_assert_uint_eq(service_guard_refused(&guard, NOW + 60000), 120000);
}
END_TEST

START_TEST(acceptance_forgets_all)
{
    struct service_guard guard = {0};

    service_guard_refused(&guard, NOW);
    service_guard_refused(&guard, NOW + 60000);
    service_guard_accepted(&guard);
    ck_assert(!service_guard_blocks(&guard, NOW + 60001));
    ck_assert_uint_eq(service_guard_refused(&guard, NOW + 60002), 60000);
}
END_TEST

START_TEST(the_same_file_keeps_it_blocked)
{
    struct service_guard guard;

    write_file(path, "old\n", 1000);
    guard = refused_with_file();
    for (uint64_t after_ms = 0; after_ms < 60000; after_ms += 300)
        ck_assert(service_guard_blocks(&guard, NOW + after_ms));
}
END_TEST

/* What may happen to a file: each is a new chance. */
static void rewrite(void)
{
    write_file(path, "new\n", 2000);
}

static void grow(void)
{
    write_file(path, "longer\n", 1000);
}

static void replace(void)
{
    write_file(other, "new\n", 1000);
    ck_assert_int_eq(rename(other, path), 0);
}

static void vanish(void)
{
    ck_assert_int_eq(unlink(path), 0);
}

static void (*const changes[])(void) = {rewrite, grow, replace, vanish};
enum { CHANGES = sizeof changes / sizeof changes[0] };

START_TEST(a_changed_file_is_a_new_chance)
{
    struct service_guard guard;

    write_file(path, "old\n", 1000);
    guard = refused_with_file();
    changes[_i]();
    ck_assert(!service_guard_blocks(&guard, NOW + 500));
    ck_assert_msg(!service_guard_blocks(&guard, NOW + 501), "the chance lasts until it is used");
}
END_TEST

START_TEST(a_file_that_comes_back_is_a_new_chance)
{
    struct service_guard guard = refused_with_file();

    ck_assert(service_guard_blocks(&guard, NOW + 500));
    write_file(path, "new\n", 1000);
    ck_assert(!service_guard_blocks(&guard, NOW + 1000));
}
END_TEST

/* The bind that was refused had read the old password. */
START_TEST(a_change_while_the_bind_is_under_way_is_seen)
{
    struct service_guard guard = {.file = path};

    write_file(path, "old\n", 1000);
    service_guard_begins(&guard);
    write_file(path, "new\n", 2000);
    service_guard_refused(&guard, NOW);
    ck_assert(!service_guard_blocks(&guard, NOW + 500));
}
END_TEST

START_TEST(the_file_is_looked_at_twice_a_second_at_most)
{
    struct service_guard guard;

    write_file(path, "old\n", 1000);
    guard = refused_with_file();
    rewrite();
    ck_assert(service_guard_blocks(&guard, NOW + 499));
    ck_assert(!service_guard_blocks(&guard, NOW + 500));
}
END_TEST

START_TEST(a_new_password_that_is_refused_too_blocks_again)
{
    struct service_guard guard;

    write_file(path, "old\n", 1000);
    guard = refused_with_file();
    rewrite();
    ck_assert(!service_guard_blocks(&guard, NOW + 500));
    service_guard_begins(&guard);
    service_guard_refused(&guard, NOW + 600);
    ck_assert(service_guard_blocks(&guard, NOW + 30000));
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("service_guard");
    TCase *pauses = tcase_create("pauses");
    TCase *file = tcase_create("file");

    tcase_add_test(pauses, nothing_is_blocked_at_first);
    tcase_add_test(pauses, a_refusal_blocks_for_a_minute);
    tcase_add_test(pauses, refusals_in_a_row_double_up_to_ten_minutes);
    tcase_add_test(pauses, binds_under_way_at_the_same_time_count_as_one);
    tcase_add_test(pauses, acceptance_forgets_all);
    suite_add_tcase(made, pauses);
    tcase_add_checked_fixture(file, make_folder, remove_folder);
    tcase_add_test(file, the_same_file_keeps_it_blocked);
    tcase_add_loop_test(file, a_changed_file_is_a_new_chance, 0, CHANGES);
    tcase_add_test(file, a_file_that_comes_back_is_a_new_chance);
    tcase_add_test(file, a_change_while_the_bind_is_under_way_is_seen);
    tcase_add_test(file, the_file_is_looked_at_twice_a_second_at_most);
    tcase_add_test(file, a_new_password_that_is_refused_too_blocks_again);
    suite_add_tcase(made, file);
    return made;
}
