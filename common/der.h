/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * der: reads ASN.1 elements one after another, without recursion. Not installed.
 *
 * A reader keeps the first fault. After it every read gives nothing, so that a parser reads
 * on and looks at the status once, at its end. Tags are single bytes. Lengths may have more
 * bytes than necessary, as Windows writes them, but at most four, and not be indefinite.
 *
 * Source: X.690, sections 8.1 to 8.3, 8.6 and 8.19.
 */
#ifndef COMMON_DER_H
#define COMMON_DER_H

#include "common/span.h"

enum der_tag {
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_UTF8_STRING = 0x0c,
    DER_GENERALIZED_TIME = 0x18,
    DER_GENERAL_STRING = 0x1b,
    DER_SEQUENCE = 0x30
};

/* The tags of [APPLICATION n] and of [n], both constructed. n is at most 30. */
#define DER_APPLICATION(n) (0x60 + (n))
#define DER_CONTEXT(n) (0xa0 + (n))

struct der {
    const char *start;      /* of the whole input: offsets of faults count from here */
    enum pxa_status status; /* the first fault, or PXA_OK */
    size_t fault_at;
};

static inline struct der der_reader(struct pxa_span input)
{
    struct der der = {input.at, PXA_OK, 0};

    return der;
}

/* Keeps a fault at a place in the input, unless there is one already. */
void der_fault(struct der *der, enum pxa_status status, const char *at);

/* Whether `from` begins with that tag. */
static inline bool der_is(struct pxa_span from, int tag)
{
    return from.len > 0 && (unsigned char)from.at[0] == tag;
}

/* Takes the element of that tag from the front of `from` and gives its content. Another tag
 * is PXA_DER_TAG, an element that is longer than `from` PXA_CUT; both at its first byte. */
struct pxa_span der_take(struct der *der, struct pxa_span *from, int tag);

/* The same, if the element is there; else an empty span, and no fault. */
struct pxa_span der_take_if(struct der *der, struct pxa_span *from, int tag);

/* What is left in `from` are fields of a later version: whole elements with tags [m], of which
 * each m is above the one before, and the first above n. Anything else is PXA_DER_TAG. */
void der_pass_over(struct der *der, struct pxa_span from, int n);

/* Nothing may be left in `from`: else PXA_TRAILING. */
void der_end(struct der *der, struct pxa_span from);

/* The content of [n] EXPLICIT, which must be one element of that tag; der_optional() tells
 * whether it was there at all. */
struct pxa_span der_field(struct der *der, struct pxa_span *from, int n, int tag);
bool der_optional(struct der *der, struct pxa_span *from, int n, int tag, struct pxa_span *content);

/* For the public lists: the content of the cursor's next element, which has that tag. PXA_OK,
 * PXA_END or a fault, at which the cursor stays. */
enum pxa_status der_next(struct pxa_cursor *list, int tag, struct pxa_span *content);

/* The value of an INTEGER's or ENUMERATED's content: PXA_DER_VALUE if it is empty or does not
 * fit. der_uint32() takes a negative 32-bit number for the unsigned one of the same bits, as
 * domain controllers write key versions. */
int32_t der_int32(struct der *der, struct pxa_span content);
uint32_t der_uint32(struct der *der, struct pxa_span content);

/* The first 32 bits of a BIT STRING's content, bit 0 highest; missing ones are 0. */
uint32_t der_bits(struct der *der, struct pxa_span content);

#endif
