/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conversion to UTF-8: the first byte chooses the character set, the rest is the text.
 * Promised: what comes out is UTF-8, at most PXA_UTF8_MAX() bytes, and fits exactly into a
 * buffer of its own length, not one byte less; an error writes nothing and points into the
 * text; ASCII and UTF-8 come out as they are; a guess converts.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

enum { UNTOUCHED = 0x5a };

static void check_untouched(const char *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        PROMISE(out[i] == UNTOUCHED);
}

/* Converts once more, into exactly `len` bytes and into one less. */
static void check_tight(enum pxa_charset from, struct pxa_span in, struct pxa_span expected)
{
    char *out = fuzz_block(expected.len);
    struct pxa_written done;

    PROMISE(pxa_to_utf8(from, in, out, expected.len, &done) == PXA_OK);
    PROMISE(fuzz_same((struct pxa_span){out, done.len}, expected));
    if (expected.len > 0) {
        memset(out, UNTOUCHED, expected.len);
        PROMISE(pxa_to_utf8(from, in, out, expected.len - 1, &done) == PXA_SMALL_BUFFER);
        PROMISE(done.len == 0 && done.fault_at < in.len);
        check_untouched(out, expected.len);
    }
    free(out);
}

static enum pxa_status check_conversion(enum pxa_charset from, struct pxa_span in)
{
    size_t cap = PXA_UTF8_MAX(in.len);
    char *out = fuzz_block(cap);
    struct pxa_written done = {1, 1};
    struct pxa_span text;
    enum pxa_status status;

    memset(out, UNTOUCHED, cap);
    status = pxa_to_utf8(from, in, out, cap, &done);
    text = (struct pxa_span){out, done.len};
    PROMISE(status != PXA_SMALL_BUFFER && done.len <= cap);
    if (status == PXA_OK) {
        PROMISE(done.fault_at == 0);
        PROMISE(pxa_charset_of(text) != PXA_OTHER_CHARSET);
        if (from == PXA_ASCII || from == PXA_UTF8)
            PROMISE(fuzz_same(text, in));
        check_tight(from, in, text);
    } else {
        PROMISE(done.len == 0 && done.fault_at <= in.len);
        check_untouched(out, cap);
    }
    free(out);
    return status;
}

static void check_guess(struct pxa_span in)
{
    enum pxa_charset sure = pxa_charset_of(in);
    enum pxa_charset guess = pxa_charset_guess(in);

    if (sure != PXA_OTHER_CHARSET)
        PROMISE(guess == sure);
    if (guess != PXA_OTHER_CHARSET)
        PROMISE(check_conversion(guess, in) == PXA_OK);
    else
        PROMISE(check_conversion(PXA_CP1252, in) == PXA_UNASSIGNED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span in = fuzz_span(data, size);

    check_guess(in);
    if (size > 0)
        (void)check_conversion((enum pxa_charset)(data[0] % 8),
                               (struct pxa_span){in.at + 1, size - 1});
    return 0;
}
