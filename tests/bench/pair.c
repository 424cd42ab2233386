/* SPDX-License-Identifier: BSD-2-Clause */
/* Relays bytes between pairs of sockets, each after the same delay. The end of a stream ends both
 * directions of its connection: LDAP knows no half-closed ones. */
#include <config.h>

#include "tests/bench/pair.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum {
    BACKLOG_MAX = 4 << 20, /* unsent bytes of one direction; a peer that is this slow is cut off */
    GRAIN_NS = 50000       /* what is due this soon goes out with what is due now */
};

/* Bytes on their way; len 0 is the end of the stream. */
struct chunk {
    struct chunk *next;
    struct side *to;
    uint64_t due_ns;
    size_t len;
    char bytes[];
};

void pairs_watch(const struct pairs *pairs, int operation, int fd, uint32_t events, void *what)
{
    struct epoll_event event = {.events = events, .data.ptr = what};

    if (epoll_ctl(pairs->epoll_fd, operation, fd, &event) != 0)
        bench_die("epoll_ctl: %s", strerror(errno));
}

static struct side *other_side(struct side *side)
{
    return &side->pair->side[side == &side->pair->side[0] ? 1 : 0];
}

static void release_if_done(struct pairs *pairs, struct pair *pair)
{
    if (pair->closed && pair->chunks == 0) {
        pair->next_dead = pairs->dead;
        pairs->dead = pair;
    }
}

static void close_pair(struct pairs *pairs, struct pair *pair)
{
    if (pair->closed)
        return;
    pair->closed = true;
    for (int i = 0; i < 2; i++) {
        close(pair->side[i].fd);
        free(pair->side[i].backlog);
        pair->side[i].backlog = NULL;
    }
    if (pair->previous != NULL)
        pair->previous->next = pair->next;
    else
        pairs->open = pair->next;
    if (pair->next != NULL)
        pair->next->previous = pair->previous;
    release_if_done(pairs, pair);
}

void pairs_sweep(struct pairs *pairs)
{
    while (pairs->dead != NULL) {
        struct pair *pair = pairs->dead;

        pairs->dead = pair->next_dead;
        free(pair);
    }
}

static void keep_unsent(struct pairs *pairs, struct side *to, const char *bytes, size_t len)
{
    char *backlog =
        to->backlog_len + len <= BACKLOG_MAX ? realloc(to->backlog, to->backlog_len + len) : NULL;

    if (backlog == NULL) {
        close_pair(pairs, to->pair);
        return;
    }
    memcpy(backlog + to->backlog_len, bytes, len);
    to->backlog = backlog;
    to->backlog_len += len;
    if (!to->writing)
        pairs_watch(pairs, EPOLL_CTL_MOD, to->fd, EPOLLIN | EPOLLOUT, to);
    to->writing = true;
}

/* Sends bytes, or as many as fit; returns how many went out, or -1 when the connection is lost. */
static ssize_t send_some(const struct side *to, const char *bytes, size_t len)
{
    ssize_t sent = send(to->fd, bytes, len, MSG_NOSIGNAL);

    return sent >= 0 || (errno != EAGAIN && errno != EINTR) ? sent : 0;
}

static void deliver(struct pairs *pairs, struct side *to, const char *bytes, size_t len)
{
    ssize_t sent = 0;

    if (len == 0) {
        close_pair(pairs, to->pair);
        return;
    }
    if (!to->writing)
        sent = send_some(to, bytes, len);
    if (sent < 0)
        close_pair(pairs, to->pair);
    else if ((size_t)sent < len)
        keep_unsent(pairs, to, bytes + sent, len - (size_t)sent);
}

static void send_backlog(struct pairs *pairs, struct side *to)
{
    ssize_t sent = send_some(to, to->backlog, to->backlog_len);

    if (sent < 0) {
        close_pair(pairs, to->pair);
        return;
    }
    to->backlog_len -= (size_t)sent;
    memmove(to->backlog, to->backlog + sent, to->backlog_len);
    if (to->backlog_len == 0) {
        to->writing = false;
        pairs_watch(pairs, EPOLL_CTL_MOD, to->fd, EPOLLIN, to);
    }
}

static void set_timer(const struct pairs *pairs)
{
    uint64_t due_ns = pairs->head->due_ns;
    struct itimerspec timer = {
        .it_value = {.tv_sec = (time_t)(due_ns / NS_PER_S), .tv_nsec = (long)(due_ns % NS_PER_S)}};

    if (timerfd_settime(pairs->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL) != 0)
        bench_die("timerfd: %s", strerror(errno));
}

static void queue_chunk(struct pairs *pairs, struct side *to, const char *bytes, size_t len)
{
    struct chunk *chunk = malloc(sizeof(*chunk) + len);

    if (chunk == NULL)
        bench_die("out of memory");
    *chunk = (struct chunk){.to = to, .due_ns = bench_now_ns() + pairs->delay_ns, .len = len};
    memcpy(chunk->bytes, bytes, len);
    to->pair->chunks++;
    *pairs->tail = chunk;
    pairs->tail = &chunk->next;
    if (pairs->head == chunk)
        set_timer(pairs);
}

void pairs_deliver(struct pairs *pairs)
{
    uint64_t until_ns = bench_now_ns() + GRAIN_NS;
    struct chunk *chunk;

    while ((chunk = pairs->head) != NULL && chunk->due_ns <= until_ns) {
        struct pair *pair = chunk->to->pair;

        pairs->head = chunk->next;
        pair->chunks--;
        if (pair->closed)
            release_if_done(pairs, pair);
        else
            deliver(pairs, chunk->to, chunk->bytes, chunk->len);
        free(chunk);
    }
    if (pairs->head == NULL)
        pairs->tail = &pairs->head;
    else
        set_timer(pairs);
}

static void receive(struct pairs *pairs, struct side *from)
{
    ssize_t len = recv(from->fd, pairs->buffer, sizeof(pairs->buffer), 0);

    if (len < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (len < 0)
        close_pair(pairs, from->pair);
    else if (pairs->silent && len > 0)
        return;
    else if (pairs->delay_ns == 0)
        deliver(pairs, other_side(from), pairs->buffer, (size_t)len);
    else
        queue_chunk(pairs, other_side(from), pairs->buffer, (size_t)len);
    if (len == 0 && !from->pair->closed)
        pairs_watch(pairs, EPOLL_CTL_MOD, from->fd, 0, from);
}

static void prepare_side(const struct pairs *pairs, struct pair *pair, int index, int fd)
{
    int on = 1;

    pair->side[index].pair = pair;
    pair->side[index].fd = fd;
    if (index == 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    fcntl(fd, F_SETFL, O_NONBLOCK);
    pairs_watch(pairs, EPOLL_CTL_ADD, fd, EPOLLIN, &pair->side[index]);
}

void pairs_add(struct pairs *pairs, int client_fd, int server_fd)
{
    struct pair *pair = calloc(1, sizeof(*pair));

    if (pair == NULL)
        bench_die("out of memory");
    prepare_side(pairs, pair, 0, client_fd);
    prepare_side(pairs, pair, 1, server_fd);
    pair->next = pairs->open;
    if (pair->next != NULL)
        pair->next->previous = pair;
    pairs->open = pair;
}

void pairs_drop(struct pairs *pairs)
{
    struct chunk *chunk;

    while ((chunk = pairs->head) != NULL) {
        pairs->head = chunk->next;
        chunk->to->pair->chunks--;
        release_if_done(pairs, chunk->to->pair);
        free(chunk);
    }
    pairs->tail = &pairs->head;
}

void pairs_close_all(struct pairs *pairs)
{
    while (pairs->open != NULL)
        close_pair(pairs, pairs->open);
}

void pairs_serve(struct pairs *pairs, struct side *side, uint32_t events)
{
    if ((events & EPOLLOUT) != 0 && !side->pair->closed && side->writing)
        send_backlog(pairs, side);
    if ((events & (EPOLLERR | EPOLLHUP)) != 0 && (events & EPOLLIN) == 0)
        close_pair(pairs, side->pair);
    if ((events & EPOLLIN) != 0 && !side->pair->closed)
        receive(pairs, side);
}
