/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/pool.c, pool_connect.c and pool_watch.c with one server: when
 * connections are made and closed, that each request is answered once, and what becomes of a
 * refused service account. Several servers are in check_pool_servers.c.
 */
#include <config.h>

#include <check.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/service_guard.h"
#include "tests/unit/pool_requests.h"

Suite *suite(void);

/* ---- one server ---- */

START_TEST(a_search_and_a_bind_are_answered)
{
    start(1);
    ask(0, PURPOSE_SERVICE);
    ask(1, PURPOSE_BIND);
    expect_answered(0);
    expect_answered(1);
    ck_assert_uint_eq(bench.servers[0].dials, 2);
    ask(2, PURPOSE_BIND);
    expect_answered(2);
    ck_assert_msg(bench.servers[0].dials == 2, "the connection is used again");
    close_bench();
}
END_TEST

START_TEST(nothing_is_called_from_inside_submit)
{
    start(1);
    bench_settle(&bench);
    submit(0, PURPOSE_SERVICE);
    expect_open(0);
    ck_assert_uint_eq(bench.servers[0].searches, 0);
    bench_settle(&bench);
    expect_answered(0);
    close_bench();
}
END_TEST

START_TEST(searches_share_few_connections)
{
    start(1);
    bench.servers[0].mute = true;
    submit_many(300, PURPOSE_SERVICE);
    bench_settle(&bench);
    ck_assert_uint_eq(bench_open(&bench, 0), POOL_SERVICE_MAX);
    ck_assert_uint_eq(bench.servers[0].searches, POOL_SERVICE_MAX * CONN_SEARCHES_MAX);
    for (unsigned i = 0; i < 300; i++)
        pool_withdraw(bench.pool, &tasks[i].task);
    close_bench();
}
END_TEST

/* A refused account would be asked about as often as there are connections. */
START_TEST(one_service_bind_at_a_time)
{
    start(1);
    bench.servers[0].mute = true;
    for (unsigned i = 0; i < 300; i++) {
        submit(i, PURPOSE_SERVICE);
        fake_loop_settle(bench.loop);
        ck_assert_uint_le(bench.job_count, 1);
        if (i % 20 == 19)
            bench_run_job(&bench);
    }
    bench_settle(&bench);
    ck_assert_uint_eq(bench.servers[0].service_binds, POOL_SERVICE_MAX);
    for (unsigned i = 0; i < 300; i++)
        pool_withdraw(bench.pool, &tasks[i].task);
    close_bench();
}
END_TEST

START_TEST(bind_connections_open_on_demand_up_to_a_bound)
{
    start(1);
    bench.servers[0].mute = true;
    bench_settle(&bench);
    submit_many(20, PURPOSE_BIND);
    fake_loop_settle(bench.loop);
    ck_assert_uint_eq(bench.job_count, POOL_CONNECTING_MAX);
    bench_settle(&bench);
    ck_assert_uint_eq(bench.servers[0].binds, bench.config.connections_max);
    for (unsigned i = 0; i < 20; i++)
        pool_withdraw(bench.pool, &tasks[i].task);
    close_bench();
}
END_TEST

START_TEST(thousands_wait_for_one_connection)
{
    bench_prepare(&bench, 1);
    bench.config.connections_max = 1;
    bench_start(&bench);
    submit_many(TASKS, PURPOSE_BIND);
    bench_settle(&bench);
    for (unsigned i = 0; i < TASKS; i++)
        expect_answered(i);
    ck_assert_uint_eq(bench.servers[0].binds, TASKS);
    ck_assert_uint_eq(bench.servers[0].dials, 2);
    close_bench();
}
END_TEST

START_TEST(idle_connections_close)
{
    start(1);
    submit_many(4, PURPOSE_BIND);
    bench_settle(&bench);
    ask(5, PURPOSE_SERVICE);
    ck_assert_uint_ge(bench_open(&bench, 0), 3);
    bench_advance(&bench, POOL_IDLE_MS + 6000);
    ck_assert_msg(bench_open(&bench, 0) == 1, "one for searches is kept");
    ask(0, PURPOSE_BIND);
    expect_answered(0);
    close_bench();
}
END_TEST

START_TEST(a_connection_that_was_closed_meanwhile_is_not_used)
{
    start(1);
    ask(0, PURPOSE_BIND);
    expect_answered(0);
    fake_loop_advance(bench.loop, 1000);
    for (int i = 0; i < BENCH_LINKS; i++)
        if (bench.links[i].fake)
            bench.links[i].fake->gone = true;
    ask(1, PURPOSE_BIND);
    expect_answered(1);
    ck_assert_uint_eq(bench.servers[0].binds, 2);
    ck_assert_uint_eq(bench.servers[0].dials, 3);
    close_bench();
}
END_TEST

/* ---- taking requests back ---- */

START_TEST(withdrawn_in_each_state)
{
    start(1);
    bench.servers[0].mute = true;
    submit(0, PURPOSE_BIND);
    ck_assert_msg(!pool_withdraw(bench.pool, &tasks[0].task), "it had not been sent");
    ask(1, PURPOSE_BIND);
    ck_assert_uint_eq(bench_open(&bench, 0), 2);
    ck_assert(pool_withdraw(bench.pool, &tasks[1].task));
    ck_assert_msg(bench_open(&bench, 0) == 1, "a bind ends with its connection");
    ask(2, PURPOSE_SERVICE);
    ck_assert(pool_withdraw(bench.pool, &tasks[2].task));
    ck_assert_msg(bench_open(&bench, 0) == 1, "a search does not");
    ck_assert(!pool_withdraw(bench.pool, &tasks[2].task));
    bench_advance(&bench, 1000);
    for (unsigned i = 0; i < 3; i++)
        expect_open(i);
    ck_assert_uint_eq(bench.servers[0].binds, 1);
    close_bench();
}
END_TEST

/* ---- a server that gives no further connections ---- */

START_TEST(what_is_open_is_used_when_no_more_can_be_had)
{
    bench_prepare(&bench, 1);
    bench.servers[0].gives = 4; /* one for searches, three for binds */
    bench_start(&bench);
    bench_settle(&bench);
    submit_many(200, PURPOSE_BIND);
    bench_settle(&bench);
    for (unsigned i = 0; i < 200; i++)
        expect_answered(i);
    ask(200, PURPOSE_SERVICE);
    expect_answered(200);
    ck_assert_msg(bench.servers[0].dials <= 4 + POOL_CONNECTING_MAX, "it is not asked again soon");
    close_bench();
}
END_TEST

/* ---- the service account ---- */

START_TEST(a_refused_account_is_left_alone)
{
    bench_prepare(&bench, 2);
    bench.servers[0].service_code = LDAP_INVALID_CREDENTIALS;
    bench.servers[1].service_code = LDAP_INVALID_CREDENTIALS;
    bench_start(&bench);
    submit_many(100, PURPOSE_SERVICE);
    bench_settle(&bench);
    for (unsigned i = 0; i < 100; i++)
        expect_failed(i, "refuses the service account", false);
    for (unsigned i = 0; i < 59; i++) {
        bench_advance(&bench, 1000);
        ask(i, PURPOSE_SERVICE);
        expect_failed(i, "refuses the service account", false);
    }
    ck_assert_uint_eq(bench.servers[0].service_binds + bench.servers[1].service_binds, 1);
    bench_advance(&bench, 1000);
    ask(0, PURPOSE_SERVICE);
    ck_assert_uint_eq(bench.servers[0].service_binds + bench.servers[1].service_binds, 2);
    close_bench();
}
END_TEST

START_TEST(an_account_that_is_accepted_again_is_used)
{
    bench_prepare(&bench, 1);
    bench.servers[0].service_code = LDAP_INVALID_CREDENTIALS;
    bench_start(&bench);
    ask(0, PURPOSE_SERVICE);
    expect_failed(0, "refuses the service account", false);
    bench.servers[0].service_code = LDAP_SUCCESS;
    bench_advance(&bench, SERVICE_PAUSE_FIRST_MS);
    ask(0, PURPOSE_SERVICE);
    expect_answered(0);
    bench.servers[0].service_code = LDAP_INVALID_CREDENTIALS;
    end_links(0);
    bench_settle(&bench);
    ask(0, PURPOSE_SERVICE);
    expect_failed(0, "refuses the service account", false);
    bench.servers[0].service_code = LDAP_SUCCESS;
    bench_advance(&bench, SERVICE_PAUSE_FIRST_MS); /* not twice as long */
    ask(0, PURPOSE_SERVICE);
    expect_answered(0);
    close_bench();
}
END_TEST

START_TEST(a_connection_that_is_bound_still_serves)
{
    start(1);
    ask(0, PURPOSE_SERVICE);
    bench.servers[0].service_code = LDAP_INVALID_CREDENTIALS;
    bench.servers[0].mute = true;
    submit_many(100, PURPOSE_SERVICE); /* more than one connection takes */
    bench_settle(&bench);
    ck_assert_uint_eq(bench.servers[0].service_binds, 2);
    for (unsigned i = 0; i < 100; i++)
        expect_open(i);
    for (unsigned i = 0; i < 100; i++)
        pool_withdraw(bench.pool, &tasks[i].task);
    bench.servers[0].mute = false;
    bench_advance(&bench, 1000);
    close_bench();
}
END_TEST

static void write_secret(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(a_new_password_is_tried_at_once)
{
    char path[] = "check_pool.XXXXXX";

    close(mkstemp(path));
    write_secret(path, "old");
    bench_prepare(&bench, 1);
    bench.plan.bind_dn = "cn=service";
    bench.plan.bind_password_file = path;
    bench.servers[0].service_code = LDAP_INVALID_CREDENTIALS;
    bench_start(&bench);
    for (unsigned i = 0; i < 30; i++) {
        ask(0, PURPOSE_SERVICE);
        expect_failed(0, "refuses the service account", false);
        bench_advance(&bench, 1000);
    }
    ck_assert_uint_eq(bench.servers[0].service_binds, 1);
    write_secret(path, "new one");
    bench.servers[0].service_code = LDAP_SUCCESS;
    bench_advance(&bench, 1000);
    ask(0, PURPOSE_SERVICE);
    expect_answered(0);
    unlink(path);
    close_bench();
}
END_TEST

/* Only another server is looked for, with a connection that needs no account. */
START_TEST(a_refused_account_is_not_used_to_find_a_server)
{
    start(2);
    ask(0, PURPOSE_BIND);
    bench.servers[0].refuses = true;
    bench.servers[1].service_code = LDAP_INVALID_CREDENTIALS;
    end_links(ECONNRESET);
    bench_settle(&bench);
    ask(0, PURPOSE_SERVICE);
    expect_failed(0, "refuses the service account", false);
    ck_assert_uint_eq(bench.servers[1].service_binds, 1);
    bench_advance(&bench, 20000);
    ask(1, PURPOSE_BIND);
    expect_answered(1);
    ck_assert_uint_eq(bench.servers[1].service_binds, 1);
    close_bench();
}
END_TEST

static TCase *one_server_case(void)
{
    TCase *one = tcase_create("one server");

    tcase_add_test(one, a_search_and_a_bind_are_answered);
    tcase_add_test(one, nothing_is_called_from_inside_submit);
    tcase_add_test(one, searches_share_few_connections);
    tcase_add_test(one, one_service_bind_at_a_time);
    tcase_add_test(one, bind_connections_open_on_demand_up_to_a_bound);
    tcase_add_test(one, thousands_wait_for_one_connection);
    tcase_add_test(one, idle_connections_close);
    tcase_add_test(one, a_connection_that_was_closed_meanwhile_is_not_used);
    tcase_add_test(one, withdrawn_in_each_state);
    tcase_add_test(one, what_is_open_is_used_when_no_more_can_be_had);
    tcase_set_timeout(one, 60);
    return one;
}

static TCase *account_case(void)
{
    TCase *account = tcase_create("service account");

    tcase_add_test(account, a_refused_account_is_left_alone);
    tcase_add_test(account, an_account_that_is_accepted_again_is_used);
    tcase_add_test(account, a_new_password_is_tried_at_once);
    tcase_add_test(account, a_connection_that_is_bound_still_serves);
    tcase_add_test(account, a_refused_account_is_not_used_to_find_a_server);
    return account;
}

Suite *suite(void)
{
    Suite *made = suite_create("pool");

    suite_add_tcase(made, one_server_case());
    suite_add_tcase(made, account_case());
    return made;
}
