/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base64 and Basic. Promised: what decodes is the one text that encoding gives
 * back; user and password with the colon between them are the decoded text; a
 * user has no colon, neither has a control byte; an error leaves no text behind.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

/* Decodes and encodes again. Returns the decoded length, 0 after an error. */
static size_t check_base64(struct pxa_span token, char *bytes, size_t cap)
{
    struct pxa_written done = {1, 1};
    struct pxa_written encoded;
    size_t len;
    char *text;

    if (pxa_base64_decode(token, bytes, cap, &done) != PXA_OK) {
        PROMISE(done.len == 0 && done.fault_at <= token.len);
        return 0;
    }
    len = done.len;
    PROMISE(len <= cap);
    text = fuzz_block(token.len);
    PROMISE(PXA_BASE64_ENCODED_LEN(len) == token.len);
    PROMISE(pxa_base64_encode((struct pxa_span){bytes, len}, text, token.len, &encoded) ==
            PXA_OK);
    PROMISE(fuzz_same((struct pxa_span){text, encoded.len}, token));
    free(text);
    return len;
}

static void check_text(struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++)
        PROMISE((unsigned char)text.at[i] >= 0x20 && text.at[i] != 0x7f);
}

static void check_good(const struct pxa_basic *basic, struct pxa_span text)
{
    PROMISE(basic->user.at == text.at);
    PROMISE(basic->user.at[basic->user.len] == ':');
    PROMISE(basic->password.at == basic->user.at + basic->user.len + 1);
    PROMISE(basic->user.len + 1 + basic->password.len == text.len);
    PROMISE(basic->user.len == 0 || memchr(basic->user.at, ':', basic->user.len) == NULL);
    PROMISE(basic->charset == pxa_charset_of(text));
    PROMISE(basic->fault_at == 0);
    check_text(text);
}

static void check_bad(const struct pxa_basic *basic, struct pxa_span buf)
{
    PROMISE(basic->user.len == 0 && basic->password.len == 0);
    for (size_t i = 0; i < buf.len; i++)
        PROMISE(buf.at[i] == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span token = fuzz_span(data, size);
    size_t cap = PXA_BASE64_DECODED_MAX(size);
    char *buf = fuzz_block(cap);
    size_t len = check_base64(token, buf, cap);
    struct pxa_basic basic;

    if (cap > 0)
        memset(buf, 0, cap);
    if (pxa_basic_decode(token, buf, cap, &basic) == PXA_OK)
        check_good(&basic, (struct pxa_span){buf, len});
    else
        check_bad(&basic, (struct pxa_span){buf, cap});
    free(buf);
    return 0;
}
