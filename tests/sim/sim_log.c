/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sim_log: the event hash and the report of broken laws.
 *
 * A world goes on after a breach, because the engine must be taken apart in order all the same.
 */
#include <config.h>

#include "tests/sim/sim_log.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { SHOWN_BYTES = 160 };

void sim_log_init(struct sim_log *log, uint64_t seed, bool verbose, const uint64_t *now_ms)
{
    *log = (struct sim_log){
        .seed = seed, .hash = UINT64_C(14695981039346656037), .verbose = verbose, .now_ms = now_ms};
}

/* FNV-1a, but eight bytes at a time: it is compared, never kept. */
static uint64_t fold(uint64_t hash, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;

    for (; len >= 8; at += 8, len -= 8) {
        uint64_t word = 0;

        for (unsigned i = 0; i < 8; i++)
            word = word << 8 | at[i];
        hash = (hash ^ word) * UINT64_C(1099511628211);
        hash ^= hash >> 29;
    }
    for (; len > 0; at++, len--)
        hash = (hash ^ *at) * UINT64_C(1099511628211);
    return hash;
}

static void show(const struct sim_log *log, const char *name, uint64_t number, const void *bytes,
                 size_t len)
{
    const unsigned char *at = bytes;
    size_t shown = len < SHOWN_BYTES ? len : SHOWN_BYTES;

    printf("# %8" PRIu64 " %-12s %" PRIu64 " ", *log->now_ms, name, number);
    for (size_t i = 0; i < shown; i++) {
        if (isprint(at[i]))
            putchar(at[i]);
        else
            printf("\\%02x", at[i]);
    }
    if (shown < len)
        printf("... (%zu bytes)", len);
    putchar('\n');
}

void sim_event(struct sim_log *log, const char *name, uint64_t number, const void *bytes,
               size_t len)
{
    uint64_t head[3] = {*log->now_ms, number, len};

    log->hash = fold(log->hash, head, sizeof(head));
    log->hash = fold(log->hash, name, 1);
    if (bytes)
        log->hash = fold(log->hash, bytes, len);
    if (log->verbose)
        show(log, name, number, bytes, bytes ? len : 0);
}

void sim_breach(struct sim_log *log, const char *format, ...)
{
    va_list args;

    if (log->breaches++ > 0 && !log->verbose)
        return;
    printf("# world %" PRIu64 " at %" PRIu64 " ms: ", log->seed, *log->now_ms);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}
