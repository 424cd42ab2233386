/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/files/keeper.c: what it believes of a file that is empty, or being written. The
 * times are those of keeper.h (ten seconds for an empty file) and file.h (what is young).
 */
#include <config.h>

#include "helpers/files/keeper.h"

#include <check.h>

#include "tests/unit/keeper_bench.h"

Suite *suite(void);

/* ---- empty ---- */

static void expect_disbelief(const char *text)
{
    bench_begin_with("alice:1\n");
    bench_told();
    file_bench_write(text);
    bench_look();
    bench_expect_told("holds no users");
    ck_assert(bench_has("alice", "1"));
    bench_look_for(KEEPER_EMPTY_MS - KEEPER_LOOK_MS);
    ck_assert(bench_has("alice", "1"));
    ck_assert_uint_eq(keeper_bench.changes, 1);
    bench_expect_silence();
    bench_look_for(KEEPER_LOOK_MS + KEEPER_LOOK_MS);
    ck_assert_ptr_nonnull(keeper_table(keeper_bench.keeper));
    ck_assert_uint_eq(keeper_table(keeper_bench.keeper)->records, 0);
    ck_assert_uint_eq(keeper_bench.changes, 2);
    bench_expect_told("read again: 0 users");
    bench_look_for(20000);
    ck_assert_uint_eq(keeper_bench.changes, 2);
    bench_expect_silence();
    file_bench_write("# nobody, still\n");
    bench_look();
    ck_assert_uint_eq(keeper_bench.changes, 3);
    file_bench_write("bob:1\n");
    bench_look();
    ck_assert(bench_has("bob", "1"));
}

START_TEST(empty_for_ten_seconds)
{
    expect_disbelief("");
}
END_TEST

START_TEST(comments_for_ten_seconds)
{
    expect_disbelief("# alice:1\n");
}
END_TEST

START_TEST(bad_lines_for_ten_seconds)
{
    expect_disbelief("alice\n");
}
END_TEST

START_TEST(empty_for_a_moment)
{
    bench_begin_with("alice:1\n");
    for (int i = 0; i < 3; i++) {
        file_bench_write("");
        bench_look_for(9000);
        ck_assert(bench_has("alice", "1"));
        file_bench_write(i % 2 ? "alice:1\n" : "alice:1\nbob:2\n");
        bench_look();
        ck_assert(bench_has("alice", "1"));
        ck_assert(bench_has("bob", "2") == !(i % 2));
    }
}
END_TEST

/* Each of the two is something else than empty: the ten seconds begin again. */
START_TEST(empty_with_a_pause)
{
    bench_begin_with("alice:1\n");
    file_bench_write("");
    bench_look_for(6000);
    file_bench_remove();
    bench_look_for(1000);
    file_bench_write("");
    bench_look_for(6000);
    ck_assert(bench_has("alice", "1"));
    bench_look_for(5000);
    ck_assert(!bench_has("alice", "1"));
}
END_TEST

START_TEST(empty_and_written_again)
{
    bench_begin_with("alice:1\n");
    file_bench_write("");
    bench_look_for(6000);
    file_bench_tick();
    file_bench_young = true;
    file_bench_write("");
    bench_look_for(1000);
    file_bench_young = false;
    bench_look_for(6000);
    ck_assert(bench_has("alice", "1"));
    bench_look_for(5000);
    ck_assert(!bench_has("alice", "1"));
}
END_TEST

START_TEST(empty_at_first)
{
    bench_begin_with("");
    ck_assert(keeper_is_ready(keeper_bench.keeper));
    ck_assert_ptr_null(keeper_table(keeper_bench.keeper));
    ck_assert_str_eq(keeper_trouble(keeper_bench.keeper), "the password file holds no users");
    bench_look_for(KEEPER_EMPTY_MS + KEEPER_LOOK_MS);
    ck_assert_ptr_nonnull(keeper_table(keeper_bench.keeper));
    ck_assert_uint_eq(keeper_table(keeper_bench.keeper)->records, 0);
}
END_TEST

/* ---- somebody writes ---- */

/* It waits for a writer who has just written, and looks again soon. */
START_TEST(written_a_moment_ago)
{
    unsigned reads;

    bench_begin_with("alice:1\n");
    reads = file_bench_reads;
    file_bench_young = true;
    file_bench_write("alice:2\n");
    bench_look();
    ck_assert(bench_has("alice", "1"));
    ck_assert_uint_eq(file_bench_reads, reads);
    file_bench_young = false;
    fake_loop_advance(look_bench.loop, 49);
    ck_assert_ptr_null(look_bench.job);
    fake_loop_advance(look_bench.loop, 1);
    bench_work();
    ck_assert(bench_has("alice", "2"));
}
END_TEST

/* In place, by pieces: none of them is taken. */
START_TEST(written_by_pieces)
{
    bench_begin_with("alice:1\nbob:1\n");
    bench_told();
    file_bench_young = true;
    file_bench_write("");
    bench_look_for(600);
    file_bench_append("alice:2\n");
    bench_look_for(3000);
    file_bench_append("bob:");
    bench_look_for(3000);
    ck_assert(bench_has("alice", "1"));
    ck_assert(bench_has("bob", "1"));
    file_bench_append("2\n");
    file_bench_young = false;
    bench_look_for(60);
    ck_assert(bench_has("alice", "2"));
    ck_assert(bench_has("bob", "2"));
    ck_assert_uint_eq(keeper_bench.changes, 2);
}
END_TEST

/* In place and without an end: after ten seconds it is taken as it is, and read until it is quiet.
 */
START_TEST(written_all_the_time)
{
    unsigned reads;

    bench_begin_with("alice:1\n");
    bench_told();
    file_bench_young = true;
    file_bench_write("alice:2\n");
    bench_look_for(10000);
    ck_assert(bench_has("alice", "1"));
    bench_look_for(1000);
    ck_assert(bench_has("alice", "2"));
    ck_assert_uint_eq(keeper_bench.changes, 2);
    reads = file_bench_reads;
    bench_look_for(10000);
    file_bench_young = false;
    bench_look();
    ck_assert_uint_gt(file_bench_reads, reads);
    ck_assert_uint_eq(keeper_bench.changes, 2);
    reads = file_bench_reads;
    bench_look_for(2000);
    ck_assert_uint_eq(file_bench_reads, reads);
}
END_TEST

/* Renamed into place at every look: the newest of them shows within a second. */
START_TEST(replaced_all_the_time)
{
    bench_begin_with("alice:0\n");
    file_bench_young = true;
    for (int ms = 0; ms < 990; ms += 10) {
        file_bench_replace(ms % 20 ? "alice:1\n" : "alice:2\n");
        bench_look_for(10);
    }
    ck_assert(!bench_has("alice", "0"));
    file_bench_young = false;
}
END_TEST

START_TEST(young_at_first)
{
    file_bench_write("alice:1\n");
    file_bench_young = true;
    bench_begin();
    bench_work();
    ck_assert(bench_has("alice", "1"));
    file_bench_young = false;
}
END_TEST

static void grow(void)
{
    file_bench_append("bob:1\n");
}

START_TEST(grows_while_it_is_read)
{
    bench_begin_with("alice:1\n");
    bench_told();
    file_bench_write("alice:2\n");
    file_bench_before_read = grow;
    bench_look();
    fake_loop_advance(look_bench.loop, 49);
    ck_assert_ptr_null(look_bench.job);
    fake_loop_advance(look_bench.loop, 1);
    bench_work(); /* the second look after 50 ms, the next after 100 */
    fake_loop_advance(look_bench.loop, 99);
    ck_assert_ptr_null(look_bench.job);
    bench_look_for(9000);
    bench_expect_silence();
    ck_assert(bench_has("alice", "1"));
    bench_look_for(20000);
    bench_expect_told("has been changing for 10 seconds");
    bench_look_for(20000);
    bench_expect_silence();
    ck_assert(bench_has("alice", "1"));
    file_bench_before_read = NULL;
    bench_look();
    ck_assert(bench_has("alice", "2"));
    bench_expect_told("read again");
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("keeper_writers");
    TCase *tc = tcase_create("keeper_writers");

    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_add_test(tc, empty_for_ten_seconds);
    tcase_add_test(tc, comments_for_ten_seconds);
    tcase_add_test(tc, bad_lines_for_ten_seconds);
    tcase_add_test(tc, empty_for_a_moment);
    tcase_add_test(tc, empty_with_a_pause);
    tcase_add_test(tc, empty_and_written_again);
    tcase_add_test(tc, empty_at_first);
    tcase_add_test(tc, written_a_moment_ago);
    tcase_add_test(tc, written_by_pieces);
    tcase_add_test(tc, written_all_the_time);
    tcase_add_test(tc, replaced_all_the_time);
    tcase_add_test(tc, young_at_first);
    tcase_add_test(tc, grows_while_it_is_read);
    suite_add_tcase(s, tc);
    return s;
}
