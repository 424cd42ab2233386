/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/setup.c: against servers in threads of their own that do what a
 * script says, on loopback. What a server does wrong must end at the deadline, without burning
 * processor time, with the right outcome and the phase named. TLS that works is an e2e test.
 */
#include <config.h>

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helpers/core/loop.h"
#include "helpers/core/offload.h"
#include "helpers/directory/setup.h"
#include "tests/unit/ldap_peer.h"

Suite *suite(void);

/* Silence is waited for, longer where something must have worked before it; what works has all the
 * time it wants. */
enum { SILENT_MS = 150, LATER_SILENT_MS = 1500, AMPLE_MS = 20000 };
#define SILENT_WORDS "no answer within 150 ms"

/* libldap loses a list of priorities with each TLS context of a GnuTLS build. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:gnutls_priority_init\n";
}

/* ---- a server in a thread ---- */

struct server;
typedef void serve_fn(struct server *server, int fd);

struct server {
    int listener;
    unsigned port;
    serve_fn *serve;
    int code;           /* for its answers */
    unsigned clients;   /* how many it serves, one after the other */
    pthread_t thread;
    unsigned requests;  /* how many it saw */
    size_t bytes;       /* how many it read in all */
    struct peer_request last;
};

static void send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = send(fd, bytes, len, MSG_NOSIGNAL);

        if (put <= 0)
            return;
        bytes += put;
        len -= (size_t)put;
    }
}

static void send_message(int fd, struct peer_message message)
{
    send_all(fd, message.bytes, message.len);
}

/* Reads one whole request; false when the client has gone. */
static bool read_request(struct server *server, int fd)
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
static void wait_for_end(struct server *server, int fd)
{
    char bytes[4096];
    ssize_t got;

    while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
        server->bytes += (size_t)got;
}

static void *run_server(void *argument)
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

static void start_server(struct server *server)
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

static void stop_server(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR); /* ends accept() where nobody has come */
    pthread_join(server->thread, NULL);
    close(server->listener);
}

/* ---- scripts ---- */

static void answer_all(struct server *server, int fd)
{
    while (read_request(server, fd)) {
        if (server->last.operation == LDAP_REQ_UNBIND)
            return;
        send_message(fd, peer_result(server->last.id, peer_answer_to(server->last.operation),
                                     server->code));
    }
}

static void say_nothing(struct server *server, int fd)
{
    wait_for_end(server, fd);
}

static void close_at_once(struct server *server, int fd)
{
    (void)server;
    (void)fd;
}

static void read_and_close(struct server *server, int fd)
{
    read_request(server, fd);
}

static void reset(struct server *server, int fd)
{
    const struct linger at_once = {.l_onoff = 1};

    read_request(server, fd);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

static struct peer_message good_answer(struct server *server)
{
    return peer_result(server->last.id, peer_answer_to(server->last.operation), 0);
}

static void half_an_answer(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        struct peer_message answer = good_answer(server);

        send_all(fd, answer.bytes, answer.len / 2);
        wait_for_end(server, fd);
    }
}

static void half_an_answer_and_end(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        struct peer_message answer = good_answer(server);

        send_all(fd, answer.bytes, answer.len / 2);
    }
}

/* The head of a TLS record and some of a ServerHello. */
static void half_a_handshake(struct server *server, int fd)
{
    static const char hello[] = "\x16\x03\x03\x00\x5a\x02\x00\x00\x56\x03\x03";

    if (read_request(server, fd)) {
        send_all(fd, hello, sizeof hello - 1);
        wait_for_end(server, fd);
    }
}

static void two_gigabytes(struct server *server, int fd)
{
    static const char announcement[] = "\x30\x84\x7f\xff\xff\xff\x02\x01\x01\x61";

    if (read_request(server, fd)) {
        send_all(fd, announcement, sizeof announcement - 1);
        wait_for_end(server, fd);
    }
}

/* As BER, "HT" announces 84 bytes. */
static void other_protocol(struct server *server, int fd)
{
    static const char text[] = "HTTP/1.1 400 Bad Request\r\nServer: example\r\n"
                               "Content-Type: text/html\r\nConnection: close\r\n\r\n"
                               "<html><body>Bad Request</body></html>";

    if (read_request(server, fd)) {
        send_all(fd, text, sizeof text - 1);
        wait_for_end(server, fd);
    }
}

static void echo(struct server *server, int fd)
{
    char bytes[4096];
    ssize_t got;

    (void)server;
    while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
        send_all(fd, bytes, (size_t)got);
}

static void answer_with_another_kind(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        bool bind = server->last.operation == LDAP_REQ_BIND;

        send_message(fd, peer_result(server->last.id,
                                     bind ? LDAP_RES_SEARCH_RESULT : LDAP_RES_BIND, 0));
        wait_for_end(server, fd);
    }
}

static void notice(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        send_message(fd, peer_notice());
        wait_for_end(server, fd);
    }
}

static void foreign_answers_first(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        for (int i = 0; i < 100; i++)
            send_message(fd, peer_result(server->last.id + 1000 + i, LDAP_RES_BIND, 49));
        send_message(fd, good_answer(server));
        wait_for_end(server, fd);
    }
}

/* Never lets the client wait, and never answers. */
static void foreign_answers_for_ever(struct server *server, int fd)
{
    struct peer_message answer = peer_result(4711, LDAP_RES_BIND, 0);
    char many[4096];
    size_t len = 0;

    while (len + answer.len <= sizeof many) {
        memcpy(many + len, answer.bytes, answer.len);
        len += answer.len;
    }
    if (read_request(server, fd))
        while (send(fd, many, len, MSG_NOSIGNAL) > 0)
            ;
}

static void entries_for_ever(struct server *server, int fd)
{
    static char name[] = "o=example";
    const struct berval dn = {sizeof name - 1, name};

    if (read_request(server, fd)) {
        struct peer_message entry = peer_entry(server->last.id, &dn, "o", "example");

        while (send(fd, entry.bytes, entry.len, MSG_NOSIGNAL) > 0)
            ;
    }
}

/* ---- one set-up ---- */

struct dialler {
    struct dialer dialer;
    bool far; /* says that the server is elsewhere */
    unsigned dials;
};

static struct carrier *dial(struct dialer *dialer, const struct server_address *address,
                            uint64_t deadline_ms, bool *local, struct why *why)
{
    struct dialler *self = (struct dialler *)dialer;
    struct dialer *network = dialer_network();
    struct carrier *carrier = network->dial(network, address, deadline_ms, local, why);

    self->dials++;
    if (self->far)
        *local = false;
    return carrier;
}

static uint64_t real_now_ms(struct dialer *dialer)
{
    (void)dialer;
    return dialer_network()->now_ms(dialer_network());
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
};

static void prepare_rig(struct rig *rig)
{
    static char no_certificates[] = "."; /* the system's take a while to read */

    tls_prepare_process();
    start_server(&rig->server);
    strcpy(rig->host, "127.0.0.1");
    snprintf(rig->uri, sizeof rig->uri, "%s://127.0.0.1:%u",
             rig->transport == TRANSPORT_LDAPS ? "ldaps" : "ldap", rig->server.port);
    rig->address = (struct server_address){.uri = rig->uri,
                                           .host = rig->host,
                                           .port = rig->server.port,
                                           .transport = rig->transport};
    rig->dialler.dialer = (struct dialer){dial, real_now_ms};
    ck_assert(directory_options_init(&rig->options));
    rig->options.ca_dir = no_certificates;
    rig->plan.dialer = &rig->dialler.dialer;
    rig->plan.tls = tls_profile_new(&rig->options);
    ck_assert_ptr_nonnull(rig->plan.tls);
    if (rig->plan.timeout_ms == 0)
        rig->plan.timeout_ms = AMPLE_MS;
}

static void run_rig(struct rig *rig)
{
    prepare_rig(rig);
    rig->setup =
        (struct setup){.plan = &rig->plan, .address = &rig->address, .purpose = rig->purpose};
    setup_run(&rig->setup);
}

/* Closes what was made, and waits until the server has seen it. */
static void end_rig(struct rig *rig)
{
    setup_discard(&rig->setup);
    stop_server(&rig->server);
    tls_profile_free(rig->plan.tls);
    free(rig->options.user_attr);
}

static void expect(const struct rig *rig, enum setup_outcome outcome, const char *phase)
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

static void expect_words(const struct rig *rig, const char *words)
{
    ck_assert_msg(strstr(rig->setup.why.text, words), "%s", rig->setup.why.text);
}

static const char *phase_of(enum purpose purpose)
{
    return purpose == PURPOSE_SERVICE ? "service bind" : "root entry";
}

/* ---- what works ---- */

START_TEST(an_anonymous_service_connection)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};

    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert(rig.setup.local);
    ck_assert(!rig.setup.tls_on);
    end_rig(&rig);
    ck_assert_uint_eq(rig.server.requests, 2); /* bind and unbind */
}
END_TEST

START_TEST(a_connection_for_binds_only_reads)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_BIND};

    rig.plan.bind_dn = "cn=service";
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert_uint_eq(rig.server.last.operation, LDAP_REQ_SEARCH);
    ck_assert_str_eq(rig.server.last.dn, "");
    end_rig(&rig);
}
END_TEST

START_TEST(the_service_account_is_named)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};
    struct secret *password = secret_copy("se\xc3\xa7ret", 7);

    rig.plan.bind_dn = "cn=service,dc=example,dc=test";
    rig.plan.bind_password = password;
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert_str_eq(rig.server.last.dn, "cn=service,dc=example,dc=test");
    ck_assert_str_eq(rig.server.last.password, "se\xc3\xa7ret");
    end_rig(&rig);
    secret_free(&password);
}
END_TEST

static void write_secret(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

START_TEST(the_password_file_is_read_each_time)
{
    static const char *const passwords[] = {"first", "second"};
    char path[] = "check_setup.XXXXXX";

    close(mkstemp(path));
    for (int i = 0; i < 2; i++) {
        struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};

        write_secret(path, passwords[i]);
        rig.plan.bind_dn = "cn=service";
        rig.plan.bind_password_file = path;
        run_rig(&rig);
        expect(&rig, SETUP_READY, NULL);
        ck_assert_str_eq(rig.server.last.password, passwords[i]);
        end_rig(&rig);
    }
    unlink(path);
}
END_TEST

START_TEST(a_missing_password_file_is_trouble_of_ours)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_SERVICE};

    rig.plan.bind_dn = "cn=service";
    rig.plan.bind_password_file = "/no/such/secret";
    run_rig(&rig);
    expect(&rig, SETUP_LOCAL, "password file");
    expect_words(&rig, "/no/such/secret");
    ck_assert_uint_eq(rig.dialler.dials, 0);
    end_rig(&rig);
}
END_TEST

START_TEST(a_connection_for_binds_needs_no_password_file)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_BIND};

    rig.plan.bind_password_file = "/no/such/secret";
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    end_rig(&rig);
}
END_TEST

START_TEST(answers_to_others_are_passed_over)
{
    struct rig rig = {.server.serve = foreign_answers_first, .purpose = (enum purpose)_i};

    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    end_rig(&rig);
}
END_TEST

/* libldap 2.5 spins inside the TLS handshake of a silent server when it has one. */
START_TEST(network_timeout_is_off_whatever_the_environment_says)
{
    struct rig rig = {.server.serve = answer_all, .purpose = PURPOSE_BIND};
    struct timeval *timeout = NULL;

    setenv("LDAPNETWORK_TIMEOUT", "7", 1);
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert_int_eq(ldap_get_option(rig.setup.ld, LDAP_OPT_NETWORK_TIMEOUT, &timeout), 0);
    ck_assert_msg(!timeout || timeout->tv_sec < 0, "it is set");
    ldap_memfree(timeout);
    end_rig(&rig);
}
END_TEST

/* ---- result codes (house rules: 49 is about the account, all others about the server) ---- */

struct code_case {
    int code;
    enum setup_outcome service;
    enum setup_outcome bind;
};

static const struct code_case codes[] = {
    {LDAP_SUCCESS, SETUP_READY, SETUP_READY},
    {LDAP_INVALID_CREDENTIALS, SETUP_CREDENTIAL, SETUP_READY},
    {LDAP_OPERATIONS_ERROR, SETUP_SERVER, SETUP_READY},
    {LDAP_STRONG_AUTH_REQUIRED, SETUP_SERVER, SETUP_READY},
    {LDAP_REFERRAL, SETUP_SERVER, SETUP_READY},
    {LDAP_CONFIDENTIALITY_REQUIRED, SETUP_SERVER, SETUP_READY},
    {LDAP_NO_SUCH_OBJECT, SETUP_SERVER, SETUP_READY},
    {LDAP_INSUFFICIENT_ACCESS, SETUP_SERVER, SETUP_READY},
    {LDAP_BUSY, SETUP_SERVER, SETUP_SERVER},
    {LDAP_UNAVAILABLE, SETUP_SERVER, SETUP_SERVER},
    {LDAP_UNWILLING_TO_PERFORM, SETUP_SERVER, SETUP_READY},
    {LDAP_OTHER, SETUP_SERVER, SETUP_SERVER},
    {-1, SETUP_SERVER, SETUP_SERVER},
    {12345, SETUP_SERVER, SETUP_READY},
};
enum { CODES = sizeof codes / sizeof codes[0] };

START_TEST(a_code_of_the_service_bind)
{
    struct rig rig = {.server = {.serve = answer_all, .code = codes[_i].code},
                      .purpose = PURPOSE_SERVICE};

    run_rig(&rig);
    expect(&rig, codes[_i].service, "service bind");
    end_rig(&rig);
}
END_TEST

START_TEST(a_code_of_the_root_entry)
{
    struct rig rig = {.server = {.serve = answer_all, .code = codes[_i].code},
                      .purpose = PURPOSE_BIND};

    run_rig(&rig);
    expect(&rig, codes[_i].bind, "root entry");
    end_rig(&rig);
}
END_TEST

START_TEST(a_server_that_wants_tls_is_said_to)
{
    struct rig rig = {.server = {.serve = answer_all, .code = LDAP_CONFIDENTIALITY_REQUIRED},
                      .purpose = PURPOSE_SERVICE};

    run_rig(&rig);
    expect_words(&rig, "TLS");
    end_rig(&rig);
}
END_TEST

/* ---- what a server can do wrong, without waiting ---- */

static serve_fn *const wrongs[] = {
    close_at_once, read_and_close, reset,  half_an_answer_and_end,  two_gigabytes,
    other_protocol, echo,          notice, answer_with_another_kind,
};
enum { WRONGS = sizeof wrongs / sizeof wrongs[0] };

START_TEST(a_wrong_is_found_at_once)
{
    struct rig rig = {.server.serve = wrongs[_i / 2], .purpose = (enum purpose)(_i % 2)};
    uint64_t began_ms = real_now_ms(NULL);

    if (rig.server.serve == notice)
        peer_notice_will_leak();
    run_rig(&rig);
    expect(&rig, SETUP_SERVER, phase_of(rig.purpose));
    ck_assert_msg(real_now_ms(NULL) - began_ms < AMPLE_MS, "it waited for the deadline");
    end_rig(&rig);
}
END_TEST

START_TEST(nobody_listens)
{
    struct rig rig = {.server.serve = close_at_once};

    prepare_rig(&rig);
    rig.setup = (struct setup){.plan = &rig.plan, .address = &rig.address};
    rig.address.port = 1; /* tcpmux: nobody has it */
    setup_run(&rig.setup);
    expect(&rig, SETUP_SERVER, "connect");
    end_rig(&rig);
}
END_TEST

/* ---- what must be waited for ---- */

/* The processor time of this thread. */
static double used_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_THREAD, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6 +
           (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6;
}

/* How a server can keep one waiting, and in which phase that is. */
struct wait_case {
    serve_fn *serve;
    enum transport transport;
    bool starttls;
    enum purpose purpose;
    const char *phase;
    bool busy; /* bytes come all the time, which is work */
};

static const struct wait_case waits[] = {
    {say_nothing, TRANSPORT_LDAP, false, PURPOSE_SERVICE, "service bind", false},
    {say_nothing, TRANSPORT_LDAP, false, PURPOSE_BIND, "root entry", false},
    {say_nothing, TRANSPORT_LDAP, true, PURPOSE_SERVICE, "StartTLS", false},
    {say_nothing, TRANSPORT_LDAPS, false, PURPOSE_SERVICE, "TLS handshake", false},
    {half_an_answer, TRANSPORT_LDAP, false, PURPOSE_SERVICE, "service bind", false},
    {half_an_answer, TRANSPORT_LDAP, false, PURPOSE_BIND, "root entry", false},
    {half_an_answer, TRANSPORT_LDAP, true, PURPOSE_BIND, "StartTLS", false},
    {half_a_handshake, TRANSPORT_LDAPS, false, PURPOSE_BIND, "TLS handshake", false},
    {foreign_answers_for_ever, TRANSPORT_LDAP, false, PURPOSE_SERVICE, "service bind", true},
    {foreign_answers_for_ever, TRANSPORT_LDAP, true, PURPOSE_SERVICE, "StartTLS", true},
    {entries_for_ever, TRANSPORT_LDAP, false, PURPOSE_BIND, "root entry", true},
};
enum { WAITS = sizeof waits / sizeof waits[0] };

static void expect_idle_since(double before_s, uint64_t began_ms)
{
    uint64_t took_ms = real_now_ms(NULL) - began_ms;

    ck_assert_msg(used_s() - before_s < (double)took_ms / 1000 / 2, "it burnt %.3f s of %u ms",
                  used_s() - before_s, (unsigned)took_ms);
}

START_TEST(waiting_ends_at_the_deadline)
{
    const struct wait_case *one = &waits[_i];
    struct rig rig = {.server.serve = one->serve,
                      .transport = one->transport,
                      .purpose = one->purpose};
    double before_s = used_s();
    uint64_t began_ms = real_now_ms(NULL);

    rig.plan.timeout_ms = SILENT_MS;
    rig.plan.starttls = one->starttls;
    run_rig(&rig);
    expect(&rig, SETUP_SERVER, one->phase);
    expect_words(&rig, SILENT_WORDS);
    ck_assert_uint_ge(real_now_ms(NULL) - began_ms, SILENT_MS);
    if (!one->busy)
        expect_idle_since(before_s, began_ms);
    end_rig(&rig);
}
END_TEST

/* ---- TLS and clear text ---- */

START_TEST(starttls_that_is_refused_ends_it)
{
    static const int refusals[] = {LDAP_PROTOCOL_ERROR, LDAP_UNAVAILABLE,
                                   LDAP_UNWILLING_TO_PERFORM, LDAP_REFERRAL};
    struct rig rig = {.server = {.serve = answer_all, .code = refusals[_i]},
                      .purpose = PURPOSE_SERVICE};

    rig.plan.starttls = true;
    rig.plan.bind_dn = "cn=service";
    run_rig(&rig);
    expect(&rig, SETUP_SERVER, "StartTLS");
    end_rig(&rig);
    ck_assert_str_ne(rig.server.last.dn, "cn=service");
    ck_assert_msg(rig.server.requests <= 2, "StartTLS, and perhaps good-bye");
}
END_TEST

START_TEST(a_ca_file_that_cannot_be_read_is_trouble_of_ours)
{
    static char missing[] = "/no/such/ca.pem";
    struct rig rig = {.server.serve = answer_all, .transport = TRANSPORT_LDAPS};

    prepare_rig(&rig);
    tls_profile_free(rig.plan.tls);
    rig.options.ca_file = missing;
    rig.plan.tls = tls_profile_new(&rig.options);
    rig.setup = (struct setup){.plan = &rig.plan, .address = &rig.address};
    setup_run(&rig.setup);
    expect(&rig, SETUP_LOCAL, "TLS set-up");
    expect_words(&rig, missing);
    end_rig(&rig);
}
END_TEST

START_TEST(clear_text_to_elsewhere_is_refused_before_the_first_byte)
{
    struct rig rig = {.server.serve = say_nothing, .purpose = (enum purpose)_i,
                      .dialler.far = true};

    run_rig(&rig);
    expect(&rig, SETUP_LOCAL, "cleartext");
    expect_words(&rig, "--allow-cleartext");
    end_rig(&rig);
    ck_assert_uint_eq(rig.server.bytes, 0);
}
END_TEST

START_TEST(clear_text_that_is_allowed_passes)
{
    struct rig rig = {.server.serve = answer_all, .dialler.far = true};

    rig.plan.cleartext_allowed = true;
    run_rig(&rig);
    expect(&rig, SETUP_READY, NULL);
    ck_assert(!rig.setup.local);
    end_rig(&rig);
}
END_TEST

/* Accepts StartTLS, then says nothing. */
static void agree_and_say_nothing(struct server *server, int fd)
{
    if (read_request(server, fd)) {
        send_message(fd, good_answer(server));
        wait_for_end(server, fd);
    }
}

/* What the server sees of a password before TLS is on: nothing. */
START_TEST(nothing_is_said_before_tls)
{
    struct rig rig = {.server.serve = agree_and_say_nothing, .purpose = PURPOSE_SERVICE,
                      .dialler.far = true};
    struct secret *password = secret_copy("secret", 6);
    double before_s = used_s();
    uint64_t began_ms = real_now_ms(NULL);

    rig.plan.timeout_ms = LATER_SILENT_MS;
    rig.plan.starttls = true;
    rig.plan.bind_dn = "cn=service";
    rig.plan.bind_password = password;
    run_rig(&rig);
    expect(&rig, SETUP_SERVER, "TLS handshake");
    expect_idle_since(before_s, began_ms);
    end_rig(&rig);
    ck_assert_uint_eq(rig.server.requests, 1);
    ck_assert_uint_eq(rig.server.last.operation, LDAP_REQ_EXTENDED);
    secret_free(&password);
}
END_TEST

/* ---- as jobs, several at once ---- */

enum { JOBS = 8, JOB_THREADS = 4 };

struct crowd {
    struct loop *loop;
    struct setup done[JOBS];
    unsigned count;
};

static void one_is_done(struct setup *setup)
{
    struct crowd *crowd = setup->context;

    crowd->done[crowd->count++] = *setup;
    setup->ld = NULL;
    setup->wire = NULL;
    free(setup);
    if (crowd->count == JOBS)
        loop_stop(crowd->loop);
}

/* One client is enough to keep a thread of the server busy, so each job has its own server. */
START_TEST(jobs_share_nothing_but_the_plan)
{
    static serve_fn *const scripts[] = {answer_all, close_at_once, echo, half_a_handshake};
    static struct rig rigs[JOBS];
    struct crowd crowd = {.loop = loop_open()};
    struct why why = {{0}};
    struct offload *offload = offload_open(crowd.loop, JOB_THREADS, &why);

    ck_assert_msg(offload, "%s", why.text);
    for (int i = 0; i < JOBS; i++) {
        rigs[i].server.serve = scripts[i % 4];
        if (i % 4 == 3) {
            rigs[i].transport = TRANSPORT_LDAPS;
            rigs[i].plan.timeout_ms = SILENT_MS;
        }
        prepare_rig(&rigs[i]);
    }
    for (int i = 0; i < JOBS; i++) {
        struct setup order = {.plan = &rigs[i % 4].plan,
                              .address = &rigs[i].address,
                              .purpose = (enum purpose)(i / 4 % 2),
                              .done = one_is_done,
                              .context = &crowd};

        ck_assert(setup_start(offload, &order));
    }
    loop_run(crowd.loop);
    for (int i = 0; i < JOBS; i++) {
        bool good = crowd.done[i].address == &rigs[0].address ||
                    crowd.done[i].address == &rigs[4].address;

        ck_assert_msg(crowd.done[i].outcome == (good ? SETUP_READY : SETUP_SERVER), "%s: %s",
                      crowd.done[i].address->uri, crowd.done[i].why.text);
        setup_discard(&crowd.done[i]);
    }
    ck_assert(offload_close(offload));
    loop_close(crowd.loop);
    for (int i = 0; i < JOBS; i++)
        end_rig(&rigs[i]);
}
END_TEST

static TCase *working_case(void)
{
    TCase *working = tcase_create("working");

    tcase_add_test(working, an_anonymous_service_connection);
    tcase_add_test(working, a_connection_for_binds_only_reads);
    tcase_add_test(working, the_service_account_is_named);
    tcase_add_test(working, the_password_file_is_read_each_time);
    tcase_add_test(working, a_missing_password_file_is_trouble_of_ours);
    tcase_add_test(working, a_connection_for_binds_needs_no_password_file);
    tcase_add_loop_test(working, answers_to_others_are_passed_over, 0, 2);
    tcase_add_test(working, network_timeout_is_off_whatever_the_environment_says);
    tcase_add_loop_test(working, a_code_of_the_service_bind, 0, CODES);
    tcase_add_loop_test(working, a_code_of_the_root_entry, 0, CODES);
    tcase_add_test(working, a_server_that_wants_tls_is_said_to);
    tcase_set_timeout(working, 60);
    return working;
}

static TCase *failing_case(void)
{
    TCase *failing = tcase_create("failing");

    tcase_add_loop_test(failing, a_wrong_is_found_at_once, 0, 2 * WRONGS);
    tcase_add_test(failing, nobody_listens);
    tcase_add_loop_test(failing, waiting_ends_at_the_deadline, 0, WAITS);
    tcase_add_loop_test(failing, starttls_that_is_refused_ends_it, 0, 4);
    tcase_add_test(failing, a_ca_file_that_cannot_be_read_is_trouble_of_ours);
    tcase_add_loop_test(failing, clear_text_to_elsewhere_is_refused_before_the_first_byte, 0, 2);
    tcase_add_test(failing, clear_text_that_is_allowed_passes);
    tcase_add_test(failing, nothing_is_said_before_tls);
    tcase_add_test(failing, jobs_share_nothing_but_the_plan);
    tcase_set_timeout(failing, 60);
    return failing;
}

Suite *suite(void)
{
    Suite *made = suite_create("setup");

    suite_add_tcase(made, working_case());
    suite_add_tcase(made, failing_case());
    return made;
}
