/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests for tests of the pool, on the bench of pool_bench.h: they note what becomes of them.
 */
#ifndef TESTS_UNIT_POOL_REQUESTS_H
#define TESTS_UNIT_POOL_REQUESTS_H

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/pool_bench.h"

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

static inline int send_search(struct task *task, LDAP *ld, const struct facts *facts, int *msgid)
{
    (void)facts;
    (void)task;
    return ldap_search_ext(ld, "dc=example,dc=test", LDAP_SCOPE_SUBTREE, "(uid=user)", NULL, 0,
                           NULL, NULL, NULL, 2, msgid);
}

static inline int send_bind(struct task *task, LDAP *ld, const struct facts *facts, int *msgid)
{
    (void)facts;
    static char password[] = "secret";
    struct berval value = {sizeof password - 1, password};

    (void)task;
    return ldap_sasl_bind(ld, "uid=user,dc=example,dc=test", LDAP_SASL_SIMPLE, &value, NULL, NULL,
                          msgid);
}

static inline int on_answered(struct task *task, LDAP *ld, LDAPMessage *answer)
{
    struct noted *noted = (struct noted *)task;
    int code = LDAP_OTHER;

    noted->answers++;
    ldap_parse_result(ld, answer, &code, NULL, NULL, NULL, NULL, 0);
    return code;
}

static inline void on_failed(struct task *task, const char *reason, bool maybe_processed)
{
    struct noted *noted = (struct noted *)task;

    noted->failures++;
    noted->maybe_processed = maybe_processed;
    snprintf(noted->reason, sizeof noted->reason, "%s", reason);
}

static inline void submit(unsigned number, enum purpose purpose)
{
    struct noted *noted = &tasks[number];

    *noted = (struct noted){.task = {.purpose = purpose,
                                     .once = purpose == PURPOSE_BIND,
                                     .send = purpose == PURPOSE_BIND ? send_bind : send_search,
                                     .answered = on_answered,
                                     .failed = on_failed}};
    pool_submit(bench.pool, &noted->task);
}

static inline void submit_many(unsigned count, enum purpose purpose)
{
    for (unsigned i = 0; i < count; i++)
        submit(i, purpose);
}

/* Submits one, and lets happen what happens without time. */
static inline void ask(unsigned number, enum purpose purpose)
{
    submit(number, purpose);
    bench_settle(&bench);
}

static inline void expect_answered(unsigned number)
{
    ck_assert_uint_eq(tasks[number].answers, 1);
    ck_assert_uint_eq(tasks[number].failures, 0);
}

static inline void expect_failed(unsigned number, const char *words, bool maybe_processed)
{
    ck_assert_uint_eq(tasks[number].answers, 0);
    ck_assert_uint_eq(tasks[number].failures, 1);
    ck_assert_msg(strstr(tasks[number].reason, words), "%s", tasks[number].reason);
    ck_assert_int_eq(tasks[number].maybe_processed, maybe_processed);
}

static inline void expect_open(unsigned number)
{
    ck_assert_uint_eq(tasks[number].answers + tasks[number].failures, 0);
}

static inline void start(size_t servers)
{
    bench_prepare(&bench, servers);
    bench_start(&bench);
}

static inline void close_bench(void)
{
    bench_close(&bench);
}

/* All connections end, with ERROR or in order. */
static inline void end_links(int error)
{
    for (int i = 0; i < BENCH_LINKS; i++) {
        if (bench.links[i].fake) {
            bench.links[i].fake->ended = error == 0;
            bench.links[i].fake->error = error;
            bench.links[i].unread = true;
        }
    }
}

#endif
