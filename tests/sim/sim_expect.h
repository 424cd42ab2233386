/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_expect: what must come out of a login.
 */
#ifndef PROXYAUTH_TESTS_SIM_EXPECT_H
#define PROXYAUTH_TESTS_SIM_EXPECT_H

#include "tests/sim/sim_oracle.h"

/* The reply to the result CODE of a bind, or of a comparison. */
enum sim_word sim_code_word(const struct sim_oracle *oracle, int code);

/* The one entry that the directory finds, or -1. */
long sim_find_person(const struct sim_oracle *oracle, struct pxa_span user);

/* Whether a right password is not all that is needed. */
bool sim_asks_groups(const struct sim_oracle *oracle);

enum sim_expected sim_expected_of(const struct sim_oracle *oracle, struct pxa_span user,
                                  long right_for);

#endif
