/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bench for tests of setup.c: a server in a thread, on loopback, that does what a script says,
 * and one set-up of a connection to it.
 */
#ifndef TESTS_UNIT_SETUP_BENCH_H
#define TESTS_UNIT_SETUP_BENCH_H

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helpers/directory/setup.h"
#include "tests/unit/ldap_peer.h"

/* Silence is waited for, longer where something must have worked before it; what works has all the
 * time it wants. */
enum { SILENT_MS = 150, LATER_SILENT_MS = 1500, AMPLE_MS = 120000 };

/* ---- a server in a thread ---- */

struct server;
typedef void serve_fn(struct server *server, int fd);

struct server {
    int listener;
    unsigned port;
    serve_fn *serve;
    int code;         /* for its answers */
    unsigned clients; /* how many it serves, one after the other */
    pthread_t thread;
    unsigned requests; /* how many it saw */
    size_t bytes;      /* how many it read in all */
    struct peer_request last;
};

static inline void send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = send(fd, bytes, len, MSG_NOSIGNAL);

        if (put <= 0)
            return;
        bytes += put;
        len -= (size_t)put;
    }
}

static inline void send_message(int fd, struct peer_message message)
{
    send_all(fd, message.bytes, message.len);
}

/* Reads one whole request; false when the client has gone. */
static inline bool read_request(struct server *server, int fd)
{
    char bytes[PEER_MESSAGE_MAX];
    size_t len = 0;

    while (len < sizeof bytes) {
        ssize_t got = recv(fd, bytes + len, 1, 0);

        if (got <= 0)
            return false;
        server->bytes += (size_t)got;
        len += (size_t)got;
        if (bytes[0] != 0x30) /* not LDAP: the beginning of TLS */
            return true;
        if (peer_message_len(bytes, len) > 0) {
            server->last = peer_parse(bytes, len);
            server->requests++;
            return true;
        }
    }
    return false;
}

/* Until the client has gone. */
static inline void wait_for_end(struct server *server, int fd)
{
    char bytes[4096];
    ssize_t got;

    while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
        server->bytes += (size_t)got;
}

static inline void *run_server(void *argument)
{
    struct server *server = argument;

    for (unsigned i = 0; i < server->clients; i++) {
        int fd = accept(server->listener, NULL, NULL);

        if (fd < 0)
            break;
        server->serve(server, fd);
        close(fd);
    }
    return NULL;
}

static inline void start_server(struct server *server)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof in;

    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&in, sizeof in), 0);
    ck_assert_int_eq(listen(server->listener, 16), 0);
    ck_assert_int_eq(getsockname(server->listener, (struct sockaddr *)&in, &len), 0);
    server->port = ntohs(in.sin_port);
    server->clients = server->clients ? server->clients : 1;
    ck_assert_int_eq(pthread_create(&server->thread, NULL, run_server, server), 0);
}

static inline void stop_server(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR); /* ends accept() where nobody has come */
    pthread_join(server->thread, NULL);
    close(server->listener);
}

/* ---- scripts ---- */

static inline void answer_all(struct server *server, int fd)
{
    while (read_request(server, fd)) {
        if (server->last.operation == LDAP_REQ_UNBIND)
            return;
        send_message(
            fd, peer_result(server->last.id, peer_answer_to(server->last.operation), server->code));
    }
}

static inline void close_at_once(struct server *server, int fd)
{
    (void)server;
    (void)fd;
}

static inline struct peer_message good_answer(struct server *server)
{
    return peer_result(server->last.id, peer_answer_to(server->last.operation), 0);
}

/* The head of a TLS record and some of a ServerHello. */
static inline void half_a_handshake(struct server *server, int fd)
{
    static const char hello[] = "\x16\x03\x03\x00\x5a\x02\x00\x00\x56\x03\x03";

    if (read_request(server, fd)) {
        send_all(fd, hello, sizeof hello - 1);
        wait_for_end(server, fd);
    }
}

static inline void echo(struct server *server, int fd)
{
    char bytes[4096];
    ssize_t got;

    (void)server;
    while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
        send_all(fd, bytes, (size_t)got);
}

/* ---- one set-up ---- */

struct dialler {
    struct dialer dialer;
    bool far; /* says that the server is elsewhere */
    unsigned dials;
};

static inline struct carrier *dial(struct dialer *dialer, const struct server_address *address,
                                   uint64_t deadline_ms, bool *local, struct why *why)
{
    struct dialler *self = (struct dialler *)dialer;
    struct dialer *network = dialer_network();
    /* A busy machine may need more than SILENT_MS for that, and it is not what is waited for. */
    struct carrier *carrier = network->dial(network, address, deadline_ms + AMPLE_MS, local, why);

    self->dials++;
    if (self->far)
        *local = false;
    return carrier;
}

static inline uint64_t real_now_ms(struct dialer *dialer)
{
    (void)dialer;
    return dialer_network()->now_ms(dialer_network());
}

/* The processor time of this thread. */
static inline double used_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
}

/* A plan, its server and what came of it. */
struct rig {
    struct server server;
    struct dialler dialler;
    struct directory_options options;
    struct setup_plan plan;
    enum transport transport;
    enum purpose purpose;
    char host[16];
    char uri[64];
    struct server_address address;
    struct setup setup;
    double used_before_s; /* when setup_run() began */
    uint64_t began_ms;
};

static inline void prepare_rig(struct rig *rig)
{
    static char no_certificates[] = "."; /* the system's take a while to read */

    tls_prepare_process();
    start_server(&rig->server);
    strcpy(rig->host, "127.0.0.1");
    snprintf(rig->uri, sizeof rig->uri, "%s://127.0.0.1:%u",
             rig->transport == TRANSPORT_LDAPS ? "ldaps" : "ldap", rig->server.port);
    rig->address = (struct server_address){
        .uri = rig->uri, .host = rig->host, .port = rig->server.port, .transport = rig->transport};
    rig->dialler.dialer = (struct dialer){dial, real_now_ms};
    ck_assert(directory_options_init(&rig->options));
    rig->options.ca_dir = no_certificates;
    rig->plan.dialer = &rig->dialler.dialer;
    rig->plan.tls = tls_profile_new(&rig->options);
    ck_assert_ptr_nonnull(rig->plan.tls);
    if (rig->plan.timeout_ms == 0)
        rig->plan.timeout_ms = AMPLE_MS;
}

static inline void run_rig(struct rig *rig)
{
    prepare_rig(rig);
    rig->setup =
        (struct setup){.plan = &rig->plan, .address = &rig->address, .purpose = rig->purpose};
    rig->used_before_s = used_s();
    rig->began_ms = real_now_ms(NULL);
    setup_run(&rig->setup);
}

/* Closes what was made, and waits until the server has seen it. */
static inline void end_rig(struct rig *rig)
{
    setup_discard(&rig->setup);
    stop_server(&rig->server);
    tls_profile_free(rig->plan.tls);
}

static inline void expect(const struct rig *rig, enum setup_outcome outcome, const char *phase)
{
    const struct setup *setup = &rig->setup;

    ck_assert_msg(setup->outcome == outcome, "outcome %d: %s: %s", (int)setup->outcome,
                  setup->phase ? setup->phase : "", setup->why.text);
    if (outcome == SETUP_READY) {
        ck_assert_ptr_nonnull(setup->ld);
        ck_assert_uint_eq(setup->wire->deadline_ms, 0);
        return;
    }
    ck_assert_str_eq(setup->phase, phase);
    ck_assert_msg(setup->why.text[0], "a sentence says why");
    ck_assert_msg(!setup->ld && !setup->wire, "nothing is left open");
}

static inline void expect_words(const struct rig *rig, const char *words)
{
    ck_assert_msg(strstr(rig->setup.why.text, words), "%s", rig->setup.why.text);
}

/* Whether the time was up before the server came to be silent in PHASE, as it may be on a busy
 * machine: then the set-up is worth another try, with more time. */
static inline bool ended_before(const struct rig *rig, const char *phase)
{
    return rig->setup.outcome == SETUP_SERVER && strcmp(rig->setup.phase, phase) != 0 &&
           strstr(rig->setup.why.text, "no answer within") && rig->plan.timeout_ms < AMPLE_MS;
}

/* ---- processor time ---- */

static inline void expect_idle(const struct rig *rig)
{
    double burnt_s = used_s() - rig->used_before_s;
    uint64_t took_ms = real_now_ms(NULL) - rig->began_ms;

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    /* The first call of a library costs a sanitizer more than the wait. */
    return;
#endif
    ck_assert_msg(burnt_s < (double)took_ms / 1000 / 2, "it burnt %.3f s of %u ms", burnt_s,
                  (unsigned)took_ms);
}

#endif
