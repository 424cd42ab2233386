/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of the pool when what it knows changes: another list of servers (pool_servers.c), what
 * servers say about themselves, and connections whose time is over. Expected is what pool.h, conn.h
 * and facts.h promise.
 */
#include <config.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/pool_private.h"
#include "tests/unit/pool_requests.h"

Suite *suite(void);

/* ---- lists ---- */

/* The servers of the bench with these numbers, a digit each; address.host is what the bench goes
 * by. */
static void set_list(const char *numbers)
{
    static struct server_address addresses[BENCH_SERVERS];
    struct server_list list = {addresses, strlen(numbers)};

    for (size_t i = 0; i < list.count; i++)
        addresses[i] = bench.list.servers[numbers[i] - '0'];
    ck_assert(pool_set_servers(bench.pool, &list));
    for (size_t i = 0; i < list.count; i++)
        addresses[i] = (struct server_address){NULL, NULL, 0, TRANSPORT_LDAP, false};
}

/* Six servers that work; the pool knows the first COUNT. */
static void start_with(size_t count)
{
    bench_prepare(&bench, 6);
    bench.list.count = count;
    bench_start(&bench);
    bench_settle(&bench);
}

static void expect_asked(unsigned server, unsigned searches)
{
    ck_assert_uint_eq(bench.servers[server].searches, searches);
}

START_TEST(a_list_that_comes_later)
{
    start_with(0);
    ask(0, PURPOSE_SERVICE);
    ask(1, PURPOSE_BIND);
    bench_advance(&bench, 3000);
    expect_open(0);
    expect_open(1);
    set_list("2");
    bench_settle(&bench);
    expect_answered(0);
    expect_answered(1);
    expect_asked(2, 1);
    close_bench();
}
END_TEST

START_TEST(it_is_connected_to_before_anybody_asks)
{
    start_with(0);
    set_list("31");
    bench_settle(&bench);
    ck_assert_uint_eq(bench_open(&bench, 3), 1);
    ck_assert_uint_eq(bench_open(&bench, 1), 0);
    close_bench();
}
END_TEST

START_TEST(no_servers_and_a_reason)
{
    start_with(0);
    ask(0, PURPOSE_SERVICE);
    expect_open(0);
    pool_no_servers(bench.pool, "DNS says nothing");
    bench_settle(&bench);
    expect_failed(0, "DNS says nothing", false);
    ask(1, PURPOSE_BIND);
    expect_failed(1, "DNS says nothing", false);
    set_list("0");
    ask(2, PURPOSE_SERVICE);
    expect_answered(2);
    close_bench();
}
END_TEST

START_TEST(a_reason_is_not_for_servers_that_are_down)
{
    start_with(1);
    pool_no_servers(bench.pool, "DNS says nothing");
    ask(0, PURPOSE_SERVICE);
    expect_answered(0);
    close_bench();
}
END_TEST

START_TEST(servers_that_stay_keep_their_connections)
{
    start_with(2);
    ask(0, PURPOSE_SERVICE);
    ask(1, PURPOSE_BIND);
    ck_assert_uint_eq(bench_open(&bench, 0), 2);
    set_list("01");
    set_list("045");
    bench_settle(&bench);
    ck_assert_uint_eq(bench_open(&bench, 0), 2);
    ask(2, PURPOSE_SERVICE);
    expect_answered(2);
    expect_asked(0, 2);
    ck_assert_uint_eq(bench.servers[0].dials, 2);
    close_bench();
}
END_TEST

START_TEST(servers_that_stay_keep_their_health)
{
    bench_prepare(&bench, 3);
    bench.servers[0].refuses = true;
    bench_start(&bench);
    ask(0, PURPOSE_SERVICE);
    expect_asked(1, 1);
    set_list("021");
    bench_settle(&bench);
    ck_assert_uint_eq(bench.servers[0].dials, 1); /* its pause is not over */
    close_bench();
}
END_TEST

START_TEST(another_order_is_another_preference)
{
    start_with(2);
    ask(0, PURPOSE_SERVICE);
    set_list("10");
    bench_settle(&bench);
    bench_advance(&bench, 200);
    ask(1, PURPOSE_SERVICE);
    expect_asked(0, 1);
    expect_asked(1, 1);
    close_bench();
}
END_TEST

START_TEST(one_that_has_gone_takes_nothing_new)
{
    start_with(1);
    ask(0, PURPOSE_SERVICE);
    ask(1, PURPOSE_BIND);
    set_list("2");
    bench_settle(&bench);
    ck_assert_uint_eq(bench_open(&bench, 0), 0);
    ask(2, PURPOSE_SERVICE);
    ask(3, PURPOSE_BIND);
    expect_answered(2);
    expect_answered(3);
    ck_assert_uint_eq(bench.servers[2].searches + bench.servers[2].binds, 2);
    ck_assert_uint_eq(bench.servers[0].searches + bench.servers[0].binds, 2);
    close_bench();
}
END_TEST

/* The requests on it are let finish, and its connections go with them. */
START_TEST(one_that_has_gone_finishes)
{
    start_with(1);
    ask(0, PURPOSE_BIND);
    bench.servers[0].mute = true;
    submit(1, PURPOSE_SERVICE);
    submit(2, PURPOSE_BIND);
    fake_loop_settle(bench.loop);
    set_list("2");
    bench_settle(&bench);
    expect_open(1);
    expect_open(2);
    ck_assert_uint_eq(bench_open(&bench, 0), 2);
    for (int i = 0; i < BENCH_LINKS; i++) {
        struct bench_link *link = &bench.links[i];

        if (link->fake && link->server == &bench.servers[0])
            bench_answer(link, tasks[1].task.conn && link->fake->carrier.fd ==
                                                         tasks[1].task.conn->wire->carrier->fd
                                   ? peer_result(tasks[1].task.msgid, LDAP_RES_SEARCH_RESULT, 0)
                                   : peer_result(tasks[2].task.msgid, LDAP_RES_BIND, 49));
    }
    bench_settle(&bench);
    expect_answered(1);
    expect_answered(2);
    ck_assert_uint_eq(bench_open(&bench, 0), 0);
    ck_assert_uint_eq(bench.servers[2].searches + bench.servers[2].binds, 0);
    close_bench();
}
END_TEST

START_TEST(one_that_has_gone_and_is_silent)
{
    start_with(1);
    bench.servers[0].mute = true;
    ask(0, PURPOSE_SERVICE);
    set_list("2");
    bench_advance(&bench, BENCH_SILENCE_MS + 500);
    expect_answered(0); /* by the other one */
    expect_asked(2, 1);
    ck_assert_uint_eq(bench_open(&bench, 0), 0);
    close_bench();
}
END_TEST

START_TEST(one_that_has_gone_while_it_was_connected_to)
{
    bench_prepare(&bench, 3);
    bench.list.count = 1;
    bench.servers[0].refuses = _i == 1;
    bench_start(&bench);
    submit(0, PURPOSE_SERVICE);
    fake_loop_settle(bench.loop);
    ck_assert_uint_eq(bench.job_count, 1);
    set_list("2");
    bench_settle(&bench);
    expect_answered(0);
    expect_asked(2, 1);
    ck_assert_uint_eq(bench.servers[0].dials, 1);
    ck_assert_uint_eq(bench_open(&bench, 0), 0);
    close_bench();
}
END_TEST

START_TEST(one_that_comes_back)
{
    start_with(1);
    bench.servers[0].mute = true;
    ask(0, PURPOSE_BIND);
    set_list("2");
    bench.servers[0].mute = false;
    set_list("0");
    ask(1, PURPOSE_BIND);
    expect_answered(1);
    expect_open(0);
    pool_withdraw(bench.pool, &tasks[0].task);
    bench_settle(&bench);
    ask(2, PURPOSE_BIND);
    expect_answered(2);
    close_bench();
}
END_TEST

START_TEST(all_have_gone)
{
    start_with(2);
    ask(0, PURPOSE_SERVICE);
    set_list("");
    pool_no_servers(bench.pool, "there is none any more");
    ask(1, PURPOSE_SERVICE);
    expect_failed(1, "none any more", false);
    close_bench();
}
END_TEST

START_TEST(closing_with_some_that_have_gone)
{
    start_with(2);
    bench.servers[0].mute = true;
    ask(0, PURPOSE_BIND);
    set_list("1");
    ck_assert(pool_withdraw(bench.pool, &tasks[0].task));
    submit(1, PURPOSE_BIND);
    pool_withdraw(bench.pool, &tasks[1].task);
    close_bench();
}
END_TEST

/* Lists at random while requests come: all are answered, nothing is left open or leaks. */
START_TEST(lists_at_random)
{
    uint32_t state = 12345 + (uint32_t)_i;

    start_with(2);
    for (unsigned round = 0; round < 300; round++) {
        char numbers[4] = "";
        unsigned count;

        state = state * 1664525 + 1013904223;
        count = 1 + (state >> 8) % 3;
        for (unsigned i = 0; i < count; i++)
            numbers[i] = (char)('0' + (state >> (10 + 3 * i)) % 6);
        numbers[count] = '\0';
        bench.servers[state % 6].refuses = (state >> 20) % 4 == 0;
        submit(round, round % 2 ? PURPOSE_BIND : PURPOSE_SERVICE);
        if (state % 5 == 0)
            fake_loop_settle(bench.loop);
        set_list(numbers);
        if (state % 3 == 0)
            bench_settle(&bench);
        bench_advance(&bench, state % 700);
    }
    bench_advance(&bench, 2 * BENCH_SILENCE_MS);
    for (unsigned i = 0; i < 300; i++)
        ck_assert_msg(tasks[i].answers + tasks[i].failures == 1, "request %u: %u answers", i,
                      tasks[i].answers);
    close_bench();
}
END_TEST

/* ---- facts ---- */

static const struct facts *seen;
static unsigned sends;

static int note_facts(struct task *task, LDAP *ld, const struct facts *facts, int *msgid)
{
    seen = facts;
    sends++;
    return send_search(task, ld, facts, msgid);
}

static void ask_noting(unsigned number)
{
    submit(number, PURPOSE_SERVICE);
    tasks[number].task.send = note_facts;
    bench_settle(&bench);
}

START_TEST(facts_are_read_once)
{
    bench_prepare(&bench, 1);
    bench.servers[0].base = "dc=example,dc=test";
    bench_start(&bench);
    ask_noting(0);
    expect_answered(0);
    ck_assert_ptr_nonnull(seen);
    ck_assert_str_eq(seen->base, "dc=example,dc=test");
    ck_assert_uint_eq(bench.servers[0].roots, 1);
    bench.servers[0].mute = true;
    submit_many(CONN_SEARCHES_MAX + 1, PURPOSE_SERVICE); /* a second connection */
    bench_settle(&bench);
    ck_assert_uint_ge(bench.servers[0].dials, 2);
    ck_assert_uint_eq(bench.servers[0].roots, 1);
    for (unsigned i = 0; i < CONN_SEARCHES_MAX + 1; i++)
        pool_withdraw(bench.pool, &tasks[i].task);
    close_bench();
}
END_TEST

START_TEST(facts_are_read_anew_when_it_was_down)
{
    bench_prepare(&bench, 1);
    bench.servers[0].base = "dc=old,dc=test";
    bench_start(&bench);
    ask_noting(0);
    ck_assert_str_eq(seen->base, "dc=old,dc=test");
    bench.servers[0].refuses = true;
    end_links(ECONNRESET);
    bench_settle(&bench);
    ask(1, PURPOSE_SERVICE);
    expect_failed(1, "no directory server", false);
    bench.servers[0].refuses = false;
    bench.servers[0].base = "dc=new,dc=test";
    bench_advance(&bench, 10000);
    ask_noting(2);
    expect_answered(2);
    ck_assert_str_eq(seen->base, "dc=new,dc=test");
    ck_assert_uint_eq(bench.servers[0].roots, 2);
    close_bench();
}
END_TEST

START_TEST(without_facts)
{
    static const struct facts nothing;

    bench_prepare(&bench, 1);
    bench_start(&bench);
    seen = &nothing;
    ask_noting(0);
    expect_answered(0);
    ck_assert_ptr_null(seen);
    close_bench();
}
END_TEST

START_TEST(a_server_that_is_no_active_directory_is_of_no_use_as_one)
{
    bench_prepare(&bench, 2);
    bench.plan.kind = KIND_AD;
    bench.servers[0].base = "dc=example,dc=test";
    bench.servers[1].base = "dc=example,dc=test";
    bench_start(&bench);
    ask(0, PURPOSE_SERVICE);
    expect_failed(0, "no directory server", false);
    ck_assert_uint_eq(bench.servers[0].searches + bench.servers[1].searches, 0);
    close_bench();
}
END_TEST

/* One that is too slow for both: the next connection does without. */
START_TEST(facts_that_do_not_come)
{
    bench_prepare(&bench, 1);
    bench.servers[0].mute_about_root = true;
    bench_start(&bench);
    ask(0, PURPOSE_SERVICE);
    expect_failed(0, "no directory server", false);
    bench_advance(&bench, 1000);
    ask_noting(1);
    expect_answered(1);
    ck_assert_ptr_null(seen);
    ck_assert_uint_eq(bench.servers[0].roots, 1);
    close_bench();
}
END_TEST

/* ---- a time that is over ---- */

/* All service connections of the bench end in MS. */
static void limit_lives(uint64_t ms)
{
    struct server *server = bench.pool->servers[0];

    for (struct conn *conn = server->conns[PURPOSE_SERVICE]; conn; conn = conn->next) {
        conn->good_until_ms = loop_now_ms(bench.loop) + ms;
        conn->renew_ms = conn->good_until_ms - ms / 4;
    }
}

START_TEST(it_is_replaced_in_time)
{
    start_with(1);
    limit_lives(60000);
    bench_advance(&bench, 44000);
    ck_assert_uint_eq(bench.servers[0].service_binds, 1);
    bench_advance(&bench, 7000);
    ck_assert_uint_eq(bench.servers[0].service_binds, 2);
    ck_assert_uint_eq(bench_open(&bench, 0), 2);
    bench_advance(&bench, 20000);
    ck_assert_uint_eq(bench_open(&bench, 0), 1);
    ask(0, PURPOSE_SERVICE);
    expect_answered(0);
    ck_assert_uint_eq(bench.servers[0].service_binds, 2);
    close_bench();
}
END_TEST

START_TEST(nothing_is_sent_on_it_any_more)
{
    start_with(1);
    limit_lives(1000);
    fake_loop_advance(bench.loop, 999);
    ask(0, PURPOSE_SERVICE);
    expect_answered(0);
    ck_assert_uint_eq(bench.servers[0].service_binds, 1);
    fake_loop_advance(bench.loop, 1);
    submit(1, PURPOSE_SERVICE);
    bench_settle(&bench);
    expect_answered(1);
    ck_assert_uint_eq(bench.servers[0].service_binds, 2);
    close_bench();
}
END_TEST

START_TEST(what_is_on_it_is_answered)
{
    struct conn *conn;

    start_with(1);
    bench.servers[0].mute = true;
    ask(0, PURPOSE_SERVICE);
    conn = tasks[0].task.conn;
    limit_lives(200);
    bench_advance(&bench, 1000);
    expect_open(0);
    ck_assert_ptr_eq(tasks[0].task.conn, conn);
    for (int i = 0; i < BENCH_LINKS; i++)
        if (bench.links[i].fake && bench.links[i].fake->carrier.fd == conn->wire->carrier->fd)
            bench_answer(&bench.links[i],
                         peer_result(tasks[0].task.msgid, LDAP_RES_SEARCH_RESULT, 0));
    bench_settle(&bench);
    expect_answered(0);
    bench_advance(&bench, 6000);
    ck_assert_uint_eq(bench_open(&bench, 0), 1); /* the successor */
    close_bench();
}
END_TEST

/* A file of ours that is missing says nothing about the server: what is open goes on to its end,
 * and the successor is tried once in a second, not at each look. */
START_TEST(it_is_kept_while_there_is_no_successor)
{
    unsigned dials;

    start_with(1);
    bench_advance(&bench, 5000); /* it was heard of long ago */
    limit_lives(40000);
    dials = bench.servers[0].dials;
    bench.plan.bind_dn = "cn=service";
    bench.plan.bind_password_file = "/nonexistent/secret";
    bench_advance(&bench, 36000);
    ck_assert_int_eq(bench.pool->servers[0]->health.state, HEALTH_UP);
    ck_assert_uint_eq(bench_open(&bench, 0), 1);
    ask(0, PURPOSE_SERVICE);
    expect_answered(0);
    ck_assert_uint_eq(bench.servers[0].dials, dials);
    ask(1, PURPOSE_BIND); /* at once: no file is missing for it */
    expect_answered(1);
    bench.plan.bind_password_file = NULL;
    bench_advance(&bench, 6000);
    ck_assert_uint_eq(bench.servers[0].service_binds, 2);
    close_bench();
}
END_TEST

/* While a server is busy it is looked at ten times a second. */
START_TEST(a_successor_that_is_refused_is_tried_now_and_then)
{
    unsigned dials;

    start_with(1);
    limit_lives(60000);
    bench_advance(&bench, 46000);
    dials = bench.servers[0].dials;
    bench.servers[0].gives = 0;
    limit_lives(4000);
    bench_advance(&bench, 2900);
    for (unsigned i = 0; i < 10; i++) {
        ask(i, PURPOSE_SERVICE);
        expect_answered(i);
        bench_advance(&bench, 100);
    }
    ck_assert_uint_le(bench.servers[0].dials, dials + 2);
    ck_assert_int_eq(bench.pool->servers[0]->health.state, HEALTH_UP);
    close_bench();
}
END_TEST

static TCase *lists_case(void)
{
    TCase *lists = tcase_create("lists");

    tcase_add_test(lists, a_list_that_comes_later);
    tcase_add_test(lists, it_is_connected_to_before_anybody_asks);
    tcase_add_test(lists, no_servers_and_a_reason);
    tcase_add_test(lists, a_reason_is_not_for_servers_that_are_down);
    tcase_add_test(lists, servers_that_stay_keep_their_connections);
    tcase_add_test(lists, servers_that_stay_keep_their_health);
    tcase_add_test(lists, another_order_is_another_preference);
    tcase_add_test(lists, one_that_has_gone_takes_nothing_new);
    tcase_add_test(lists, one_that_has_gone_finishes);
    tcase_add_test(lists, one_that_has_gone_and_is_silent);
    tcase_add_loop_test(lists, one_that_has_gone_while_it_was_connected_to, 0, 2);
    tcase_add_test(lists, one_that_comes_back);
    tcase_add_test(lists, all_have_gone);
    tcase_add_test(lists, closing_with_some_that_have_gone);
    tcase_add_loop_test(lists, lists_at_random, 0, 10);
    tcase_set_timeout(lists, 60);
    return lists;
}

static TCase *facts_case(void)
{
    TCase *facts = tcase_create("facts");

    tcase_add_test(facts, facts_are_read_once);
    tcase_add_test(facts, facts_are_read_anew_when_it_was_down);
    tcase_add_test(facts, without_facts);
    tcase_add_test(facts, a_server_that_is_no_active_directory_is_of_no_use_as_one);
    tcase_add_test(facts, facts_that_do_not_come);
    return facts;
}

static TCase *over_case(void)
{
    TCase *over = tcase_create("a time that is over");

    tcase_add_test(over, it_is_replaced_in_time);
    tcase_add_test(over, nothing_is_sent_on_it_any_more);
    tcase_add_test(over, what_is_on_it_is_answered);
    tcase_add_test(over, it_is_kept_while_there_is_no_successor);
    tcase_add_test(over, a_successor_that_is_refused_is_tried_now_and_then);
    return over;
}

Suite *suite(void)
{
    Suite *made = suite_create("pool, lists and facts");

    suite_add_tcase(made, lists_case());
    suite_add_tcase(made, facts_case());
    suite_add_tcase(made, over_case());
    return made;
}
