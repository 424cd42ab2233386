/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_users: what people type: names of all kinds, passwords right and wrong, and lines that are
 * no login at all.
 */
#ifndef PROXYAUTH_TESTS_SIM_USERS_H
#define PROXYAUTH_TESTS_SIM_USERS_H

#include "tests/sim/sim_oracle.h"
#include "tests/sim/sim_random.h"

enum { SIM_LINE_CAP = 16384 };

struct sim_line {
    size_t len;
    char bytes[SIM_LINE_CAP];
};

/* A new user and password; WRONG and ODD are per mille of them. */
struct sim_pair *sim_users_draw(struct sim_oracle *oracle, struct sim_random *random,
                                unsigned wrong, unsigned odd);

/* An ordinary user with the right password who may log in. */
struct sim_pair *sim_users_plain(struct sim_oracle *oracle, struct sim_random *random);

void sim_line_add(struct sim_line *line, const char *bytes, size_t len);

/* Adds PAIR's fields, escaped as Squid does or more than that, and EXTRAS fields. */
void sim_line_login(struct sim_line *line, struct sim_random *random, const struct sim_pair *pair,
                    unsigned extras);

/* Adds fields that no login with so many extras has. */
void sim_line_broken(struct sim_line *line, struct sim_random *random, unsigned extras);

#endif
