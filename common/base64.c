/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base64, strictly. Nettle converts, and refuses what is not Base64. What it would let
 * pass is white space; it decodes to nothing, so a result that is as long as the whole
 * text promises had none. Only a text that fails is looked at a second time, to say why.
 *
 * Nettle 3 only writes the length argument of base64_decode_update(); Nettle 4
 * also reads it, as the room that is left. Setting it before each call serves
 * both. How Nettle 4 judges a room that is smaller than a whole last group is
 * avoided altogether: then that group goes through a buffer of three bytes.
 *
 * Cannot do: the URL-safe alphabet, unpadded text, decoding in pieces or in place.
 */
#include <config.h>

#include "common/proxyauth.h"

#include <nettle/base64.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    GROUP_TEXT = 4, /* characters that stand for ... */
    GROUP_BYTES = 3 /* ... so many bytes */
};

static bool in_alphabet(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

/* Decodes all but the last group into `out`, and that by way of a buffer of its own, so that
 * `out` needs no more room than what it gets. */
static bool decode_split(struct base64_decode_ctx *ctx, struct pxa_span in, char *out, size_t *len)
{
    size_t head = in.len - GROUP_TEXT;
    size_t head_len = head / GROUP_TEXT * GROUP_BYTES;
    uint8_t last[GROUP_BYTES];
    size_t last_len = sizeof last;
    bool good;

    *len = head_len;
    good = base64_decode_update(ctx, len, (uint8_t *)out, head, in.at) && *len == head_len &&
           base64_decode_update(ctx, &last_len, last, GROUP_TEXT, in.at + head);
    if (good) {
        memcpy(out + head_len, last, last_len);
        *len += last_len;
    }
    pxa_wipe(last, sizeof last);
    return good;
}

/* Decodes into `out`, which has room for the `len` bytes that a good text of this length
 * and padding gives. False for a text that is not good; what `out` holds then is not
 * worth anything. */
static bool decode(struct pxa_span in, char *out, size_t cap, size_t len)
{
    struct base64_decode_ctx ctx;
    size_t done = in.len / GROUP_TEXT * GROUP_BYTES;
    bool good;

    base64_decode_init(&ctx);
    if (cap >= done)
        good = base64_decode_update(&ctx, &done, (uint8_t *)out, in.len, in.at);
    else
        good = decode_split(&ctx, in, out, &done);
    good = good && base64_decode_final(&ctx) && done == len;
    pxa_wipe(&ctx, sizeof ctx); /* it may hold bits of a password */
    return good;
}

/* The characters before the first '='; all of them if there is none. */
static size_t count_data(struct pxa_span in)
{
    const char *padding = memchr(in.at, '=', in.len);

    return padding == NULL ? in.len : (size_t)(padding - in.at);
}

static bool all_padding(struct pxa_span in, size_t from)
{
    for (size_t i = from; i < in.len; i++)
        if (in.at[i] != '=')
            return false;
    return true;
}

/* Says what is wrong with a text that is not empty and could not be decoded. If alphabet,
 * length and padding are right, only the unused bits are left. */
static enum pxa_status diagnose(struct pxa_span in, size_t *fault_at)
{
    size_t data_len = count_data(in);

    for (size_t i = 0; i < in.len; i++) {
        *fault_at = i;
        if (!in_alphabet(in.at[i]) && in.at[i] != '=')
            return PXA_NOT_BASE64;
    }
    *fault_at = in.len;
    if (in.len % GROUP_TEXT != 0)
        return PXA_BASE64_LENGTH;
    *fault_at = data_len;
    if (in.len - data_len > 2 || !all_padding(in, data_len))
        return PXA_BASE64_PADDING;
    *fault_at = data_len - 1;
    return PXA_BASE64_TRAILING_BITS;
}

/* The length of what a good text decodes to. */
static size_t decoded_len(struct pxa_span in)
{
    size_t padding = 0;

    while (padding < 2 && in.at[in.len - 1 - padding] == '=')
        padding++;
    return in.len / GROUP_TEXT * GROUP_BYTES - padding;
}

/* Whether a text that does not fit is good, apart from that. */
static bool is_good(struct pxa_span in)
{
    char bytes[GROUP_BYTES];
    size_t unused;
    bool good = diagnose(in, &unused) == PXA_BASE64_TRAILING_BITS;
    struct pxa_span last = {in.at + in.len - GROUP_TEXT, GROUP_TEXT};

    good = good && decode(last, bytes, sizeof bytes, decoded_len(last));
    pxa_wipe(bytes, sizeof bytes);
    return good;
}

enum pxa_status pxa_base64_decode(struct pxa_span in, char *out, size_t cap,
                                  struct pxa_written *done)
{
    bool whole = in.len % GROUP_TEXT == 0;
    size_t len;

    *done = (struct pxa_written){0, 0};
    if (in.len == 0)
        return PXA_OK;
    len = whole ? decoded_len(in) : 0;
    if (whole && len <= cap) {
        if (decode(in, out, cap, len)) {
            done->len = len;
            return PXA_OK;
        }
        pxa_wipe(out, len);
    } else if (whole && is_good(in)) {
        return PXA_SMALL_BUFFER;
    }
    return diagnose(in, &done->fault_at);
}

enum pxa_status pxa_base64_encode(struct pxa_span in, char *out, size_t cap,
                                  struct pxa_written *done)
{
    struct base64_encode_ctx ctx;

    *done = (struct pxa_written){0, 0};
    if (in.len > SIZE_MAX / 4 * 3 || PXA_BASE64_ENCODED_LEN(in.len) > cap)
        return PXA_SMALL_BUFFER;
    if (in.len == 0)
        return PXA_OK;
    base64_encode_init(&ctx);
    done->len = base64_encode_update(&ctx, out, in.len, (const uint8_t *)in.at);
    done->len += base64_encode_final(&ctx, out + done->len);
    pxa_wipe(&ctx, sizeof ctx);
    return PXA_OK;
}
