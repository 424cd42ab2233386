/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tells ASCII, UTF-8 and neither apart, by the table of RFC 3629 section 4, and guesses
 * between the two western 8-bit sets where it is neither.
 * Cannot do: tell these from other 8-bit sets. Cyrillic in CP1251 looks like Latin-1.
 */
#include <config.h>

#include "common/span.h"
#include "common/utf8.h"

struct utf8_form {
    unsigned char lead_low, lead_high;     /* the first byte of the sequence */
    unsigned char second_low, second_high; /* its second; the others are 80-BF */
    unsigned char len;
};

/* The narrow second bytes keep out overlong forms (E0, F0), surrogates (ED) and
 * what is above U+10FFFF (F4); C0, C1 and F5 to FF begin nothing at all. */
static const struct utf8_form forms[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool within(unsigned char byte, unsigned char low, unsigned char high)
{
    return byte >= low && byte <= high;
}

static const struct utf8_form *form_of(unsigned char lead)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (within(lead, forms[i].lead_low, forms[i].lead_high))
            return &forms[i];
    return NULL;
}

size_t utf8_sequence_len(struct pxa_span text, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)text.at + at;
    const struct utf8_form *form;

    if (bytes[0] < 0x80)
        return 1;
    form = form_of(bytes[0]);
    if (form == NULL || form->len > text.len - at)
        return 0;
    if (!within(bytes[1], form->second_low, form->second_high))
        return 0;
    for (size_t i = 2; i < form->len; i++)
        if (!within(bytes[i], 0x80, 0xbf))
            return 0;
    return form->len;
}

enum pxa_charset pxa_charset_of(struct pxa_span text)
{
    enum pxa_charset charset = PXA_ASCII;
    size_t step;

    for (size_t i = 0; i < text.len; i += step) {
        step = utf8_sequence_len(text, i);
        if (step == 0)
            return PXA_OTHER_CHARSET;
        if (step > 1)
            charset = PXA_UTF8;
    }
    return charset;
}

enum pxa_charset pxa_charset_guess(struct pxa_span text)
{
    enum pxa_charset charset = pxa_charset_of(text);

    if (charset != PXA_OTHER_CHARSET)
        return charset;
    charset = PXA_LATIN1;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];

        if (!within(byte, 0x80, 0x9f))
            continue;
        if (cp1252_code(byte) == 0)
            return PXA_OTHER_CHARSET;
        charset = PXA_CP1252;
    }
    return charset;
}
