/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A struct loop for unit tests: one thread, virtual time, no descriptors. Nothing happens but
 * what the test asks for, in an order that is always the same. What a caller may not do with a
 * loop fails the test.
 */
#ifndef TESTS_UNIT_FAKE_LOOP_H
#define TESTS_UNIT_FAKE_LOOP_H

#include "helpers/core/loop.h"

/* Time begins at FAKE_LOOP_START_MS. */
enum { FAKE_LOOP_START_MS = 5000 };

struct loop *fake_loop_open(void);

/* Fails the test when a watch or a timer is left or something is still queued. */
void fake_loop_close(struct loop *loop);

/* Whether somebody awaits one of EVENTS on FD. */
bool fake_loop_wants(struct loop *loop, int fd, enum loop_events events);

/* EVENTS happen on FD: calls whoever awaits them, then what was put off to the end of the turn. */
void fake_loop_ready(struct loop *loop, int fd, enum loop_events events);

/* Runs what is queued. */
void fake_loop_settle(struct loop *loop);

/* Lets time pass; timers expire in their order, each at its own time. */
void fake_loop_advance(struct loop *loop, uint64_t by_ms);

#endif
