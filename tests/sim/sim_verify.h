/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_verify: what the simulated directory answers to passwords.
 */
#ifndef PROXYAUTH_TESTS_SIM_VERIFY_H
#define PROXYAUTH_TESTS_SIM_VERIFY_H

#include <stddef.h>

#include <lber.h>

#include "tests/sim/sim_directory.h"

/* A code out of CODES by the chance of the world's, or -1. */
int sim_draw_code(struct sim_directory *directory, const int *codes, size_t count);

/* The answers to the requests behind their message ids; NULL when they are malformed. */
struct sim_answer *sim_verify_bind(struct sim_peer *peer, int id, BerElement *ber);
struct sim_answer *sim_verify_compare(struct sim_peer *peer, int id, BerElement *ber);

#endif
