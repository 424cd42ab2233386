/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/pool.c, pool_connect.c and pool_watch.c, on the bench of pool_bench.h:
 * which server a request goes to, when connections are made and closed, and that each request is
 * answered once, a password sent once.
 */
#include <config.h>

#include <check.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/directory/service_guard.h"
#include "tests/unit/pool_bench.h"

Suite *suite(void);

enum { TASKS = 4096 };

/* A request that notes what becomes of it. */
struct noted {
    struct task task;
    unsigned answers;
    unsigned failures;
    bool maybe_processed;
    char reason[80];
};

static struct bench bench; /* tests run in processes of their own */
static struct noted tasks[TASKS];

/* ---- requests ---- */

static int send_search(struct task *task, LDAP *ld, int *msgid)
{
    (void)task;
    return ldap_search_ext(ld, "dc=example,dc=test", LDAP_SCOPE_SUBTREE, "(uid=user)", NULL, 0,
                           NULL, NULL, NULL, 2, msgid);
}

static int send_bind(struct task *task, LDAP *ld, int *msgid)
{
    static char password[] = "secret";
    struct berval value = {sizeof password - 1, password};

    (void)task;
    return ldap_sasl_bind(ld, "uid=user,dc=example,dc=test", LDAP_SASL_SIMPLE, &value, NULL, NULL,
                          msgid);
}

static int on_answered(struct task *task, LDAP *ld, LDAPMessage *answer)
{
    struct noted *noted = (struct noted *)task;
    int code = LDAP_OTHER;

    noted->answers++;
    ldap_parse_result(ld, answer, &code, NULL, NULL, NULL, NULL, 0);
    return code;
}

static void on_failed(struct task *task, const char *reason, bool maybe_processed)
{
    struct noted *noted = (struct noted *)task;

    noted->failures++;
    noted->maybe_processed = maybe_processed;
    snprintf(noted->reason, sizeof noted->reason, "%s", reason);
}

static void submit(unsigned number, enum purpose purpose)
{
    struct noted *noted = &tasks[number];

    *noted = (struct noted){.task = {.purpose = purpose,
                                     .once = purpose == PURPOSE_BIND,
                                     .send = purpose == PURPOSE_BIND ? send_bind : send_search,
                                     .answered = on_answered,
                                     .failed = on_failed}};
    pool_submit(bench.pool, &noted->task);
}

static void submit_many(unsigned count, enum purpose purpose)
{
    for (unsigned i = 0; i < count; i++)
        submit(i, purpose);
}

/* Submits one, and lets happen what happens without time. */
static void ask(unsigned number, enum purpose purpose)
{
    submit(number, purpose);
    bench_settle(&bench);
}

static void expect_answered(unsigned number)
{
    ck_assert_uint_eq(tasks[number].answers, 1);
    ck_assert_uint_eq(tasks[number].failures, 0);
}

static void expect_failed(unsigned number, const char *words, bool maybe_processed)
{
    ck_assert_uint_eq(tasks[number].answers, 0);
    ck_assert_uint_eq(tasks[number].failures, 1);
    ck_assert_msg(strstr(tasks[number].reason, words), "%s", tasks[number].reason);
    ck_assert_int_eq(tasks[number].maybe_processed, maybe_processed);
}

static void expect_open(unsigned number)
{
    ck_assert_uint_eq(tasks[number].answers + tasks[number].failures, 0);
}

static void start(size_t servers)
{
    bench_prepare(&bench, servers);
    bench_start(&bench);
}

static void close_bench(void)
{
    bench_close(&bench);
}

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

static void end_links(int error)
{
    for (int i = 0; i < BENCH_LINKS; i++) {
        if (bench.links[i].fake) {
            bench.links[i].fake->ended = error == 0;
            bench.links[i].fake->error = error;
            bench.links[i].unread = true;
        }
    }
}

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
    tcase_add_test(ends, one_outage_counts_once);
    return ends;
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
    suite_add_tcase(made, several_servers_case());
    suite_add_tcase(made, ends_case());
    suite_add_tcase(made, account_case());
    return made;
}
