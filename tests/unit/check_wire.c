/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/wire.c: over a carrier that does what a script says, called as libldap
 * calls its provider (lber-sockbuf(3)), and once over a real socket with libldap above it.
 */
#include <config.h>

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <ldap.h>
#include <openldap.h>

#include "helpers/directory/wire.h"

Suite *suite(void);

enum { STEPS = 64, DEADLINE_MS = 1000, AGAIN = -EAGAIN, THE_END = -1000000 };

/* What a carrier's calls give, one after the other: a count of bytes, 0 for the end, or -errno.
 * Behind the last step everything is EAGAIN. */
struct script {
    struct carrier carrier;
    int receives[STEPS];
    int sends[STEPS];
    unsigned receive_count; /* calls */
    unsigned send_count;
    unsigned waits; /* that say yes, before one says no */
    unsigned wait_count;
    enum loop_events awaited;
    uint64_t wait_deadline_ms;
    unsigned char next_byte; /* bytes are numbered */
    unsigned closed;
};

static struct script *script_of(struct carrier *carrier)
{
    return (struct script *)carrier;
}

static ssize_t result_of(const int *steps, unsigned call, size_t cap)
{
    int step = call < STEPS && steps[call] ? steps[call] : AGAIN;

    if (step > 0)
        return (size_t)step < cap ? step : (ssize_t)cap;
    errno = -step;
    return -1;
}

static ssize_t script_recv(struct carrier *carrier, void *to, size_t cap)
{
    struct script *script = script_of(carrier);
    unsigned call = script->receive_count++;
    ssize_t got;

    if (call < STEPS && script->receives[call] == THE_END)
        return 0;
    got = result_of(script->receives, call, cap);
    for (ssize_t i = 0; i < got; i++)
        ((unsigned char *)to)[i] = script->next_byte++;
    return got;
}

static ssize_t script_send(struct carrier *carrier, const void *from, size_t len)
{
    struct script *script = script_of(carrier);

    (void)from;
    return result_of(script->sends, script->send_count++, len);
}

static bool script_wait(struct carrier *carrier, enum loop_events events, uint64_t deadline_ms)
{
    struct script *script = script_of(carrier);

    script->awaited = events;
    script->wait_deadline_ms = deadline_ms;
    return script->wait_count++ < script->waits;
}

static size_t script_unacknowledged(struct carrier *carrier)
{
    (void)carrier;
    return 0;
}

static bool script_peer_gone(struct carrier *carrier)
{
    (void)carrier;
    return false;
}

static void script_close(struct carrier *carrier)
{
    script_of(carrier)->closed++;
}

static const struct carrier_ops script_ops = {
    .recv = script_recv,
    .send = script_send,
    .wait = script_wait,
    .unacknowledged = script_unacknowledged,
    .peer_gone = script_peer_gone,
    .close = script_close,
};

/* ---- a wire under libldap, and a layer above it to call it through ---- */

struct rig {
    struct script script;
    struct wire *wire;
    LDAP *ld;
    Sockbuf *buffer;
    Sockbuf_IO_Desc *above;
};

static int note_layer(Sockbuf_IO_Desc *io, void *where)
{
    *(Sockbuf_IO_Desc **)where = io;
    return 0;
}

static int pass_control(Sockbuf_IO_Desc *io, int option, void *argument)
{
    return LBER_SBIOD_CTRL_NEXT(io, option, argument);
}

static ber_slen_t pass_read(Sockbuf_IO_Desc *io, void *to, ber_len_t cap)
{
    return LBER_SBIOD_READ_NEXT(io, to, cap);
}

static ber_slen_t pass_write(Sockbuf_IO_Desc *io, void *from, ber_len_t len)
{
    return LBER_SBIOD_WRITE_NEXT(io, from, len);
}

static Sockbuf_IO layer = {
    .sbi_setup = note_layer,
    .sbi_ctrl = pass_control,
    .sbi_read = pass_read,
    .sbi_write = pass_write,
};

static void rig_open(struct rig *rig)
{
    rig->script.carrier = (struct carrier){&script_ops, -1};
    rig->wire = wire_new(&rig->script.carrier, DEADLINE_MS);
    ck_assert_ptr_nonnull(rig->wire);
    ck_assert_int_eq(ldap_init_fd(-1, LDAP_PROTO_EXT, "ldap://directory.example.test", &rig->ld),
                     0);
    ck_assert(wire_attach(rig->wire, rig->ld));
    ck_assert_int_eq(ldap_get_option(rig->ld, LDAP_OPT_SOCKBUF, &rig->buffer), 0);
    ck_assert_int_eq(
        ber_sockbuf_add_io(rig->buffer, &layer, LBER_SBIOD_LEVEL_APPLICATION, (void *)&rig->above),
        0);
}

static void rig_open_ready(struct rig *rig)
{
    rig_open(rig);
    wire_make_ready(rig->wire);
}

/* As its owner ends it: libldap says good-bye and closes, then the wire closes the carrier, once.
 */
static void rig_close(struct rig *rig)
{
    ldap_unbind_ext(rig->ld, NULL, NULL);
    ck_assert_uint_eq(rig->script.closed, 0);
    wire_free(rig->wire);
    ck_assert_uint_eq(rig->script.closed, 1);
}

static ssize_t rig_read(struct rig *rig, void *to, size_t cap)
{
    return LBER_SBIOD_READ_NEXT(rig->above, to, cap);
}

static ssize_t rig_write(struct rig *rig, size_t len)
{
    static char bytes[100];

    ck_assert_uint_le(len, sizeof bytes);
    return LBER_SBIOD_WRITE_NEXT(rig->above, bytes, len);
}

static bool says_ready(const struct rig *rig)
{
    return ber_sockbuf_ctrl(rig->buffer, LBER_SB_OPT_DATA_READY, NULL) == 1;
}

static void expect_failure(ssize_t result, int error)
{
    ck_assert_int_eq(result, -1);
    ck_assert_int_eq(errno, error);
}

/* ---- deadline mode ---- */

START_TEST(a_read_waits_until_there_is_something)
{
    struct rig rig = {.script = {.receives = {AGAIN, AGAIN, 5}, .waits = 3}};
    unsigned char got[8];

    rig_open(&rig);
    ck_assert_int_eq(rig_read(&rig, got, sizeof got), 5);
    ck_assert_int_eq(rig.script.awaited, LOOP_READ);
    ck_assert_uint_eq(rig.script.wait_deadline_ms, DEADLINE_MS);
    rig_close(&rig);
}
END_TEST

/* EAGAIN would make libldap's TLS handshake spin. */
START_TEST(a_read_ends_with_etimedout_at_the_deadline)
{
    struct rig rig = {.script = {.receives = {AGAIN}}};
    unsigned char got[8];
    unsigned calls;

    rig_open(&rig);
    expect_failure(rig_read(&rig, got, sizeof got), ETIMEDOUT);
    ck_assert_int_eq(rig.wire->broken, ETIMEDOUT);
    calls = rig.script.receive_count;
    expect_failure(rig_read(&rig, got, sizeof got), ETIMEDOUT);
    expect_failure(rig_write(&rig, 10), ETIMEDOUT);
    ck_assert_uint_eq(rig.script.receive_count, calls);
    ck_assert_uint_eq(rig.script.send_count, 0);
    rig_close(&rig);
}
END_TEST

START_TEST(a_write_waits_until_there_is_room)
{
    struct rig rig = {.script = {.sends = {AGAIN, AGAIN, 100}, .waits = 3}};

    rig_open(&rig);
    ck_assert_int_eq(rig_write(&rig, 10), 10);
    ck_assert_int_eq(rig.script.awaited, LOOP_WRITE);
    ck_assert_uint_eq(rig.wire->sent, 10);
    rig_close(&rig);
}
END_TEST

START_TEST(a_write_ends_with_etimedout_at_the_deadline)
{
    struct rig rig = {.script = {.sends = {AGAIN}}};

    rig_open(&rig);
    expect_failure(rig_write(&rig, 10), ETIMEDOUT);
    ck_assert_int_eq(rig.wire->broken, ETIMEDOUT);
    ck_assert_uint_eq(rig.wire->sent, 0);
    rig_close(&rig);
}
END_TEST

/* A peer that never stops talking does not keep a thread for ever: the wait decides, not whether
 * there are bytes. */
START_TEST(bytes_without_end_end_at_the_deadline)
{
    struct rig rig = {.script = {.waits = 10}};
    char got[1];

    for (int i = 0; i < STEPS; i++)
        rig.script.receives[i] = WIRE_AHEAD;
    rig_open(&rig);
    for (long i = 0; i < (long)STEPS * WIRE_AHEAD; i++)
        if (rig_read(&rig, got, 1) < 0)
            break;
    ck_assert_int_eq(rig.wire->broken, ETIMEDOUT);
    rig_close(&rig);
}
END_TEST

/* libldap then reads, where the deadline counts, and does not wait in a poll() of its own. */
START_TEST(libldap_is_told_to_read_while_it_may_wait)
{
    struct rig rig = {.script = {.receives = {3}, .waits = 1}};
    char got[8];

    rig_open(&rig);
    ck_assert(says_ready(&rig));
    ck_assert_int_eq(rig_read(&rig, got, sizeof got), 3);
    ck_assert(says_ready(&rig));
    rig_close(&rig);
}
END_TEST

/* ---- ready mode ---- */

START_TEST(a_ready_wire_never_waits)
{
    struct rig rig = {.script = {.waits = 100}};
    char got[8];

    rig_open_ready(&rig);
    ck_assert(says_ready(&rig));
    expect_failure(rig_read(&rig, got, sizeof got), EAGAIN);
    ck_assert(rig.wire->drained);
    ck_assert(!says_ready(&rig));
    expect_failure(rig_write(&rig, 10), EAGAIN);
    ck_assert(rig.wire->blocked);
    ck_assert_uint_eq(rig.script.wait_count, 0);
    ck_assert_int_eq(rig.wire->broken, 0);
    rig_close(&rig);
}
END_TEST

START_TEST(a_drained_wire_asks_again_after_the_loop_did)
{
    struct rig rig = {.script = {.receives = {AGAIN, 4}}};
    char got[8];

    rig_open_ready(&rig);
    expect_failure(rig_read(&rig, got, sizeof got), EAGAIN);
    expect_failure(rig_read(&rig, got, sizeof got), EAGAIN);
    ck_assert_uint_eq(rig.script.receive_count, 1);
    wire_refresh(rig.wire);
    ck_assert(says_ready(&rig));
    ck_assert_int_eq(rig_read(&rig, got, sizeof got), 4);
    rig_close(&rig);
}
END_TEST

/* libldap asks for eight bytes and then for the rest of a message. */
START_TEST(reads_ahead_and_gives_the_bytes_in_order)
{
    struct rig rig = {.script = {.receives = {100, 50}}};
    unsigned char got[200];
    size_t len = 8;

    rig_open_ready(&rig);
    ck_assert_int_eq(rig_read(&rig, got, 8), 8);
    while (len < 100) {
        ck_assert(says_ready(&rig));
        ck_assert_int_eq(rig_read(&rig, got + len, 23), 23);
        len += 23;
    }
    ck_assert_uint_eq(rig.script.receive_count, 1);
    ck_assert(!says_ready(&rig));
    wire_refresh(rig.wire);
    ck_assert_int_eq(rig_read(&rig, got + len, sizeof got - len), 50);
    for (int i = 0; i < 150; i++)
        ck_assert_int_eq(got[i], i);
    rig_close(&rig);
}
END_TEST

START_TEST(a_full_read_is_followed_by_another)
{
    struct rig rig = {.script = {.receives = {WIRE_AHEAD, 7}}};
    unsigned char got[WIRE_AHEAD];

    rig_open_ready(&rig);
    ck_assert_int_eq(rig_read(&rig, got, 96), 96);
    ck_assert_int_eq(rig_read(&rig, got, sizeof got), WIRE_AHEAD - 96);
    ck_assert(says_ready(&rig));
    ck_assert_int_eq(rig_read(&rig, got, sizeof got), 7);
    ck_assert(!says_ready(&rig));
    ck_assert_uint_eq(rig.wire->received, WIRE_AHEAD + 7);
    rig_close(&rig);
}
END_TEST

START_TEST(others_get_their_turn)
{
    struct rig rig = {.script = {.receives = {0}}};
    static unsigned char got[WIRE_AHEAD];
    long reads = 0;

    for (int i = 0; i < STEPS; i++)
        rig.script.receives[i] = WIRE_AHEAD;
    rig_open_ready(&rig);
    while (says_ready(&rig) && reads * WIRE_AHEAD <= WIRE_TURN) {
        ck_assert_int_eq(rig_read(&rig, got, sizeof got), WIRE_AHEAD);
        reads++;
        rig.script.receive_count = 0;
    }
    ck_assert_int_eq(reads * WIRE_AHEAD, WIRE_TURN);
    wire_refresh(rig.wire);
    ck_assert(says_ready(&rig));
    rig_close(&rig);
}
END_TEST

/* A library that asks for ever, though nothing is there, is stopped. */
START_TEST(reads_without_end_end_the_connection)
{
    struct rig rig = {.script = {.receives = {AGAIN}}};
    char got[8];

    rig_open_ready(&rig);
    for (int i = 0; i < WIRE_EMPTY_READS; i++)
        expect_failure(rig_read(&rig, got, sizeof got), EAGAIN);
    expect_failure(rig_read(&rig, got, sizeof got), EPROTO);
    ck_assert_int_eq(rig.wire->broken, EPROTO);
    rig_close(&rig);
}
END_TEST

START_TEST(a_short_write_is_told_and_counted)
{
    struct rig rig = {.script = {.sends = {3, AGAIN, 7}}};

    rig_open_ready(&rig);
    ck_assert_int_eq(rig_write(&rig, 10), 3);
    ck_assert(!rig.wire->blocked);
    expect_failure(rig_write(&rig, 7), EAGAIN);
    ck_assert(rig.wire->blocked);
    ck_assert_uint_eq(rig.wire->sent, 3);
    ck_assert_int_eq(rig_write(&rig, 7), 7);
    ck_assert(!rig.wire->blocked);
    ck_assert_uint_eq(rig.wire->sent, 10);
    rig_close(&rig);
}
END_TEST

/* ---- the end of a connection, in both modes ---- */

static void open_in_mode(struct rig *rig, int ready)
{
    rig_open(rig);
    if (ready)
        wire_make_ready(rig->wire);
}

START_TEST(the_end_is_told_and_remembered)
{
    struct rig rig = {.script = {.receives = {THE_END, 5}, .waits = 100}};
    char got[8];

    open_in_mode(&rig, _i);
    ck_assert_int_eq(rig_read(&rig, got, sizeof got), 0);
    ck_assert_int_eq(rig.wire->broken, ECONNRESET);
    expect_failure(rig_read(&rig, got, sizeof got), ECONNRESET);
    expect_failure(rig_write(&rig, 10), ECONNRESET);
    ck_assert_uint_eq(rig.script.receive_count, 1);
    ck_assert_uint_eq(rig.script.send_count, 0);
    rig_close(&rig);
}
END_TEST

START_TEST(what_was_read_before_the_end_is_not_lost)
{
    struct rig rig = {.script = {.receives = {20, THE_END}, .waits = 100}};
    char got[20];

    open_in_mode(&rig, _i);
    ck_assert_int_eq(rig_read(&rig, got, 8), 8);
    ck_assert_int_eq(rig_read(&rig, got, sizeof got), 12);
    wire_refresh(rig.wire);
    ck_assert_int_eq(rig_read(&rig, got, sizeof got), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(an_error_is_told_and_remembered)
{
    static const int errors[] = {ECONNRESET, ETIMEDOUT, EPIPE, EHOSTUNREACH};
    char got[8];

    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        struct rig reading = {.script = {.receives = {-errors[i]}, .waits = 100}};
        struct rig writing = {.script = {.sends = {-errors[i], 10}, .waits = 100}};

        open_in_mode(&reading, _i);
        expect_failure(rig_read(&reading, got, sizeof got), errors[i]);
        ck_assert_int_eq(reading.wire->broken, errors[i]);
        rig_close(&reading);
        open_in_mode(&writing, _i);
        expect_failure(rig_write(&writing, 10), errors[i]);
        expect_failure(rig_write(&writing, 10), errors[i]);
        ck_assert_int_eq(writing.wire->broken, errors[i]);
        rig_close(&writing);
    }
}
END_TEST

START_TEST(a_signal_changes_nothing)
{
    struct rig rig = {.script = {.receives = {-EINTR, 5}, .sends = {-EINTR, 10}, .waits = 100}};
    char got[8];

    open_in_mode(&rig, _i);
    ck_assert_int_eq(rig_read(&rig, got, sizeof got), 5);
    ck_assert_int_eq(rig_write(&rig, 10), 10);
    rig_close(&rig);
}
END_TEST

START_TEST(a_wire_that_was_never_attached_closes_its_carrier)
{
    struct script script = {.carrier = {&script_ops, -1}};

    wire_free(wire_new(&script.carrier, DEADLINE_MS));
    ck_assert_uint_eq(script.closed, 1);
    wire_free(NULL);
}
END_TEST

/* ---- a real socket ---- */

static uint64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static ssize_t socket_recv(struct carrier *carrier, void *to, size_t cap)
{
    return recv(carrier->fd, to, cap, MSG_DONTWAIT);
}

static ssize_t socket_send(struct carrier *carrier, const void *from, size_t len)
{
    return send(carrier->fd, from, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static bool socket_wait(struct carrier *carrier, enum loop_events events, uint64_t deadline_ms)
{
    struct pollfd poll_fd = {.fd = carrier->fd, .events = events == LOOP_READ ? POLLIN : POLLOUT};
    uint64_t now_ms = monotonic_ms();

    return now_ms < deadline_ms && poll(&poll_fd, 1, (int)(deadline_ms - now_ms)) > 0;
}

static void socket_close(struct carrier *carrier)
{
    close(carrier->fd);
}

static const struct carrier_ops socket_ops = {
    .recv = socket_recv,
    .send = socket_send,
    .wait = socket_wait,
    .unacknowledged = script_unacknowledged,
    .peer_gone = script_peer_gone,
    .close = socket_close,
};

/* A handle on one end of a socket pair; the test is the server at the other. */
struct pair {
    struct carrier carrier;
    struct wire *wire;
    LDAP *ld;
    int server;
    int msgid;
};

static void pair_open(struct pair *pair, uint64_t deadline_ms)
{
    char none[] = LDAP_NO_ATTRS;
    char *attributes[] = {none, NULL};
    int ends[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    pair->carrier = (struct carrier){&socket_ops, ends[0]};
    pair->server = ends[1];
    pair->wire = wire_new(&pair->carrier, deadline_ms);
    ck_assert_int_eq(
        ldap_init_fd(ends[0], LDAP_PROTO_EXT, "ldap://directory.example.test", &pair->ld), 0);
    ck_assert(wire_attach(pair->wire, pair->ld));
    if (deadline_ms == 0)
        wire_make_ready(pair->wire);
    ck_assert_int_eq(ldap_search_ext(pair->ld, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes,
                                     0, NULL, NULL, NULL, 1, &pair->msgid),
                     LDAP_SUCCESS);
    ck_assert_int_eq(pair->msgid, 1);
}

static void pair_close(struct pair *pair)
{
    ldap_unbind_ext(pair->ld, NULL, NULL);
    wire_free(pair->wire);
    close(pair->server);
}

/* SearchResultDone, success, message 1: RFC 4511, sections 4.1.1 and 4.5.2. */
static const char search_done[] = "\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\x00\x04\x00\x04\x00";
enum { DONE_LEN = sizeof search_done - 1 };

static int look(struct pair *pair)
{
    struct timeval at_once = {0, 0};
    LDAPMessage *answer = NULL;
    int type = ldap_result(pair->ld, LDAP_RES_ANY, LDAP_MSG_ALL, &at_once, &answer);

    ldap_msgfree(answer);
    return type;
}

/* With libldap's own provider this waits until the rest has come. */
START_TEST(part_of_an_answer_does_not_make_libldap_wait)
{
    struct pair pair;

    pair_open(&pair, 0);
    for (int i = 0; i < DONE_LEN; i++) {
        ck_assert_int_eq(look(&pair), 0);
        ck_assert_int_eq(write(pair.server, search_done + i, 1), 1);
        wire_refresh(pair.wire);
    }
    ck_assert_int_eq(look(&pair), LDAP_RES_SEARCH_RESULT);
    pair_close(&pair);
}
END_TEST

/* libldap is told to wait for ever, the wire knows better. */
START_TEST(a_silent_server_ends_at_the_deadline)
{
    struct pair pair;
    LDAPMessage *answer = NULL;
    int part = _i;

    pair_open(&pair, monotonic_ms() + 60 * 1000);
    ck_assert_int_eq(write(pair.server, search_done, (size_t)part), part);
    pair.wire->deadline_ms = monotonic_ms() + 50;
    ck_assert_int_eq(ldap_result(pair.ld, LDAP_RES_ANY, LDAP_MSG_ALL, NULL, &answer), -1);
    ck_assert_int_eq(pair.wire->broken, ETIMEDOUT);
    pair_close(&pair);
}
END_TEST

START_TEST(an_answer_comes_in_deadline_mode)
{
    struct pair pair;
    LDAPMessage *answer = NULL;

    pair_open(&pair, monotonic_ms() + 60 * 1000);
    ck_assert_int_eq(write(pair.server, search_done, DONE_LEN), DONE_LEN);
    ck_assert_int_eq(ldap_result(pair.ld, LDAP_RES_ANY, LDAP_MSG_ALL, NULL, &answer),
                     LDAP_RES_SEARCH_RESULT);
    ldap_msgfree(answer);
    pair_close(&pair);
}
END_TEST

Suite *suite(void)
{
    Suite *s = suite_create("wire");
    TCase *deadline = tcase_create("deadline");
    TCase *ready = tcase_create("ready");
    TCase *end = tcase_create("end");
    TCase *real = tcase_create("socket");

    tcase_add_test(deadline, a_read_waits_until_there_is_something);
    tcase_add_test(deadline, a_read_ends_with_etimedout_at_the_deadline);
    tcase_add_test(deadline, a_write_waits_until_there_is_room);
    tcase_add_test(deadline, a_write_ends_with_etimedout_at_the_deadline);
    tcase_add_test(deadline, bytes_without_end_end_at_the_deadline);
    tcase_add_test(deadline, libldap_is_told_to_read_while_it_may_wait);
    suite_add_tcase(s, deadline);
    tcase_add_test(ready, a_ready_wire_never_waits);
    tcase_add_test(ready, a_drained_wire_asks_again_after_the_loop_did);
    tcase_add_test(ready, reads_ahead_and_gives_the_bytes_in_order);
    tcase_add_test(ready, a_full_read_is_followed_by_another);
    tcase_add_test(ready, others_get_their_turn);
    tcase_add_test(ready, reads_without_end_end_the_connection);
    tcase_add_test(ready, a_short_write_is_told_and_counted);
    suite_add_tcase(s, ready);
    tcase_add_loop_test(end, the_end_is_told_and_remembered, 0, 2);
    tcase_add_loop_test(end, what_was_read_before_the_end_is_not_lost, 0, 2);
    tcase_add_loop_test(end, an_error_is_told_and_remembered, 0, 2);
    tcase_add_loop_test(end, a_signal_changes_nothing, 0, 2);
    tcase_add_test(end, a_wire_that_was_never_attached_closes_its_carrier);
    suite_add_tcase(s, end);
    tcase_set_timeout(real, 60);
    tcase_add_test(real, part_of_an_answer_does_not_make_libldap_wait);
    tcase_add_loop_test(real, a_silent_server_ends_at_the_deadline, 0, DONE_LEN);
    tcase_add_test(real, an_answer_comes_in_deadline_mode);
    suite_add_tcase(s, real);
    return s;
}
