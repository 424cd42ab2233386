/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/dial.c: with listeners of its own on loopback and on UNIX sockets. A
 * path that swallows packets needs a network namespace and is an e2e test.
 */
#include <config.h>

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "helpers/directory/dial.h"
#include "helpers/directory/server_list.h"

Suite *suite(void);

/* Far more than anything here takes. */
enum { AMPLE_MS = 20000 };

static char unix_folder[] = "check_dial.XXXXXX"; /* in the build folder */

static uint64_t now_ms(void)
{
    return dialer_network()->now_ms(dialer_network());
}

/* ---- listeners ---- */

struct listener {
    int fd;
    unsigned port;
};

static struct listener listen_on(int family, const void *address, socklen_t len)
{
    struct listener listener = {.fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_storage bound;
    socklen_t bound_len = sizeof bound;

    ck_assert_int_ge(listener.fd, 0);
    if (bind(listener.fd, address, len) != 0) {
        close(listener.fd);
        return (struct listener){-1, 0};
    }
    ck_assert_int_eq(listen(listener.fd, 8), 0);
    ck_assert_int_eq(getsockname(listener.fd, (struct sockaddr *)&bound, &bound_len), 0);
    if (family == AF_INET)
        listener.port = ntohs(((struct sockaddr_in *)&bound)->sin_port);
    else if (family == AF_INET6)
        listener.port = ntohs(((struct sockaddr_in6 *)&bound)->sin6_port);
    return listener;
}

static struct listener listen_v4(unsigned port)
{
    const struct sockaddr_in in = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return listen_on(AF_INET, &in, sizeof in);
}

static struct listener listen_v6(void)
{
    const struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};

    return listen_on(AF_INET6, &in6, sizeof in6);
}

/* A port on which nobody listens for sure: one that was just ours. */
static unsigned closed_port(void)
{
    struct listener listener = listen_v4(0);

    close(listener.fd);
    return listener.port;
}

/* ---- dialling ---- */

static struct carrier *dial_to(const char *host, unsigned port, uint64_t timeout_ms, bool *local,
                               struct why *why)
{
    char name[64];
    const struct server_address address = {.host = name, .port = port};
    struct dialer *dialer = dialer_network();

    snprintf(name, sizeof name, "%s", host);
    return dialer->dial(dialer, &address, now_ms() + timeout_ms, local, why);
}

static struct carrier *dial_unix(char *path, struct why *why)
{
    const struct server_address address = {.host = path, .transport = TRANSPORT_LDAPI};
    struct dialer *dialer = dialer_network();
    bool local = false;
    struct carrier *carrier = dialer->dial(dialer, &address, now_ms() + AMPLE_MS, &local, why);

    ck_assert_msg(local, "a UNIX socket is on this machine");
    return carrier;
}

/* A carrier and the server's end of its connection. */
struct pair {
    struct listener listener;
    struct carrier *carrier;
    int server;
};

static struct pair connected_pair(void)
{
    struct pair pair = {.listener = listen_v4(0)};
    struct why why = {{0}};
    bool local = false;

    pair.carrier = dial_to("127.0.0.1", pair.listener.port, AMPLE_MS, &local, &why);
    ck_assert_msg(pair.carrier, "%s", why.text);
    pair.server = accept(pair.listener.fd, NULL, NULL);
    ck_assert_int_ge(pair.server, 0);
    return pair;
}

static void close_pair(struct pair *pair)
{
    pair->carrier->ops->close(pair->carrier);
    if (pair->server >= 0)
        close(pair->server);
    close(pair->listener.fd);
}

static bool wait_for(struct pair *pair, enum loop_events events, uint64_t timeout_ms)
{
    return pair->carrier->ops->wait(pair->carrier, events, now_ms() + timeout_ms);
}

/* ---- connecting ---- */

START_TEST(loopback_is_local)
{
    struct listener listener = listen_v4(0);
    struct why why = {{0}};
    bool local = false;
    struct carrier *carrier = dial_to("127.0.0.1", listener.port, AMPLE_MS, &local, &why);

    ck_assert_msg(carrier, "%s", why.text);
    ck_assert(local);
    carrier->ops->close(carrier);
    close(listener.fd);
}
END_TEST

START_TEST(loopback_of_ipv6_is_local)
{
    struct listener listener = listen_v6();
    struct why why = {{0}};
    bool local = false;
    struct carrier *carrier;

    if (listener.fd < 0)
        return; /* this machine has no IPv6 */
    carrier = dial_to("::1", listener.port, AMPLE_MS, &local, &why);
    ck_assert_msg(carrier, "%s", why.text);
    ck_assert(local);
    carrier->ops->close(carrier);
    close(listener.fd);
}
END_TEST

/* An IPv4 loopback address in IPv6 clothes, as some resolvers give it. */
START_TEST(mapped_loopback_is_local)
{
    struct listener listener = listen_v4(0);
    struct why why = {{0}};
    bool local = false;
    struct carrier *carrier = dial_to("::ffff:127.0.0.1", listener.port, AMPLE_MS, &local, &why);

    if (carrier) { /* not where the kernel has no IPv6 */
        ck_assert(local);
        carrier->ops->close(carrier);
    }
    close(listener.fd);
}
END_TEST

START_TEST(a_name_is_resolved)
{
    struct listener listener = listen_v4(0);
    struct why why = {{0}};
    bool local = false;
    /* May have ::1 as well, where nobody listens: all addresses are tried. */
    struct carrier *carrier = dial_to("localhost", listener.port, AMPLE_MS, &local, &why);

    ck_assert_msg(carrier, "%s", why.text);
    ck_assert(local);
    carrier->ops->close(carrier);
    close(listener.fd);
}
END_TEST

START_TEST(a_refusal_names_the_address)
{
    struct why why = {{0}};
    bool local = false;

    ck_assert_ptr_null(dial_to("127.0.0.1", closed_port(), AMPLE_MS, &local, &why));
    ck_assert_msg(strstr(why.text, "127.0.0.1"), "%s", why.text);
    ck_assert_msg(strstr(why.text, strerror(ECONNREFUSED)), "%s", why.text);
}
END_TEST

START_TEST(a_name_that_cannot_be_is_named)
{
    struct why why = {{0}};
    bool local = false;

    ck_assert_ptr_null(dial_to("no such.host.invalid", 389, AMPLE_MS, &local, &why));
    ck_assert_msg(strstr(why.text, "no such.host.invalid"), "%s", why.text);
}
END_TEST

START_TEST(no_time_is_no_connection)
{
    struct listener listener = listen_v4(0);
    struct why why = {{0}};
    bool local = false;

    ck_assert_ptr_null(dial_to("127.0.0.1", listener.port, 0, &local, &why));
    ck_assert_msg(strstr(why.text, "127.0.0.1"), "%s", why.text);
    close(listener.fd);
}
END_TEST

/* A listener whose queue is full lets the next one wait, for ever if nothing ends it. */
START_TEST(waiting_ends_at_the_deadline)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct listener listener = listen_on(AF_INET, &in, sizeof in);
    int waiting[64];
    struct why why = {{0}};
    bool local = false;
    uint64_t began_ms;

    ck_assert_int_eq(listen(listener.fd, 0), 0);
    in.sin_port = htons((uint16_t)listener.port);
    for (int i = 0; i < 64; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)!connect(waiting[i], (struct sockaddr *)&in, sizeof in);
    }
    began_ms = now_ms();
    ck_assert_ptr_null(dial_to("127.0.0.1", listener.port, 400, &local, &why));
    ck_assert_uint_ge(now_ms() - began_ms, 400);
    ck_assert_msg(strstr(why.text, strerror(ETIMEDOUT)), "%s", why.text);
    for (int i = 0; i < 64; i++)
        close(waiting[i]);
    close(listener.fd);
}
END_TEST

START_TEST(the_socket_is_tuned)
{
    struct pair pair = connected_pair();
    static const struct {
        int level, option, value;
    } wanted[] = {
        {IPPROTO_TCP, TCP_NODELAY, 1},
        {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_USER_TIMEOUT, 3000},
    };

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        int value = -1;
        socklen_t len = sizeof value;

        ck_assert_int_eq(getsockopt(pair.carrier->fd, wanted[i].level, wanted[i].option, &value,
                                    &len),
                         0);
        ck_assert_int_eq(value, wanted[i].value);
    }
    ck_assert(fcntl(pair.carrier->fd, F_GETFL) & O_NONBLOCK);
    ck_assert(fcntl(pair.carrier->fd, F_GETFD) & FD_CLOEXEC);
    close_pair(&pair);
}
END_TEST

/* ---- UNIX sockets ---- */

START_TEST(a_unix_socket_is_dialled)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    struct listener listener;
    struct why why = {{0}};
    struct carrier *carrier;

    strcpy(unix_folder + strlen(unix_folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(unix_folder));
    snprintf(un.sun_path, sizeof un.sun_path, "%s/ldapi", unix_folder);
    listener = listen_on(AF_UNIX, &un, sizeof un);
    carrier = dial_unix(un.sun_path, &why);
    ck_assert_msg(carrier, "%s", why.text);
    ck_assert_uint_eq(carrier->ops->unacknowledged(carrier), 0);
    carrier->ops->close(carrier);
    close(listener.fd);
    ck_assert_ptr_null(dial_unix(un.sun_path, &why));
    ck_assert_msg(strstr(why.text, un.sun_path), "%s", why.text);
    unlink(un.sun_path);
    ck_assert_ptr_null(dial_unix(un.sun_path, &why));
    ck_assert_msg(strstr(why.text, strerror(ENOENT)), "%s", why.text);
    rmdir(unix_folder);
}
END_TEST

/* 108 bytes hold a path of 107 and its end (unix(7)). */
START_TEST(a_path_that_is_too_long_is_refused)
{
    char path[109];
    struct why why = {{0}};

    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[108] = '\0';
    ck_assert_ptr_null(dial_unix(path, &why));
    ck_assert_msg(strstr(why.text, "too long"), "%s", why.text);
    path[107] = '\0';
    ck_assert_ptr_null(dial_unix(path, &why));
    ck_assert_msg(!strstr(why.text, "too long"), "%s", why.text);
}
END_TEST

/* ---- the carrier ---- */

START_TEST(bytes_go_both_ways)
{
    struct pair pair = connected_pair();
    char bytes[8];

    ck_assert_int_eq(pair.carrier->ops->send(pair.carrier, "there", 5), 5);
    ck_assert_int_eq(recv(pair.server, bytes, sizeof bytes, 0), 5);
    ck_assert_mem_eq(bytes, "there", 5);
    ck_assert_int_eq(pair.carrier->ops->recv(pair.carrier, bytes, sizeof bytes), -1);
    ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
    ck_assert_int_eq(send(pair.server, "back", 4, 0), 4);
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    ck_assert_int_eq(pair.carrier->ops->recv(pair.carrier, bytes, sizeof bytes), 4);
    ck_assert_mem_eq(bytes, "back", 4);
    close_pair(&pair);
}
END_TEST

START_TEST(a_wait_ends_at_its_deadline)
{
    struct pair pair = connected_pair();
    uint64_t began_ms = now_ms();

    ck_assert(wait_for(&pair, LOOP_WRITE, AMPLE_MS));
    ck_assert(!wait_for(&pair, LOOP_READ, 100));
    ck_assert_uint_ge(now_ms() - began_ms, 100);
    ck_assert(!wait_for(&pair, LOOP_READ, 0));
    close_pair(&pair);
}
END_TEST

/* Also when there is something to read: a peer that never stops sending ends there. */
START_TEST(a_deadline_that_has_passed_is_over)
{
    struct pair pair = connected_pair();

    ck_assert_int_eq(send(pair.server, "x", 1, 0), 1);
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    ck_assert(!wait_for(&pair, LOOP_READ, 0));
    close_pair(&pair);
}
END_TEST

START_TEST(a_full_socket_says_so)
{
    struct pair pair = connected_pair();
    static char bytes[65536];
    ssize_t put;

    do
        put = pair.carrier->ops->send(pair.carrier, bytes, sizeof bytes);
    while (put > 0);
    ck_assert_int_eq(put, -1);
    ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
    ck_assert(!wait_for(&pair, LOOP_WRITE, 50));
    close_pair(&pair);
}
END_TEST

/* The kernel of a server that reads nothing acknowledges what it can keep, so the number falls to 0;
 * when its room is full, it stays. */
START_TEST(unacknowledged_bytes_are_counted)
{
    struct pair pair = connected_pair();
    static char bytes[65536];
    int expected = 0;

    ck_assert_uint_eq(pair.carrier->ops->unacknowledged(pair.carrier), 0);
    while (pair.carrier->ops->send(pair.carrier, bytes, sizeof bytes) > 0)
        ;
    ck_assert_int_eq(ioctl(pair.carrier->fd, SIOCOUTQ, &expected), 0);
    ck_assert_int_gt(expected, 0);
    ck_assert_uint_gt(pair.carrier->ops->unacknowledged(pair.carrier), 0);
    close_pair(&pair);
}
END_TEST

START_TEST(an_idle_peer_is_not_gone)
{
    struct pair pair = connected_pair();

    ck_assert(!pair.carrier->ops->peer_gone(pair.carrier));
    ck_assert_int_eq(send(pair.server, "x", 1, 0), 1);
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    ck_assert_msg(!pair.carrier->ops->peer_gone(pair.carrier), "something to read is no end");
    close_pair(&pair);
}
END_TEST

START_TEST(a_peer_that_closes_is_gone)
{
    struct pair pair = connected_pair();
    char byte;

    close(pair.server);
    pair.server = -1;
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    ck_assert(pair.carrier->ops->peer_gone(pair.carrier));
    ck_assert_int_eq(pair.carrier->ops->recv(pair.carrier, &byte, 1), 0);
    close_pair(&pair);
}
END_TEST

START_TEST(a_peer_that_resets_is_gone)
{
    struct pair pair = connected_pair();
    const struct linger at_once = {.l_onoff = 1};

    ck_assert_int_eq(setsockopt(pair.server, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close(pair.server);
    pair.server = -1;
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    ck_assert(pair.carrier->ops->peer_gone(pair.carrier));
    close_pair(&pair);
}
END_TEST

/* SIGPIPE would end the helper, and this test. */
START_TEST(a_write_to_a_closed_peer_is_an_error)
{
    struct pair pair = connected_pair();
    ssize_t put;

    close(pair.server);
    pair.server = -1;
    ck_assert(wait_for(&pair, LOOP_READ, AMPLE_MS));
    do
        put = pair.carrier->ops->send(pair.carrier, "x", 1);
    while (put == 1 && wait_for(&pair, LOOP_WRITE, AMPLE_MS));
    ck_assert_int_eq(put, -1);
    ck_assert(errno == EPIPE || errno == ECONNRESET);
    close_pair(&pair);
}
END_TEST

Suite *suite(void)
{
    Suite *made = suite_create("dial");
    TCase *connecting = tcase_create("connecting");
    TCase *carrier = tcase_create("carrier");

    tcase_add_test(connecting, loopback_is_local);
    tcase_add_test(connecting, loopback_of_ipv6_is_local);
    tcase_add_test(connecting, mapped_loopback_is_local);
    tcase_add_test(connecting, a_name_is_resolved);
    tcase_add_test(connecting, a_refusal_names_the_address);
    tcase_add_test(connecting, a_name_that_cannot_be_is_named);
    tcase_add_test(connecting, no_time_is_no_connection);
    tcase_add_test(connecting, waiting_ends_at_the_deadline);
    tcase_add_test(connecting, the_socket_is_tuned);
    tcase_add_test(connecting, a_unix_socket_is_dialled);
    tcase_add_test(connecting, a_path_that_is_too_long_is_refused);
    tcase_set_timeout(connecting, 60);
    suite_add_tcase(made, connecting);
    tcase_add_test(carrier, bytes_go_both_ways);
    tcase_add_test(carrier, a_wait_ends_at_its_deadline);
    tcase_add_test(carrier, a_deadline_that_has_passed_is_over);
    tcase_add_test(carrier, a_full_socket_says_so);
    tcase_add_test(carrier, unacknowledged_bytes_are_counted);
    tcase_add_test(carrier, an_idle_peer_is_not_gone);
    tcase_add_test(carrier, a_peer_that_closes_is_gone);
    tcase_add_test(carrier, a_peer_that_resets_is_gone);
    tcase_add_test(carrier, a_write_to_a_closed_peer_is_an_error);
    tcase_set_timeout(carrier, 60);
    suite_add_tcase(made, carrier);
    return made;
}
