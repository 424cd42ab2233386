/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * span: small steps on spans and on HTTP's characters, for the decoders. Not installed.
 *
 * Characters are judged by value; the locale has no say in it.
 */
#ifndef COMMON_SPAN_H
#define COMMON_SPAN_H

#include "common/proxyauth.h"

#include <string.h>

static inline struct pxa_span span_of(const char *at, size_t len)
{
    struct pxa_span span = {at, len};

    return span;
}

/* The part of `span` from byte `from` up to, and without, byte `to`. */
static inline struct pxa_span span_cut(struct pxa_span span, size_t from, size_t to)
{
    return from < to ? span_of(span.at + from, to - from) : span_of(NULL, 0);
}

static inline void span_drop(struct pxa_span *span, size_t count)
{
    span->at += count;
    span->len -= count;
}

/* Whether the bytes are those of the C string, in this very case. */
static inline bool span_is_text(struct pxa_span span, const char *text)
{
    return span.len == strlen(text) && (span.len == 0 || memcmp(span.at, text, span.len) == 0);
}

/* A space or a tab: what RFC 9110 allows between elements (OWS). */
static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static inline char to_lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

/* The value of a hex digit, -1 if it is none. */
static inline int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* One of the control bytes: 0x00-0x1f and 0x7f. */
static inline bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* A byte of a token, RFC 9110 section 5.6.2. */
bool is_token_byte(char c);

/* A byte of a token68 before its '=', RFC 9110 section 11.2. */
bool is_token68_byte(char c);

/* How many bytes from `from` on are token bytes; or blanks; or a token68 with the '=' behind
 * it, 0 if there is none before them. */
size_t token_len(struct pxa_span text, size_t from);
size_t blanks_len(struct pxa_span text, size_t from);
size_t token68_len(struct pxa_span text, size_t from);

/* The first control byte's status, PXA_NUL or PXA_CONTROL, and its offset; or PXA_OK. */
enum pxa_status find_control(struct pxa_span text, size_t *fault_at);

#endif
