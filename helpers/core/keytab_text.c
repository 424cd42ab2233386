/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "Keytab file format" in MIT's documentation.
 *
 * Cannot do: see that keys are missing where the file ends between two of them.
 */
#include <config.h>

#include "helpers/core/keytab_text.h"

#include <stdint.h>

enum { HEAD_LEN = 2, WORD_LEN = 4, FORMAT = 5 };

bool keytab_text_is_keytab(struct pxa_span text)
{
    return text.len >= HEAD_LEN && text.at[0] == FORMAT && (text.at[1] == 1 || text.at[1] == 2);
}

/* Each entry begins with its length, a negative one is that of a hole, and 0 ends them. */
bool keytab_text_is_whole(struct pxa_span text)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    size_t at = HEAD_LEN;

    if (text.at[1] == 1)
        return true;
    while (text.len - at >= WORD_LEN) {
        uint32_t word = (uint32_t)bytes[at] << 24 | (uint32_t)bytes[at + 1] << 16 |
                        (uint32_t)bytes[at + 2] << 8 | bytes[at + 3];
        uint32_t len = word > INT32_MAX ? 0 - word : word;

        if (len == 0)
            return true;
        at += WORD_LEN;
        if (len > text.len - at)
            return false;
        at += len;
    }
    return at == text.len;
}
