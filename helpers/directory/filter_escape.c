/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values that mean themselves in a filter, whatever bytes they have.
 */
#include <config.h>

#include "helpers/directory/filter_escape.h"

#include <stdbool.h>
#include <string.h>

/* What RFC 4515 section 3 wants escaped, and whatever could look different on its way. */
static bool must_escape(unsigned char byte)
{
    return byte < 0x20 || byte >= 0x7f || strchr("()*\\", byte);
}

size_t filter_escaped_len(struct pxa_span value)
{
    size_t len = value.len;

    for (size_t i = 0; i < value.len; i++)
        if (must_escape((unsigned char)value.at[i]))
            len += 2;
    return len;
}

char *filter_escape(char *to, struct pxa_span value)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.at[i];

        if (!must_escape(byte)) {
            *to++ = value.at[i];
            continue;
        }
        *to++ = '\\';
        *to++ = digits[byte >> 4];
        *to++ = digits[byte & 0x0f];
    }
    return to;
}
