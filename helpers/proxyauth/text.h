/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text: small steps on spans, for the tool. Characters are judged by value, not by the locale.
 */
#ifndef PROXYAUTH_TOOL_TEXT_H
#define PROXYAUTH_TOOL_TEXT_H

#include "common/proxyauth.h"

#include <string.h>

static inline struct pxa_span text_of(const char *text)
{
    return (struct pxa_span){text, strlen(text)};
}

/* The part from byte FROM on; FROM is at most the length. */
static inline struct pxa_span text_from(struct pxa_span text, size_t from)
{
    return text.len > from ? (struct pxa_span){text.at + from, text.len - from}
                           : (struct pxa_span){NULL, 0};
}

static inline struct pxa_span text_upto(struct pxa_span text, size_t len)
{
    return (struct pxa_span){text.at, len < text.len ? len : text.len};
}

static inline bool text_same(struct pxa_span a, struct pxa_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool text_is(struct pxa_span text, const char *other)
{
    return text_same(text, text_of(other));
}

static inline bool text_begins(struct pxa_span text, const char *start)
{
    size_t len = strlen(start);

    return text.len >= len && memcmp(text.at, start, len) == 0;
}

/* Where PART first stands in TEXT; TEXT's length if nowhere. */
static inline size_t text_find(struct pxa_span text, const char *part)
{
    const char *at = text.len > 0 ? memmem(text.at, text.len, part, strlen(part)) : NULL;

    return at ? (size_t)(at - text.at) : text.len;
}

static inline bool text_has(struct pxa_span text, const char *part)
{
    return text_find(text, part) < text.len;
}

static inline bool text_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline bool text_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits and dots, or with a colon: an address where a host's name should be. */
static inline bool text_is_address(struct pxa_span host)
{
    size_t at = 0;

    while (at < host.len && (text_is_digit(host.at[at]) || host.at[at] == '.'))
        at++;
    return host.len > 0 && (at == host.len || text_has(host, ":"));
}

/* How many of the first bytes are blanks. */
static inline size_t text_blanks(struct pxa_span text)
{
    size_t len = 0;

    while (len < text.len && text_is_blank(text.at[len]))
        len++;
    return len;
}

static inline struct pxa_span text_trim(struct pxa_span text)
{
    text = text_from(text, text_blanks(text));
    while (text.len > 0 && text_is_blank(text.at[text.len - 1]))
        text.len--;
    return text;
}

/* Takes the first word, up to a space, off TEXT, with the one space behind it. */
static inline struct pxa_span text_word(struct pxa_span *text)
{
    struct pxa_span word = text_upto(*text, text_find(*text, " "));

    *text = text_from(*text, word.len + 1);
    return word;
}

/* Whether all is Base64, of the standard or the URL-safe alphabet, and there is some. */
static inline bool text_is_base64(struct pxa_span text)
{
    static const char others[] = "+/-_=";

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !text_is_digit(c) &&
            !memchr(others, c, sizeof others - 1))
            return false;
    }
    return text.len > 0;
}

#endif
