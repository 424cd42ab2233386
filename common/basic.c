/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The credentials of the scheme Basic, RFC 7617.
 * Cannot do: convert between character sets, or judge whether an empty user or
 * password may pass.
 */
#include <config.h>

#include "common/base64.h"

#include <string.h>

static enum pxa_status check_bytes(struct pxa_span text, size_t *fault_at)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];

        if (byte >= 0x20 && byte != 0x7f)
            continue;
        *fault_at = i;
        return byte == 0 ? PXA_NUL : PXA_CONTROL;
    }
    return PXA_OK;
}

static enum pxa_status split_at_colon(struct pxa_span text, struct pxa_basic *out)
{
    const char *colon = text.len > 0 ? memchr(text.at, ':', text.len) : NULL;

    if (colon == NULL) {
        out->fault_at = text.len;
        return PXA_NO_COLON;
    }
    out->user.at = text.at;
    out->user.len = (size_t)(colon - text.at);
    out->password.at = colon + 1;
    out->password.len = text.len - out->user.len - 1;
    return PXA_OK;
}

enum pxa_status pxa_basic_decode(struct pxa_span token, char *buf, size_t cap,
                                 struct pxa_basic *out)
{
    struct base64_check check;
    struct pxa_span text;
    enum pxa_status status;

    *out = (struct pxa_basic){.charset = PXA_ASCII};
    if (token.len == 0)
        return PXA_EMPTY;
    status = base64_check(token, &check);
    if (status != PXA_OK) {
        out->fault_at = check.fault_at;
        return status;
    }
    if (check.decoded_len > cap)
        return PXA_SMALL_BUFFER;
    base64_decode_checked(token, buf);
    text = (struct pxa_span){buf, check.decoded_len};
    status = check_bytes(text, &out->fault_at);
    if (status == PXA_OK)
        status = split_at_colon(text, out);
    if (status != PXA_OK)
        pxa_wipe(buf, text.len);
    else
        out->charset = pxa_charset_of(text);
    return status;
}
