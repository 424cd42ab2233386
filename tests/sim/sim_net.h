/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_net: the servers of a world, what happens to them, and a dialer that reaches them.
 */
#ifndef PROXYAUTH_TESTS_SIM_NET_H
#define PROXYAUTH_TESTS_SIM_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "helpers/directory/dial.h"
#include "tests/sim/sim_directory.h"
#include "tests/sim/sim_flow.h"
#include "tests/sim/sim_loop.h"

enum {
    SIM_SERVERS = 3,
    SIM_PHASES = 8,
    SIM_USER_TIMEOUT_MS = 3000, /* TCP_USER_TIMEOUT as dial.c sets it */
};

/* What a server does for a while. */
enum sim_state {
    SIM_UP,
    SIM_REFUSING, /* its process is gone: connections break, new ones are refused */
    SIM_FROZEN,   /* its process stands still: the kernel accepts and acknowledges */
    SIM_MUTE,     /* it processes what comes, but no answer leaves it */
    SIM_DROPPED,  /* packets to and from it vanish */
    SIM_STATES
};

struct sim_phase {
    uint64_t from_ms;
    enum sim_state state;
};

struct sim_server {
    struct sim_phase phases[SIM_PHASES]; /* by time; the first begins at 0 */
    unsigned phase_count;
};

/* What happens to one connection, after so many bytes or messages. */
enum sim_fault {
    SIM_NO_FAULT,
    SIM_CUT_UP,   /* the server closes when it has read N bytes */
    SIM_CUT_DOWN, /* the server closes when it has sent N bytes */
    SIM_RESET_UP, /* the same with a reset */
    SIM_RESET_DOWN,
    SIM_STALL_UP,   /* it reads no more than N bytes */
    SIM_STALL_DOWN, /* it sends no more than N bytes */
    SIM_LOSE_PATH,  /* nothing comes through any more after N bytes */
    SIM_GARBAGE,    /* the Nth message is no BER */
    SIM_HUGE,       /* the Nth message announces 2 GB */
    SIM_FOREIGN,    /* a success that nobody asked for comes before the Nth message */
    SIM_TWICE,      /* the Nth message comes twice */
    SIM_NOTICE,     /* notice of disconnection instead of the Nth message, then the end */
    SIM_SLOW,       /* answers take seconds */
    SIM_FAULTS
};

struct sim_net {
    struct dialer dialer;
    struct sim_loop *loop;
    struct sim_log *log;
    struct sim_directory *directory;
    struct sim_random random;
    struct sim_server servers[SIM_SERVERS];
    struct sim_pace up; /* how bytes travel to the servers */
    struct sim_pace down;
    size_t window;          /* bytes that can be under way to a server */
    unsigned faulty;        /* per mille of connections with a fault */
    uint64_t quiet_from_ms; /* no faults on connections made from then on */
    uint64_t idle_ms;       /* servers close connections that are idle for so long; 0: never */
    unsigned slow_ms;       /* SIM_SLOW: how long at most */
    bool local;             /* what the dialer says of all addresses */
    unsigned connections;   /* open */
    unsigned most;          /* at one time */
    unsigned long dials;
    unsigned long refused;
    unsigned long faults[SIM_FAULTS]; /* that were drawn */
};

void sim_net_init(struct sim_net *net, struct sim_loop *loop, struct sim_directory *directory,
                  uint64_t seed);

/* SERVER's state at AT_MS, and when it changes next. */
enum sim_state sim_server_state(const struct sim_server *server, uint64_t at_ms,
                                uint64_t *until_ms);

/* A connection that was accepted at the clock's time; in sim_link.c. Owned by its user. */
struct carrier *sim_link_new(struct sim_net *net, const struct sim_server *server,
                             enum sim_fault fault);

#endif
