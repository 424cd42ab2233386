/* SPDX-License-Identifier: BSD-2-Clause */
/* Digest users that exist only as numbers, the file that lists them, and what is asked and answered
 * in a measurement, written down before it begins. */
#ifndef BENCH_SCRIPT_H
#define BENCH_SCRIPT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    SCRIPT_LINES = 1 << 20, /* each for a user at random */
    SCRIPT_LINE_MAX = 80
};

/* Lines one behind the other, without channel-IDs; end[i] is the offset behind line i. */
struct script {
    char *text;
    uint32_t *end;
};

/* Writes an htdigest file of so many users, all in the realm "bench". Their HA1 are digits at
 * random: nobody here has a password. */
void script_write_users(FILE *file, uint32_t users);

/* The requests, `"user00000017":"bench"`, and the replies that are right, `OK ha1="..."`. Die when
 * memory is out. */
struct script script_requests(uint32_t users);
struct script script_replies(uint32_t users);

/* Line number LINE; after the last comes the first again. */
static inline const char *script_line(const struct script *script, uint64_t line, size_t *len)
{
    uint32_t at = (uint32_t)(line % SCRIPT_LINES);
    uint32_t begin = at > 0 ? script->end[at - 1] : 0;

    *len = script->end[at] - begin;
    return script->text + begin;
}

#endif
