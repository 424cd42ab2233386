/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From UTF-8 (RFC 3629 section 3) to UTF-16 in the byte order of Windows (RFC 2781 section 2.1).
 * Cannot do: judge its input. Who calls it has asked pxa_charset_of().
 */
#include <config.h>

#include "helpers/ntlm/utf16.h"

enum { FIRST_PAIR = 0x10000, HIGH_SURROGATE = 0xd800, LOW_SURROGATE = 0xdc00 };

/* How many bytes follow that lead byte. */
static size_t followers(unsigned char lead)
{
    if (lead < 0x80)
        return 0;
    if (lead < 0xe0)
        return 1;
    return lead < 0xf0 ? 2 : 3;
}

uint32_t utf16_take(struct pxa_span *text)
{
    const unsigned char *bytes = (const unsigned char *)text->at;
    size_t more = followers(bytes[0]);
    uint32_t character = more == 0 ? bytes[0] : bytes[0] & (0x3fu >> more);

    for (size_t i = 1; i <= more && i < text->len; i++)
        character = character << 6 | (bytes[i] & 0x3fu);
    more = more < text->len ? more : text->len - 1;
    text->at += 1 + more;
    text->len -= 1 + more;
    return character;
}

static void write_unit(uint32_t unit, unsigned char *out)
{
    out[0] = (unsigned char)(unit & 0xff);
    out[1] = (unsigned char)(unit >> 8 & 0xff);
}

size_t utf16_write(uint32_t character, unsigned char out[UTF16_MAX])
{
    if (character < FIRST_PAIR) {
        write_unit(character, out);
        return 2;
    }
    character -= FIRST_PAIR;
    write_unit(HIGH_SURROGATE | character >> 10, out);
    write_unit(LOW_SURROGATE | (character & 0x3ff), out + 2);
    return 4;
}
