/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iconv(3), with an answer for everything that it may say.
 *
 * A descriptor is opened for each text: most texts are UTF-8 and never come here. glibc keeps the
 * tables of a character set that was used before.
 */
#include <config.h>

#include "helpers/directory/charset.h"

#include <iconv.h>
#include <stdint.h>
#include <string.h>

/* One byte of TSCII, the most talkative of all, becomes three characters of three bytes. */
enum { UTF8_PER_BYTE_MAX = 9 };

/* False where iconv(3) does not know it. */
static bool open_charset(const char *name, iconv_t *descriptor)
{
    /* What follows a slash would tell iconv() to leave out what it cannot convert. */
    if (!*name || strchr(name, '/'))
        return false;
    *descriptor = iconv_open("UTF-8", name);
    return (intptr_t)*descriptor != -1;
}

bool charset_is_known(const char *name)
{
    iconv_t descriptor;

    if (!open_charset(name, &descriptor))
        return false;
    iconv_close(descriptor);
    return true;
}

/* Whether TEXT, which is UTF-8, was made of bytes in another character set as if they were Latin-1,
 * as Squid does ("auth_param basic utf8 on"). Then 80 to 9F, which elsewhere are letters and signs,
 * have become control characters, which nobody types, and no character is above U+00FF. */
static bool was_taken_for_latin_1(struct pxa_span text)
{
    bool control = false;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c > 0xc3)
            return false;
        if (c == 0xc2 && (unsigned char)text.at[i + 1] < 0xa0)
            control = true;
    }
    return control;
}

bool charset_is_foreign(struct pxa_span text)
{
    enum pxa_charset charset = pxa_charset_of(text);

    return charset == PXA_OTHER_CHARSET || (charset == PXA_UTF8 && was_taken_for_latin_1(text));
}

/* The bytes that were taken for Latin-1. NULL when memory is out. */
static struct secret *taken_back(struct pxa_span text)
{
    struct secret *bytes = secret_new(text.len);

    if (!bytes)
        return NULL;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c >= 0xc2)
            c = (unsigned char)((c & 0x03) << 6 | ((unsigned char)text.at[++i] & 0x3f));
        bytes->bytes[bytes->len++] = (char)c;
    }
    return bytes;
}

/* All of TEXT, and what a stateful character set keeps back to the end. */
static bool convert(iconv_t descriptor, struct pxa_span text, struct secret *to)
{
    /* iconv() only reads it. NOLINTNEXTLINE(performance-no-int-to-ptr) */
    char *in = (char *)(uintptr_t)text.at;
    size_t in_left = text.len;
    char *out = to->bytes;
    size_t out_left = to->cap;

    if (iconv(descriptor, &in, &in_left, &out, &out_left) != 0 || in_left > 0 ||
        iconv(descriptor, NULL, NULL, &out, &out_left) != 0)
        return false;
    to->len = (size_t)(out - to->bytes);
    to->bytes[to->len] = '\0';
    return !memchr(to->bytes, '\0', to->len);
}

/* iconv(3) keeps what it converted, between the two steps from one character set to the other,
 * until its descriptor is closed, and then frees it as it is: a text of the same length lies over
 * it then. False when memory is out. */
static bool overwrite(iconv_t descriptor, size_t len)
{
    struct secret *text = secret_new(len);
    struct secret *to = secret_new(len * UTF8_PER_BYTE_MAX);
    bool done = text && to;

    if (done) {
        memset(text->bytes, 'x', len);
        iconv(descriptor, NULL, NULL, NULL, NULL);
        convert(descriptor, (struct pxa_span){text->bytes, len}, to);
    }
    secret_free(&text);
    secret_free(&to);
    return done;
}

static enum charset_outcome convert_from(const char *name, struct pxa_span text,
                                         struct secret **converted)
{
    enum charset_outcome outcome = CHARSET_TROUBLE;
    iconv_t descriptor;

    if (!open_charset(name, &descriptor))
        return CHARSET_TROUBLE;
    *converted = secret_new(text.len * UTF8_PER_BYTE_MAX);
    if (*converted)
        outcome = convert(descriptor, text, *converted) ? CHARSET_CONVERTED : CHARSET_IMPOSSIBLE;
    if (*converted && !overwrite(descriptor, text.len))
        outcome = CHARSET_TROUBLE;
    if (outcome != CHARSET_CONVERTED)
        secret_free(converted);
    iconv_close(descriptor);
    return outcome;
}

enum charset_outcome charset_to_utf8(const char *name, struct pxa_span text,
                                     struct secret **converted)
{
    enum charset_outcome outcome;
    struct secret *bytes;

    *converted = NULL;
    if (text.len == 0 || text.len > SECRET_MAX / UTF8_PER_BYTE_MAX)
        return CHARSET_IMPOSSIBLE;
    if (pxa_charset_of(text) != PXA_UTF8 || !was_taken_for_latin_1(text))
        return convert_from(name, text, converted);
    bytes = taken_back(text);
    if (!bytes)
        return CHARSET_TROUBLE;
    outcome = convert_from(name, (struct pxa_span){bytes->bytes, bytes->len}, converted);
    secret_free(&bytes);
    return outcome;
}
