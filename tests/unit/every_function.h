/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls every function of the library on the same bytes, for tests of what holds for all of
 * them. tests/unit/check_symbols.sh sees to it that none is missing.
 */
#ifndef TESTS_UNIT_EVERY_FUNCTION_H
#define TESTS_UNIT_EVERY_FUNCTION_H

#include "common/proxyauth.h"

/* How much room call_every_function() needs for `len` bytes. */
#define EVERY_FUNCTION_ROOM(len) ((size_t)(len)*4 + 1024)

/* Whatever the bytes are, each decoder gets them; what one takes apart goes on to the next.
 * `room` has EVERY_FUNCTION_ROOM(bytes.len) bytes. Returns how many calls gave PXA_OK. */
unsigned call_every_function(struct pxa_span bytes, char *room);

#endif
