/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The escaping that Squid uses in the lines of its helpers (its lib/rfc1738),
 * both ways. Each way measures first and writes then, so that an error leaves
 * the output as it was, also where it is the input.
 * Cannot do: quoted strings with backslashes, which Squid uses in other places.
 */
#include <config.h>

#include "common/span.h"

enum { ESCAPE_LEN = 3 }; /* '%' and two digits */

/* Judges the escape whose '%' is byte `i`. */
static enum pxa_status check_escape(struct pxa_span in, size_t i)
{
    if (in.len - i < ESCAPE_LEN)
        return PXA_PERCENT_CUT;
    if (hex_value(in.at[i + 1]) < 0 || hex_value(in.at[i + 2]) < 0)
        return PXA_PERCENT_NOT_HEX;
    if (in.at[i + 1] == '0' && in.at[i + 2] == '0')
        return PXA_PERCENT_NUL;
    return PXA_OK;
}

static enum pxa_status measure_unescaped(struct pxa_span in, size_t cap,
                                         struct pxa_written *done)
{
    size_t count = 0;

    for (size_t i = 0; i < in.len; count++) {
        enum pxa_status status = PXA_OK;

        if (in.at[i] == '\0')
            status = PXA_NUL;
        else if (in.at[i] == '%')
            status = check_escape(in, i);
        if (status == PXA_OK && count == cap)
            status = PXA_SMALL_BUFFER;
        if (status != PXA_OK) {
            done->fault_at = i;
            return status;
        }
        i += in.at[i] == '%' ? ESCAPE_LEN : 1;
    }
    done->len = count;
    return PXA_OK;
}

enum pxa_status pxa_squid_unescape(struct pxa_span in, char *out, size_t cap,
                                   struct pxa_written *done)
{
    enum pxa_status status;
    size_t from = 0;

    *done = (struct pxa_written){0, 0};
    status = measure_unescaped(in, cap, done);
    /* Reading never falls behind writing: in place, nothing unread is lost. */
    for (size_t to = 0; to < done->len; to++) {
        if (in.at[from] == '%') {
            out[to] = (char)(hex_value(in.at[from + 1]) * 16 + hex_value(in.at[from + 2]));
            from += ESCAPE_LEN;
        } else {
            out[to] = in.at[from++];
        }
    }
    return status;
}

static bool must_escape(unsigned char byte)
{
    return byte <= 0x20 || byte >= 0x7f || strchr("<>\"#{}|\\^~[]`'%", byte) != NULL;
}

static enum pxa_status measure_escaped(struct pxa_span in, size_t cap,
                                       struct pxa_written *done)
{
    size_t count = 0;

    for (size_t i = 0; i < in.len; i++) {
        size_t width = must_escape((unsigned char)in.at[i]) ? ESCAPE_LEN : 1;

        if (in.at[i] == '\0' || width > cap - count) {
            done->fault_at = i;
            return in.at[i] == '\0' ? PXA_NUL : PXA_SMALL_BUFFER;
        }
        count += width;
    }
    done->len = count;
    return PXA_OK;
}

static char *put_escaped(char *to, unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";

    if (!must_escape(byte)) {
        *to++ = (char)byte;
        return to;
    }
    *to++ = '%';
    *to++ = digits[byte >> 4];
    *to++ = digits[byte & 0x0f];
    return to;
}

enum pxa_status pxa_squid_escape(struct pxa_span in, char *out, size_t cap,
                                 struct pxa_written *done)
{
    enum pxa_status status;

    *done = (struct pxa_written){0, 0};
    status = measure_escaped(in, cap, done);
    if (status != PXA_OK)
        return status;
    for (size_t i = 0; i < in.len; i++)
        out = put_escaped(out, (unsigned char)in.at[i]);
    return PXA_OK;
}
