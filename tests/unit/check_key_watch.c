/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/kerberos/key_watch.c and key_look.c: when they look at the keytab, and what they
 * do while somebody writes it. The times are those of key_watch.h.
 */
#include <config.h>

#include "helpers/kerberos/key_watch.h"

#include <check.h>
#include <string.h>

#include "tests/unit/key_watch_bench.h"

Suite *suite(void);

/* ---- the first look ---- */

START_TEST(first_look_at_once)
{
    bench_write(2, 3);
    bench_begin();
    ck_assert_ptr_nonnull(look_bench.job);
    ck_assert(!key_watch_is_ready(key_watch_bench.watch));
    ck_assert_int_eq(bench_keys(), -1);
    ck_assert_str_eq(key_watch_trouble(key_watch_bench.watch), "the keytab has not been read yet");
    ck_assert_msg(!key_watch_close(key_watch_bench.watch), "closed with a thread in it");
    bench_work();
    ck_assert(key_watch_is_ready(key_watch_bench.watch));
    ck_assert_uint_eq(key_watch_bench.looked, 1);
    ck_assert_int_eq(bench_keys(), 2);
    bench_expect_told("read: HTTP/a.test@EXAMPLE.TEST kvno 2, 3");
}
END_TEST

START_TEST(no_file_at_first)
{
    bench_begin();
    bench_work();
    ck_assert(key_watch_is_ready(key_watch_bench.watch));
    ck_assert_uint_eq(key_watch_bench.looked, 1);
    ck_assert_int_eq(bench_keys(), -1);
    ck_assert_str_eq(key_watch_trouble(key_watch_bench.watch), "there is no keytab");
    bench_expect_told("error: there is no keytab");
    bench_look_for(20000);
    bench_expect_silence();
    bench_write(2, 2);
    bench_look();
    ck_assert_int_eq(bench_keys(), 1);
    ck_assert_uint_eq(key_watch_bench.looked, 2);
    bench_expect_told("read again: HTTP/a.test@EXAMPLE.TEST kvno 2");
    bench_look_for(2000);
    bench_expect_silence();
}
END_TEST

START_TEST(bad_at_first)
{
    file_bench_write("no keytab");
    bench_begin();
    bench_work();
    ck_assert_str_eq(key_watch_trouble(key_watch_bench.watch), "the keytab cannot be used");
    ck_assert_ptr_nonnull(
        strstr(key_watch_told(key_watch_bench.watch, false), "is no keytab: ktutil"));
    bench_expect_told("is no keytab: ktutil or kadmin writes one; logins get BH until it is good");
    bench_look_for(2000);
    bench_expect_silence();
    bench_write(2, 2);
    bench_look();
    ck_assert_int_eq(bench_keys(), 1);
}
END_TEST

/* ---- looks ---- */

START_TEST(looks_twice_a_second_and_reads_what_changed)
{
    struct service_credentials *first;

    bench_write(2, 2);
    bench_begin();
    bench_work();
    first = key_watch_credentials(key_watch_bench.watch);
    for (unsigned i = 1; i <= 10; i++) {
        ck_assert_uint_eq(look_bench.submitted, i);
        fake_loop_advance(look_bench.loop, KEY_WATCH_LOOK_MS - 1);
        ck_assert_ptr_null(look_bench.job);
        fake_loop_advance(look_bench.loop, 1);
        bench_work();
    }
    ck_assert_ptr_eq(key_watch_credentials(key_watch_bench.watch), first);
    ck_assert_uint_eq(key_watch_bench.looked, 1);
    bench_told();
    bench_replace(2, 3);
    ck_assert_int_eq(bench_keys(), 1);
    bench_look();
    ck_assert_int_eq(bench_keys(), 2);
    ck_assert_uint_eq(key_watch_bench.looked, 2);
    bench_expect_told("notice: the keytab");
}
END_TEST

START_TEST(the_same_keys_again_are_no_news)
{
    bench_write(2, 2);
    bench_begin();
    bench_work();
    bench_told();
    file_bench_tick();
    bench_replace(2, 2);
    bench_look();
    ck_assert_int_eq(bench_keys(), 1);
    bench_expect_silence();
    file_bench_tick();
    bench_replace(3, 3); /* as many, of another kvno */
    bench_look();
    bench_expect_told("read again: HTTP/a.test@EXAMPLE.TEST kvno 3");
}
END_TEST

/* Credentials that a login has taken stay until it drops them. */
START_TEST(held_by_a_login)
{
    struct service_credentials *old;

    bench_write(2, 2);
    bench_begin();
    bench_work();
    old = service_credentials_hold(key_watch_credentials(key_watch_bench.watch));
    bench_replace(3, 5);
    bench_look();
    ck_assert_ptr_ne(key_watch_credentials(key_watch_bench.watch), old);
    ck_assert_uint_eq(old->keys->entries[0].kvno, 2);
    service_credentials_drop(old);
}
END_TEST

/* ---- asked for ---- */

START_TEST(asked_for)
{
    struct service_credentials *first;

    bench_write(2, 2);
    bench_begin();
    bench_work();
    bench_replace(2, 3);
    key_watch_look_now(key_watch_bench.watch);
    ck_assert_uint_eq(look_bench.submitted, 2);
    bench_work();
    ck_assert_uint_eq(key_watch_bench.looked, 2);
    ck_assert_int_eq(bench_keys(), 2);
    first = key_watch_credentials(key_watch_bench.watch);
    key_watch_look_now(key_watch_bench.watch); /* nothing is new, and that is an answer */
    bench_work();
    ck_assert_uint_eq(key_watch_bench.looked, 3);
    ck_assert_ptr_eq(key_watch_credentials(key_watch_bench.watch), first);
    bench_look();
    ck_assert_uint_eq(key_watch_bench.looked, 3);
}
END_TEST

/* A file that cannot be opened is tried again as often as when nobody asks, not more often and not
 * less. */
START_TEST(asked_for_all_the_time)
{
    bench_write(2, 2);
    bench_begin();
    bench_work();
    credentials_left = 0;
    bench_replace(2, 3);
    bench_look();
    ck_assert_int_eq(bench_keys(), 1);
    for (unsigned i = 0; i < 4; i++) {
        unsigned reads = file_bench_reads;

        for (unsigned passed = 0; passed < KEY_WATCH_LOOK_MS; passed += 20) {
            ck_assert_uint_eq(file_bench_reads, reads);
            fake_loop_advance(look_bench.loop, 20);
            key_watch_look_now(key_watch_bench.watch);
            bench_work();
        }
        ck_assert_uint_gt(file_bench_reads, reads);
    }
    ck_assert_uint_eq(key_watch_bench.looked, 1 + 4 * KEY_WATCH_LOOK_MS / 20);
    credentials_left = -1;
    bench_look();
    ck_assert_int_eq(bench_keys(), 2);
}
END_TEST

/* The look that is under way may have begun before the change. */
START_TEST(asked_for_during_a_look)
{
    bench_write(2, 2);
    bench_begin();
    bench_work();
    fake_loop_advance(look_bench.loop, KEY_WATCH_LOOK_MS);
    ck_assert_ptr_nonnull(look_bench.job);
    key_watch_look_now(key_watch_bench.watch);
    key_watch_look_now(key_watch_bench.watch);
    ck_assert_uint_eq(look_bench.submitted, 2);
    bench_work();
    ck_assert_uint_eq(key_watch_bench.looked, 1);
    ck_assert_uint_eq(look_bench.submitted, 3);
    bench_work();
    ck_assert_uint_eq(key_watch_bench.looked, 2);
    ck_assert_ptr_null(look_bench.job);
}
END_TEST

/* A look that takes for ever is the only one. */
START_TEST(one_look_at_a_time)
{
    bench_write(2, 2);
    bench_begin();
    bench_work();
    fake_loop_advance(look_bench.loop, KEY_WATCH_LOOK_MS);
    fake_loop_advance(look_bench.loop, 60000);
    ck_assert_uint_eq(look_bench.submitted, 2);
    ck_assert(!key_watch_close(key_watch_bench.watch));
    ck_assert_int_eq(bench_keys(), 1);
    bench_work();
}
END_TEST

/* After five seconds those who asked are told, once. What it finds at last counts. */
START_TEST(a_look_that_is_stuck)
{
    bench_write(2, 2);
    bench_begin();
    bench_work();
    bench_told();
    bench_replace(2, 3);
    key_watch_look_now(key_watch_bench.watch);
    fake_loop_advance(look_bench.loop, 4999);
    key_watch_look_now(key_watch_bench.watch);
    ck_assert(!key_watch_is_stuck(key_watch_bench.watch));
    ck_assert_uint_eq(key_watch_bench.looked, 1);
    bench_expect_silence();
    fake_loop_advance(look_bench.loop, 1);
    ck_assert(key_watch_is_stuck(key_watch_bench.watch));
    ck_assert_uint_eq(key_watch_bench.looked, 2);
    bench_expect_told("warning: the keytab");
    fake_loop_advance(look_bench.loop, 60000);
    ck_assert_uint_eq(key_watch_bench.looked, 2);
    ck_assert_int_eq(bench_keys(), 1);
    bench_expect_silence();
    bench_work();
    ck_assert(!key_watch_is_stuck(key_watch_bench.watch));
    ck_assert_uint_eq(key_watch_bench.looked, 3);
    ck_assert_int_eq(bench_keys(), 2);
    bench_expect_told("it can be looked at again");
    ck_assert_ptr_null(look_bench.job);
    bench_look();
    bench_expect_silence();
}
END_TEST

/* Who waits for the first one has not asked for it. */
START_TEST(a_first_look_that_is_stuck)
{
    bench_write(2, 2);
    bench_begin();
    fake_loop_advance(look_bench.loop, 5000);
    ck_assert(key_watch_is_stuck(key_watch_bench.watch));
    ck_assert(!key_watch_is_ready(key_watch_bench.watch));
    ck_assert_str_eq(key_watch_trouble(key_watch_bench.watch), "the keytab has not been read yet");
    ck_assert_uint_eq(key_watch_bench.looked, 1);
    bench_expect_told("does its file system answer?");
    bench_work();
    ck_assert_uint_eq(key_watch_bench.looked, 2);
    ck_assert_int_eq(bench_keys(), 1);
}
END_TEST

/* One that nobody waits for is told to the log alone. */
START_TEST(a_stuck_look_that_nobody_waits_for)
{
    bench_write(2, 2);
    bench_begin();
    bench_work();
    fake_loop_advance(look_bench.loop, KEY_WATCH_LOOK_MS + 5000);
    bench_expect_told("does its file system answer?");
    bench_work();
    ck_assert_uint_eq(key_watch_bench.looked, 1);
    bench_expect_told("it can be looked at again");
}
END_TEST

/* ---- writers ---- */

/* In place, entry by entry: what is there between two of them is a keytab of fewer keys. */
START_TEST(a_writer_is_left_alone)
{
    struct keytab_build whole = bench_keytab(2, 4), part = bench_keytab(2, 2);

    bench_write(2, 4);
    bench_begin();
    bench_work();
    bench_told();
    file_bench_young = true;
    file_bench_write_bytes(part.at, part.len);
    fake_loop_advance(look_bench.loop, KEY_WATCH_LOOK_MS);
    bench_work();
    ck_assert_int_eq(bench_keys(), 3);
    fake_loop_advance(look_bench.loop, 50);
    file_bench_write_bytes(whole.at, whole.len - 7);
    bench_work();
    ck_assert_int_eq(bench_keys(), 3);
    fake_loop_advance(look_bench.loop, 50);
    file_bench_write_bytes(whole.at, whole.len);
    file_bench_young = false;
    bench_work();
    ck_assert_int_eq(bench_keys(), 3);
    bench_expect_silence();
}
END_TEST

/* Whoever asked waits for the writer, too. */
START_TEST(asked_for_while_it_is_written)
{
    bench_write(2, 2);
    bench_begin();
    bench_work();
    file_bench_young = true;
    bench_write(2, 3);
    key_watch_look_now(key_watch_bench.watch);
    bench_work();
    ck_assert_uint_eq(key_watch_bench.looked, 1);
    ck_assert_int_eq(bench_keys(), 1);
    file_bench_young = false;
    fake_loop_advance(look_bench.loop, 50);
    bench_work();
    ck_assert_uint_eq(key_watch_bench.looked, 2);
    ck_assert_int_eq(bench_keys(), 2);
}
END_TEST

/* One that writes all the time is not waited for; and what was read so is read again. */
START_TEST(a_writer_who_never_stops)
{
    unsigned reads;

    bench_write(2, 2);
    bench_begin();
    bench_work();
    file_bench_young = true;
    bench_write(2, 3);
    bench_look_for(500 + 400);
    ck_assert_int_eq(bench_keys(), 2);
    bench_write(2, 4);
    bench_look_for(400);
    ck_assert_int_eq(bench_keys(), 3);
    file_bench_young = false;
    bench_look_for(100);
    reads = file_bench_reads;
    bench_look_for(2000);
    ck_assert_uint_eq(file_bench_reads, reads);
}
END_TEST

/* There is nothing better to answer with. */
START_TEST(nobody_waits_at_first)
{
    file_bench_young = true;
    bench_write(2, 2);
    bench_begin();
    bench_work();
    ck_assert_int_eq(bench_keys(), 1);
    bench_write(2, 3); /* with the same stamp, perhaps */
    file_bench_young = false;
    fake_loop_advance(look_bench.loop, 50);
    bench_work();
    ck_assert_int_eq(bench_keys(), 2);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("key_watch");
    TCase *tc = tcase_create("key_watch");

    tcase_add_checked_fixture(tc, bench_setup, bench_teardown);
    tcase_add_test(tc, first_look_at_once);
    tcase_add_test(tc, no_file_at_first);
    tcase_add_test(tc, bad_at_first);
    tcase_add_test(tc, looks_twice_a_second_and_reads_what_changed);
    tcase_add_test(tc, the_same_keys_again_are_no_news);
    tcase_add_test(tc, held_by_a_login);
    tcase_add_test(tc, asked_for);
    tcase_add_test(tc, asked_for_during_a_look);
    tcase_add_test(tc, asked_for_all_the_time);
    tcase_add_test(tc, one_look_at_a_time);
    tcase_add_test(tc, a_look_that_is_stuck);
    tcase_add_test(tc, a_first_look_that_is_stuck);
    tcase_add_test(tc, a_stuck_look_that_nobody_waits_for);
    tcase_add_test(tc, a_writer_is_left_alone);
    tcase_add_test(tc, asked_for_while_it_is_written);
    tcase_add_test(tc, a_writer_who_never_stops);
    tcase_add_test(tc, nobody_waits_at_first);
    suite_add_tcase(s, tc);
    return s;
}
