/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_answer: the messages that the simulated directory sends, good and bad ones.
 *
 * All are allocated; the caller frees them with free().
 */
#ifndef PROXYAUTH_TESTS_SIM_ANSWER_H
#define PROXYAUTH_TESTS_SIM_ANSWER_H

#include <stddef.h>

#include <lber.h>

#include "tests/sim/sim_directory.h"
#include "tests/sim/sim_states.h"

/* Any bytes. */
struct sim_answer *sim_answer_new(const void *bytes, size_t len);

/* The end of an operation: an LDAPResult (RFC 4511, section 4.1.9) under TAG. */
struct sim_answer *sim_answer_result(int id, ber_tag_t tag, int code);

/* The same for a bind, with a message and a password policy control. */
struct sim_answer *sim_answer_remark(int id, const struct sim_remark *remark, bool control);

/* A SearchResultReference. */
struct sim_answer *sim_answer_reference(int id);

/* A notice of disconnection (RFC 4511, section 4.4.1). */
struct sim_answer *sim_answer_notice(void);

#endif
