/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values are always quoted: inside quotes only backslash, quote, \n and \r mean something to
 * Squid. A NUL or a newline can therefore never leave this file.
 */
#include <config.h>

#include "helpers/core/reply.h"

#include <string.h>

static const struct reply_note *find_note(const struct reply *reply, const char *key)
{
    for (unsigned i = 0; i < reply->note_count; i++)
        if (strcmp(reply->notes[i].key, key) == 0)
            return &reply->notes[i];
    return NULL;
}

static bool has_value(const struct reply *reply, const char *key)
{
    const struct reply_note *note = find_note(reply, key);

    return note && note->value.len > 0;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Squid takes any text for a HA1 and skips what is not hex. */
static bool has_ha1(const struct reply *reply)
{
    const struct reply_note *note = find_note(reply, "ha1");

    if (!note || note->value.len != 32)
        return false;
    for (size_t i = 0; i < note->value.len; i++)
        if (!is_hex(note->value.at[i]))
            return false;
    return true;
}

bool reply_is_complete(enum scheme scheme, const struct reply *reply)
{
    if (reply->word != REPLY_OK)
        return true;
    switch (scheme) {
    case SCHEME_NEGOTIATE: /* without these Squid ends itself */
        return has_value(reply, "token") && has_value(reply, "user");
    case SCHEME_NTLM:
        return has_value(reply, "user");
    case SCHEME_DIGEST:
        return has_ha1(reply);
    case SCHEME_BASIC:
    case SCHEME_GROUP:
        break;
    }
    return true;
}

static void put_quoted(struct bytes *to, struct pxa_span value)
{
    bytes_put(to, "\"", 1);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.at[i];

        if (c == '\0')
            c = '?';
        if (c == '\\' || c == '"')
            bytes_put(to, "\\", 1);
        if (c == '\n')
            bytes_put(to, "\\n", 2);
        else if (c == '\r')
            bytes_put(to, "\\r", 2);
        else
            bytes_put(to, &c, 1);
    }
    bytes_put(to, "\"", 1);
}

static bool is_blank(char c)
{
    return (unsigned char)c <= 0x20 || c == 0x7f;
}

static bool is_key_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '-' || c == '_';
}

/* Squid skips blanks and takes everything up to a '=' for a key, an empty one too. */
static bool looks_like_pair(const char *text)
{
    while (is_key_char(*text))
        text++;
    return *text == '=';
}

/* Bare text ends Squid's search for key=value pairs, unless it looks like one. */
static void put_bare(struct bytes *to, const char *text)
{
    while (*text && is_blank(*text))
        text++;
    if (!*text)
        return;
    bytes_put(to, " ", 1);
    if (looks_like_pair(text))
        bytes_put_text(to, "reason: ");
    for (; *text; text++)
        bytes_put(to, is_blank(*text) ? " " : text, 1);
}

void reply_write(struct bytes *to, struct pxa_span id, const struct reply *reply)
{
    static const char *const words[] = {[REPLY_OK] = "OK", [REPLY_ERR] = "ERR", [REPLY_BH] = "BH"};

    if (id.len > 0) {
        bytes_put(to, id.at, id.len);
        bytes_put(to, " ", 1);
    }
    bytes_put_text(to, words[reply->word]);
    for (unsigned i = 0; i < reply->note_count; i++) {
        bytes_put(to, " ", 1);
        bytes_put_text(to, reply->notes[i].key);
        bytes_put(to, "=", 1);
        put_quoted(to, reply->notes[i].value);
    }
    if (reply->text)
        put_bare(to, reply->text);
    bytes_put(to, "\n", 1);
}
