/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clears memory that held a secret, so that the compiler cannot drop it.
 * Cannot do: reach copies in registers, in swap or in somebody else's buffer.
 */
#include <config.h>

#include "common/proxyauth.h"

#include <string.h>

void pxa_wipe(void *at, size_t len)
{
    if (len == 0)
        return; /* `at` may be null, which the functions below do not allow */
#ifdef HAVE_EXPLICIT_BZERO
    explicit_bzero(at, len);
#else
    memset(at, 0, len);
    /* Claims to read the memory, so the stores above cannot be dead. */
    __asm__ __volatile__("" : : "r"(at) : "memory");
#endif
}
