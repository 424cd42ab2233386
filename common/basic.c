/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The credentials of the scheme Basic, RFC 7617.
 * Cannot do: convert between character sets, or judge whether an empty user or
 * password may pass.
 */
#include <config.h>

#include "common/span.h"

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
    struct pxa_written done;
    struct pxa_span text;
    enum pxa_status status;

    *out = (struct pxa_basic){.charset = PXA_ASCII};
    if (token.len == 0)
        return PXA_EMPTY;
    status = pxa_base64_decode(token, buf, cap, &done);
    if (status != PXA_OK) {
        out->fault_at = done.fault_at;
        return status;
    }
    text = span_of(buf, done.len);
    status = find_control(text, &out->fault_at);
    if (status == PXA_OK)
        status = split_at_colon(text, out);
    if (status != PXA_OK)
        pxa_wipe(buf, text.len);
    else
        out->charset = pxa_charset_of(text);
    return status;
}
