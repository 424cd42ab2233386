/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bench for tests of dial.c: listeners on loopback, and dialling them.
 */
#ifndef TESTS_UNIT_DIAL_BENCH_H
#define TESTS_UNIT_DIAL_BENCH_H

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "helpers/directory/dial.h"
#include "helpers/directory/server_list.h"

/* Far more than anything here takes. */
enum { AMPLE_MS = 20000 };

static inline uint64_t now_ms(void)
{
    return dialer_network()->now_ms(dialer_network());
}

/* ---- listeners ---- */

struct listener {
    int fd;
    unsigned port;
};

static inline struct listener listen_on(int family, const void *address, socklen_t len)
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

static inline struct listener listen_v4(unsigned port)
{
    const struct sockaddr_in in = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return listen_on(AF_INET, &in, sizeof in);
}

/* ---- dialling ---- */

static inline struct carrier *dial_to(const char *host, unsigned port, uint64_t timeout_ms,
                                      bool *local, struct why *why)
{
    char name[64];
    const struct server_address address = {.host = name, .port = port};
    struct dialer *dialer = dialer_network();

    snprintf(name, sizeof name, "%s", host);
    return dialer->dial(dialer, &address, now_ms() + timeout_ms, local, why);
}

/* A carrier and the server's end of its connection. */
struct pair {
    struct listener listener;
    struct carrier *carrier;
    int server;
};

static inline struct pair connected_pair(void)
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

static inline void close_pair(struct pair *pair)
{
    pair->carrier->ops->close(pair->carrier);
    if (pair->server >= 0)
        close(pair->server);
    close(pair->listener.fd);
}

static inline bool wait_for(struct pair *pair, enum loop_events events, uint64_t timeout_ms)
{
    return pair->carrier->ops->wait(pair->carrier, events, now_ms() + timeout_ms);
}

#endif
