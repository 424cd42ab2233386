/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes that grow, for inputs.h.
 * Cannot do: go on without memory.
 */
#include <config.h>

#include "tests/inputs/inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "inputs: %s\n", what);
    exit(1);
}

void input_free(struct input *input)
{
    free(input->at);
    *input = (struct input){0};
}

struct pxa_span input_span(const struct input *input)
{
    struct pxa_span span = {input->at, input->len};

    return span;
}

void input_add(struct input *input, const void *bytes, size_t len)
{
    if (len == 0)
        return;
    if (input->cap - input->len < len) {
        char *grown = realloc(input->at, (input->len + len) * 2);

        if (grown == NULL)
            fail("out of memory");
        input->at = grown;
        input->cap = (input->len + len) * 2;
    }
    memcpy(input->at + input->len, bytes, len);
    input->len += len;
}

void input_text(struct input *input, const char *text)
{
    input_add(input, text, strlen(text));
}

void input_repeat(struct input *input, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        input_text(input, text);
}

void input_le(struct input *input, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        char byte = (char)(value >> (8 * i) & 0xff);

        input_add(input, &byte, 1);
    }
}

void input_align(struct input *input, size_t unit)
{
    while (input->len % unit != 0)
        input_add(input, "", 1);
}

void input_to_base64(struct input *input)
{
    struct input text = {0};
    struct pxa_written done;

    text.cap = PXA_BASE64_ENCODED_LEN(input->len);
    text.at = malloc(text.cap);
    if (text.at == NULL)
        fail("out of memory");
    if (pxa_base64_encode(input_span(input), text.at, text.cap, &done) != PXA_OK)
        fail("no Base64");
    text.len = done.len;
    input_free(input);
    *input = text;
}
