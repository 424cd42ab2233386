/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line of the Negotiate scheme from Squid, and what --explain says of the token in it. Promised
 * of any line: the token is one word of it or there is a reason; what is said is a C string within
 * its bounds, UTF-8 without a control byte, and has no quote from outside.
 */
#include <config.h>

#include "helpers/negotiate/explain_line.h"
#include "helpers/negotiate/line.h"
#include "tests/fuzz/fuzz.h"

/* Of quotes there are two for each name, and none within one. */
static void check_said(const struct line_text *said)
{
    struct pxa_span text = {said->at, said->len};
    size_t quotes = 0;

    PROMISE(said->len > 0 && said->len < sizeof said->at && strlen(said->at) == said->len);
    PROMISE(pxa_charset_of(text) != PXA_OTHER_CHARSET);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];

        PROMISE(byte >= 0x20 && byte != 0x7f);
        quotes += byte == '"';
    }
    PROMISE(quotes % 2 == 0);
}

static void explain(struct pxa_span token)
{
    struct line_text said = {0};

    explain_line(&said, token);
    check_said(&said);
    for (int spoken = SPOKEN_KERBEROS; spoken <= SPOKEN_NTLM_BY_STUB; spoken++) {
        struct line_text refusal = {0};

        explain_line_refusal(&refusal, token, (enum spoken)spoken);
        check_said(&refusal);
    }
}

static void take_line(struct pxa_span text, unsigned key_extras)
{
    struct line line = line_parse(text, key_extras);
    struct pxa_written done;
    char *token;

    PROMISE((line.fault == LINE_GOOD) == (line.base64.len > 0));
    PROMISE((line.fault == LINE_GOOD) == (line.reason == NULL));
    PROMISE(fuzz_within(line.base64, text));
    if (line.fault != LINE_GOOD)
        return;
    PROMISE(line.verb != LINE_NO_VERB && !memchr(line.base64.at, ' ', line.base64.len));
    PROMISE(PXA_BASE64_DECODED_MAX(line.base64.len) <= LINE_TOKEN_MAX);
    token = fuzz_block(PXA_BASE64_DECODED_MAX(line.base64.len));
    if (pxa_base64_decode(line.base64, token, PXA_BASE64_DECODED_MAX(line.base64.len), &done) ==
        PXA_OK)
        explain((struct pxa_span){token, done.len});
    free(token);
}

/* Once as a line, and once as a token, which a search finds its way into more easily. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span input = fuzz_span(data, size);

    for (unsigned key_extras = 0; key_extras <= 2; key_extras++)
        take_line(input, key_extras);
    explain(input);
    return 0;
}
