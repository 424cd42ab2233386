/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything follows from the number of a user and of a line by a hash, so that the file and the
 * replies agree without either being read. */
#include <config.h>

#include "tests/bench/script.h"

#include <inttypes.h>
#include <stdlib.h>

#include "tests/bench/bench.h"

#define USER "user%08" PRIu32
#define HA1 "%016" PRIx64 "%016" PRIx64

/* The mixing function of SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t z)
{
    z += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t first_half(uint32_t user)
{
    return mix(2 * (uint64_t)user);
}

static uint64_t second_half(uint32_t user)
{
    return mix(2 * (uint64_t)user + 1);
}

/* Whom line number LINE asks for. */
static uint32_t user_of(uint32_t line, uint32_t users)
{
    return (uint32_t)(mix(~(uint64_t)line) % users);
}

void script_write_users(FILE *file, uint32_t users)
{
    for (uint32_t user = 0; user < users; user++)
        fprintf(file, USER ":bench:" HA1 "\n", user, first_half(user), second_half(user));
}

static int put_request(char *to, uint32_t user)
{
    return snprintf(to, SCRIPT_LINE_MAX, "\"" USER "\":\"bench\"\n", user);
}

static int put_reply(char *to, uint32_t user)
{
    return snprintf(to, SCRIPT_LINE_MAX, "OK ha1=\"" HA1 "\"\n", first_half(user),
                    second_half(user));
}

static struct script make(uint32_t users, int (*put)(char *to, uint32_t user))
{
    struct script script = {malloc((size_t)SCRIPT_LINES * SCRIPT_LINE_MAX),
                            malloc(SCRIPT_LINES * sizeof(*script.end))};
    uint32_t at = 0;

    if (script.text == NULL || script.end == NULL)
        bench_die("out of memory");
    for (uint32_t line = 0; line < SCRIPT_LINES; line++) {
        at += (uint32_t)put(script.text + at, user_of(line, users));
        script.end[line] = at;
    }
    return script;
}

struct script script_requests(uint32_t users)
{
    return make(users, put_request);
}

struct script script_replies(uint32_t users)
{
    return make(users, put_reply);
}
