/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hex32: whether 32 bytes are hex digits, as MD5 and MD4 are written. Without a branch, as it is
 * asked at each lookup.
 */
#ifndef PROXYAUTH_CORE_HEX32_H
#define PROXYAUTH_CORE_HEX32_H

#include <stdbool.h>

enum { HEX32_LEN = 32 };

static inline bool hex32_is(const char *at)
{
    unsigned char bad = 0; /* all in bytes, so that compilers take them sixteen at a time */

    for (int i = 0; i < HEX32_LEN; i++) {
        unsigned char digit = (unsigned char)(at[i] - '0');
        unsigned char letter = (unsigned char)((at[i] | 0x20) - 'a');

        bad |= (unsigned char)((digit > 9) & (letter > 5));
    }
    return bad == 0;
}

#endif
