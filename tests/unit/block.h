/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes in a heap block of exactly their size, so that a sanitizer or valgrind
 * sees a read or write of one byte too many. For the tests of common/.
 */
#ifndef TESTS_UNIT_BLOCK_H
#define TESTS_UNIT_BLOCK_H

#include "common/proxyauth.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_FILL = 0x5a };

struct block {
    char *at;
    size_t len;
};

/* A block of `len` bytes, each BLOCK_FILL. Freed with block_free(). */
static inline struct block block_filled(size_t len)
{
    struct block block = {malloc(len), len};

    ck_assert(block.at != NULL || len == 0);
    if (len > 0)
        memset(block.at, BLOCK_FILL, len);
    return block;
}

static inline struct block block_of(const char *bytes, size_t len)
{
    struct block block = block_filled(len);

    if (len > 0)
        memcpy(block.at, bytes, len);
    return block;
}

static inline void block_free(struct block block)
{
    free(block.at);
}

static inline struct pxa_span block_span(struct block block)
{
    struct pxa_span span = {block.at, block.len};

    return span;
}

/* Whether all bytes from `from` to the end are `value`. */
static inline bool block_is_all(struct block block, size_t from, char value)
{
    for (size_t i = from; i < block.len; i++)
        if (block.at[i] != value)
            return false;
    return true;
}

static inline bool span_is(struct pxa_span span, const char *bytes, size_t len)
{
    return span.len == len && (len == 0 || memcmp(span.at, bytes, len) == 0);
}

#endif
