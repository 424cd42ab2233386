/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole of "proxyauth explain" behind its options. Promised of any text: what is printed is
 * UTF-8 without a control byte but newlines and without characters that move or hide others; JSON
 * has its quotes and brackets in pairs; a password in it is masked, in any encoding, unless secrets
 * are asked for.
 */
#include <config.h>

#include "helpers/core/bytes.h"
#include "helpers/proxyauth/explain.h"
#include "tests/fuzz/fuzz.h"

/* "alice:Marker-9-Password", as a header and as a helper's line. */
static const char header[] = "\nProxy-Authorization: Basic YWxpY2U6TWFya2VyLTktUGFzc3dvcmQ=\n";
static const char marker[] = "Marker-9-Password";
static const char in_base64[] = "TWFya2VyLTktUGFzc3dvcm";

/* Which of the eight ways to read and print the text: it follows from the text, so that an input
 * costs one of them, and a search, or all changes of a file, meet every one. */
struct way {
    bool words;
    bool secrets;
    enum report_format format;
};

static void collect(void *context, const char *at, size_t len)
{
    bytes_put(context, at, len);
}

static struct bytes explained(struct pxa_span text, const struct way *way)
{
    struct bytes out = {0};
    struct report_config config = {way->format, way->secrets, collect, &out};
    struct explain *explain = calloc(1, sizeof *explain);

    PROMISE(explain != NULL);
    explain->dialect = way->words ? PXA_SQUID : PXA_RFC;
    explain->report = report_open(&config);
    PROMISE(explain->report != NULL);
    explain_run(explain, text, way->words);
    PROMISE(report_close(explain->report));
    PROMISE(!out.failed);
    free(explain);
    return out;
}

static struct pxa_span span_of(const struct bytes *out)
{
    return (struct pxa_span){out->at ? out->at + out->start : NULL, bytes_len(out)};
}

static bool holds(struct pxa_span text, const char *part)
{
    return text.len > 0 && memmem(text.at, text.len, part, strlen(part)) != NULL;
}

/* Of the characters that must not come out, C1 controls and some of those that turn the direction
 * or end a line; check_report.c has them all. */
static void check_printable(struct pxa_span text)
{
    PROMISE(pxa_charset_of(text) != PXA_OTHER_CHARSET);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];

        PROMISE(byte == '\n' || (byte >= 0x20 && byte != 0x7f));
        if (byte == 0xc2)
            PROMISE((unsigned char)text.at[i + 1] > 0xa0);
    }
    PROMISE(!holds(text, "\xe2\x80\xae") && !holds(text, "\xe2\x80\xa8") &&
            !holds(text, "\xe2\x81\xa6") && !holds(text, "\xef\xbb\xbf") &&
            !holds(text, "\xd8\x9c"));
}

static void check_json(struct pxa_span text)
{
    size_t depth = 0;
    bool quoted = false;

    PROMISE(text.len >= 3 && text.at[0] == '[' && text.at[text.len - 1] == '\n');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c == '"')
            quoted = !quoted;
        else if (quoted && c == '\\')
            PROMISE(text.at[++i] == '"' || text.at[i] == '\\');
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            PROMISE(depth-- > 0);
        if (quoted)
            PROMISE(c != '\n');
    }
    PROMISE(depth == 0 && !quoted);
}

static struct way way_of(struct pxa_span input)
{
    unsigned hash = (unsigned)input.len;

    for (size_t i = 0; i < input.len; i++)
        hash = (hash ^ (unsigned char)input.at[i]) * 16777619U;
    hash ^= hash >> 16;
    return (struct way){(hash & 1) != 0, (hash & 2) != 0, hash & 4 ? REPORT_JSON : REPORT_TEXT};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span input = fuzz_span(data, size);
    struct way way = way_of(input);
    size_t len = size + sizeof header - 1;
    char *text = fuzz_block(len);
    struct bytes out;

    if (size > 0)
        memcpy(text, data, size);
    memcpy(text + size, header, sizeof header - 1);
    out = explained((struct pxa_span){text, len}, &way);
    check_printable(span_of(&out));
    if (way.format == REPORT_JSON)
        check_json(span_of(&out));
    /* An input that has the password in other places may show it there. */
    if (!way.secrets && !holds(input, marker) && !holds(input, in_base64))
        PROMISE(!holds(span_of(&out), marker) && !holds(span_of(&out), in_base64));
    bytes_free(&out);
    free(text);
    return 0;
}
