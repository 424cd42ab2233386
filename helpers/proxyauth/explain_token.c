/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Base64 of a token, and the tokens that only say "I have none".
 */
#include <config.h>

#include "helpers/proxyauth/explain.h"
#include "helpers/proxyauth/text.h"

/* The length that a token announces in its first bytes, all in all; 0 if it does not tell. */
static size_t announced_len(struct pxa_span token)
{
    const unsigned char *at = (const unsigned char *)token.at;
    size_t bytes;
    size_t len = 0;

    if (token.len < 2 || (at[0] != 0x60 && at[0] != 0xa1))
        return 0;
    if (at[1] < 0x80)
        return at[1] + (size_t)2;
    bytes = at[1] & 0x7f;
    if (bytes == 0 || bytes > 4 || token.len < 2 + bytes)
        return 0;
    for (size_t i = 0; i < bytes; i++)
        len = len << 8 | at[2 + i];
    return len + 2 + bytes;
}

/* Of a text that was cut or lost its padding, what its beginning says of its length. */
static void announce(struct explain *explain, struct pxa_span base64)
{
    enum { HEAD = 8 }; /* characters, enough for 0x60 and a length */
    char head[PXA_BASE64_DECODED_MAX(HEAD)];
    struct pxa_written done;
    size_t len;

    if (base64.len < HEAD ||
        pxa_base64_decode(text_upto(base64, HEAD), head, sizeof head, &done) != PXA_OK)
        return;
    len = announced_len((struct pxa_span){head, done.len});
    if (len == 0)
        return;
    report_number(explain->report, "announced_length", len);
    if (PXA_BASE64_ENCODED_LEN(len) > base64.len)
        report_check(explain->report,
                     "The token announces %zu bytes, which are %zu characters of Base64. Here "
                     "are %zu.",
                     len, PXA_BASE64_ENCODED_LEN(len), base64.len);
}

void explain_token(struct explain *explain, struct pxa_span base64, enum pxa_scheme_id scheme,
                   struct exchange_login *login)
{
    struct scratch scratch;
    struct pxa_written done;
    enum pxa_status status;

    if (base64.len == 0 || text_is(base64, "=")) {
        report_remark(explain->report, REPORT_WARNING, "empty_token",
                      scheme == PXA_SCHEME_OTHER ? "There is no token in this line."
                                                 : "There is no token behind the scheme's name.");
        return;
    }
    scratch = scratch_open(explain, PXA_BASE64_DECODED_MAX(base64.len));
    if (!scratch.at)
        return;
    status = pxa_base64_decode(base64, scratch.at, scratch.cap, &done);
    if (status == PXA_OK) {
        report_number(explain->report, "token_length", done.len);
        explain_negotiate(explain, (struct pxa_span){scratch.at, done.len}, scheme, login);
    } else {
        struct fault fault = {"Base64", status, done.fault_at, base64, true, false};

        explain_fault(explain, &fault);
        announce(explain, base64);
    }
    scratch_close(&scratch);
}
