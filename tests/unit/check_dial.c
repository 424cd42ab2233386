/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests of helpers/directory/dial.c: connecting, with listeners of its own on loopback and on UNIX
 * sockets. What a connected carrier does is in check_dial_carrier.c; a path that swallows packets
 * needs a network namespace and is an e2e test.
 */
#include <config.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "tests/unit/dial_bench.h"

Suite *suite(void);

static char unix_folder[] = "check_dial.XXXXXX"; /* in the build folder */

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

static struct carrier *dial_unix(char *path, struct why *why)
{
    const struct server_address address = {.host = path, .transport = TRANSPORT_LDAPI};
    struct dialer *dialer = dialer_network();
    bool local = false;
    struct carrier *carrier = dialer->dial(dialer, &address, now_ms() + AMPLE_MS, &local, why);

    ck_assert_msg(local, "a UNIX socket is on this machine");
    return carrier;
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

Suite *suite(void)
{
    Suite *made = suite_create("dial");
    TCase *connecting = tcase_create("connecting");

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
    return made;
}
