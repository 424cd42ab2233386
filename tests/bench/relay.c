/* SPDX-License-Identifier: BSD-2-Clause */
/* A TCP relay on loopback that adds delay, and can fall ill: what a directory across a network
 * looks like to a helper.
 *
 * usage: relay SERVER-SOCKET ADDED-ROUND-TRIP-MS
 *
 * The server is reached through its UNIX socket: a second TCP connection for each first one would
 * cost more processor time than all that the relay does.
 *
 * Listens on a port of 127.0.0.1 that it prints ("port 12345"), and takes orders from standard
 * input, one a line; each is confirmed on standard output by the same line once it holds:
 *   pass    relays (the state at the start)
 *   refuse  closes every connection and the listening socket: new connections are refused
 *   silent  accepts and acknowledges everything, passes nothing on, answers nothing
 * What was on its way when an order comes is lost. It ends when standard input does.
 *
 * Half of the added round trip is spent in each direction. */
#include <config.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/pair.h"

enum mode { MODE_PASS, MODE_REFUSE, MODE_SILENT };

struct relay {
    struct sockaddr_in listen_address;
    struct sockaddr_un server_address;
    enum mode mode;
    int listen_fd;
    struct pairs pairs;
};

static int connect_server(const struct relay *relay)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    /* Inside one machine this waits for nothing but the kernel. */
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&relay->server_address,
                           sizeof(relay->server_address)) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void accept_connection(struct relay *relay)
{
    struct sockaddr_in peer;
    socklen_t len = sizeof(peer);
    int client = accept4(relay->listen_fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);
    int server = client >= 0 ? connect_server(relay) : -1;

    if (server >= 0)
        pairs_add(&relay->pairs, client, server);
    else if (client >= 0)
        close(client);
}

static void open_listener(struct relay *relay)
{
    socklen_t len = sizeof(relay->listen_address);
    int on = 1;

    relay->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (relay->listen_fd < 0 ||
        setsockopt(relay->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(relay->listen_fd, (struct sockaddr *)&relay->listen_address, len) != 0 ||
        listen(relay->listen_fd, SOMAXCONN) != 0 ||
        getsockname(relay->listen_fd, (struct sockaddr *)&relay->listen_address, &len) != 0)
        bench_die("cannot listen on loopback: %s", strerror(errno));
    pairs_watch(&relay->pairs, EPOLL_CTL_ADD, relay->listen_fd, EPOLLIN, &relay->listen_fd);
}

/* A healthy relay does not go on with connections whose bytes were lost: they end, as those of a
 * server that came back do. */
static void set_mode(struct relay *relay, enum mode mode)
{
    pairs_drop(&relay->pairs);
    if (mode != MODE_SILENT)
        pairs_close_all(&relay->pairs);
    if (mode == MODE_REFUSE && relay->mode != MODE_REFUSE)
        close(relay->listen_fd);
    if (mode != MODE_REFUSE && relay->mode == MODE_REFUSE)
        open_listener(relay);
    relay->pairs.silent = mode == MODE_SILENT;
    relay->mode = mode;
}

/* Reads orders; false at the end of standard input. Orders come one at a time: whoever sends one
 * waits until it is confirmed. */
static bool take_order(struct relay *relay)
{
    static const char *const orders[] = {"pass\n", "refuse\n", "silent\n"};
    char order[64];
    ssize_t len = read(STDIN_FILENO, order, sizeof(order) - 1);

    if (len <= 0)
        return false;
    order[len] = '\0';
    for (int mode = MODE_PASS; mode <= MODE_SILENT; mode++) {
        if (strcmp(order, orders[mode]) == 0) {
            set_mode(relay, (enum mode)mode);
            fputs(order, stdout);
            fflush(stdout);
            return true;
        }
    }
    bench_die("an order that is none: %s", order);
}

static bool serve_event(struct relay *relay, const struct epoll_event *event)
{
    uint64_t expirations;

    if (event->data.ptr == relay)
        return take_order(relay);
    if (event->data.ptr == &relay->pairs.timer_fd) {
        /* Nothing to read when an order dropped the chunk that it was set for. */
        if (read(relay->pairs.timer_fd, &expirations, sizeof(expirations)) > 0)
            pairs_deliver(&relay->pairs);
    } else if (event->data.ptr == &relay->listen_fd) {
        if (relay->mode != MODE_REFUSE)
            accept_connection(relay);
    } else {
        pairs_serve(&relay->pairs, event->data.ptr, event->events);
    }
    return true;
}

static void start(struct relay *relay, int argc, char **argv)
{
    struct sockaddr_un *server = &relay->server_address;

    if (argc != 3 || strlen(argv[1]) >= sizeof(server->sun_path))
        bench_die("usage: relay SERVER-SOCKET ADDED-ROUND-TRIP-MS");
    server->sun_family = AF_UNIX;
    memcpy(server->sun_path, argv[1], strlen(argv[1]));
    relay->pairs.delay_ns =
        (uint64_t)(bench_number("ADDED-ROUND-TRIP-MS", argv[2], 0, 60000) * (double)NS_PER_MS / 2);
    relay->listen_address.sin_family = AF_INET;
    relay->listen_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    relay->pairs.tail = &relay->pairs.head;
    relay->pairs.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    relay->pairs.timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (relay->pairs.epoll_fd < 0 || relay->pairs.timer_fd < 0)
        bench_die("epoll or timerfd: %s", strerror(errno));
    pairs_watch(&relay->pairs, EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN, relay);
    pairs_watch(&relay->pairs, EPOLL_CTL_ADD, relay->pairs.timer_fd, EPOLLIN,
                &relay->pairs.timer_fd);
    open_listener(relay);
    printf("port %u\n", ntohs(relay->listen_address.sin_port));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct relay *relay = calloc(1, sizeof(*relay));
    struct epoll_event events[256];
    bool going = true;

    if (relay == NULL)
        bench_die("out of memory");
    start(relay, argc, argv);
    while (going) {
        int count = epoll_wait(relay->pairs.epoll_fd, events, 256, -1);

        for (int i = 0; i < count && going; i++)
            going = serve_event(relay, &events[i]);
        pairs_sweep(&relay->pairs);
    }
    set_mode(relay, MODE_REFUSE);
    pairs_sweep(&relay->pairs);
    free(relay);
    return 0;
}
