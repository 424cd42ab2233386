/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of parameters whose name ends in '*', RFC 8187: a character set, a language and
 * percent-encoded bytes. For the user name of Digest.
 * Cannot do: character sets other than UTF-8, which the RFC lets a sender use no longer.
 */
#include <config.h>

#include "common/digest.h"
#include "common/utf8.h"

enum { ESCAPE_LEN = 3 }; /* '%' and two digits */

static bool is_language_byte(char c)
{
    return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-';
}

/* Reads over the character set and the language: `*at` becomes where the bytes begin. */
static enum pxa_status read_head(struct pxa_span raw, size_t *at)
{
    const char *mark = raw.len > 0 ? memchr(raw.at, '\'', raw.len) : NULL;

    *at = 0;
    if (mark == NULL || !pxa_name_is(span_of(raw.at, (size_t)(mark - raw.at)), "UTF-8"))
        return PXA_PARAM_VALUE;
    *at = (size_t)(mark - raw.at) + 1;
    while (*at < raw.len && is_language_byte(raw.at[*at]))
        ++*at;
    if (*at == raw.len || raw.at[*at] != '\'')
        return PXA_PARAM_VALUE;
    ++*at;
    return PXA_OK;
}

/* Reads the byte at `at`, encoded or not. */
static enum pxa_status read_byte(struct pxa_span raw, size_t at, char *byte)
{
    int high, low;

    *byte = raw.at[at];
    if (*byte != '%')
        return is_token_byte(*byte) && *byte != '*' && *byte != '\'' ? PXA_OK : PXA_PARAM_VALUE;
    if (raw.len - at < ESCAPE_LEN)
        return PXA_PERCENT_CUT;
    high = hex_value(raw.at[at + 1]);
    low = hex_value(raw.at[at + 2]);
    if (high < 0 || low < 0)
        return PXA_PERCENT_NOT_HEX;
    *byte = (char)(high << 4 | low);
    if (*byte == '\0')
        return PXA_PERCENT_NUL;
    return is_control(*byte) ? PXA_CONTROL : PXA_OK;
}

/* How many bytes from the left are UTF-8. */
static size_t utf8_len(struct pxa_span text)
{
    size_t len = 0;
    size_t width = 1;

    while (len < text.len && width > 0) {
        width = utf8_sequence_len(text, len);
        len += width;
    }
    return len;
}

/* Where byte `count` of what was decoded comes from; `from` is where the bytes begin. */
static size_t find_encoded(struct pxa_span raw, size_t from, size_t count)
{
    for (; count > 0; count--)
        from += raw.at[from] == '%' ? ESCAPE_LEN : 1;
    return from;
}

static enum pxa_status fail(enum pxa_status status, size_t at, char *out, struct pxa_written *done)
{
    pxa_wipe(out, done->len);
    *done = (struct pxa_written){0, at};
    return status;
}

enum pxa_status ext_value_decode(struct pxa_span raw, char *out, size_t cap,
                                 struct pxa_written *done)
{
    size_t from;
    enum pxa_status status = read_head(raw, &from);

    *done = (struct pxa_written){0, 0};
    if (status != PXA_OK)
        return fail(status, from, out, done);
    for (size_t i = from; i < raw.len; i += raw.at[i] == '%' ? ESCAPE_LEN : 1) {
        char byte;

        status = read_byte(raw, i, &byte);
        if (status == PXA_OK && done->len == cap)
            status = PXA_SMALL_BUFFER;
        if (status != PXA_OK)
            return fail(status, i, out, done);
        out[done->len++] = byte;
    }
    if (pxa_charset_of(span_of(out, done->len)) == PXA_OTHER_CHARSET)
        return fail(PXA_NOT_UTF8, find_encoded(raw, from, utf8_len(span_of(out, done->len))), out,
                    done);
    return PXA_OK;
}
