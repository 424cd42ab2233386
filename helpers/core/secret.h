/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * secret: bytes that must not outlive their use.
 *
 * A secret has a capacity fixed when it is made, so no reallocation leaves a copy behind; it is
 * wiped when it is freed and has no way to be printed. Not thread-safe; a secret may move between
 * threads with the job that owns it.
 */
#ifndef PROXYAUTH_CORE_SECRET_H
#define PROXYAUTH_CORE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "helpers/core/why.h"

/* The most that a secret can hold: more than Squid's longest line, far less than memory. */
enum { SECRET_MAX = 64 * 1024 };

/* A choice, not a bound: a library's deepest frames may lie further down. Wiped in 0.3 us. */
enum { SECRET_STACK = 32 * 1024 };

/* A zero byte follows bytes[len], for libraries that want strings. */
struct secret {
    size_t len;
    size_t cap;
    char bytes[];
};

/* An empty secret that can hold CAP bytes. NULL when CAP > SECRET_MAX or memory is out. */
struct secret *secret_new(size_t cap);

/* A copy of LEN bytes. NULL as above. */
struct secret *secret_copy(const char *bytes, size_t len);

/* Wipes, frees and forgets. *SECRET may be NULL. */
void secret_free(struct secret **secret);

/* Wipes SECRET_STACK bytes of the stack below the caller's frame: what functions that have returned
 * left there, those of libraries among them, which spill registers and keep buffers as they like.
 */
void secret_wipe_stack(void);

/* Equal in length and bytes; the time depends on the lengths alone. NULL equals nothing. */
bool secret_equal(const struct secret *a, const struct secret *b);

/* The first line of PATH without its line end (LF or CR LF), as -W of Squid's helper reads it.
 * Never waits for a FIFO's writer. NULL with WHY when the file cannot be read, or that line is
 * empty, holds a NUL byte or is longer than SECRET_MAX. */
struct secret *secret_read_file(const char *path, struct why *why);

#endif
