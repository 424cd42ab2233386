/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for what a decoder writes. It may have been a password, so it is wiped.
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"

#include <stdlib.h>

struct scratch scratch_open(struct explain *explain, size_t cap)
{
    struct scratch scratch = {malloc(cap > 0 ? cap : 1), cap};

    if (!scratch.at) {
        scratch.cap = 0;
        explain_out_of_memory(explain);
    }
    return scratch;
}

void scratch_close(struct scratch *scratch)
{
    pxa_wipe(scratch->at, scratch->cap);
    free(scratch->at);
    *scratch = (struct scratch){0};
}
