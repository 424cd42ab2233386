/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Families for Base64, character sets and Squid's escaping: each the text of which every byte
 * costs most, and the one whose only mistake is its last byte.
 */
#include <config.h>

#include "tests/linear/measured.h"

/* ---- Base64 and Basic ---- */

static void build_base64(struct input *input, size_t n)
{
    input_repeat(input, "QUJD", n);
}

static void build_base64_bad_end(struct input *input, size_t n)
{
    input_repeat(input, "QUJD", n);
    input_text(input, "QUI*");
}

static void build_base64_paddings(struct input *input, size_t n)
{
    input_repeat(input, "====", n);
}

static void build_basic(struct input *input, size_t n)
{
    input_repeat(input, "user\xc3\xa9", n);
    input_text(input, ":");
    input_repeat(input, "secret", n);
    input_to_base64(input);
}

static void build_basic_no_colon(struct input *input, size_t n)
{
    input_repeat(input, "secret", n);
    input_to_base64(input);
}

static enum pxa_status call_base64(struct pxa_span input, struct room room)
{
    struct pxa_written done;

    return pxa_base64_decode(input, room.at, room.cap, &done);
}

static enum pxa_status call_base64_no_room(struct pxa_span input, struct room room)
{
    struct pxa_written done;

    return pxa_base64_decode(input, room.at, 0, &done);
}

static enum pxa_status call_base64_encode(struct pxa_span input, struct room room)
{
    struct pxa_written done;

    pxa_wipe(room.at, room.cap);
    return pxa_base64_encode(input, room.at, room.cap, &done);
}

static enum pxa_status call_basic(struct pxa_span input, struct room room)
{
    struct pxa_basic basic;

    return pxa_basic_decode(input, room.at, room.cap, &basic);
}

/* ---- Character sets ---- */

static void build_ascii(struct input *input, size_t n)
{
    input_repeat(input, "plain", n);
}

static void build_utf8(struct input *input, size_t n)
{
    input_repeat(input, "\xe7\x94\xa8\xf0\x9f\x98\x80", n);
}

static void build_cp1252(struct input *input, size_t n)
{
    input_repeat(input, "\x80\xe9\x93", n);
}

static void build_utf16(struct input *input, size_t n)
{
    input_repeat(input, "\x3d\xd8\x80\xde\x28\x75", n); /* a surrogate pair, and U+7528 */
}

static enum pxa_status call_charset(struct pxa_span input, struct room room)
{
    (void)room;
    return pxa_charset_of(input) == pxa_charset_guess(input) ? PXA_OK : PXA_NOT_UTF8;
}

static enum pxa_status convert(enum pxa_charset from, struct pxa_span input, struct room room)
{
    struct pxa_written done;

    return pxa_to_utf8(from, input, room.at, room.cap, &done);
}

static enum pxa_status call_from_ascii(struct pxa_span input, struct room room)
{
    return convert(PXA_ASCII, input, room);
}

static enum pxa_status call_from_utf8(struct pxa_span input, struct room room)
{
    return convert(PXA_UTF8, input, room);
}

static enum pxa_status call_from_latin1(struct pxa_span input, struct room room)
{
    return convert(PXA_LATIN1, input, room);
}

static enum pxa_status call_from_cp1252(struct pxa_span input, struct room room)
{
    return convert(PXA_CP1252, input, room);
}

static enum pxa_status call_from_utf16(struct pxa_span input, struct room room)
{
    return convert(PXA_UTF16LE, input, room);
}

/* ---- Squid's escaping ---- */

static void build_escapes(struct input *input, size_t n)
{
    input_repeat(input, "%5c%20", n);
}

static void build_escapes_cut(struct input *input, size_t n)
{
    input_repeat(input, "%5c%20", n);
    input_text(input, "%");
}

static void build_specials(struct input *input, size_t n)
{
    input_repeat(input, "% \\\xff", n);
}

static enum pxa_status call_unescape(struct pxa_span input, struct room room)
{
    struct pxa_written done;

    return pxa_squid_unescape(input, room.at, room.cap, &done);
}

static enum pxa_status call_escape(struct pxa_span input, struct room room)
{
    struct pxa_written done;

    return pxa_squid_escape(input, room.at, room.cap, &done);
}

const struct family text_families[] = {
    {"base64", build_base64, call_base64, PXA_OK, LINEAR},
    {"base64-bad-end", build_base64_bad_end, call_base64, PXA_NOT_BASE64, LINEAR},
    {"base64-paddings", build_base64_paddings, call_base64, PXA_BASE64_PADDING, LINEAR},
    {"base64-no-room", build_base64, call_base64_no_room, PXA_SMALL_BUFFER, LINEAR},
    {"base64-encode", build_base64, call_base64_encode, PXA_OK, LINEAR},
    {"basic", build_basic, call_basic, PXA_OK, LINEAR},
    {"basic-no-colon", build_basic_no_colon, call_basic, PXA_NO_COLON, LINEAR},
    {"charset-ascii", build_ascii, call_charset, PXA_OK, LINEAR},
    {"charset-utf8", build_utf8, call_charset, PXA_OK, LINEAR},
    {"from-ascii", build_ascii, call_from_ascii, PXA_OK, LINEAR},
    {"from-utf8", build_utf8, call_from_utf8, PXA_OK, LINEAR},
    {"from-latin1", build_cp1252, call_from_latin1, PXA_OK, LINEAR},
    {"from-cp1252", build_cp1252, call_from_cp1252, PXA_OK, LINEAR},
    {"from-utf16", build_utf16, call_from_utf16, PXA_OK, LINEAR},
    {"unescape", build_escapes, call_unescape, PXA_OK, LINEAR},
    {"unescape-cut", build_escapes_cut, call_unescape, PXA_PERCENT_CUT, LINEAR},
    {"escape", build_specials, call_escape, PXA_OK, LINEAR},
    {NULL, NULL, NULL, PXA_OK, LINEAR},
};
