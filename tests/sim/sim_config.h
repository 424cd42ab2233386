/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_config: what a world is like.
 */
#ifndef PROXYAUTH_TESTS_SIM_CONFIG_H
#define PROXYAUTH_TESTS_SIM_CONFIG_H

#include "helpers/core/session.h"
#include "tests/sim/sim_net.h"
#include "tests/sim/sim_squid.h"

/* How a world ends. */
enum sim_ending {
    SIM_END_OF_INPUT,
    SIM_END_CUT,    /* the input ends inside a line */
    SIM_END_FINISH, /* as on SIGTERM */
    SIM_END_GONE,   /* Squid dies: nobody reads replies */
    SIM_END_ABRUPT, /* the session is closed with requests in flight */
};

struct sim_config {
    bool healthy;
    unsigned servers;
    bool backup; /* the last server is one */
    enum sim_lookup lookup;
    bool compares;
    bool aliases;
    const char *filter; /* NULL: by DN */
    bool groups;        /* --groups */
    int required;       /* --require-group; -1: none */
    bool service;       /* -D and -w */
    bool service_wrong; /* the directory knows another password */
    bool starttls;      /* the servers refuse it */
    bool local;
    bool cleartext_allowed;
    unsigned connections;
    unsigned threads;
    uint64_t deadline_ms;
    unsigned connect_timeout_s;
    enum concurrency concurrency;
    enum sim_ending ending;
    bool early_end; /* the end comes while requests are in flight */
    bool logs;      /* write log lines, to nowhere */
    struct sim_load load;
    unsigned odd_codes;
    unsigned references;
    unsigned think_high_ms;
    struct sim_pace up;
    struct sim_pace down;
    size_t window;
    unsigned faulty;
    uint64_t idle_ms;    /* servers close connections that are idle for so long; 0: never */
    uint64_t trouble_ms; /* how long there may be faults */
};

#define SIM_SERVICE_DN "cn=proxy,dc=example,dc=test"
#define SIM_SERVICE_PASSWORD "service secret"

void sim_config_draw(struct sim_config *config, struct sim_random *random);

/* Draws the phases of the servers from START_MS on. */
void sim_config_phases(const struct sim_config *config, struct sim_random *random,
                       uint64_t start_ms, struct sim_net *net);

void sim_config_print(const struct sim_config *config);

#endif
