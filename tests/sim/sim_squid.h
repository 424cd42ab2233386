/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_squid: Squid's side of the helper protocol, and users behind it.
 *
 * It sends logins of all kinds and lines that are none, in pieces or many at once, resends a BH
 * twice as Squid does (src/helper.cc), reads replies slowly at times, and takes each reply to the
 * oracle.
 */
#ifndef PROXYAUTH_TESTS_SIM_SQUID_H
#define PROXYAUTH_TESTS_SIM_SQUID_H

#include "helpers/core/stream.h"
#include "tests/sim/sim_flow.h"
#include "tests/sim/sim_loop.h"
#include "tests/sim/sim_oracle.h"

enum { SIM_SQUID_FD = 1000001, SIM_REPLY_CAP = 4096 };

struct sim_load {
    unsigned total;   /* lines, without what is resent */
    unsigned window;  /* open at one time */
    unsigned burst;   /* at once, at most */
    unsigned gap_ms;  /* between bursts, at most */
    unsigned wrong;   /* per mille of logins with a wrong password */
    unsigned odd;     /* per mille of logins with a special name */
    unsigned broken;  /* per mille of lines that are no login */
    unsigned again;   /* per mille of logins that repeat a recent one */
    bool ids;         /* concurrency=N */
    unsigned extras;  /* fields behind the password */
    unsigned blocked; /* per mille of writes that must wait */
    struct sim_pace pace;
};

struct sim_squid {
    struct stream stream;
    struct sim_source source;
    struct sim_loop *loop;
    struct sim_log *log;
    struct sim_oracle *oracle;
    struct sim_random random;
    struct sim_load load;
    struct sim_flow input; /* to the helper */
    struct timer *tick;
    bool closed; /* the input has an end */
    bool dead;   /* nobody reads replies */
    unsigned sent;
    unsigned open;
    uint64_t blocked_ms;     /* replies are not read until then */
    struct sim_call **by_id; /* all calls, in the order of sending */
    unsigned *attempts;
    size_t calls;
    size_t answered; /* without ids: so many from the beginning */
    size_t cap;
    char reply[SIM_REPLY_CAP]; /* a line that is not all there */
    size_t reply_len;
};

void sim_squid_init(struct sim_squid *squid, struct sim_loop *loop, struct sim_oracle *oracle,
                    uint64_t seed);

/* Begins to send what `load` says. */
void sim_squid_start(struct sim_squid *squid);

/* All of it was sent and answered. */
bool sim_squid_is_done(const struct sim_squid *squid);

/* One more login of an ordinary user with the right password. */
struct sim_call *sim_squid_probe(struct sim_squid *squid);

/* Ends the input, after a line that is cut off when CUT. */
void sim_squid_close(struct sim_squid *squid, bool cut);

/* Ends the input, and takes no more replies. */
void sim_squid_die(struct sim_squid *squid);

void sim_squid_end(struct sim_squid *squid);

#endif
