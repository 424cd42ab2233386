/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tells ASCII, UTF-8 and neither apart, by the table of RFC 3629 section 4.
 * Cannot do: guess which of the 8-bit character sets the neither is.
 */
#include <config.h>

#include "common/proxyauth.h"

#include <stdbool.h>

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

/* The length of the sequence that begins with a byte above 0x7f; 0 if it is none. */
static size_t sequence_len(const unsigned char *at, size_t left)
{
    const struct utf8_form *form = form_of(at[0]);

    if (form == NULL || form->len > left)
        return 0;
    if (!within(at[1], form->second_low, form->second_high))
        return 0;
    for (size_t i = 2; i < form->len; i++)
        if (!within(at[i], 0x80, 0xbf))
            return 0;
    return form->len;
}

enum pxa_charset pxa_charset_of(struct pxa_span text)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    enum pxa_charset charset = PXA_ASCII;
    size_t step;

    for (size_t i = 0; i < text.len; i += step) {
        step = 1;
        if (bytes[i] < 0x80)
            continue;
        step = sequence_len(&bytes[i], text.len - i);
        if (step == 0)
            return PXA_OTHER_CHARSET;
        charset = PXA_UTF8;
    }
    return charset;
}
