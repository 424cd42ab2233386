/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of parameters. Promised: every name and value lies in the text, in order; a name is a
 * token; what a list ends with, it ends with again; a token68 is no list of parameters. What is
 * unquoted is never longer, is the same in place, and without a backslash is what went in.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

static void check_param(struct pxa_span text, const struct pxa_param *param, const char *after)
{
    PROMISE(param->name.len > 0 && fuzz_within(param->name, text));
    PROMISE(param->name.at >= after);
    PROMISE(fuzz_within(param->value, text));
    PROMISE(param->value.at > param->name.at + param->name.len);
    PROMISE(param->quoted || (param->value.len > 0 && !param->escaped));
    PROMISE(param->escaped ==
            (param->value.len > 0 && memchr(param->value.at, '\\', param->value.len) != NULL));
    PROMISE(memchr(param->name.at, '=', param->name.len) == NULL);
    PROMISE(memchr(param->name.at, ' ', param->name.len) == NULL);
    PROMISE(pxa_form_of((struct pxa_span){param->name.at, param->name.len}) != PXA_FORM_PARAMS);
}

static void check_unquote(struct pxa_span raw, enum pxa_dialect dialect)
{
    char *elsewhere = fuzz_block(raw.len);
    char *in_place = fuzz_block(raw.len);
    struct pxa_written a, b;
    enum pxa_status status = pxa_unquote(raw, dialect, elsewhere, raw.len, &a);

    if (raw.len > 0)
        memcpy(in_place, raw.at, raw.len);
    PROMISE(pxa_unquote((struct pxa_span){in_place, raw.len}, dialect, in_place, raw.len, &b) ==
            status);
    PROMISE(status == PXA_OK || status == PXA_QUOTE_OPEN);
    PROMISE(a.len == b.len && a.fault_at == b.fault_at && a.len <= raw.len);
    PROMISE(fuzz_same((struct pxa_span){elsewhere, a.len}, (struct pxa_span){in_place, b.len}));
    if (status == PXA_QUOTE_OPEN)
        PROMISE(a.len == 0 && a.fault_at + 1 == raw.len);
    if (raw.len == 0 || memchr(raw.at, '\\', raw.len) == NULL)
        PROMISE(status == PXA_OK && (dialect == PXA_SQUID || a.len == raw.len));
    if (a.len > 0)
        PROMISE(pxa_unquote(raw, dialect, elsewhere, a.len - 1, &b) == PXA_SMALL_BUFFER);
    free(in_place);
    free(elsewhere);
}

static void check_value(const struct pxa_param *param)
{
    char *out = fuzz_block(param->value.len);
    struct pxa_written done;

    PROMISE(pxa_unquote(param->value, PXA_RFC, out, param->value.len, &done) == PXA_OK);
    PROMISE((done.len == param->value.len) == !param->escaped);
    free(out);
}

static void check_list(struct pxa_span text)
{
    struct pxa_cursor list = {text, 0};
    struct pxa_param param;
    enum pxa_status status, again;
    const char *after = text.at;
    size_t count = 0;
    size_t at;

    while ((status = pxa_param_next(&list, &param)) == PXA_OK) {
        check_param(text, &param, after);
        check_value(&param);
        after = param.value.at + param.value.len;
        count++;
    }
    at = list.at;
    PROMISE(status == PXA_END ? at == text.len : at < text.len);
    again = pxa_param_next(&list, &param);
    PROMISE(again == status && list.at == at);
    PROMISE(param.name.len == 0 && param.value.len == 0 && !param.quoted && !param.escaped);
    if (pxa_form_of(text) == PXA_FORM_TOKEN68)
        PROMISE(count == 0 && (status == PXA_NO_PARAM || status == PXA_NO_VALUE));
    if (count > 0)
        PROMISE(pxa_form_of(text) == PXA_FORM_PARAMS);
    if (pxa_form_of(text) == PXA_FORM_NONE)
        PROMISE(count == 0 && status == PXA_END);
}

/* From any place whatever: it ends. */
static void check_places(struct pxa_span text)
{
    for (size_t at = 0; at < text.len && at < 64; at++) {
        struct pxa_cursor list = {text, at};
        struct pxa_param param;
        size_t count = 0;

        while (pxa_param_next(&list, &param) == PXA_OK)
            PROMISE(++count <= text.len && fuzz_within(param.value, text));
        PROMISE(list.at <= text.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span text = fuzz_span(data, size);

    check_list(text);
    check_places(text);
    check_unquote(text, PXA_RFC);
    check_unquote(text, PXA_SQUID);
    return 0;
}
