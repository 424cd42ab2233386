/* SPDX-License-Identifier: BSD-2-Clause */
/* The connections that the relay relays, and the bytes on their way through it. */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAIR_READ_MAX = 65536 };

struct pair;

/* One of the two sockets of a relayed connection. Index 0 is the client's. */
struct side {
    struct pair *pair;
    int fd;
    bool writing; /* waits for room in the socket */
    char *backlog;
    size_t backlog_len;
};

struct pair {
    struct side side[2];
    unsigned chunks; /* in the queue: the pair is freed after the last of them */
    bool closed;
    struct pair *next; /* among the open ones */
    struct pair *previous;
    struct pair *next_dead;
};

/* All connections of a relay. Every byte waits equally long, so one queue in order of arrival
 * serves them all. */
struct pairs {
    int epoll_fd;
    int timer_fd; /* wakes for pairs_deliver() */
    uint64_t delay_ns;
    bool silent; /* what comes is read and dropped */
    struct pair *open;
    struct pair *dead; /* closed in this turn of the loop, which may still hold events for them */
    struct chunk *head;
    struct chunk **tail;
    char buffer[PAIR_READ_MAX];
};

/* Makes the epoll descriptor watch fd for events and hand out what; dies on failure. Operation is
 * EPOLL_CTL_ADD or EPOLL_CTL_MOD. */
void pairs_watch(const struct pairs *pairs, int operation, int fd, uint32_t events, void *what);

/* Takes both sockets of a new connection. Their events come with the struct side as data. */
void pairs_add(struct pairs *pairs, int client_fd, int server_fd);

/* Serves what epoll says about one side. */
void pairs_serve(struct pairs *pairs, struct side *side, uint32_t events);

/* Delivers the bytes that have waited long enough. */
void pairs_deliver(struct pairs *pairs);

/* Forgets all bytes that are on their way. */
void pairs_drop(struct pairs *pairs);

void pairs_close_all(struct pairs *pairs);

/* Frees what was closed; to be called when no event of this turn of the loop is left. */
void pairs_sweep(struct pairs *pairs);

#endif
