/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The characters are judged by a table of ranges and not by the locale, so that the same bytes
 * always give the same text. The table names what does harm on some terminal; whether a font has
 * the rest is for the terminal to see to.
 * Cannot do: tell apart letters that look alike.
 */
#include <config.h>

#include "helpers/core/visible.h"
#include "helpers/core/visible_ranges.h"

#include <stdio.h>
#include <string.h>

enum {
    UNIT_MAX = 16,     /* "\u{10ffff}" and a NUL fit */
    EXCERPT_BYTES = 56 /* of input: 56 * strlen("\\xHH") and "..." fit into a visible_excerpt */
};

/* Whether a character takes one place, moves nothing and joins with nothing: a binary search. */
static bool stands_still(uint32_t code)
{
    size_t low = 0;
    size_t high = sizeof visible_unsafe / sizeof *visible_unsafe;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (code > visible_unsafe[middle].last)
            low = middle + 1;
        else if (code < visible_unsafe[middle].first)
            high = middle;
        else
            return false;
    }
    return true;
}

static struct pxa_span rest_of(struct pxa_span in, size_t at)
{
    return (struct pxa_span){in.at + at, in.len - at};
}

/* The length of the valid UTF-8 sequence at the beginning of IN; 0 if there is none. */
static size_t sequence_len(struct pxa_span in)
{
    unsigned char lead = (unsigned char)in.at[0];
    size_t len = 4;

    if (lead < 0xe0)
        len = 2;
    else if (lead < 0xf0)
        len = 3;
    if (len > in.len || pxa_charset_of((struct pxa_span){in.at, len}) != PXA_UTF8)
        return 0;
    return len;
}

static uint32_t code_point(const char *at, size_t len)
{
    uint32_t code = (unsigned char)at[0] & (0xffU >> (len + 1));

    for (size_t i = 1; i < len; i++)
        code = code << 6 | ((unsigned char)at[i] & 0x3fU);
    return code;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Whether IN, which begins with a backslash, begins like an escape of ours. */
static bool reads_as_escape(struct pxa_span in)
{
    if (in.len >= 3 && in.at[1] == 'u' && in.at[2] == '{')
        return true;
    return in.len >= 4 && in.at[1] == 'x' && is_hex(in.at[2]) && is_hex(in.at[3]);
}

/* Writes the visible form of what IN, not empty, begins with, as a C string. Returns how many bytes
 * of IN that was. */
static size_t put_unit(char out[static UNIT_MAX], struct pxa_span in, enum visible_mode mode)
{
    unsigned char byte = (unsigned char)in.at[0];
    size_t len = byte >= 0x80 ? sequence_len(in) : 1;
    bool plain = byte >= 0x20 && byte < 0x7f;

    if (plain && byte == '\\' && mode == VISIBLE_VALUE)
        plain = !reads_as_escape(in);
    if (len > 1)
        plain = stands_still(code_point(in.at, len));
    if (plain) {
        memcpy(out, in.at, len);
        out[len] = '\0';
    } else if (len > 1) {
        (void)snprintf(out, UNIT_MAX, "\\u{%x}", (unsigned)code_point(in.at, len));
    } else {
        (void)snprintf(out, UNIT_MAX, "\\x%02x", byte);
        len = 1;
    }
    return len;
}

/* How many bytes from AT on are ASCII that comes out as it is, whatever follows. */
static size_t plain_run(struct pxa_span in, size_t at)
{
    size_t end = at;

    while (end < in.len && in.at[end] >= 0x20 && in.at[end] < 0x7f && in.at[end] != '\\')
        end++;
    return end - at;
}

void visible_put(struct bytes *out, struct pxa_span in, enum visible_mode mode)
{
    char unit[UNIT_MAX];

    for (size_t at = 0; at < in.len;) {
        size_t run = plain_run(in, at);

        bytes_put(out, in.at + at, run);
        at += run;
        if (at == in.len)
            break;
        at += put_unit(unit, rest_of(in, at), mode);
        bytes_put_text(out, unit);
    }
}

struct visible_excerpt visible_excerpt(struct pxa_span in)
{
    struct visible_excerpt excerpt = {{0}};
    char unit[UNIT_MAX];
    size_t len = 0;
    size_t at = 0;

    while (at < in.len && at < EXCERPT_BYTES && len + UNIT_MAX + 4 < sizeof excerpt.text) {
        at += put_unit(unit, rest_of(in, at), VISIBLE_VALUE);
        memcpy(excerpt.text + len, unit, strlen(unit));
        len += strlen(unit);
    }
    if (at < in.len)
        memcpy(excerpt.text + len, "...", 3);
    return excerpt;
}
