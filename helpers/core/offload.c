/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pool of real threads. A thread is started when a job finds none idle; finished jobs go back
 * through loop_post(). A thread that hangs in a library delays only jobs behind it when all
 * threads hang.
 */
#include <config.h>

#include "helpers/core/offload.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>

#include "helpers/core/secret.h"

enum { THREADS_MAX = 64 };

/* libldap, TLS and the resolver in one call chain; measured well below half of this. */
static const size_t usual_stack_size = (size_t)512 * 1024;

struct thread_pool {
    struct offload offload;
    struct loop *loop;
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct job *first;
    struct job **last;
    unsigned queued;
    unsigned running;
    unsigned unfinished; /* jobs whose `done` has not been called; loop's thread only */
    unsigned started;
    unsigned threads_max;
    size_t stack_size;
    bool stop;
    pthread_t threads[THREADS_MAX];
};

static struct job *take_job(struct thread_pool *pool)
{
    struct job *job = NULL;

    pthread_mutex_lock(&pool->lock);
    while (!pool->first && !pool->stop)
        pthread_cond_wait(&pool->work, &pool->lock);
    if (pool->first) {
        job = pool->first;
        pool->first = job->next;
        if (!pool->first)
            pool->last = &pool->first;
        pool->queued--;
        pool->running++;
    }
    pthread_mutex_unlock(&pool->lock);
    return job;
}

static void *work(void *argument)
{
    struct thread_pool *pool = argument;
    struct job *job;

    while ((job = take_job(pool)) != NULL) {
        job->run(job);
        /* It had a password or a key, or may have had; the thread may now be idle for hours. */
        secret_wipe_stack();
        pthread_mutex_lock(&pool->lock);
        pool->running--;
        pthread_mutex_unlock(&pool->lock);
        loop_post(pool->loop, &job->posted);
    }
    return NULL;
}

/* Back in the loop's thread. */
static void finish(struct posted *posted)
{
    struct job *job = (struct job *)(void *)((char *)posted - offsetof(struct job, posted));

    ((struct thread_pool *)job->pool)->unfinished--;
    job->done(job);
}

/* Signals belong to the loop's thread. */
static bool start_thread(struct thread_pool *pool)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    bool started;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, pool->stack_size);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&pool->threads[pool->started], &attributes, work, pool) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (started)
        pool->started++;
    return started;
}

static void submit(struct offload *offload, struct job *job)
{
    struct thread_pool *pool = (struct thread_pool *)offload;
    bool more;

    job->next = NULL;
    job->pool = &pool->offload;
    job->posted.run = finish;
    pool->unfinished++;
    pthread_mutex_lock(&pool->lock);
    *pool->last = job;
    pool->last = &job->next;
    pool->queued++;
    more = pool->queued + pool->running > pool->started && pool->started < pool->threads_max;
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    if (more)
        start_thread(pool);
}

static const struct offload_ops thread_ops = {.submit = submit};

struct offload *offload_open(struct loop *loop, unsigned threads, struct why *why)
{
    return offload_open_with_stack(loop, threads, usual_stack_size, why);
}

struct offload *offload_open_with_stack(struct loop *loop, unsigned threads, size_t stack_size,
                                        struct why *why)
{
    struct thread_pool *pool = calloc(1, sizeof *pool);

    if (!pool || threads == 0 || threads > THREADS_MAX) {
        free(pool);
        why_set(why, "cannot make a pool of %u threads", threads);
        return NULL;
    }
    pool->offload.ops = &thread_ops;
    pool->loop = loop;
    pool->last = &pool->first;
    pool->threads_max = threads;
    pool->stack_size = stack_size;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    /* The first thread is started here, so that a job never waits for one that cannot start. */
    if (!start_thread(pool)) {
        why_set(why, "cannot start a thread");
        pthread_cond_destroy(&pool->work);
        pthread_mutex_destroy(&pool->lock);
        free(pool);
        return NULL;
    }
    return &pool->offload;
}

unsigned offload_busy(const struct offload *offload)
{
    return ((const struct thread_pool *)offload)->unfinished;
}

bool offload_close(struct offload *offload)
{
    struct thread_pool *pool = (struct thread_pool *)offload;
    unsigned i;

    if (pool->unfinished > 0)
        return false;
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (i = 0; i < pool->started; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
    return true;
}
