/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP and UNIX sockets. getaddrinfo(3) itself cannot be bounded (its own time-outs apply), which is
 * why dialling runs in an offload thread.
 */
#include <config.h>

#include "helpers/directory/dial.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <linux/sockios.h>

#include "helpers/directory/server_list.h"

/* A path that swallows packets is noticed after this long without an acknowledgement. */
enum { PATH_LOST_MS = 3000, KEEPALIVE_IDLE_S = 30, KEEPALIVE_EVERY_S = 5, KEEPALIVE_COUNT = 3 };

/* One address never gets less than this while there is time at all. */
enum { ADDRESS_SHARE_MIN_MS = 250 };

struct socket_carrier {
    struct carrier carrier;
    bool tcp;
};

static uint64_t clock_now_ms(struct dialer *dialer)
{
    struct timespec now;

    (void)dialer;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 + 1;
}

/* ---- the carrier ---- */

static ssize_t socket_recv(struct carrier *carrier, void *to, size_t cap)
{
    return recv(carrier->fd, to, cap, MSG_DONTWAIT);
}

static ssize_t socket_send(struct carrier *carrier, const void *from, size_t len)
{
    return send(carrier->fd, from, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static bool wait_fd(int fd, short events, uint64_t deadline_ms)
{
    for (;;) {
        struct pollfd asked = {.fd = fd, .events = events};
        uint64_t now_ms = clock_now_ms(NULL);
        int ready;

        if (now_ms >= deadline_ms)
            return false;
        ready = poll(&asked, 1, (int)(deadline_ms - now_ms));
        if (ready == 1)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

static bool socket_wait(struct carrier *carrier, enum loop_events events, uint64_t deadline_ms)
{
    return wait_fd(carrier->fd, events == LOOP_WRITE ? POLLOUT : POLLIN, deadline_ms);
}

/* Only TCP tells; on a UNIX socket the number means something else. */
static size_t socket_unacknowledged(struct carrier *carrier)
{
    const struct socket_carrier *self = (const struct socket_carrier *)carrier;
    int bytes = 0;

    if (!self->tcp || ioctl(carrier->fd, SIOCOUTQ, &bytes) != 0 || bytes < 0)
        return 0;
    return (size_t)bytes;
}

static bool socket_peer_gone(struct carrier *carrier)
{
    char byte;
    ssize_t got = recv(carrier->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

static void socket_close(struct carrier *carrier)
{
    close(carrier->fd);
    free(carrier);
}

static const struct carrier_ops socket_ops = {
    .recv = socket_recv,
    .send = socket_send,
    .wait = socket_wait,
    .unacknowledged = socket_unacknowledged,
    .peer_gone = socket_peer_gone,
    .close = socket_close,
};

static struct carrier *carry(int fd, bool tcp, struct why *why)
{
    struct socket_carrier *carrier = calloc(1, sizeof *carrier);

    if (!carrier) {
        close(fd);
        why_set(why, "out of memory");
        return NULL;
    }
    carrier->carrier.ops = &socket_ops;
    carrier->carrier.fd = fd;
    carrier->tcp = tcp;
    return &carrier->carrier;
}

/* ---- connecting ---- */

static void set_option(int fd, int level, int option, int value)
{
    /* What a kernel does not know only makes trouble be noticed later. */
    (void)setsockopt(fd, level, option, &value, sizeof value);
}

static void tune_tcp(int fd)
{
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_EVERY_S);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT);
    set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, PATH_LOST_MS);
}

/* Connects FD. 0, or the errno that says why not. */
static int connect_by(int fd, const struct sockaddr *to, socklen_t len, uint64_t deadline_ms)
{
    int error = 0;
    socklen_t error_len = sizeof error;

    if (connect(fd, to, len) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (!wait_fd(fd, POLLOUT, deadline_ms))
        return ETIMEDOUT;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len) != 0)
        return errno;
    return error;
}

static struct carrier *dial_path(const struct server_address *address, uint64_t deadline_ms,
                                 struct why *why)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = strlen(address->host);
    int error;
    int fd;

    if (len >= sizeof to.sun_path) {
        why_set(why, "the path %s is too long for a UNIX socket", address->host);
        return NULL;
    }
    memcpy(to.sun_path, address->host, len + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        why_set(why, "no socket: %s", strerror(errno));
        return NULL;
    }
    error = connect_by(fd, (const struct sockaddr *)&to, sizeof to, deadline_ms);
    if (error != 0) {
        close(fd);
        why_set(why, "cannot connect to %s: %s", address->host, strerror(error));
        return NULL;
    }
    return carry(fd, false, why);
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;

        return ntohl(in->sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;

        return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) ||
               (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) && in6->sin6_addr.s6_addr[12] == 127);
    }
    return false;
}

static struct carrier *dial_one(const struct addrinfo *one, uint64_t deadline_ms, struct why *why)
{
    char name[NI_MAXHOST] = "?";
    int fd = socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int error;

    if (fd < 0) {
        why_set(why, "no socket: %s", strerror(errno));
        return NULL;
    }
    tune_tcp(fd);
    error = connect_by(fd, one->ai_addr, one->ai_addrlen, deadline_ms);
    if (error == 0)
        return carry(fd, true, why);
    close(fd);
    getnameinfo(one->ai_addr, one->ai_addrlen, name, sizeof name, NULL, 0, NI_NUMERICHOST);
    why_set(why, "cannot connect to %s: %s", name, strerror(error));
    return NULL;
}

/* Each address gets its share of the time that is left. */
static struct carrier *dial_each(const struct addrinfo *list, uint64_t deadline_ms, bool *local,
                                 struct why *why)
{
    unsigned left = 0;

    for (const struct addrinfo *one = list; one; one = one->ai_next)
        left++;
    for (const struct addrinfo *one = list; one; one = one->ai_next, left--) {
        uint64_t now_ms = clock_now_ms(NULL);
        uint64_t share_ms;
        struct carrier *carrier;

        if (now_ms >= deadline_ms)
            break;
        share_ms = (deadline_ms - now_ms) / left;
        if (share_ms < ADDRESS_SHARE_MIN_MS)
            share_ms = ADDRESS_SHARE_MIN_MS;
        carrier = dial_one(one, now_ms + share_ms, why);
        if (carrier) {
            *local = is_loopback(one->ai_addr);
            return carrier;
        }
    }
    return NULL;
}

static struct carrier *dial_host(const struct server_address *address, uint64_t deadline_ms,
                                 bool *local, struct why *why)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    struct carrier *carrier;
    char port[16];
    int error;

    snprintf(port, sizeof port, "%u", address->port);
    error = getaddrinfo(address->host, port, &hints, &list);
    if (error != 0) {
        why_set(why, "cannot resolve the name %s: %s", address->host,
                error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
        return NULL;
    }
    why_set(why, "no time was left when the name %s was resolved", address->host);
    carrier = dial_each(list, deadline_ms, local, why);
    freeaddrinfo(list);
    return carrier;
}

static struct carrier *dial(struct dialer *dialer, const struct server_address *address,
                            uint64_t deadline_ms, bool *local, struct why *why)
{
    (void)dialer;
    *local = true;
    if (address->transport == TRANSPORT_LDAPI)
        return dial_path(address, deadline_ms, why);
    return dial_host(address, deadline_ms, local, why);
}

struct dialer *dialer_network(void)
{
    /* Never written to; not const because simulated dialers have state behind the same type. */
    static struct dialer network = {.dial = dial, .now_ms = clock_now_ms};

    return &network;
}
