/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ASN.1 elements in DER, read forwards.
 * Cannot do: tags above 30, indefinite lengths, or write anything.
 */
#include <config.h>

#include "common/der.h"

enum { MANY = 0x80, MAX_LENGTH_BYTES = 4 };

void der_fault(struct der *der, enum pxa_status status, const char *at)
{
    if (der->status != PXA_OK)
        return;
    der->status = status;
    der->fault_at = at == NULL ? 0 : (size_t)(at - der->start);
}

/* Reads the length that begins at byte 1 of an element. Gives the content's offset, or 0 with
 * the fault kept. */
static size_t read_length(struct der *der, struct pxa_span element, size_t *len)
{
    size_t first = element.len > 1 ? (unsigned char)element.at[1] : 0;
    size_t count = first - MANY;

    if (element.len < 2) {
        der_fault(der, PXA_CUT, element.at);
        return 0;
    }
    *len = first;
    if (first < MANY)
        return 2;
    if (count == 0 || count > MAX_LENGTH_BYTES) {
        der_fault(der, PXA_DER_LENGTH, element.at + 1);
        return 0;
    }
    if (element.len - 2 < count) {
        der_fault(der, PXA_CUT, element.at);
        return 0;
    }
    *len = 0;
    for (size_t i = 0; i < count; i++)
        *len = *len << 8 | (unsigned char)element.at[2 + i];
    return 2 + count;
}

struct pxa_span der_take(struct der *der, struct pxa_span *from, int tag)
{
    struct pxa_span content = {NULL, 0};
    size_t skip;
    size_t len = 0;

    if (der->status != PXA_OK)
        return content;
    if (from->len == 0 || !der_is(*from, tag)) {
        der_fault(der, from->len == 0 ? PXA_CUT : PXA_DER_TAG, from->at);
        return content;
    }
    skip = read_length(der, *from, &len);
    if (skip == 0)
        return content;
    if (len > from->len - skip) {
        der_fault(der, PXA_CUT, from->at);
        return content;
    }
    content = span_of(from->at + skip, len);
    span_drop(from, skip + len);
    return content;
}

struct pxa_span der_take_if(struct der *der, struct pxa_span *from, int tag)
{
    return der_is(*from, tag) ? der_take(der, from, tag) : span_of(NULL, 0);
}

void der_end(struct der *der, struct pxa_span from)
{
    if (from.len > 0)
        der_fault(der, PXA_TRAILING, from.at);
}

void der_pass_over(struct der *der, struct pxa_span from, int n)
{
    while (from.len > 0 && der->status == PXA_OK) {
        int tag = (unsigned char)from.at[0];

        if (tag <= DER_CONTEXT(n) || tag > DER_CONTEXT(30))
            der_fault(der, PXA_DER_TAG, from.at);
        else
            (void)der_take(der, &from, tag);
        n = tag - DER_CONTEXT(0);
    }
}

struct pxa_span der_field(struct der *der, struct pxa_span *from, int n, int tag)
{
    struct pxa_span explicit_tag = der_take(der, from, DER_CONTEXT(n));
    struct pxa_span content = der_take(der, &explicit_tag, tag);

    der_end(der, explicit_tag);
    return content;
}

bool der_optional(struct der *der, struct pxa_span *from, int n, int tag, struct pxa_span *content)
{
    bool there = der->status == PXA_OK && der_is(*from, DER_CONTEXT(n));

    *content = there ? der_field(der, from, n, tag) : span_of(NULL, 0);
    return there;
}

enum pxa_status der_next(struct pxa_cursor *list, int tag, struct pxa_span *content)
{
    struct pxa_span rest = span_cut(list->text, list->at, list->text.len);
    struct der der = der_reader(list->text);

    *content = span_of(NULL, 0);
    if (rest.len == 0)
        return PXA_END;
    *content = der_take(&der, &rest, tag);
    if (der.status == PXA_OK)
        list->at = list->text.len - rest.len;
    return der.status;
}

/* The value of an integer of at most five bytes, the most that an unsigned 32-bit number
 * takes. */
static int64_t der_integer(struct der *der, struct pxa_span content, int64_t min, int64_t max)
{
    int64_t value;

    if (der->status != PXA_OK)
        return 0;
    if (content.len == 0 || content.len > 5) {
        der_fault(der, PXA_DER_VALUE, content.at);
        return 0;
    }
    value = (unsigned char)content.at[0] >= 0x80 ? -1 : 0;
    for (size_t i = 0; i < content.len; i++)
        value = value * 256 + (unsigned char)content.at[i];
    if (value < min || value > max) {
        der_fault(der, PXA_DER_VALUE, content.at);
        return 0;
    }
    return value;
}

int32_t der_int32(struct der *der, struct pxa_span content)
{
    return (int32_t)der_integer(der, content, INT32_MIN, INT32_MAX);
}

uint32_t der_uint32(struct der *der, struct pxa_span content)
{
    return (uint32_t)der_integer(der, content, INT32_MIN, UINT32_MAX);
}

uint32_t der_bits(struct der *der, struct pxa_span content)
{
    uint32_t bits = 0;

    if (der->status != PXA_OK)
        return 0;
    if (content.len == 0 || (unsigned char)content.at[0] > 7) {
        der_fault(der, PXA_DER_VALUE, content.at);
        return 0;
    }
    for (size_t i = 1; i <= 4; i++)
        bits = bits << 8 | (i < content.len ? (unsigned char)content.at[i] : 0);
    return bits;
}
