/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/verify/turns.c: with a scripted offload, which runs a job when the test says so,
 * and with the real threads. The orders that are expected follow from the rule in turns.h, by hand.
 */
#include <config.h>

#include "helpers/verify/turns.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fake_loop.h"

Suite *suite(void);

enum { TASKS_MAX = 64, LETTERS = 4, DEADLINE_MS = 1000 };

struct bench;

/* `name` and a number: "A1" is the first job of A. */
struct task {
    struct turn turn;
    struct bench *bench;
    char label[LETTERS];
    bool ran;
    bool done; /* or late */
};

/* An offload that keeps what it is given, in order; and what has been done, as a text. */
struct bench {
    struct offload offload;
    struct loop *loop;
    struct turns *turns;
    struct job *given[TASKS_MAX];
    unsigned given_count;
    unsigned next; /* of the given ones: not finished */
    struct task tasks[TASKS_MAX];
    unsigned used;
    char order[TASKS_MAX * LETTERS];
};

static void keep(struct offload *offload, struct job *job)
{
    struct bench *bench = (struct bench *)offload;

    ck_assert_uint_lt(bench->given_count, TASKS_MAX);
    bench->given[bench->given_count++] = job;
}

static const struct offload_ops scripted = {.submit = keep};

static void open_bench(struct bench *bench, unsigned workers)
{
    memset(bench, 0, sizeof *bench);
    bench->offload.ops = &scripted;
    bench->loop = fake_loop_open();
    bench->turns = turns_new(&(struct turns_config){
        .loop = bench->loop,
        .offload = &bench->offload,
        .workers = workers,
        .threads = workers + 1,
    });
    ck_assert_ptr_nonnull(bench->turns);
}

static void close_bench(struct bench *bench)
{
    ck_assert_uint_eq(turns_waiting(bench->turns), 0);
    ck_assert_uint_eq(turns_running(bench->turns), 0);
    turns_free(bench->turns);
    fake_loop_close(bench->loop);
}

static void on_run(struct turn *turn)
{
    ((struct task *)turn)->ran = true;
}

static void on_done(struct turn *turn)
{
    struct task *task = (struct task *)turn;
    size_t len;

    ck_assert(task->ran && !task->done);
    task->done = true;
    len = strlen(task->bench->order);
    snprintf(task->bench->order + len, sizeof task->bench->order - len, "%s ", task->label);
}

/* Ends in the order as "(A1)". */
static void on_late(struct turn *turn)
{
    struct task *task = (struct task *)turn;
    size_t len = strlen(task->bench->order);

    ck_assert(!task->ran && !task->done);
    task->done = true;
    snprintf(task->bench->order + len, sizeof task->bench->order - len, "(%s) ", task->label);
}

static struct task *add(struct bench *bench, const char *label)
{
    struct task *task = &bench->tasks[bench->used++];

    ck_assert_uint_le(bench->used, TASKS_MAX);
    task->bench = bench;
    snprintf(task->label, sizeof task->label, "%s", label);
    task->turn.run = on_run;
    task->turn.done = on_done;
    task->turn.late = on_late;
    task->turn.deadline_ms = loop_now_ms(bench->loop) + DEADLINE_MS;
    ck_assert(turns_add(bench->turns, &task->turn, (struct pxa_span){label, 1}));
    return task;
}

static void add_all(struct bench *bench, const char *labels)
{
    char label[LETTERS];
    int skip;

    while (sscanf(labels, "%3s%n", label, &skip) == 1) {
        add(bench, label);
        labels += skip;
    }
}

/* Finishes the job that the offload was given as number AT. */
static void finish(struct bench *bench, unsigned at)
{
    struct job *job = bench->given[at];

    ck_assert_ptr_nonnull(job);
    bench->given[at] = NULL;
    job->run(job);
    job->done(job);
}

/* Finishes one job after another, in the order in which they were given, until all is done. */
static void finish_all(struct bench *bench)
{
    for (; bench->next < bench->given_count; bench->next++) {
        if (bench->given[bench->next])
            finish(bench, bench->next);
    }
}

START_TEST(one_name_keeps_its_order)
{
    struct bench bench;

    open_bench(&bench, 2);
    add_all(&bench, "A1 A2 A3 A4 A5");
    ck_assert_uint_eq(bench.given_count, 2);
    ck_assert_uint_eq(turns_running(bench.turns), 2);
    ck_assert_uint_eq(turns_waiting(bench.turns), 3);
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "A1 A2 A3 A4 A5 ");
    close_bench(&bench);
}
END_TEST

START_TEST(names_take_turns)
{
    struct bench bench;

    open_bench(&bench, 1);
    add_all(&bench, "A1 A2 A3 A4 B1 B2 C1 D1 D2 D3");
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "A1 B1 C1 D1 A2 B2 D2 A3 D3 A4 ");
    close_bench(&bench);
}
END_TEST

START_TEST(names_take_turns_with_two_workers)
{
    struct bench bench;

    open_bench(&bench, 2);
    add_all(&bench, "A1 A2 A3 A4 A5 B1 B2 B3 C1 C2");
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "A1 A2 B1 C1 A3 B2 C2 A4 B3 A5 ");
    close_bench(&bench);
}
END_TEST

/* However long a flood of A has been going on, B waits for no more than the jobs that run when it
 * comes, one a worker, to give way to it: B is the next that is taken. */
START_TEST(a_flood_delays_by_one_job_a_worker)
{
    unsigned workers = (unsigned)_i;
    unsigned served;

    for (served = 0; served < 10; served++) {
        struct bench bench;
        unsigned given, i;

        open_bench(&bench, workers);
        for (i = 0; i < 30; i++)
            add(&bench, "A");
        for (i = 0; i < served; i++)
            finish(&bench, i);
        given = bench.given_count;
        add(&bench, "B");
        for (i = 0; i < 5; i++)
            add(&bench, "A");
        ck_assert_uint_eq(bench.given_count, given);
        finish(&bench, given - 1);
        ck_assert_uint_eq(bench.given_count, given + 1);
        ck_assert_ptr_eq(bench.given[given], &bench.tasks[30].turn.job);
        finish_all(&bench);
        close_bench(&bench);
    }
}
END_TEST

/* B has a job running for long, and comes again: its second does not wait for the first. */
START_TEST(a_name_may_have_all_workers)
{
    struct bench bench;

    open_bench(&bench, 3);
    add_all(&bench, "B1 A1 B2");
    ck_assert_uint_eq(bench.given_count, 3);
    add_all(&bench, "B3");
    finish(&bench, 2);
    finish(&bench, 3);
    ck_assert_str_eq(bench.order, "B2 B3 ");
    finish_all(&bench);
    close_bench(&bench);
}
END_TEST

/* Who comes back each time that it has been served is no further ahead than who waits. */
START_TEST(who_comes_again_is_last)
{
    struct bench bench;

    open_bench(&bench, 1);
    add_all(&bench, "A1 B1 B2 C1");
    finish(&bench, 0); /* A1; B1 runs */
    add(&bench, "A2");
    finish(&bench, 1); /* B1; C1 runs */
    finish(&bench, 2); /* C1; A2 runs */
    add(&bench, "C2");
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "A1 B1 C1 A2 B2 C2 ");
    close_bench(&bench);
}
END_TEST

START_TEST(cancelled_while_waiting)
{
    struct bench bench;
    struct task *task[7];
    static const char *const labels[] = {"A1", "A2", "A3", "A4", "B1", "C1", "A5"};
    unsigned i;

    open_bench(&bench, 1);
    for (i = 0; i < 7; i++)
        task[i] = add(&bench, labels[i]);
    ck_assert(turn_cancel(&task[1]->turn)); /* the first that waits of a name */
    ck_assert(turn_cancel(&task[4]->turn)); /* the only one of a name */
    ck_assert(turn_cancel(&task[3]->turn)); /* in the middle */
    ck_assert(turn_cancel(&task[6]->turn)); /* the last */
    ck_assert_uint_eq(turns_waiting(bench.turns), 2);
    add(&bench, "B2");
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "A1 C1 B2 A3 ");
    ck_assert(!task[1]->ran && !task[4]->ran && !task[3]->ran && !task[6]->ran);
    close_bench(&bench);
}
END_TEST

START_TEST(cancelled_while_running)
{
    struct bench bench;
    struct task *first, *second;

    open_bench(&bench, 1);
    first = add(&bench, "A1");
    second = add(&bench, "A2");
    ck_assert(!turn_cancel(&first->turn));
    ck_assert(turn_cancel(&second->turn));
    ck_assert_uint_eq(turns_running(bench.turns), 1);
    ck_assert_uint_eq(turns_waiting(bench.turns), 0);
    finish_all(&bench);
    ck_assert(first->done && !second->done);
    close_bench(&bench);
}
END_TEST

/* In its run and before its `done` a turn is still running. */
static void cancel_itself(struct turn *turn)
{
    ck_assert(!turn_cancel(turn));
    ((struct task *)turn)->ran = true;
}

START_TEST(cancelled_in_its_run)
{
    struct bench bench;

    open_bench(&bench, 1);
    add(&bench, "A1")->turn.run = cancel_itself;
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "A1 ");
    close_bench(&bench);
}
END_TEST

START_TEST(the_last_cancelled_leaves_nothing)
{
    struct bench bench;
    struct task *running, *waiting[3];

    open_bench(&bench, 1);
    running = add(&bench, "A1");
    waiting[0] = add(&bench, "B1");
    waiting[1] = add(&bench, "C1");
    waiting[2] = add(&bench, "B2");
    ck_assert(turn_cancel(&waiting[2]->turn));
    ck_assert(turn_cancel(&waiting[0]->turn));
    ck_assert(turn_cancel(&waiting[1]->turn));
    finish_all(&bench);
    ck_assert(running->done);
    add(&bench, "B3");
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "A1 B3 ");
    close_bench(&bench);
}
END_TEST

static void add_another(struct turn *turn)
{
    struct bench *bench = ((struct task *)turn)->bench;

    on_done(turn);
    add(bench, "A9");
}

START_TEST(added_in_done)
{
    struct bench bench;

    open_bench(&bench, 1);
    add(&bench, "A1")->turn.done = add_another;
    add_all(&bench, "A2 B1");
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "A1 B1 A2 A9 ");
    close_bench(&bench);
}
END_TEST

/* Names are bytes: empty ones, prefixes of each other, with NUL. */
START_TEST(names_of_any_bytes)
{
    static const struct pxa_span names[] = {{"", 0}, {"a", 1}, {"a\0", 2}, {"a\0b", 3}, {NULL, 0}};
    struct bench bench;
    unsigned i;

    open_bench(&bench, 1);
    add(&bench, "X");
    for (i = 0; i < 10; i++) {
        struct task *task = &bench.tasks[bench.used++];

        task->bench = &bench;
        snprintf(task->label, sizeof task->label, "%u", i);
        task->turn.run = on_run;
        task->turn.done = on_done;
        task->turn.deadline_ms = loop_now_ms(bench.loop) + DEADLINE_MS;
        ck_assert(turns_add(bench.turns, &task->turn, names[i % 5]));
    }
    finish_all(&bench);
    /* 0, 4, 5 and 9 are of one name. */
    ck_assert_str_eq(bench.order, "X 0 1 2 3 4 6 7 8 5 9 ");
    close_bench(&bench);
}
END_TEST

/* ---- deadlines ---- */

/* A job that does not end: others get the worker, its own name does not. Even a second such name
 * stops nobody but where the threads are used up. */
START_TEST(a_job_that_is_given_up)
{
    struct bench bench;
    struct task *stuck;

    open_bench(&bench, 1);
    stuck = add(&bench, "A1");
    add_all(&bench, "A2 B1 B2");
    ck_assert_uint_eq(bench.given_count, 1);
    ck_assert(!turn_cancel(&stuck->turn));
    ck_assert(!turn_cancel(&stuck->turn));
    ck_assert_uint_eq(bench.given_count, 2);
    finish(&bench, 1);
    finish(&bench, 2);
    add_all(&bench, "A3 C1");
    finish(&bench, 3);
    ck_assert_str_eq(bench.order, "B1 B2 C1 ");
    ck_assert_uint_eq(turns_waiting(bench.turns), 2);

    finish(&bench, 0); /* A may go on */
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "B1 B2 C1 A1 A2 A3 ");
    close_bench(&bench);
}
END_TEST

START_TEST(no_more_given_up_than_there_are_threads)
{
    struct bench bench;
    struct task *stuck;

    open_bench(&bench, 1);
    stuck = add(&bench, "A1");
    ck_assert(!turn_cancel(&stuck->turn));
    stuck = add(&bench, "B1");
    ck_assert(!turn_cancel(&stuck->turn));
    add(&bench, "C1");
    ck_assert_uint_eq(bench.given_count, 2);
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "A1 B1 C1 ");
    close_bench(&bench);
}
END_TEST

START_TEST(one_of_a_name_given_up_that_waits_is_cancelled)
{
    struct bench bench;
    struct task *stuck, *waiting;

    open_bench(&bench, 1);
    stuck = add(&bench, "A1");
    waiting = add(&bench, "A2");
    ck_assert(!turn_cancel(&stuck->turn));
    ck_assert(turn_cancel(&waiting->turn));
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "A1 ");
    close_bench(&bench);
}
END_TEST

/* Jobs last 200 ms, so one and a half of that is what should be left. B1 has waited 800 of 1,000 ms
 * when its turn comes, B2 300. */
START_TEST(who_could_not_be_done_in_time_is_not_begun)
{
    struct bench bench;
    unsigned i;

    open_bench(&bench, 1);
    for (i = 0; i < 40; i++) {
        add(&bench, "X");
        fake_loop_advance(bench.loop, 200);
        finish(&bench, i);
    }
    bench.order[0] = '\0';
    add_all(&bench, "A1 B1");
    fake_loop_advance(bench.loop, 500);
    add_all(&bench, "B2");
    fake_loop_advance(bench.loop, 300);
    finish(&bench, 40);
    ck_assert_str_eq(bench.order, "(B1) A1 ");
    bench.next = 41;
    finish_all(&bench);
    ck_assert_str_eq(bench.order, "(B1) A1 B2 ");
    close_bench(&bench);
}
END_TEST

/* However long jobs lasted, who has more than half of the time left is begun: jobs may last less
 * now. */
START_TEST(long_jobs_do_not_lock_the_door)
{
    struct bench bench;

    open_bench(&bench, 1);
    add(&bench, "A1");
    fake_loop_advance(bench.loop, 1000000);
    finish(&bench, 0);
    add_all(&bench, "A2 B1");
    fake_loop_advance(bench.loop, DEADLINE_MS / 2 - 1);
    finish(&bench, 1);
    ck_assert_uint_eq(bench.given_count, 3);
    finish(&bench, 2);
    ck_assert_str_eq(bench.order, "A1 A2 B1 ");
    close_bench(&bench);
}
END_TEST

/* ---- with real threads ---- */

enum { REAL_WORKERS = 3, REAL_TASKS = 300, REAL_NAMES = 7 };

struct real {
    struct loop *loop;
    struct turns *turns;
    unsigned left;
};

struct real_task {
    struct turn turn;
    struct real *real;
    unsigned number;
    unsigned result;
};

static void real_run(struct turn *turn)
{
    struct real_task *task = (struct real_task *)turn;

    task->result = task->number * task->number + 1;
}

static void real_done(struct turn *turn)
{
    struct real_task *task = (struct real_task *)turn;
    struct real *real = task->real;

    ck_assert_uint_eq(task->result, task->number * task->number + 1);
    ck_assert_uint_lt(turns_running(real->turns), REAL_WORKERS + 1);
    free(task);
    if (--real->left == 0)
        loop_stop(real->loop);
}

START_TEST(real_threads)
{
    struct why why = {{0}};
    struct real real = {.loop = loop_open(), .left = REAL_TASKS};
    struct offload *offload = offload_open(real.loop, REAL_WORKERS, &why);
    struct real_task *task = NULL;
    unsigned i;

    ck_assert_msg(offload != NULL, "%s", why.text);
    real.turns = turns_new(&(struct turns_config){
        .loop = real.loop,
        .offload = offload,
        .workers = REAL_WORKERS,
        .threads = REAL_WORKERS,
    });
    for (i = 0; i < REAL_TASKS; i++) {
        char name = (char)('a' + i % REAL_NAMES);

        task = calloc(1, sizeof *task);
        task->real = &real;
        task->number = i;
        task->turn.run = real_run;
        task->turn.done = real_done;
        task->turn.deadline_ms = UINT64_MAX;
        ck_assert(turns_add(real.turns, &task->turn, (struct pxa_span){&name, 1}));
    }
    if (turn_cancel(&task->turn)) {
        free(task);
        real.left--;
    }
    loop_run(real.loop);
    ck_assert_uint_eq(real.left, 0);
    ck_assert_uint_eq(turns_running(real.turns) + turns_waiting(real.turns), 0);
    turns_free(real.turns);
    ck_assert(offload_close(offload));
    loop_close(real.loop);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("turns");
    TCase *t = tcase_create("order");

    tcase_add_test(t, one_name_keeps_its_order);
    tcase_add_test(t, names_take_turns);
    tcase_add_test(t, names_take_turns_with_two_workers);
    tcase_add_loop_test(t, a_flood_delays_by_one_job_a_worker, 1, 5);
    tcase_add_test(t, a_name_may_have_all_workers);
    tcase_add_test(t, who_comes_again_is_last);
    tcase_add_test(t, names_of_any_bytes);
    tcase_add_test(t, added_in_done);
    suite_add_tcase(s, t);

    t = tcase_create("cancel");
    tcase_add_test(t, cancelled_while_waiting);
    tcase_add_test(t, cancelled_while_running);
    tcase_add_test(t, cancelled_in_its_run);
    tcase_add_test(t, the_last_cancelled_leaves_nothing);
    suite_add_tcase(s, t);

    t = tcase_create("deadlines");
    tcase_add_test(t, a_job_that_is_given_up);
    tcase_add_test(t, no_more_given_up_than_there_are_threads);
    tcase_add_test(t, one_of_a_name_given_up_that_waits_is_cancelled);
    tcase_add_test(t, who_could_not_be_done_in_time_is_not_begun);
    tcase_add_test(t, long_jobs_do_not_lock_the_door);
    suite_add_tcase(s, t);

    t = tcase_create("threads");
    tcase_add_test(t, real_threads);
    suite_add_tcase(s, t);
    return s;
}
