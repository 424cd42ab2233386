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
    struct pxa_written done;
    enum pxa_status status = pxa_squid_escape(plain, text, cap, &done);

    PROMISE(status == (has_nul(plain) ? PXA_NUL : PXA_OK));
    escaped.len = done.len;
    PROMISE(escaped.len <= cap);
    check_printable(escaped);
    if (status == PXA_OK) {
        PROMISE(pxa_squid_unescape(escaped, text, cap, &done) == PXA_OK);
        escaped.len = done.len;
        PROMISE(fuzz_same(escaped, plain));
    }
    free(text);
}

static void check_unescape(struct pxa_span escaped)
{
    char *elsewhere = fuzz_block(escaped.len);
    char *in_place = fuzz_block(escaped.len);
    struct pxa_written a, b;
    enum pxa_status status = pxa_squid_unescape(escaped, elsewhere, escaped.len, &a);

    if (escaped.len > 0)
        memcpy(in_place, escaped.at, escaped.len);
    PROMISE(pxa_squid_unescape((struct pxa_span){in_place, escaped.len}, in_place, escaped.len,
                               &b) == status);
    PROMISE(a.len <= escaped.len);
    PROMISE(a.fault_at == b.fault_at);
    PROMISE(fuzz_same((struct pxa_span){elsewhere, a.len}, (struct pxa_span){in_place, b.len}));
    PROMISE(!has_nul((struct pxa_span){elsewhere, a.len}));
    if (status != PXA_OK) {
        PROMISE(status != PXA_SMALL_BUFFER && a.len == 0);
        PROMISE(a.fault_at < escaped.len);
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
