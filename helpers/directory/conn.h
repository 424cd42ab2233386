/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn: a ready connection in the loop.
 *
 * Requests go out at once or not at all; answers are matched by message id. Nothing is ever
 * abandoned: a search whose owner has gone is let finish, a bind whose owner has gone ends with its
 * connection (RFC 4511 4.2.1 and 4.11 leave no other way).
 */
#ifndef PROXYAUTH_DIRECTORY_CONN_H
#define PROXYAUTH_DIRECTORY_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include <ldap.h>

#include "helpers/core/loop.h"
#include "helpers/directory/facts.h"
#include "helpers/directory/setup.h"
#include "helpers/directory/task.h"
#include "helpers/directory/wire.h"

/* slapd closes an anonymous connection with more than 100 requests pending. */
enum { CONN_SEARCHES_MAX = 64 };

/* What a connection tells its owner, from the loop. */
struct conn_events {
    /* An answer came; its task has left the connection. The owner calls task->answered. */
    void (*answer)(struct conn *conn, struct task *task, LDAPMessage *answer);
    /* It is dead: the owner takes its tasks and calls conn_close(). Nothing may be sent on it. */
    void (*lost)(struct conn *conn);
    /* Bytes that did not fit have gone out: it may be sent on again. */
    void (*writable)(struct conn *conn);
};

struct conn {
    struct conn *next; /* the owner's list */
    struct conn *prev;
    void *owner;
    void *server;
    const struct conn_events *events;
    enum purpose purpose;
    struct loop *loop;
    struct watch *watch;
    LDAP *ld;
    struct facts *facts;    /* of the server, held; NULL when none are known */
    uint64_t good_until_ms; /* past this nothing more is sent on it (a ticket ends); 0: no limit */
    uint64_t renew_ms;      /* when another one should take its place; 0: never */
    Sockbuf *buffer;
    struct wire *wire;
    struct task_queue tasks;   /* sent, in order */
    unsigned outstanding;      /* answers that are awaited, those without a task included */
    int last_msgid;            /* of the request sent last: the one that may be half written */
    uint64_t heard_mark;       /* bytes that the wire had received at the last answer */
    uint64_t waiting_since_ms; /* since when nothing came although something is awaited */
    uint64_t idle_since_ms;
    bool dead;
    bool draining; /* reading answers right now: freeing waits until that ends */
    bool closed;
};

/* Takes over what SETUP made, but for its facts. NULL when memory is out; SETUP then keeps it. */
struct conn *conn_new(struct loop *loop, struct setup *setup, const struct conn_events *events);

enum conn_sent {
    CONN_SENT,    /* on its way */
    CONN_BUSY,    /* earlier bytes are in the way: not sent; `writable` will be called */
    CONN_REFUSED, /* libldap does not send this request at all: *CODE says why */
    CONN_BROKEN,  /* not sent; the connection is dead, `lost` will not be called */
};

enum conn_sent conn_send(struct conn *conn, struct task *task, int *code);

/* Whether another request may go out now. */
bool conn_has_room(const struct conn *conn);

/* Whether its time is over. */
bool conn_is_over(const struct conn *conn);

/* True when TASK, sent on a connection that is dead, cannot have been processed: its bytes did not
 * all go out (and conn_close() sends no more), or the path swallowed them (no acknowledgement until
 * the system gave up). */
bool conn_cannot_have_processed(const struct conn *conn, const struct task *task);

/* Whether the peer has closed an idle connection, as far as the system knows already. */
bool conn_is_stale(struct conn *conn);

/* Forgets TASK, whose answer will be dropped. */
void conn_detach(struct conn *conn, struct task *task);

/* Closes and frees; its tasks must be gone. */
void conn_close(struct conn *conn);

#endif
