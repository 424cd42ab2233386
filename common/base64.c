/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base64, strictly. Only a text that fails is looked at a second time, to say why. Nettle encodes.
 * It does not decode: it lets white space pass, wants more room than the result takes, and goes
 * from character to character, which for a Kerberos token costs a tenth of all that a login takes.
 *
 * Cannot do: the URL-safe alphabet, unpadded text, decoding in pieces.
 */
#include <config.h>

#include "common/proxyauth.h"

#include <nettle/base64.h>

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    GROUP_TEXT = 4, /* characters that stand for ... */
    GROUP_BYTES = 3 /* ... so many bytes */
};

/* RFC 4648, section 4: a character's value plus one; 0: not in the alphabet. */
static const uint8_t codes[UCHAR_MAX + 1] = {
    /* clang-format off */
    ['+'] = 63,
    ['/'] = 64,
    ['0'] = 53, 54, 55, 56, 57, 58, 59, 60, 61, 62,
    ['A'] = 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13,
    ['N'] = 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
    ['a'] = 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
    ['n'] = 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52,
    /* clang-format on */
};

static uint32_t code_of(char c)
{
    return codes[(unsigned char)c];
}

/* The 24 bits that four characters stand for. False if one of them is not in the alphabet. */
static bool take_group(const char *in, uint32_t *bits)
{
    uint32_t a = code_of(in[0]), b = code_of(in[1]), c = code_of(in[2]), d = code_of(in[3]);

    *bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
    return a != 0 && b != 0 && c != 0 && d != 0;
}

/* The last group, which has padding and stands for one or two bytes; the bits behind them are
 * zero. */
static bool decode_padded(const char *in, char *out, size_t len)
{
    char group[GROUP_TEXT] = {in[0], in[1], 'A', 'A'};
    uint32_t bits;
    bool good;

    if (len > 1)
        group[2] = in[2];
    good = take_group(group, &bits) && (bits & (len == 1 ? 0xffffU : 0xffU)) == 0;
    pxa_wipe(group, sizeof group);
    out[0] = (char)(bits >> 16);
    if (len > 1)
        out[1] = (char)(bits >> 8 & 0xff);
    return good;
}

/* Decodes into `out`, which has room for the `len` bytes that a good text of this length
 * and padding gives. False for a text that is not good; what `out` holds then is not
 * worth anything. */
static bool decode(struct pxa_span in, char *out, size_t len)
{
    const char *text = in.at;
    uint32_t bits;

    for (; len >= GROUP_BYTES; len -= GROUP_BYTES) {
        if (!take_group(text, &bits))
            return false;
        *out++ = (char)(bits >> 16);
        *out++ = (char)(bits >> 8 & 0xff);
        *out++ = (char)(bits & 0xff);
        text += GROUP_TEXT;
    }
    return len == 0 || decode_padded(text, out, len);
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
        if (code_of(in.at[i]) == 0 && in.at[i] != '=')
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

    good = good && decode(last, bytes, decoded_len(last));
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
        if (decode(in, out, len)) {
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
