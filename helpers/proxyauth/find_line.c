/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines as they stand in a paste: what logs, curl and Wireshark put around them is taken off.
 */
#include <config.h>

#include "helpers/proxyauth/find.h"
#include "helpers/proxyauth/text.h"

/* Line ends: CR, and the four characters \r\n that Wireshark writes. */
static void take_end(struct find_line *line)
{
    static const char literal[] = "\\r\\n";
    const size_t len = sizeof literal - 1;
    struct pxa_span *text = &line->text;

    while (text->len > 0 && text->at[text->len - 1] == '\r')
        text->len--;
    line->width = text->len;
    line->complete = text->len >= len && memcmp(text->at + text->len - len, literal, len) == 0;
    if (line->complete)
        text->len -= len;
}

/* Helpers that log what they get write: Got 'YR TlRM...' from squid (length: 59). */
static struct pxa_span quoted_in_log(struct pxa_span line)
{
    static const char before[] = "Got '";
    static const char after[] = "' from ";
    size_t at = text_find(line, before);
    struct pxa_span inner = text_from(line, at + sizeof before - 1);

    if (at == line.len || !text_has(inner, after))
        return line;
    return text_upto(inner, text_find(inner, after));
}

static char prefix_of(struct pxa_span line)
{
    if (line.len == 0 || (line.at[0] != '>' && line.at[0] != '<' && line.at[0] != '*'))
        return 0;
    if (line.len > 1 && line.at[1] != ' ')
        return 0;
    return line.at[0];
}

/* Where curl's output is no terminal, `curl -v` draws its progress meter there, too: behind a CR,
 * without an end, and so in front of what it writes next:
 * "\r  0     0    0 [...] --:--:--  0:00:01 --:--:--     0< HTTP/1.1 407". */
static struct pxa_span without_meter(struct pxa_span line)
{
    static const char meter[] = " 0123456789-:.kMGTPdh";
    struct pxa_span rest;
    size_t at = line.len;

    while (at > 0 && line.at[at - 1] != '\r')
        at--;
    if (at == 0)
        return line;
    while (at < line.len && strchr(meter, line.at[at]) && line.at[at] != '\0')
        at++;
    rest = text_from(line, at);
    return prefix_of(rest) ? rest : line;
}

struct find_line find_line_read(struct pxa_span text, size_t *at)
{
    struct pxa_span rest = text_from(text, *at);
    struct pxa_span line = text_upto(rest, text_find(rest, "\n"));
    struct find_line read = {.text = line};
    struct pxa_span inner;

    take_end(&read);
    read.text = without_meter(read.text);
    inner = text_from(read.text, text_blanks(read.text));
    *at += line.len + (line.len < rest.len);
    read.prefix = prefix_of(inner);
    if (read.prefix)
        read.text = text_from(inner, 2);
    read.indent = text_blanks(read.text);
    read.text = quoted_in_log(text_from(read.text, read.indent));
    return read;
}
