/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bench for tests of conn.c: a connection in memory under a real libldap, in a loop whose events
 * the test makes. Tasks are searches and binds that only note what becomes of them.
 */
#ifndef TESTS_UNIT_CONN_BENCH_H
#define TESTS_UNIT_CONN_BENCH_H

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openldap.h>

#include "helpers/directory/conn.h"
#include "tests/unit/fake_carrier.h"
#include "tests/unit/fake_loop.h"

enum { TASKS = 80 };

/* A task that notes its answers. */
struct noted {
    struct task task;
    unsigned answers;
    int code;
    int entries;
};

struct rig {
    struct loop *loop;
    struct fake_carrier *fake;
    struct conn *conn;
    int fd;
    unsigned lost;
    unsigned writable;
    bool close_on_answer;
    struct noted tasks[TASKS];
};

static struct rig rig; /* tests run in processes of their own */

/* ---- what the connection tells ---- */

static inline void on_answer(struct conn *conn, struct task *task, LDAPMessage *answer)
{
    struct noted *noted = (struct noted *)task;

    ck_assert_msg(task->state == TASK_IDLE && !task->conn, "it has left the connection");
    noted->answers++;
    noted->entries = ldap_count_entries(conn->ld, answer);
    ck_assert_int_eq(ldap_parse_result(conn->ld, answer, &noted->code, NULL, NULL, NULL, NULL, 0),
                     0);
    if (rig.close_on_answer) {
        conn_close(conn);
        rig.conn = NULL;
    }
}

static inline void on_lost(struct conn *conn)
{
    ck_assert_ptr_eq(conn, rig.conn);
    rig.lost++;
    while (conn->tasks.first)
        conn_detach(conn, conn->tasks.first);
    conn_close(conn);
    rig.conn = NULL;
}

static inline void on_writable(struct conn *conn)
{
    ck_assert(conn->purpose == PURPOSE_BIND || conn_has_room(conn));
    rig.writable++;
}

static const struct conn_events events = {on_answer, on_lost, on_writable};

/* ---- the rig ---- */

static inline void open_rig(enum purpose purpose)
{
    struct setup setup = {.purpose = purpose};
    const int version = LDAP_VERSION3;

    rig = (struct rig){.loop = fake_loop_open(), .fake = fake_carrier_new()};
    rig.fd = rig.fake->carrier.fd;
    setup.wire = wire_new(&rig.fake->carrier, 1);
    ck_assert_ptr_nonnull(setup.wire);
    ck_assert_int_eq(ldap_init_fd(rig.fd, LDAP_PROTO_EXT, "ldap://dc1.example.test", &setup.ld),
                     LDAP_SUCCESS);
    ck_assert(wire_attach(setup.wire, setup.ld));
    ck_assert_int_eq(ldap_set_option(setup.ld, LDAP_OPT_PROTOCOL_VERSION, &version), 0);
    ck_assert_int_eq(ldap_set_option(setup.ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF), 0);
    wire_make_ready(setup.wire);
    rig.conn = conn_new(rig.loop, &setup, &events);
    ck_assert_ptr_nonnull(rig.conn);
    ck_assert(!setup.ld && !setup.wire);
}

static inline void open_service(void)
{
    open_rig(PURPOSE_SERVICE);
}

static inline void open_bind(void)
{
    open_rig(PURPOSE_BIND);
}

static inline void close_rig(void)
{
    if (rig.conn) {
        while (rig.conn->tasks.first)
            conn_detach(rig.conn, rig.conn->tasks.first);
        conn_close(rig.conn);
    }
    fake_loop_close(rig.loop);
}

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

static inline enum conn_sent try_send(unsigned number)
{
    struct noted *noted = &rig.tasks[number];
    int code = 0;

    noted->task.send = rig.conn->purpose == PURPOSE_BIND ? send_bind : send_search;
    noted->task.purpose = rig.conn->purpose;
    return conn_send(rig.conn, &noted->task, &code);
}

static inline void send_task(unsigned number)
{
    ck_assert_int_eq(try_send(number), CONN_SENT);
    ck_assert_int_eq(rig.tasks[number].task.state, TASK_SENT);
}

static inline int id_of(unsigned number)
{
    return rig.tasks[number].task.msgid;
}

static inline void give_result(int id, int code)
{
    ber_tag_t kind = rig.conn->purpose == PURPOSE_BIND ? LDAP_RES_BIND : LDAP_RES_SEARCH_RESULT;

    fake_give_message(rig.fake, peer_result(id, kind, code));
}

static inline void give_entry(int id)
{
    static char name[] = "uid=user,dc=example,dc=test";
    const struct berval dn = {sizeof name - 1, name};

    fake_give_message(rig.fake, peer_entry(id, &dn, "uid", "user"));
}

static inline void readable(void)
{
    fake_loop_ready(rig.loop, rig.fd, LOOP_READ);
}

static inline void writable(void)
{
    fake_loop_ready(rig.loop, rig.fd, LOOP_WRITE);
}

static inline void expect_answer(unsigned number, int code, int entries)
{
    ck_assert_uint_eq(rig.tasks[number].answers, 1);
    ck_assert_int_eq(rig.tasks[number].code, code);
    ck_assert_int_eq(rig.tasks[number].entries, entries);
}

#endif
