/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Builds DER by hand, for tests: pieces are put one after another, and what was put since a
 * mark is then wrapped into an element. Lengths come out in the shortest form.
 */
#ifndef TESTS_UNIT_DER_BUILD_H
#define TESTS_UNIT_DER_BUILD_H

#include "tests/unit/block.h"

struct der_build {
    unsigned char bytes[8192];
    size_t len;
};

static inline void put_bytes(struct der_build *build, const void *bytes, size_t len)
{
    ck_assert_uint_le(len, sizeof build->bytes - build->len);
    if (len > 0)
        memcpy(build->bytes + build->len, bytes, len);
    build->len += len;
}

/* Everything from `mark` to the end becomes the content of an element. */
static inline void wrap(struct der_build *build, size_t mark, unsigned tag)
{
    unsigned char head[4] = {(unsigned char)tag};
    size_t len = build->len - mark;
    size_t head_len = 2;

    if (len < 0x80) {
        head[1] = (unsigned char)len;
    } else if (len < 0x100) {
        head[1] = 0x81;
        head[2] = (unsigned char)len;
        head_len = 3;
    } else {
        head[1] = 0x82;
        head[2] = (unsigned char)(len >> 8);
        head[3] = (unsigned char)len;
        head_len = 4;
    }
    ck_assert_uint_le(head_len, sizeof build->bytes - build->len);
    memmove(build->bytes + mark + head_len, build->bytes + mark, len);
    memcpy(build->bytes + mark, head, head_len);
    build->len += head_len;
}

static inline void put(struct der_build *build, unsigned tag, const void *content, size_t len)
{
    size_t mark = build->len;

    put_bytes(build, content, len);
    wrap(build, mark, tag);
}

static inline void put_text(struct der_build *build, unsigned tag, const char *text)
{
    put(build, tag, text, strlen(text));
}

/* An INTEGER in four bytes or fewer, two's complement. */
static inline void put_int(struct der_build *build, long value)
{
    unsigned char bytes[4] = {(unsigned char)((unsigned long)value >> 24),
                              (unsigned char)((unsigned long)value >> 16),
                              (unsigned char)((unsigned long)value >> 8),
                              (unsigned char)value};
    size_t from = 0;

    while (from < 3 && ((bytes[from] == 0 && bytes[from + 1] < 0x80) ||
                        (bytes[from] == 0xff && bytes[from + 1] >= 0x80)))
        from++;
    put(build, 0x02, bytes + from, 4 - from);
}

static inline void put_int_field(struct der_build *build, unsigned n, long value)
{
    size_t mark = build->len;

    put_int(build, value);
    wrap(build, mark, 0xa0 + n);
}

static inline void put_text_field(struct der_build *build, unsigned n, unsigned tag,
                                  const char *text)
{
    size_t mark = build->len;

    put_text(build, tag, text);
    wrap(build, mark, 0xa0 + n);
}

static inline struct block built(const struct der_build *build)
{
    return block_of((const char *)build->bytes, build->len);
}

#endif
