/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * own_memory: the memory of the test itself, read through the kernel: also what was freed and what
 * functions left on a stack, which neither compiler nor sanitizer would let a test look at.
 */
#ifndef PROXYAUTH_TESTS_OWN_MEMORY_H
#define PROXYAUTH_TESTS_OWN_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OWN_MEMORY_LEN_MAX = 256 };

/* At how many places of the writable memory IS_THERE says so, which may look at LEN bytes, up to
 * OWN_MEMORY_LEN_MAX. It must hold no copy of what it looks for. Left out are mappings of 64 MiB
 * and more: a sanitizer's own. */
unsigned own_memory_count(bool (*is_there)(const char *at), size_t len);

/* The LEN bytes at address AT. */
void own_memory_read(uintptr_t at, char *to, size_t len);

#endif
