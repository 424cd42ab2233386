/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Squid's escaping. Promised: unescaping undoes escaping; an escaped text is
 * printable ASCII without a space; unescaping in place and elsewhere are the same;
 * no result holds a NUL.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

static bool has_nul(struct pxa_span span)
{
    return span.len > 0 && memchr(span.at, '\0', span.len) != NULL;
}

static void check_printable(struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++)
        PROMISE(text.at[i] > 0x20 && text.at[i] < 0x7f);
}

static void check_escape(struct pxa_span plain)
{
    size_t cap = PXA_SQUID_ESCAPED_MAX(plain.len);
    char *text = fuzz_block(cap);
    struct pxa_span escaped = {text, 0};
    enum pxa_status status = pxa_squid_escape(plain, text, cap, &escaped.len);

    PROMISE(status == (has_nul(plain) ? PXA_NUL : PXA_OK));
    PROMISE(escaped.len <= cap);
    check_printable(escaped);
    if (status == PXA_OK) {
        PROMISE(pxa_squid_unescape(escaped, text, cap, &escaped.len) == PXA_OK);
        PROMISE(fuzz_same(escaped, plain));
    }
    free(text);
}

static void check_unescape(struct pxa_span escaped)
{
    char *elsewhere = fuzz_block(escaped.len);
    char *in_place = fuzz_block(escaped.len);
    struct pxa_span a = {elsewhere, 1};
    struct pxa_span b = {in_place, 1};
    enum pxa_status status = pxa_squid_unescape(escaped, elsewhere, escaped.len, &a.len);

    if (escaped.len > 0)
        memcpy(in_place, escaped.at, escaped.len);
    PROMISE(pxa_squid_unescape((struct pxa_span){in_place, escaped.len}, in_place, escaped.len,
                               &b.len) == status);
    PROMISE(a.len <= escaped.len);
    PROMISE(fuzz_same(a, b));
    PROMISE(!has_nul(a));
    if (status != PXA_OK) {
        PROMISE(status != PXA_SMALL_BUFFER && a.len == 0);
        PROMISE(memcmp(in_place, escaped.at, escaped.len) == 0);
    }
    free(in_place);
    free(elsewhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_escape(fuzz_span(data, size));
    check_unescape(fuzz_span(data, size));
    return 0;
}
