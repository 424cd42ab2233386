/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all fuzz targets share. A target promises something about every input and
 * ends the process where the promise is broken.
 *
 * "make fuzz" links a target with libFuzzer; "make check" links it with replay.c.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "common/proxyauth.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The entry point, by libFuzzer's name for it. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(condition) promise((condition), #condition, __FILE__, __LINE__)

static inline void promise(bool kept, const char *text, const char *file, int line)
{
    if (kept)
        return;
    fprintf(stderr, "%s:%d: broken: %s\n", file, line, text);
    abort();
}

/* A block of exactly `len` bytes, so that a sanitizer sees one byte too many. */
static inline char *fuzz_block(size_t len)
{
    char *block = malloc(len);

    PROMISE(block != NULL);
    return block;
}

static inline struct pxa_span fuzz_span(const uint8_t *data, size_t size)
{
    struct pxa_span span = {(const char *)data, size};

    return span;
}

static inline bool fuzz_same(struct pxa_span a, struct pxa_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Whether `inner` lies in `outer`. An empty span may lie anywhere. */
static inline bool fuzz_within(struct pxa_span inner, struct pxa_span outer)
{
    return inner.len == 0 ||
           (inner.at >= outer.at && inner.at + inner.len <= outer.at + outer.len);
}

#endif
