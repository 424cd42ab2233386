/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls each function of the library on inputs of size n, 2n and 4n. Under callgrind, the
 * instructions of each call are written out under "NAME GROWTH SIZE"; test_linear.py reads
 * them. Alone, it only looks at the results.
 * Cannot do: see instructions in the kernel, of which the library causes none.
 */
#include <config.h>

#include "tests/linear/measured.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined HAVE_VALGRIND_CALLGRIND_H
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(name) (void)(name)
#endif

enum { UNITS = 1500 }; /* of which an input has 1, 2 or 4 times as many */

static enum pxa_status measure(const struct family *family, size_t times)
{
    struct input input = {0};
    struct room room;
    enum pxa_status status;
    char label[100];

    family->build(&input, times * UNITS);
    room.cap = input.len * 4 + 1024;
    room.at = calloc(1, room.cap);
    if (room.at == NULL)
        exit(1);
    (void)snprintf(label, sizeof label, "%s %s %zu", family->name,
                   family->growth == LINEAR ? "linear" : "constant", times);
    CALLGRIND_ZERO_STATS;
    status = family->call(input_span(&input), room);
    CALLGRIND_DUMP_STATS_AT(label);
    input_free(&input);
    free(room.at);
    return status;
}

/* Returns how many results were not as expected. */
static int measure_all(const struct family *families)
{
    int failed = 0;

    for (const struct family *family = families; family->name != NULL; family++) {
        for (size_t times = 1; times <= 4; times *= 2) {
            enum pxa_status status = measure(family, times);

            if (status == family->expect)
                continue;
            failed++;
            fprintf(stderr, "%s: status %d, not %d: %s\n", family->name, (int)status,
                    (int)family->expect, pxa_status_text(status));
        }
    }
    return failed;
}

int main(void)
{
    int failed = measure_all(text_families) + measure_all(header_families) +
                 measure_all(digest_families) + measure_all(token_families);

    return failed == 0 ? 0 : 1;
}
