/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_offload: jobs in virtual time.
 *
 * That two jobs touch the same memory cannot be found here (ThreadSanitizer's work); that a job
 * touches the loop can.
 */
#include <config.h>

#include "tests/sim/sim_offload.h"

#include <stdlib.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

enum { START_DELAY_MS = 2 };

/* A job that has a thread. */
struct task {
    struct sim_offload *offload;
    struct job *job;
    struct timer *timer;
    bool ran;
};

static void start(struct sim_offload *offload, struct job *job);

static void run_done(struct posted *posted)
{
    struct job *job = (struct job *)posted; /* its first member */

    job->done(job);
}

static void task_end(struct task *task)
{
    struct sim_offload *offload = task->offload;
    struct job *job = task->job;
    struct job *waiting = offload->first;

    loop_timer_free(&offload->loop->loop, task->timer);
    free(task);
    offload->running--;
    if (waiting) {
        offload->first = waiting->next;
        start(offload, waiting);
    }
    job->posted.run = run_done;
    loop_post(&offload->loop->loop, &job->posted);
}

/* libldap 2.5 loses memory of its own when a connection is set up: TLS contexts, whose references
 * cannot be given back, and a notice of disconnection. A handle that we lost would still be
 * noticed, because its connection stays open. */
static void run_job(struct job *job)
{
#ifdef __SANITIZE_ADDRESS__
    __lsan_disable();
#endif
    job->run(job);
#ifdef __SANITIZE_ADDRESS__
    __lsan_enable();
#endif
}

static void task_turn(void *context)
{
    struct task *task = context;
    struct sim_loop *loop = task->offload->loop;

    if (task->ran) {
        task_end(task);
        return;
    }
    task->ran = true;
    loop->in_job = true;
    loop->job_ms = loop->now_ms;
    run_job(task->job);
    loop->in_job = false;
    sim_event(loop->log, "job", loop->job_ms - loop->now_ms, NULL, 0);
    loop_timer_at(&loop->loop, task->timer, loop->job_ms);
}

static void start(struct sim_offload *offload, struct job *job)
{
    struct sim_loop *loop = offload->loop;
    struct task *task = calloc(1, sizeof(*task));

    if (!task)
        abort();
    *task = (struct task){.offload = offload, .job = job};
    task->timer = loop_timer(&loop->loop, task_turn, task);
    loop_timer_at(&loop->loop, task->timer,
                  loop->now_ms + sim_between(&loop->random, 0, START_DELAY_MS));
    offload->running++;
    offload->jobs++;
}

static void op_submit(struct offload *base, struct job *job)
{
    struct sim_offload *offload = (struct sim_offload *)base;

    job->next = NULL;
    if (offload->running < offload->threads) {
        start(offload, job);
        return;
    }
    if (offload->first)
        offload->last->next = job;
    else
        offload->first = job;
    offload->last = job;
}

static const struct offload_ops sim_offload_ops = {.submit = op_submit};

void sim_offload_init(struct sim_offload *offload, struct sim_loop *loop, unsigned threads)
{
    *offload =
        (struct sim_offload){.offload = {&sim_offload_ops}, .loop = loop, .threads = threads};
}

bool sim_offload_busy(const struct sim_offload *offload)
{
    return offload->running > 0 || offload->first;
}
