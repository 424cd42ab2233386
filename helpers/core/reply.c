/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values are always quoted: inside quotes only backslash, quote, \n and \r mean something to
 * Squid. A NUL or a newline can therefore never leave this file.
 */
#include <config.h>

#include "helpers/core/reply.h"

#include <string.h>

#include "helpers/core/hex32.h"

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

/* Squid takes any text for a HA1 and skips what is not hex. */
static bool has_ha1(const struct reply *reply)
{
    const struct reply_note *note = find_note(reply, "ha1");

    return note && note->value.len == HEX32_LEN && hex32_is(note->value.at);
}

static bool is_base64_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
}

/* Squid hands what follows TT to the browser as it is. */
static bool has_bare_token(const struct reply *reply)
{
    for (size_t i = 0; i < reply->token.len; i++)
        if (!is_base64_char(reply->token.at[i]))
            return false;
    return reply->token.len > 0;
}

static bool ok_is_complete(enum scheme scheme, const struct reply *reply)
{
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

bool reply_is_complete(enum scheme scheme, const struct reply *reply)
{
    switch (reply->word) {
    case REPLY_OK:
        return ok_is_complete(scheme, reply);
    case REPLY_TT:
        return (scheme == SCHEME_NEGOTIATE || scheme == SCHEME_NTLM) && has_bare_token(reply);
    case REPLY_ERR:
    case REPLY_BH:
        break;
    }
    return true;
}

static char *put(char *at, const char *from, size_t len)
{
    if (len > 0)
        memcpy(at, from, len);
    return at + len;
}

static char *put_text(char *at, const char *text)
{
    return put(at, text, strlen(text));
}

static char *put_char(char *at, char c)
{
    switch (c) {
    case '\0':
        return put(at, "?", 1);
    case '\n':
        return put(at, "\\n", 2);
    case '\r':
        return put(at, "\\r", 2);
    case '\\':
    case '"':
        at = put(at, "\\", 1);
        return put(at, &c, 1);
    default:
        return put(at, &c, 1);
    }
}

enum { RUN = 16 };

/* True if RUN bytes certainly go out as they are. Without a branch for each byte, so that all are
 * looked at at once. */
static bool is_plain(const char *at)
{
    unsigned char others = 0;

    for (size_t i = 0; i < RUN; i++) {
        unsigned char control = (unsigned char)at[i] < ' ';
        unsigned char quote = at[i] == '"';
        unsigned char backslash = at[i] == '\\';

        others |= control | quote | backslash;
    }
    return others == 0;
}

static char *put_quoted(char *at, struct pxa_span value)
{
    at = put(at, "\"", 1);
    for (size_t i = 0; i < value.len;) {
        if (value.len - i >= RUN && is_plain(value.at + i)) {
            at = put(at, value.at + i, RUN);
            i += RUN;
        } else {
            at = put_char(at, value.at[i++]);
        }
    }
    return put(at, "\"", 1);
}

static bool is_blank(char c)
{
    return (unsigned char)c <= 0x20 || c == 0x7f;
}

static bool is_key_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
}

/* Squid skips blanks and takes everything up to a '=' for a key, an empty one too. */
static bool looks_like_pair(const char *text)
{
    while (is_key_char(*text))
        text++;
    return *text == '=';
}

#define IN_FRONT_OF_A_PAIR "reason: "

/* Bare text ends Squid's search for key=value pairs, unless it looks like one. */
static char *put_bare(char *at, const char *text)
{
    while (*text && is_blank(*text))
        text++;
    if (!*text)
        return at;
    at = put(at, " ", 1);
    if (looks_like_pair(text))
        at = put_text(at, IN_FRONT_OF_A_PAIR);
    for (; *text; text++)
        at = put(at, is_blank(*text) ? " " : text, 1);
    return at;
}

static char *put_notes(char *at, const struct reply *reply)
{
    for (unsigned i = 0; i < reply->note_count; i++) {
        at = put(at, " ", 1);
        at = put_text(at, reply->notes[i].key);
        at = put(at, "=", 1);
        at = put_quoted(at, reply->notes[i].value);
    }
    return at;
}

/* No less than reply_write() writes: every byte of a value may take two. */
static size_t greatest_len(struct pxa_span id, const struct reply *reply)
{
    size_t len = id.len + sizeof " ERR " + reply->token.len;

    for (unsigned i = 0; i < reply->note_count; i++)
        len += sizeof " =\"\"" + strlen(reply->notes[i].key) + 2 * reply->notes[i].value.len;
    if (reply->text)
        len += sizeof " " IN_FRONT_OF_A_PAIR + strlen(reply->text);
    return len + sizeof "\n";
}

bool reply_fits(const struct reply *reply)
{
    return greatest_len((struct pxa_span){NULL, REQUEST_ID_MAX}, reply) <= REPLY_MAX;
}

void reply_write(struct bytes *to, struct pxa_span id, const struct reply *reply)
{
    static const char *const words[] = {
        [REPLY_OK] = "OK",
        [REPLY_ERR] = "ERR",
        [REPLY_BH] = "BH",
        [REPLY_TT] = "TT ",
    };
    char *begin = bytes_room(to, greatest_len(id, reply));
    char *at = begin;

    if (!begin)
        return;
    if (id.len > 0) {
        at = put(at, id.at, id.len);
        at = put(at, " ", 1);
    }
    at = put_text(at, words[reply->word]);
    if (reply->word == REPLY_TT) {
        at = put(at, reply->token.at, reply->token.len);
    } else {
        at = put_notes(at, reply);
        if (reply->text)
            at = put_bare(at, reply->text);
    }
    at = put(at, "\n", 1);
    bytes_added(to, (size_t)(at - begin));
}
