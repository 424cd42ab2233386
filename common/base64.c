/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base64, strictly. Nettle converts; what it would let pass (white space) or
 * would not tell apart (length, padding, leftover bits) is judged here first.
 *
 * Nettle 3 only writes the length argument of base64_decode_update(); Nettle 4
 * also reads it, as the room that is left. Setting it before each call serves
 * both. How Nettle 4 judges a room that is smaller than a whole last group is
 * avoided altogether: that group goes through a buffer of three bytes.
 *
 * Cannot do: the URL-safe alphabet, unpadded text, decoding in pieces or in place.
 */
#include <config.h>

#include "common/base64.h"

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
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == '+' || c == '/';
}

/* Decodes whole groups; `out` has room for three bytes of each. */
static bool decode_groups(const char *text, size_t text_len, uint8_t *out, size_t *len)
{
    struct base64_decode_ctx ctx;
    bool good;

    *len = text_len / GROUP_TEXT * GROUP_BYTES;
    base64_decode_init(&ctx);
    good = base64_decode_update(&ctx, len, out, text_len, text) && base64_decode_final(&ctx);
    pxa_wipe(&ctx, sizeof ctx); /* it may hold bits of a password */
    return good;
}

/* Nettle refuses a '=' after bits that are not zero, which is all that can be
 * wrong with a last group of the right length, alphabet and padding. */
static bool last_group_is_canonical(struct pxa_span in)
{
    uint8_t bytes[GROUP_BYTES];
    size_t len;
    bool good = decode_groups(in.at + in.len - GROUP_TEXT, GROUP_TEXT, bytes, &len);

    pxa_wipe(bytes, sizeof bytes);
    return good;
}

/* The characters before the first '='; all of them if there is none. */
static size_t count_data(struct pxa_span in)
{
    size_t i = 0;

    while (i < in.len && in.at[i] != '=')
        i++;
    return i;
}

static bool all_padding(struct pxa_span in, size_t from)
{
    for (size_t i = from; i < in.len; i++)
        if (in.at[i] != '=')
            return false;
    return true;
}

static enum pxa_status fault(struct base64_check *out, enum pxa_status status, size_t at)
{
    out->fault_at = at;
    return status;
}

enum pxa_status base64_check(struct pxa_span in, struct base64_check *out)
{
    size_t data_len;
    size_t padding_len;

    *out = (struct base64_check){0, 0};
    for (size_t i = 0; i < in.len; i++)
        if (!in_alphabet(in.at[i]) && in.at[i] != '=')
            return fault(out, PXA_NOT_BASE64, i);
    if (in.len % GROUP_TEXT != 0)
        return fault(out, PXA_BASE64_LENGTH, in.len);
    if (in.len == 0)
        return PXA_OK;
    data_len = count_data(in);
    padding_len = in.len - data_len;
    if (padding_len > 2 || !all_padding(in, data_len))
        return fault(out, PXA_BASE64_PADDING, data_len);
    if (!last_group_is_canonical(in))
        return fault(out, PXA_BASE64_TRAILING_BITS, data_len - 1);
    out->decoded_len = in.len / GROUP_TEXT * GROUP_BYTES - padding_len;
    return PXA_OK;
}

void base64_decode_checked(struct pxa_span in, char *out)
{
    uint8_t last[GROUP_BYTES];
    size_t head_len;
    size_t last_len;

    if (in.len == 0)
        return;
    decode_groups(in.at, in.len - GROUP_TEXT, (uint8_t *)out, &head_len);
    decode_groups(in.at + in.len - GROUP_TEXT, GROUP_TEXT, last, &last_len);
    memcpy(out + head_len, last, last_len);
    pxa_wipe(last, sizeof last);
}

enum pxa_status pxa_base64_decode(struct pxa_span in, char *out, size_t cap, size_t *len)
{
    struct base64_check check;
    enum pxa_status status = base64_check(in, &check);

    *len = 0;
    if (status != PXA_OK)
        return status;
    if (check.decoded_len > cap)
        return PXA_SMALL_BUFFER;
    base64_decode_checked(in, out);
    *len = check.decoded_len;
    return PXA_OK;
}

enum pxa_status pxa_base64_encode(struct pxa_span in, char *out, size_t cap, size_t *len)
{
    struct base64_encode_ctx ctx;

    *len = 0;
    if (PXA_BASE64_ENCODED_LEN(in.len) > cap)
        return PXA_SMALL_BUFFER;
    if (in.len == 0)
        return PXA_OK;
    base64_encode_init(&ctx);
    *len = base64_encode_update(&ctx, out, in.len, (const uint8_t *)in.at);
    *len += base64_encode_final(&ctx, out + *len);
    pxa_wipe(&ctx, sizeof ctx);
    return PXA_OK;
}
