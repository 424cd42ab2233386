/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sentences of a fixed size. Text that is not UTF-8 passes as it is; only ASCII control bytes,
 * which could forge or break a line of a log, are rewritten.
 */
#include <config.h>

#include "helpers/core/why.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* How many bytes a character takes that begins with LEAD, by RFC 3629 section 3; 1 for anything
 * that does not begin one. */
static size_t character_len(unsigned char lead)
{
    if (lead >= 0xf0)
        return 4;
    if (lead >= 0xe0)
        return 3;
    return lead >= 0xc0 ? 2 : 1;
}

/* LEN without the piece of a character that TEXT ends with, if it was cut inside of one. */
static size_t whole_characters(const char *text, size_t len)
{
    size_t back = 0;

    while (back < 3 && back < len && ((unsigned char)text[len - 1 - back] & 0xc0) == 0x80)
        back++;
    if (back == len)
        return len;
    if (character_len((unsigned char)text[len - 1 - back]) > back + 1)
        return len - back - 1;
    return len;
}

/* Copies RAW to TEXT (CAP bytes) with control bytes made visible. False when not all of it fits. */
static bool copy_visible(char *text, size_t cap, const char *raw)
{
    size_t at = 0;

    for (; *raw; raw++) {
        unsigned char byte = (unsigned char)*raw;
        bool control = byte < 0x20 || byte == 0x7f;

        if (at + (control ? 4 : 1) >= cap)
            break;
        if (control)
            at += (size_t)snprintf(text + at, cap - at, "\\x%02X", byte);
        else
            text[at++] = *raw;
    }
    text[at] = '\0';
    return !*raw;
}

bool why_set(struct why *why, const char *format, ...)
{
    char raw[sizeof why->text];
    va_list arguments;
    int len;

    if (!why)
        return false;
    va_start(arguments, format);
    len = vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    if (len < 0)
        raw[0] = '\0';
    if (!copy_visible(why->text, sizeof why->text, raw) || len >= (int)sizeof raw)
        why->text[whole_characters(why->text, strlen(why->text))] = '\0';
    return false;
}

struct why_excerpt why_excerpt(const char *text)
{
    struct why_excerpt excerpt;
    const size_t max = sizeof excerpt.text - sizeof "...";
    size_t len = strnlen(text, max + 1);

    if (len > max) {
        len = whole_characters(text, max);
        memcpy(excerpt.text + len, "...", sizeof "...");
    } else {
        excerpt.text[len] = '\0';
    }
    memcpy(excerpt.text, text, len);
    return excerpt;
}
