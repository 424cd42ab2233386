/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two halves of a simulated connection share: sim_link.c is the helper's end,
 * sim_link_server.c the server's end and the calendar.
 */
#ifndef PROXYAUTH_TESTS_SIM_LINK_PRIVATE_H
#define PROXYAUTH_TESTS_SIM_LINK_PRIVATE_H

#include "tests/sim/sim_net.h"

struct sim_link {
    struct carrier carrier;
    struct sim_source source;
    struct sim_net *net;
    const struct sim_server *server;
    struct sim_random random;
    struct sim_peer peer;
    struct sim_flow up;    /* sent by the helper, not at the server yet */
    struct sim_flow inbox; /* at the server's kernel, not read yet */
    struct sim_flow down;  /* sent by the server */
    size_t up_sent;
    size_t up_acknowledged;
    size_t up_read;
    size_t down_sent;
    uint64_t active_ms;   /* when something last happened at the server's end */
    uint64_t boundary_ms; /* when the server's state changes next */
    uint64_t timeout_ms;  /* when ETIMEDOUT comes */
    uint64_t end_ms;      /* when the end reaches the helper */
    int end_error;        /* with what: 0 is an orderly end */
    bool server_closed;
    bool client_closed;
    bool path_lost;
    bool tainted; /* bytes went down that no honest server sends */
    bool ended;
    bool told; /* the helper has seen the error */
    enum sim_fault fault;
    size_t fault_after; /* bytes or messages */
    size_t messages;
};

/* When the link does something by itself next; SIM_NEVER when it will not. */
uint64_t sim_link_due_ms(const struct sim_link *link);

/* Brings it up to date: everything happens that is due at NOW_MS or before. */
void sim_link_advance(struct sim_link *link, uint64_t now_ms);

static inline uint64_t sim_earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

#endif
