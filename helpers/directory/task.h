/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * task: one LDAP request that waits for a connection, is sent on it, and gets its answer.
 *
 * Embedded by its owner (login.c). The pool calls exactly one of `answered` and `failed`, from the
 * loop, never from inside pool_submit(), unless the task is withdrawn.
 */
#ifndef PROXYAUTH_DIRECTORY_TASK_H
#define PROXYAUTH_DIRECTORY_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include <ldap.h>

#include "helpers/directory/setup.h"

struct conn;
struct facts;

enum task_state { TASK_IDLE, TASK_QUEUED, TASK_SENT };

struct task {
    /* The owner's. */
    enum purpose purpose;
    /* It holds a user's password: sent again only if it cannot have been processed. */
    bool once;
    /* Gives the request to libldap; returns its code and the message id. FACTS are of the server
     * and live at least until the answer or the failure; NULL on a bind connection to a server
     * of which none are known. Called again, perhaps with other facts, when it is sent again. */
    int (*send)(struct task *task, LDAP *ld, const struct facts *facts, int *msgid);
    /* ANSWER holds the whole answer, search entries included; it is freed by the caller. Returns
     * the result code, from which the pool learns about the server's health. */
    int (*answered)(struct task *task, LDAP *ld, LDAPMessage *answer);
    /* REASON is for the reply. MAYBE_PROCESSED: the request may have reached a server. */
    void (*failed)(struct task *task, const char *reason, bool maybe_processed);

    /* The pool's and the connection's. */
    enum task_state state;
    struct task *next;
    struct task *prev;
    struct conn *conn; /* while sent */
    int msgid;
    uint64_t sent_mark; /* bytes that the wire had sent before this request */
    unsigned resends;
};

/* A doubly linked queue of tasks. Zeroed, it is empty. */
struct task_queue {
    struct task *first;
    struct task *last;
    unsigned count;
};

static inline void task_queue_push(struct task_queue *queue, struct task *task)
{
    task->next = NULL;
    task->prev = queue->last;
    if (queue->last)
        queue->last->next = task;
    else
        queue->first = task;
    queue->last = task;
    queue->count++;
}

static inline void task_queue_push_front(struct task_queue *queue, struct task *task)
{
    task->prev = NULL;
    task->next = queue->first;
    if (queue->first)
        queue->first->prev = task;
    else
        queue->last = task;
    queue->first = task;
    queue->count++;
}

static inline void task_queue_remove(struct task_queue *queue, struct task *task)
{
    if (task->prev)
        task->prev->next = task->next;
    else
        queue->first = task->next;
    if (task->next)
        task->next->prev = task->prev;
    else
        queue->last = task->prev;
    task->next = NULL;
    task->prev = NULL;
    queue->count--;
}

#endif
