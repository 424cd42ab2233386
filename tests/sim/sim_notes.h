/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_notes: the notes of a reply, taken apart as Squid does, and judged.
 */
#ifndef PROXYAUTH_TESTS_SIM_NOTES_H
#define PROXYAUTH_TESTS_SIM_NOTES_H

#include "tests/sim/sim_oracle.h"

/* REPLY is the line behind its id; the call has its word already. */
void sim_notes_judge(struct sim_oracle *oracle, const struct sim_call *call, struct pxa_span reply);

#endif
