/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/core/offload.c with real threads: where jobs run, in which order, and how the
 * pool ends. Run under ThreadSanitizer, too.
 */
#include <config.h>

#include "helpers/core/offload.h"
#include "tests/unit/own_memory.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite(void);

enum { JOBS = 2000 };

/* Holds jobs until a number of them has come, or until it is opened. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned inside;
    unsigned most_inside;
    unsigned needed; /* opens by itself when so many are inside */
    bool open;
};

static struct loop *loop;
static struct offload *pool;
static pthread_t loop_thread;
static unsigned done_count;
static unsigned order[JOBS];
static unsigned gate_done_count;
static unsigned gate_jobs;
static struct gate gate;

static void open_pool(unsigned threads)
{
    struct why why = {{0}};

    done_count = 0;
    gate_done_count = 0;
    gate = (struct gate){PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0, false};
    loop = loop_open();
    ck_assert_ptr_nonnull(loop);
    pool = offload_open(loop, threads, &why);
    ck_assert_msg(pool, "%s", why.text);
    loop_thread = pthread_self();
}

static void close_pool(void)
{
    ck_assert_uint_eq(offload_busy(pool), 0);
    ck_assert(offload_close(pool));
    loop_close(loop);
}

/* ---- plain jobs ---- */

struct plain {
    struct job job;
    unsigned number;
    pthread_t thread;
    bool ran;
    bool in_loop;
};

static void run_plain(struct job *job)
{
    struct plain *plain = (struct plain *)(void *)job;

    plain->thread = pthread_self();
    plain->ran = true;
}

static void plain_done(struct job *job)
{
    struct plain *plain = (struct plain *)(void *)job;

    plain->in_loop = pthread_equal(pthread_self(), loop_thread);
    order[done_count++] = plain->number;
    if (done_count == JOBS)
        loop_stop(loop);
}

static struct plain *run_all(void)
{
    struct plain *jobs = calloc(JOBS, sizeof *jobs);
    unsigned before = offload_busy(pool);

    ck_assert_ptr_nonnull(jobs);
    for (unsigned i = 0; i < JOBS; i++) {
        jobs[i].job.run = run_plain;
        jobs[i].job.done = plain_done;
        jobs[i].number = i;
        offload_submit(pool, &jobs[i].job);
    }
    ck_assert_uint_eq(offload_busy(pool), before + JOBS);
    loop_run(loop);
    ck_assert_uint_eq(done_count, JOBS);
    for (unsigned i = 0; i < JOBS; i++) {
        if (!jobs[i].ran || !jobs[i].in_loop || pthread_equal(jobs[i].thread, loop_thread))
            ck_abort_msg("job %u ran in the wrong place", i);
    }
    return jobs;
}

/* ---- what a job leaves on its thread's stack ---- */

enum { LEFT_LEN = 64, DEPTH = 16 * 1024 };

struct leaving {
    struct job job;
    uintptr_t left_at;
};

/* The lowest bytes of a frame this large are deeper than what the thread does between jobs. */
__attribute__((noinline)) static void leave_bytes(uintptr_t *left_at)
{
    volatile char frame[DEPTH];

    for (int i = 0; i < LEFT_LEN; i++)
        frame[i] = 'P';
    *left_at = (uintptr_t)frame;
}

static void run_leaving(struct job *job)
{
    leave_bytes(&((struct leaving *)(void *)job)->left_at);
}

static void leaving_done(struct job *job)
{
    (void)job;
    loop_stop(loop);
}

START_TEST(stacks_are_wiped)
{
    struct leaving leaving = {.job = {.run = run_leaving, .done = leaving_done}};
    char left[LEFT_LEN] = {'P'};

    open_pool(1);
    offload_submit(pool, &leaving.job);
    loop_run(loop);
    own_memory_read(leaving.left_at, left, sizeof left);
    for (int i = 0; i < LEFT_LEN; i++)
        ck_assert_int_eq(left[i], 0);
    close_pool();
}
END_TEST

START_TEST(every_job_runs_once)
{
    bool seen[JOBS] = {false};
    struct plain *jobs;

    open_pool(8);
    jobs = run_all();
    for (unsigned i = 0; i < JOBS; i++) {
        if (seen[order[i]])
            ck_abort_msg("job %u came twice", order[i]);
        seen[order[i]] = true;
    }
    close_pool();
    free(jobs);
}
END_TEST

START_TEST(one_thread_keeps_the_order)
{
    struct plain *jobs;

    open_pool(1);
    jobs = run_all();
    for (unsigned i = 0; i < JOBS; i++)
        if (order[i] != i)
            ck_abort_msg("job %u came as number %u", order[i], i);
    close_pool();
    free(jobs);
}
END_TEST

/* ---- one that frees itself and starts the next ---- */

struct chained {
    struct job job;
    unsigned left;
};

static void run_chained(struct job *job)
{
    (void)job;
}

static void chained_done(struct job *job);

static void submit_chained(unsigned left)
{
    struct chained *chained = calloc(1, sizeof *chained);

    ck_assert_ptr_nonnull(chained);
    chained->job.run = run_chained;
    chained->job.done = chained_done;
    chained->left = left;
    offload_submit(pool, &chained->job);
}

static void chained_done(struct job *job)
{
    struct chained *chained = (struct chained *)(void *)job;

    if (chained->left > 0)
        submit_chained(chained->left - 1);
    else
        loop_stop(loop);
    free(chained);
}

START_TEST(freed_and_replaced_in_done)
{
    open_pool(4);
    submit_chained(500);
    loop_run(loop);
    close_pool();
}
END_TEST

/* ---- jobs that hang ---- */

static void run_into_gate(struct job *job)
{
    (void)job;
    pthread_mutex_lock(&gate.lock);
    gate.inside++;
    if (gate.inside > gate.most_inside)
        gate.most_inside = gate.inside;
    if (gate.inside == gate.needed)
        gate.open = true;
    pthread_cond_broadcast(&gate.changed);
    while (!gate.open)
        pthread_cond_wait(&gate.changed, &gate.lock);
    gate.inside--;
    pthread_mutex_unlock(&gate.lock);
}

static void open_gate(void)
{
    pthread_mutex_lock(&gate.lock);
    gate.open = true;
    pthread_cond_broadcast(&gate.changed);
    pthread_mutex_unlock(&gate.lock);
}

static void gate_done(struct job *job)
{
    (void)job;
    if (++gate_done_count == gate_jobs)
        loop_stop(loop);
}

static void submit_gate_jobs(struct job *jobs, unsigned count)
{
    gate_jobs = count;
    for (unsigned i = 0; i < count; i++) {
        jobs[i] = (struct job){.run = run_into_gate, .done = gate_done};
        offload_submit(pool, &jobs[i]);
    }
}

/* As many as there are threads run at the same time: the gate opens when all are inside. */
START_TEST(all_threads_are_used)
{
    struct job jobs[7];

    open_pool(7);
    gate.needed = 7;
    submit_gate_jobs(jobs, 7);
    loop_run(loop);
    ck_assert_uint_eq(gate.most_inside, 7);
    close_pool();
}
END_TEST

START_TEST(never_more_threads_than_allowed)
{
    struct job jobs[50];

    open_pool(3);
    gate.needed = 3;
    submit_gate_jobs(jobs, 50);
    loop_run(loop);
    ck_assert_uint_eq(gate.most_inside, 3);
    close_pool();
}
END_TEST

/* Two of three threads hang until the other jobs are done. */
START_TEST(a_hanging_job_stops_nobody_else)
{
    struct job hanging[2];
    struct plain *jobs;

    open_pool(3);
    submit_gate_jobs(hanging, 2);
    jobs = run_all();
    ck_assert_uint_eq(gate_done_count, 0);
    ck_assert_uint_eq(offload_busy(pool), 2);
    ck_assert_msg(!offload_close(pool), "closed with two jobs running");
    open_gate();
    loop_run(loop);
    ck_assert_uint_eq(gate_done_count, 2);
    close_pool();
    free(jobs);
}
END_TEST

/* ---- threads ---- */

static sigset_t mask_in_thread;

static void run_look_at_mask(struct job *job)
{
    (void)job;
    pthread_sigmask(SIG_SETMASK, NULL, &mask_in_thread);
}

START_TEST(signals_are_blocked_in_threads)
{
    struct job job = {.run = run_look_at_mask, .done = gate_done};
    sigset_t before, after;

    pthread_sigmask(SIG_SETMASK, NULL, &before);
    open_pool(2);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    gate_jobs = 1;
    offload_submit(pool, &job);
    loop_run(loop);
    for (int signo = 1; signo < 32; signo++) {
        if (signo != SIGKILL && signo != SIGSTOP)
            ck_assert_msg(sigismember(&mask_in_thread, signo) == 1, "signal %d", signo);
        ck_assert_int_eq(sigismember(&before, signo), sigismember(&after, signo));
    }
    close_pool();
}
END_TEST

static bool all_in_one_thread(const struct plain *jobs)
{
    for (unsigned i = 1; i < JOBS; i++)
        if (!pthread_equal(jobs[i].thread, jobs[0].thread))
            return false;
    return true;
}

static unsigned next_single;
static struct plain singles[JOBS];

static void single_done(struct job *job)
{
    (void)job;
    if (++next_single == JOBS) {
        loop_stop(loop);
        return;
    }
    singles[next_single].job = (struct job){.run = run_plain, .done = single_done};
    offload_submit(pool, &singles[next_single].job);
}

/* One job at a time: a thread is free again before its job is told to be done. */
START_TEST(idle_threads_are_used_again)
{
    open_pool(8);
    singles[0].job = (struct job){.run = run_plain, .done = single_done};
    offload_submit(pool, &singles[0].job);
    loop_run(loop);
    ck_assert(all_in_one_thread(singles));
    close_pool();
}
END_TEST

START_TEST(an_unused_pool_closes)
{
    open_pool(64);
    close_pool();
}
END_TEST

START_TEST(numbers_of_threads)
{
    struct why why = {{0}};

    loop = loop_open();
    ck_assert_ptr_null(offload_open(loop, 0, &why));
    ck_assert_str_ne(why.text, "");
    ck_assert_ptr_null(offload_open(loop, 65, &why));
    loop_close(loop);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("offload");
    TCase *tc = tcase_create("offload");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, stacks_are_wiped);
    tcase_add_test(tc, every_job_runs_once);
    tcase_add_test(tc, one_thread_keeps_the_order);
    tcase_add_test(tc, freed_and_replaced_in_done);
    tcase_add_test(tc, all_threads_are_used);
    tcase_add_test(tc, never_more_threads_than_allowed);
    tcase_add_test(tc, a_hanging_job_stops_nobody_else);
    tcase_add_test(tc, signals_are_blocked_in_threads);
    tcase_add_test(tc, idle_threads_are_used_again);
    tcase_add_test(tc, an_unused_pool_closes);
    tcase_add_test(tc, numbers_of_threads);
    suite_add_tcase(s, tc);
    return s;
}
