/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * le: little-endian numbers inside a span, for the binary decoders. Not installed.
 *
 * Each reader checks the bounds itself and gives 0 for a number that does not lie in the
 * span entirely: a forgotten check can give a wrong result, but never read outside. Bytes
 * are put together one by one, so that no alignment is needed.
 */
#ifndef COMMON_LE_H
#define COMMON_LE_H

#include "common/span.h"

/* Whether the span has `len` bytes from byte `at` on. */
static inline bool le_has(struct pxa_span span, size_t at, size_t len)
{
    return at <= span.len && len <= span.len - at;
}

static inline uint8_t le8(struct pxa_span span, size_t at)
{
    return le_has(span, at, 1) ? (uint8_t)span.at[at] : 0;
}

static inline uint16_t le16(struct pxa_span span, size_t at)
{
    const unsigned char *bytes;

    if (!le_has(span, at, 2))
        return 0;
    bytes = (const unsigned char *)span.at + at;
    return (uint16_t)(bytes[0] | (unsigned)bytes[1] << 8);
}

static inline uint32_t le32(struct pxa_span span, size_t at)
{
    const unsigned char *bytes;

    if (!le_has(span, at, 4))
        return 0;
    bytes = (const unsigned char *)span.at + at;
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static inline uint64_t le64(struct pxa_span span, size_t at)
{
    if (!le_has(span, at, 8))
        return 0;
    return le32(span, at) | (uint64_t)le32(span, at + 4) << 32;
}

#endif
