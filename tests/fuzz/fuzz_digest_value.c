/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of digest-ldap's attribute. The input is the delimiters (without any: no -e), a newline, a
 * realm, a newline, the value. Promised: what is found lies in the value, and a HA1 is 32 hex
 * digits; where strtok(3) can be asked, a value that has a HA1 for the realm is one that it cuts
 * into the realm and that HA1.
 */
#include <config.h>

#include "tests/fuzz/fuzz.h"

#include <ctype.h>

#include "helpers/digest-ldap/value.h"

enum { HASH_LEN = 32 };

/* Takes a line off the front of INPUT. */
static struct pxa_span take_line(struct pxa_span *input)
{
    const char *end = memchr(input->at, '\n', input->len);
    struct pxa_span line = {input->at, end ? (size_t)(end - input->at) : input->len};
    size_t used = line.len + (end ? 1 : 0);

    *input = (struct pxa_span){input->at + used, input->len - used};
    return line;
}

static char *string_of(struct pxa_span span)
{
    char *text = fuzz_block(span.len + 1);

    memcpy(text, span.at, span.len);
    text[span.len] = '\0';
    return text;
}

static bool is_hash(struct pxa_span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!isxdigit((unsigned char)text.at[i]))
            return false;
    return text.len == HASH_LEN;
}

/* Whether strtok() cuts VALUE into REALM and a HA1. */
static bool stock_finds(const char *delimiters, const char *realm, struct pxa_span value)
{
    char *copy = string_of(value);
    char *rest;
    const char *first = strtok_r(copy, delimiters, &rest);
    const char *second =
        first && strcmp(first, realm) == 0 ? strtok_r(NULL, delimiters, &rest) : NULL;
    bool found = second && is_hash((struct pxa_span){second, strlen(second)});

    free(copy);
    return found;
}

static void check(const char *delimiters, const char *realm, struct pxa_span value)
{
    const struct value_format format = {.hashes = *delimiters, .delimiters = delimiters};
    size_t realm_len = strlen(realm);
    struct pxa_span found = {NULL, 0};
    enum value_kind kind = value_read(&format, value, (struct pxa_span){realm, realm_len}, &found);

    PROMISE(fuzz_within(found, value));
    PROMISE((kind == VALUE_PASSWORD || kind == VALUE_NO_PASSWORD) == !format.hashes);
    PROMISE(kind != VALUE_PASSWORD || (fuzz_same(found, value) && value.len > 0));
    PROMISE(kind != VALUE_HASH || is_hash(found));
    if (format.hashes && realm_len > 0 && !strpbrk(realm, delimiters) && value.len > 0 &&
        !strchr(delimiters, value.at[0]) && !memchr(value.at, '\0', value.len))
        PROMISE((kind == VALUE_HASH) == stock_finds(delimiters, realm, value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pxa_span input = fuzz_span(data, size);
    char *delimiters, *realm, *value;

    if (size == 0)
        return 0;
    delimiters = string_of(take_line(&input));
    realm = string_of(take_line(&input));
    value = fuzz_block(input.len > 0 ? input.len : 1);
    memcpy(value, input.at, input.len);
    check(delimiters, realm, (struct pxa_span){value, input.len});
    free(value);
    free(realm);
    free(delimiters);
    return 0;
}
