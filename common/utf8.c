/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conversion to UTF-8 from the character sets in which names and passwords come. It
 * measures first and writes then, so that an error writes nothing.
 * Cannot do: judge, fold or normalize characters; or convert back.
 */
#include <config.h>

#include "common/le.h"
#include "common/utf8.h"

/* One character of the input. */
struct step {
    size_t len;    /* bytes of input that it takes */
    uint32_t code; /* its code point; not set for UTF-8, which is copied */
};

uint32_t cp1252_code(unsigned char byte)
{
    /* What Unicode's CP1252.TXT gives for 0x80 to 0x9f; all else is Latin-1. */
    static const uint16_t codes[32] = {
        0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
    };

    return byte >= 0x80 && byte <= 0x9f ? codes[byte - 0x80] : byte;
}

static enum pxa_status read_utf16(struct pxa_span in, size_t at, struct step *step)
{
    uint32_t high = le16(in, at);
    uint32_t low = le16(in, at + 2); /* 0, which is no low half, where the text ends */

    if (in.len - at < 2)
        return PXA_UTF16_ODD;
    *step = (struct step){2, high};
    if (high < 0xd800 || high > 0xdfff)
        return PXA_OK;
    if (high > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return PXA_UTF16_SURROGATE;
    *step = (struct step){4, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)};
    return PXA_OK;
}

static enum pxa_status read_step(enum pxa_charset from, struct pxa_span in, size_t at,
                                 struct step *step)
{
    unsigned char byte = (unsigned char)in.at[at];

    *step = (struct step){1, byte};
    switch (from) {
    case PXA_ASCII:
        return byte < 0x80 ? PXA_OK : PXA_NOT_ASCII;
    case PXA_UTF8:
        step->len = utf8_sequence_len(in, at);
        return step->len > 0 ? PXA_OK : PXA_NOT_UTF8;
    case PXA_LATIN1:
        return PXA_OK;
    case PXA_CP1252:
        step->code = cp1252_code(byte);
        return step->code == 0 && byte != 0 ? PXA_UNASSIGNED : PXA_OK;
    case PXA_UTF16LE:
        return read_utf16(in, at, step);
    case PXA_OTHER_CHARSET:
    default:
        return PXA_UNSUPPORTED;
    }
}

static size_t encoded_len(enum pxa_charset from, struct step step)
{
    if (from == PXA_UTF8)
        return step.len;
    if (step.code < 0x80)
        return 1;
    if (step.code < 0x800)
        return 2;
    return step.code < 0x10000 ? 3 : 4;
}

static enum pxa_status measure(enum pxa_charset from, struct pxa_span in, size_t cap,
                               struct pxa_written *done)
{
    size_t count = 0;
    struct step step;

    for (size_t i = 0; i < in.len; i += step.len) {
        enum pxa_status status = read_step(from, in, i, &step);
        size_t width = encoded_len(from, step);

        if (status == PXA_OK && width > cap - count)
            status = PXA_SMALL_BUFFER;
        if (status != PXA_OK) {
            done->fault_at = i;
            return status;
        }
        count += width;
    }
    done->len = count;
    return PXA_OK;
}

/* Writes a code point in `width` bytes: six bits into each, from the last to the first. */
static void encode(uint32_t code, char *to, size_t width)
{
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};

    for (size_t i = width; i > 1; i--) {
        to[i - 1] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    to[0] = (char)(leads[width] | code);
}

static bool is_known(enum pxa_charset charset)
{
    switch (charset) {
    case PXA_ASCII:
    case PXA_UTF8:
    case PXA_LATIN1:
    case PXA_CP1252:
    case PXA_UTF16LE:
        return true;
    case PXA_OTHER_CHARSET:
    default:
        return false;
    }
}

enum pxa_status pxa_to_utf8(enum pxa_charset from, struct pxa_span in, char *out, size_t cap,
                            struct pxa_written *done)
{
    enum pxa_status status;
    struct step step;

    *done = (struct pxa_written){0, 0};
    if (!is_known(from))
        return PXA_UNSUPPORTED; /* an empty text, too */
    status = measure(from, in, cap, done);
    if (status != PXA_OK)
        return status;
    for (size_t i = 0; i < in.len; i += step.len) {
        size_t width;

        (void)read_step(from, in, i, &step); /* measured: it is good */
        width = encoded_len(from, step);
        if (from == PXA_UTF8)
            memcpy(out, &in.at[i], width);
        else
            encode(step.code, out, width);
        out += width;
    }
    return PXA_OK;
}
