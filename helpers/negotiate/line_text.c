/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pieces of a line. Cannot do: tell which piece was left out of a line that is full.
 */
#include <config.h>

#include "helpers/negotiate/line_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "helpers/core/bytes.h"
#include "helpers/core/visible.h"

static const char dots[] = "...";

static void put(struct line_text *line, const char *text, size_t len)
{
    size_t room = sizeof line->at - sizeof dots - line->len;

    if (line->full)
        return;
    if (len > room) {
        line->full = true;
        text = dots;
        len = sizeof dots - 1;
    }
    memcpy(line->at + line->len, text, len);
    line->len += len;
    line->at[line->len] = '\0';
}

void line_text_put(struct line_text *line, const char *format, ...)
{
    char piece[LINE_TEXT_MAX];
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    if (len > 0)
        put(line, piece, (size_t)len);
}

/* What is shown of NAME: not cut inside a UTF-8 character. */
static struct pxa_span beginning(struct pxa_span name)
{
    size_t len = LINE_TEXT_NAME_MAX;

    if (name.len <= len)
        return name;
    while (len > LINE_TEXT_NAME_MAX - 4 && ((unsigned char)name.at[len] & 0xc0) == 0x80)
        len--;
    return (struct pxa_span){name.at, len};
}

void line_text_put_quoted(struct line_text *line, struct pxa_span name)
{
    struct pxa_span shown = beginning(name);
    struct bytes visible = {0};

    bytes_put(&visible, "\"", 1);
    for (size_t at = 0; at < shown.len;) {
        const char *quote = memchr(shown.at + at, '"', shown.len - at);
        size_t end = quote ? (size_t)(quote - shown.at) : shown.len;

        visible_put(&visible, (struct pxa_span){shown.at + at, end - at}, VISIBLE_VALUE);
        if (quote)
            bytes_put_text(&visible, "\\x22");
        at = end + 1;
    }
    bytes_put_text(&visible, shown.len < name.len ? "...\"" : "\"");
    if (visible.failed)
        line_text_put(line, "(out of memory)");
    else
        put(line, visible.at + visible.start, bytes_len(&visible));
    bytes_free(&visible);
}

/* As much of NAME as LINE_TEXT_NAME_MAX bytes of any character set may be made from. */
static struct pxa_span enough(struct pxa_span name)
{
    const size_t max = (size_t)LINE_TEXT_NAME_MAX * 4;

    return (struct pxa_span){name.at, name.len < max ? name.len : max};
}

void line_text_put_name(struct line_text *line, const char *label, struct pxa_span name,
                        enum pxa_charset charset)
{
    char utf8[PXA_UTF8_MAX(LINE_TEXT_NAME_MAX * 4)];
    struct pxa_span begin = enough(name);
    struct pxa_written done;

    if (name.len == 0)
        return;
    if (charset == PXA_OTHER_CHARSET)
        charset = pxa_charset_guess(begin);
    line_text_put(line, ", %s ", label);
    if (pxa_to_utf8(charset, begin, utf8, sizeof utf8, &done) == PXA_OK)
        begin = (struct pxa_span){utf8, done.len};
    line_text_put_quoted(line, begin);
}
