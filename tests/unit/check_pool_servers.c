/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/pool.c, pool_connect.c and pool_watch.c with several servers: which of
 * them a request goes to, and that a password is sent once, however connections end.
 */
#include <config.h>

#include <check.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/pool_requests.h"

Suite *suite(void);

/* ---- several servers ---- */

START_TEST(the_next_server_is_used_at_once)
{
    bench_prepare(&bench, 3);
    bench.servers[0].refuses = true;
    bench.servers[1].refuses = true;
    bench_start(&bench);
    ask(0, PURPOSE_SERVICE);
    ask(1, PURPOSE_BIND);
    expect_answered(0);
    expect_answered(1);
    ck_assert_uint_eq(bench.servers[2].searches, 1);
    ck_assert_uint_eq(bench.servers[2].binds, 1);
    close_bench();
}
END_TEST

START_TEST(without_any_server_all_fail_at_once)
{
    bench_prepare(&bench, 3);
    for (int i = 0; i < 3; i++)
        bench.servers[i].refuses = true;
    bench_start(&bench);
    submit_many(10, PURPOSE_SERVICE);
    submit(10, PURPOSE_BIND);
    bench_settle(&bench);
    for (unsigned i = 0; i < 11; i++)
        expect_failed(i, "no directory server can be reached", false);
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(bench.servers[i].dials, 1);
    close_bench();
}
END_TEST

/* With the smallest chance the pauses are 187, 375, 750, 1500, 3000 ms ... */
START_TEST(a_server_that_is_down_is_tried_less_and_less_often)
{
    static const uint64_t at_ms[] = {187, 187 + 375, 187 + 375 + 750, 187 + 375 + 750 + 1500};
    uint64_t now_ms = 0;

    bench_prepare(&bench, 1);
    bench.servers[0].refuses = true;
    bench_start(&bench);
    bench_settle(&bench);
    for (unsigned i = 0; i < 4; i++) {
        bench_advance(&bench, at_ms[i] - now_ms - 1);
        ask(i, PURPOSE_SERVICE);
        expect_failed(i, "no directory server", false);
        ck_assert_uint_eq(bench.servers[0].dials, i + 1);
        fake_loop_advance(bench.loop, 1);
        ask(i, PURPOSE_SERVICE);
        ck_assert_uint_eq(bench.servers[0].dials, i + 2);
        now_ms = at_ms[i];
    }
    close_bench();
}
END_TEST

START_TEST(it_recovers_without_being_asked)
{
    bench_prepare(&bench, 1);
    bench.servers[0].refuses = true;
    bench_start(&bench);
    bench_settle(&bench);
    bench.servers[0].refuses = false;
    bench_advance(&bench, 6000);
    ck_assert_uint_eq(bench_open(&bench, 0), 1);
    ask(0, PURPOSE_SERVICE);
    expect_answered(0);
    close_bench();
}
END_TEST

START_TEST(the_preferred_server_comes_back_into_use)
{
    bench_prepare(&bench, 2);
    bench.servers[0].refuses = true;
    bench_start(&bench);
    ask(0, PURPOSE_SERVICE);
    ck_assert_uint_eq(bench.servers[1].searches, 1);
    bench.servers[0].refuses = false;
    bench_advance(&bench, 10000);
    ask(1, PURPOSE_SERVICE);
    expect_answered(1);
    ck_assert_uint_eq(bench.servers[0].searches, 1);
    ck_assert_uint_eq(bench.servers[1].searches, 1);
    close_bench();
}
END_TEST

/* Their pauses are shorter than the time that each of them takes. */
START_TEST(the_last_server_has_its_turn)
{
    bench_prepare(&bench, BENCH_SERVERS);
    for (int i = 0; i < BENCH_SERVERS - 1; i++)
        bench.servers[i].refuses = true;
    bench_start(&bench);
    for (int i = 0; i < BENCH_SERVERS; i++) {
        submit((unsigned)i, PURPOSE_SERVICE);
        fake_loop_settle(bench.loop);
        if (bench.servers[BENCH_SERVERS - 1].searches > 0)
            break;
        /* The job takes so long that all that failed before may be tried again. */
        fake_loop_advance(bench.loop, 3000);
        bench_run_job(&bench);
    }
    bench_settle(&bench);
    ck_assert_uint_gt(bench.servers[BENCH_SERVERS - 1].searches, 0);
    for (int i = 0; i < BENCH_SERVERS; i++)
        ck_assert_uint_le(bench.servers[i].dials, 3);
    close_bench();
}
END_TEST

/* Else several that are silent would keep all threads. */
START_TEST(better_servers_are_tried_one_at_a_time)
{
    bench_prepare(&bench, 6);
    for (int i = 0; i < 5; i++)
        bench.servers[i].refuses = true;
    bench_start(&bench);
    ask(0, PURPOSE_SERVICE);
    expect_answered(0);
    for (int i = 0; i < 300; i++) {
        fake_loop_advance(bench.loop, 500);
        ck_assert_uint_le(bench.job_count, 1);
        if (i % 25 == 24) /* a try takes several of the pool's looks */
            bench_settle(&bench);
    }
    for (int i = 0; i < 5; i++)
        ck_assert_uint_ge(bench.servers[i].dials, 2);
    bench_settle(&bench);
    close_bench();
}
END_TEST

/* A KDC that is silent takes each of them half a minute: more than there are threads would only
 * queue behind one another, and then all show an account that may be refused. */
START_TEST(no_more_are_tried_than_there_are_threads)
{
    bench_prepare(&bench, BENCH_SERVERS);
    bench_start(&bench);
    for (int i = 0; i < BENCH_SERVERS; i++) {
        submit((unsigned)i, PURPOSE_SERVICE);
        fake_loop_settle(bench.loop);
        fake_loop_advance(bench.loop, 1500);
        ck_assert_uint_le(bench.job_count, POOL_CONNECTING_MAX);
    }
    ck_assert_uint_eq(bench.job_count, POOL_CONNECTING_MAX);
    bench_settle(&bench);
    close_bench();
}
END_TEST

/* ---- silence ---- */

START_TEST(a_search_leaves_a_silent_server)
{
    start(2);
    bench.servers[0].mute = true;
    ask(0, PURPOSE_SERVICE);
    bench_advance(&bench, BENCH_SILENCE_MS - 200);
    expect_open(0);
    bench_advance(&bench, 400);
    expect_answered(0);
    ck_assert_uint_eq(bench.servers[0].searches, 1);
    ck_assert_uint_eq(bench.servers[1].searches, 1);
    close_bench();
}
END_TEST

/* It may be answered yet, and a password is sent once. */
START_TEST(a_bind_stays_with_a_silent_server)
{
    start(2);
    bench.servers[0].mute = true;
    ask(0, PURPOSE_BIND);
    bench_advance(&bench, 3 * BENCH_SILENCE_MS);
    expect_open(0);
    ck_assert_uint_eq(bench.servers[0].binds, 1);
    ck_assert_uint_eq(bench.servers[1].binds, 0);
    ask(1, PURPOSE_BIND);
    ck_assert_msg(tasks[1].answers == 1 || bench.servers[0].binds == 2, "others are served");
    pool_withdraw(bench.pool, &tasks[0].task);
    pool_withdraw(bench.pool, &tasks[1].task);
    bench_advance(&bench, 1000);
    ck_assert_uint_eq(bench.servers[1].binds, tasks[1].answers);
    close_bench();
}
END_TEST

/* It takes connections, so it looks well each time. */
START_TEST(a_server_that_only_connects_is_tried_less_and_less_often)
{
    unsigned searches;

    start(2);
    bench.servers[0].mute = true;
    for (unsigned i = 0; i < 200; i++) {
        ask(i, PURPOSE_SERVICE);
        bench_advance(&bench, 1000);
    }
    searches = bench.servers[0].searches;
    /* 250 ms, doubled each time, reach 30 s after seven times; each costs 5 s. */
    ck_assert_msg(searches <= 80, "%u of 200 searches went to a server that answers nothing",
                  searches);
    for (unsigned i = 0; i < 195; i++)
        ck_assert_uint_eq(tasks[i].answers, 1);
    for (unsigned i = 195; i < 200; i++)
        pool_withdraw(bench.pool, &tasks[i].task);
    close_bench();
}
END_TEST

/* ---- connections that end ---- */

START_TEST(a_search_is_sent_again)
{
    start(1);
    bench.servers[0].mute = true;
    ask(0, PURPOSE_SERVICE);
    bench.servers[0].mute = false;
    end_links(0);
    bench_settle(&bench);
    expect_answered(0);
    ck_assert_uint_eq(bench.servers[0].searches, 2);
    close_bench();
}
END_TEST

START_TEST(a_search_is_not_sent_for_ever)
{
    start(1);
    bench.servers[0].cuts = true;
    ask(0, PURPOSE_SERVICE);
    bench_advance(&bench, 10000);
    expect_failed(0, "lost", false);
    ck_assert_uint_eq(bench.servers[0].searches, 3);
    close_bench();
}
END_TEST

START_TEST(a_bind_is_not_sent_again)
{
    start(2);
    bench.servers[0].mute = true;
    ask(0, PURPOSE_BIND);
    bench.servers[0].mute = false;
    end_links(_i ? ECONNRESET : 0);
    bench_settle(&bench);
    bench_advance(&bench, 1000);
    expect_failed(0, "lost", true);
    ck_assert_uint_eq(bench.servers[0].binds + bench.servers[1].binds, 1);
    close_bench();
}
END_TEST

START_TEST(a_bind_that_the_path_swallowed_is_sent_again)
{
    start(2);
    bench.servers[0].mute = true;
    ask(0, PURPOSE_BIND);
    for (int i = 0; i < BENCH_LINKS; i++)
        if (bench.links[i].fake)
            bench.links[i].fake->unacknowledged = 1000;
    end_links(ETIMEDOUT);
    bench_settle(&bench);
    expect_answered(0);
    ck_assert_uint_eq(bench.servers[1].binds, 1);
    close_bench();
}
END_TEST

/* A comparison holds a password, too. */
START_TEST(a_comparison_is_not_sent_again)
{
    start(2);
    bench.servers[0].mute = true;
    submit(0, PURPOSE_SERVICE);
    tasks[0].task.once = true;
    bench_settle(&bench);
    end_links(0);
    bench_settle(&bench);
    expect_failed(0, "lost", true);
    ck_assert_uint_eq(bench.servers[0].searches + bench.servers[1].searches, 1);
    close_bench();
}
END_TEST

START_TEST(a_server_that_ends_what_is_used_is_left)
{
    start(2);
    bench.servers[0].cuts = true;
    for (unsigned i = 0; i < 3; i++) {
        ask(i, PURPOSE_BIND);
        expect_failed(i, "lost", true);
    }
    ask(3, PURPOSE_BIND);
    expect_answered(3);
    ck_assert_uint_eq(bench.servers[1].binds, 1);
    close_bench();
}
END_TEST

START_TEST(a_send_that_fails_is_made_elsewhere)
{
    enum purpose purpose = (enum purpose)_i;

    start(1);
    ask(0, purpose);
    expect_answered(0);
    for (int i = 0; i < BENCH_LINKS; i++)
        if (bench.links[i].fake)
            bench.links[i].fake->error = EPIPE;
    ask(1, purpose);
    expect_answered(1);
    close_bench();
}
END_TEST

START_TEST(a_server_that_resets_each_connection_is_not_asked_for_ever)
{
    enum purpose purpose = (enum purpose)_i;

    bench_prepare(&bench, 1);
    bench.servers[0].resets = true;
    bench_start(&bench);
    ask(0, purpose);
    expect_failed(0, "lost", false);
    ck_assert_uint_le(bench.servers[0].dials, 20);
    close_bench();
}
END_TEST

START_TEST(one_outage_counts_once)
{
    start(1);
    bench_settle(&bench);
    submit_many(4, PURPOSE_BIND);
    fake_loop_settle(bench.loop);
    ck_assert_uint_eq(bench.job_count, 4);
    bench.servers[0].refuses = true;
    end_links(ECONNRESET);
    bench_settle(&bench);
    for (unsigned i = 0; i < 4; i++)
        expect_failed(i, "no directory server", false);
    bench.servers[0].refuses = false;
    fake_loop_advance(bench.loop, 187); /* the first pause, not the fourth */
    ask(0, PURPOSE_BIND);
    expect_answered(0);
    close_bench();
}
END_TEST

static TCase *several_servers_case(void)
{
    TCase *several = tcase_create("several servers");

    tcase_add_test(several, the_next_server_is_used_at_once);
    tcase_add_test(several, without_any_server_all_fail_at_once);
    tcase_add_test(several, a_server_that_is_down_is_tried_less_and_less_often);
    tcase_add_test(several, it_recovers_without_being_asked);
    tcase_add_test(several, the_preferred_server_comes_back_into_use);
    tcase_add_test(several, the_last_server_has_its_turn);
    tcase_add_test(several, better_servers_are_tried_one_at_a_time);
    tcase_add_test(several, no_more_are_tried_than_there_are_threads);
    tcase_add_test(several, a_search_leaves_a_silent_server);
    tcase_add_test(several, a_bind_stays_with_a_silent_server);
    tcase_add_test(several, a_server_that_only_connects_is_tried_less_and_less_often);
    tcase_set_timeout(several, 60);
    return several;
}

static TCase *ends_case(void)
{
    TCase *ends = tcase_create("ends");

    tcase_add_test(ends, a_search_is_sent_again);
    tcase_add_test(ends, a_search_is_not_sent_for_ever);
    tcase_add_loop_test(ends, a_bind_is_not_sent_again, 0, 2);
    tcase_add_test(ends, a_bind_that_the_path_swallowed_is_sent_again);
    tcase_add_test(ends, a_comparison_is_not_sent_again);
    tcase_add_test(ends, a_server_that_ends_what_is_used_is_left);
    tcase_add_loop_test(ends, a_send_that_fails_is_made_elsewhere, 0, 2);
    tcase_add_loop_test(ends, a_server_that_resets_each_connection_is_not_asked_for_ever, 0, 2);
    tcase_add_test(ends, one_outage_counts_once);
    return ends;
}

Suite *suite(void)
{
    Suite *made = suite_create("pool, several servers");

    suite_add_tcase(made, several_servers_case());
    suite_add_tcase(made, ends_case());
    return made;
}
