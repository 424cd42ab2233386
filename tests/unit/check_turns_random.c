/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random tests of helpers/verify/turns.c: jobs come, end, are cancelled and given up in an order
 * from a seed. What has to hold at every step is written in turns.h: who is taken on gets one
 * callback or none after a successful cancel; no worker is idle while somebody may be begun; a name
 * with a job that was given up has no other begun; threads are never exceeded.
 */
#include <config.h>

#include "helpers/verify/turns.h"

#include <check.h>
#include <stdlib.h>

#include "tests/unit/fake_loop.h"

Suite *suite(void);

enum { NAMES = 4, STEPS = 3000, LIVE_MAX = 40, DEADLINE_MS = 1000, SEEDS = 40 };

enum state { WAITING, RUNNING, GIVEN_UP, ENDED };

struct bench;

struct task {
    struct turn turn;
    struct bench *bench;
    char name;
    enum state state;
};

struct bench {
    struct offload offload;
    struct loop *loop;
    struct turns *turns;
    struct task *live[LIVE_MAX];
    unsigned count;
    unsigned workers;
    unsigned threads;
};

static unsigned count_of(const struct bench *bench, enum state state)
{
    unsigned count = 0;

    for (unsigned i = 0; i < bench->count; i++)
        count += bench->live[i]->state == state;
    return count;
}

static bool is_given_up(const struct bench *bench, char name)
{
    for (unsigned i = 0; i < bench->count; i++)
        if (bench->live[i]->name == name && bench->live[i]->state == GIVEN_UP)
            return true;
    return false;
}

static void forget(struct task *task)
{
    struct bench *bench = task->bench;

    for (unsigned i = 0; i < bench->count; i++) {
        if (bench->live[i] != task)
            continue;
        bench->live[i] = bench->live[--bench->count];
        free(task);
        return;
    }
    ck_abort_msg("a callback for one that is not there");
}

static void on_submit(struct offload *offload, struct job *job)
{
    struct bench *bench = (struct bench *)offload;
    struct task *task = (struct task *)(void *)job;

    ck_assert_int_eq(task->state, WAITING);
    ck_assert(!is_given_up(bench, task->name));
    task->state = RUNNING;
    ck_assert_uint_le(count_of(bench, RUNNING), bench->workers);
    ck_assert_uint_le(count_of(bench, RUNNING) + count_of(bench, GIVEN_UP), bench->threads);
}

static const struct offload_ops scripted = {.submit = on_submit};

static void on_run(struct turn *turn)
{
    (void)turn;
}

static void on_done(struct turn *turn)
{
    ck_assert_int_eq(((struct task *)turn)->state, ENDED);
    forget((struct task *)turn);
}

static void on_late(struct turn *turn)
{
    ck_assert_int_eq(((struct task *)turn)->state, WAITING);
    forget((struct task *)turn);
}

static void add(struct bench *bench)
{
    struct task *task = calloc(1, sizeof *task);

    task->bench = bench;
    task->name = (char)('A' + rand() % NAMES);
    task->turn.run = on_run;
    task->turn.done = on_done;
    task->turn.late = on_late;
    task->turn.deadline_ms = loop_now_ms(bench->loop) + DEADLINE_MS;
    bench->live[bench->count++] = task;
    ck_assert(turns_add(bench->turns, &task->turn, (struct pxa_span){&task->name, 1}));
}

static void finish(struct task *task)
{
    task->state = ENDED;
    task->turn.job.run(&task->turn.job);
    task->turn.job.done(&task->turn.job);
}

static void cancel(struct task *task)
{
    bool waits = task->state == WAITING;

    if (!waits)
        task->state = GIVEN_UP;
    ck_assert(turn_cancel(&task->turn) == waits);
    if (waits)
        forget(task);
}

static void expect_no_idle_worker(const struct bench *bench)
{
    unsigned running = count_of(bench, RUNNING);
    unsigned given_up = count_of(bench, GIVEN_UP);

    ck_assert_uint_eq(turns_waiting(bench->turns), count_of(bench, WAITING));
    ck_assert_uint_eq(turns_running(bench->turns), running + given_up);
    if (running == bench->workers || running + given_up == bench->threads)
        return;
    for (unsigned i = 0; i < bench->count; i++)
        ck_assert(bench->live[i]->state != WAITING || is_given_up(bench, bench->live[i]->name));
}

static void step(struct bench *bench)
{
    struct task *task = bench->count > 0 ? bench->live[(unsigned)rand() % bench->count] : NULL;
    int choice = rand() % 10;

    if (choice < 4 && bench->count < LIVE_MAX)
        add(bench);
    else if (choice < 7 && task && task->state != WAITING)
        finish(task);
    else if (choice < 9 && task)
        cancel(task);
    else
        fake_loop_advance(bench->loop, (unsigned)rand() % (DEADLINE_MS / 4));
    expect_no_idle_worker(bench);
}

START_TEST(any_order)
{
    struct bench bench = {.offload.ops = &scripted, .loop = fake_loop_open()};

    srand((unsigned)_i);
    bench.workers = 1 + (unsigned)_i % 3;
    bench.threads = bench.workers + (unsigned)_i % 4;
    bench.turns = turns_new(&(struct turns_config){
        .loop = bench.loop,
        .offload = &bench.offload,
        .workers = bench.workers,
        .threads = bench.threads,
    });
    for (int i = 0; i < STEPS; i++)
        step(&bench);
    while (bench.count > 0)
        for (unsigned i = bench.count; i > 0 && bench.count > 0; i--)
            if (i <= bench.count && bench.live[i - 1]->state != WAITING)
                finish(bench.live[i - 1]);
    ck_assert_uint_eq(turns_running(bench.turns) + turns_waiting(bench.turns), 0);
    turns_free(bench.turns);
    fake_loop_close(bench.loop);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("turns_random");
    TCase *t = tcase_create("random");

    tcase_add_loop_test(t, any_order, 0, SEEDS);
    suite_add_tcase(s, t);
    return s;
}
