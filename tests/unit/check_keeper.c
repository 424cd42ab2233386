/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/files/keeper.c: when it looks, what it does about trouble, what it tells. The
 * times are those of keeper.h. What files go through while they are written is in
 * check_keeper_writers.c.
 */
#include <config.h>

#include "helpers/files/keeper.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/keeper_bench.h"

Suite *suite(void);

/* ---- the first look ---- */

START_TEST(first_look_at_once)
{
    file_bench_write("alice:1\n");
    bench_begin();
    ck_assert_ptr_nonnull(look_bench.job);
    ck_assert(!keeper_is_ready(keeper_bench.keeper));
    ck_assert_ptr_null(keeper_table(keeper_bench.keeper));
    ck_assert_str_eq(keeper_trouble(keeper_bench.keeper),
                     "the password file has not been read yet");
    ck_assert_msg(!keeper_close(keeper_bench.keeper), "closed with a thread in it");
    bench_work();
    ck_assert(keeper_is_ready(keeper_bench.keeper));
    ck_assert_uint_eq(keeper_bench.changes, 1);
    ck_assert(bench_has("alice", "1"));
    bench_expect_told("1 users, 0 bad lines, 0 duplicates");
}
END_TEST

START_TEST(no_file_at_first)
{
    bench_begin();
    bench_work();
    ck_assert(keeper_is_ready(keeper_bench.keeper));
    ck_assert_uint_eq(keeper_bench.changes, 1);
    ck_assert_ptr_null(keeper_table(keeper_bench.keeper));
    ck_assert_str_eq(keeper_trouble(keeper_bench.keeper), "the password file cannot be read");
    bench_expect_told("No such file");
    bench_look_for(3000);
    bench_expect_silence();
    file_bench_write("alice:1\n");
    bench_look();
    ck_assert(bench_has("alice", "1"));
    ck_assert_uint_eq(keeper_bench.changes, 2);
    bench_expect_told("read again: 1 users");
}
END_TEST

/* ---- looks ---- */

START_TEST(looks_twice_a_second)
{
    bench_begin_with("alice:1\n");
    for (unsigned i = 1; i <= 10; i++) {
        ck_assert_uint_eq(look_bench.submitted, i);
        fake_loop_advance(look_bench.loop, KEEPER_LOOK_MS - 1);
        ck_assert_ptr_null(look_bench.job);
        fake_loop_advance(look_bench.loop, 1);
        bench_work();
    }
}
END_TEST

START_TEST(reads_only_what_changed)
{
    unsigned reads;

    bench_begin_with("alice:1\n");
    reads = file_bench_reads;
    ck_assert_uint_gt(reads, 0);
    bench_look_for(5000);
    ck_assert_uint_eq(file_bench_reads, reads);
    file_bench_replace("alice:2\n");
    ck_assert(bench_has("alice", "1"));
    bench_look();
    ck_assert_uint_gt(file_bench_reads, reads);
    ck_assert(bench_has("alice", "2"));
    ck_assert_uint_eq(keeper_bench.changes, 2);
}
END_TEST

/* Requests wait for the first look, so it is as quick as it can be; for no later one. */
START_TEST(gives_way_once_there_is_a_table)
{
    int before = getpriority(PRIO_PROCESS, 0);

    bench_begin_with("alice:1\n");
    ck_assert_int_eq(getpriority(PRIO_PROCESS, 0), before);
    file_bench_replace("alice:2\n");
    bench_look();
    ck_assert(bench_has("alice", "2"));
    ck_assert_int_ge(getpriority(PRIO_PROCESS, 0), 10);
}
END_TEST

START_TEST(one_look_at_a_time)
{
    bench_begin_with("alice:1\n");
    keeper_look(keeper_bench.keeper);
    ck_assert_uint_eq(look_bench.submitted, 2);
    keeper_look(keeper_bench.keeper);
    fake_loop_advance(look_bench.loop, 10000); /* the thread hangs in a dead file system */
    ck_assert_uint_eq(look_bench.submitted, 2);
    ck_assert(bench_has("alice", "1"));
    bench_work();
    ck_assert_uint_eq(look_bench.submitted, 3); /* the one that was asked for meanwhile */
    bench_work();
    ck_assert_ptr_null(look_bench.job);
    bench_look();
}
END_TEST

START_TEST(same_text_is_no_change)
{
    const struct table *table;

    bench_begin_with("alice:1\n");
    table = keeper_table(keeper_bench.keeper);
    bench_told();
    file_bench_tick();
    file_bench_replace("alice:1\n");
    bench_look();
    ck_assert_ptr_eq(keeper_table(keeper_bench.keeper), table);
    ck_assert_uint_eq(keeper_bench.changes, 1);
    bench_expect_silence();
}
END_TEST

/* ---- trouble ---- */

START_TEST(the_last_good_one_stays)
{
    bench_begin_with("alice:1\n");
    bench_told();
    file_bench_remove();
    bench_look();
    bench_expect_told("No such file or directory; what was read before stays");
    bench_look_for(20000);
    bench_expect_silence();
    ck_assert(bench_has("alice", "1"));
    ck_assert_int_eq(mkdir(file_bench_path, 0700), 0);
    bench_look();
    bench_expect_told("is a folder");
    bench_look_for(20000);
    bench_expect_silence();
    ck_assert(bench_has("alice", "1"));
    ck_assert_uint_eq(keeper_bench.changes, 1);
    file_bench_remove();
    file_bench_write("alice:2\nbob:3\n");
    bench_look();
    ck_assert(bench_has("alice", "2"));
    ck_assert_uint_eq(keeper_bench.changes, 2);
    bench_expect_told("read again: 2 users");
    bench_look_for(2000);
    bench_expect_silence();
}
END_TEST

START_TEST(back_as_it_was)
{
    char aside[64];

    bench_begin_with("alice:1\n");
    bench_told();
    snprintf(aside, sizeof aside, "%s.aside", file_bench_path);
    ck_assert_int_eq(rename(file_bench_path, aside), 0);
    bench_look();
    bench_expect_told("No such file");
    ck_assert_int_eq(rename(aside, file_bench_path), 0);
    bench_look();
    bench_expect_told("as it was again: 1 users");
    ck_assert_uint_eq(keeper_bench.changes, 1);
}
END_TEST

/* There is none for the text, then none for the index. */
START_TEST(no_memory)
{
    file_bench_mappings = 0;
    bench_begin_with("alice:1\n");
    ck_assert_ptr_null(keeper_table(keeper_bench.keeper));
    bench_expect_told("out of memory");
    file_bench_mappings = 1;
    bench_look();
    ck_assert_ptr_null(keeper_table(keeper_bench.keeper));
    bench_look_for(2000);
    ck_assert_ptr_null(keeper_table(keeper_bench.keeper));
    file_bench_mappings = -1;
    bench_look();
    ck_assert(bench_has("alice", "1"));
    bench_told();
    file_bench_mappings = 1;
    file_bench_replace("alice:2\n");
    bench_look();
    bench_expect_told("out of memory");
    ck_assert(bench_has("alice", "1"));
    bench_look_for(2000);
    ck_assert(bench_has("alice", "1"));
    file_bench_mappings = -1;
    bench_look();
    ck_assert(bench_has("alice", "2"));
}
END_TEST

/* ---- what is told ---- */

START_TEST(tells_lines_by_number)
{
    bench_begin_with("bad\nalice:secret-hash\n:x\nalice:2\n1\n2\n3\n4\n5\n6\n7\n8\n");
    {
        const char *lines = bench_told();

        ck_assert_ptr_nonnull(strstr(lines, "1 users, 10 bad lines, 1 duplicates"));
        ck_assert_ptr_nonnull(strstr(lines, "line 1 is skipped: there is no colon"));
        ck_assert_ptr_nonnull(strstr(lines, "line 3 is skipped: there is no user"));
        ck_assert_ptr_nonnull(strstr(lines, "and 2 more bad lines"));
        ck_assert_ptr_nonnull(strstr(lines, "line 4: an earlier line has the same key"));
        ck_assert_ptr_null(strstr(lines, "secret"));
        ck_assert_ptr_null(strstr(lines, "alice"));
        ck_assert_ptr_null(strstr(lines, "line 11 "));
    }
}
END_TEST

START_TEST(tells_who_can_read_it)
{
    bench_begin_with("alice:1\n");
    bench_told();
    ck_assert_int_eq(chmod(file_bench_path, 0644), 0);
    bench_look();
    bench_expect_told("every account");
    file_bench_replace("alice:2\n");
    ck_assert_int_eq(chmod(file_bench_path, 0644), 0);
    bench_look();
    ck_assert_ptr_null(strstr(bench_told(), "every account"));
    ck_assert_int_eq(chmod(file_bench_path, 0600), 0);
    bench_look();
    bench_expect_silence();
    ck_assert_int_eq(chmod(file_bench_path, 0604), 0);
    bench_look();
    bench_expect_told("every account");
    ck_assert_uint_eq(keeper_bench.changes, 2);
}
END_TEST

/* ---- --check ---- */

static char printed[8192];
static bool report_result;

static bool report(const struct table *table)
{
    printf("reported %u\n", (unsigned)table->records);
    return report_result;
}

/* keeper_check() of TEXT, or of no file; what it prints is in `printed`. */
static bool check_text(const char *text, bool (*reporter)(const struct table *table))
{
    const struct keeper_config config = {
        .path = file_bench_path, .what = "the password file", .format = &bench_format};
    int before = dup(STDOUT_FILENO);
    FILE *pages = tmpfile();
    bool good;
    size_t len;

    ck_assert(before >= 0 && pages);
    if (text)
        file_bench_write(text);
    (void)fflush(stdout);
    ck_assert_int_ge(dup2(fileno(pages), STDOUT_FILENO), 0);
    good = keeper_check(&config, reporter);
    (void)fflush(stdout);
    ck_assert_int_ge(dup2(before, STDOUT_FILENO), 0);
    close(before);
    rewind(pages);
    len = fread(printed, 1, sizeof printed - 1, pages);
    printed[len] = '\0';
    (void)fclose(pages);
    return good;
}

static void expect_printed(const char *part)
{
    ck_assert_msg(strstr(printed, part) != NULL, "'%s' is not in: %s", part, printed);
}

START_TEST(checks)
{
    ck_assert(!check_text(NULL, NULL));
    expect_printed("No such file");
    ck_assert(check_text("# x\nalice:1\n", NULL));
    expect_printed("2 lines, 1 users, 0 bad lines, 0 duplicates");
    ck_assert_ptr_null(strstr(printed, "warning"));
    ck_assert(!check_text("alice:1\nx\n", NULL));
    expect_printed("bad: line 2: there is no colon");
    ck_assert(check_text("alice:1\nalice:2\n", NULL));
    expect_printed("duplicate: line 2: ");
    ck_assert(!check_text("", NULL));
    expect_printed("nobody can log in");
    ck_assert(!check_text("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\nsecret-hash\n", NULL));
    expect_printed("bad: line 8: ");
    expect_printed("bad: and 3 more");
    ck_assert_ptr_null(strstr(printed, "secret"));
    report_result = true;
    ck_assert(check_text("alice:1\n", report));
    expect_printed("reported 1");
    report_result = false;
    ck_assert(!check_text("alice:1\n", report));
    ck_assert_int_eq(chmod(file_bench_path, 0604), 0);
    ck_assert(check_text("alice:1\n", NULL));
    expect_printed("warning: ");
    expect_printed("every account");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("keeper");
    TCase *tc = tcase_create("keeper");
    TCase *check = tcase_create("check");

    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_add_test(tc, first_look_at_once);
    tcase_add_test(tc, no_file_at_first);
    tcase_add_test(tc, looks_twice_a_second);
    tcase_add_test(tc, reads_only_what_changed);
    tcase_add_test(tc, gives_way_once_there_is_a_table);
    tcase_add_test(tc, one_look_at_a_time);
    tcase_add_test(tc, same_text_is_no_change);
    tcase_add_test(tc, the_last_good_one_stays);
    tcase_add_test(tc, back_as_it_was);
    tcase_add_test(tc, no_memory);
    tcase_add_test(tc, tells_lines_by_number);
    tcase_add_test(tc, tells_who_can_read_it);
    suite_add_tcase(s, tc);
    tcase_add_checked_fixture(check, file_bench_open, file_bench_close);
    tcase_add_test(check, checks);
    suite_add_tcase(s, check);
    return s;
}
