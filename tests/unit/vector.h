/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of tests/vectors, and bytes written as hex, in heap blocks of exactly their size.
 */
#ifndef TESTS_UNIT_VECTOR_H
#define TESTS_UNIT_VECTOR_H

#include "tests/unit/block.h"

#include <stdio.h>

/* The whole file tests/vectors/`name`, looked for below $srcdir. Freed with block_free(). */
static inline struct block vector_file(const char *name)
{
    const char *srcdir = getenv("srcdir");
    char path[4096];
    struct block block = {NULL, 0};
    FILE *file;
    long end;

    ck_assert_int_lt(
        snprintf(path, sizeof path, "%s/tests/vectors/%s", srcdir != NULL ? srcdir : ".", name),
        (int)sizeof path);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    ck_assert(fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) >= 0);
    rewind(file);
    block = block_filled((size_t)end);
    ck_assert_uint_eq(fread(block.at, 1, block.len, file), block.len);
    ck_assert_int_eq(fclose(file), 0);
    return block;
}

static inline int vector_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = strchr(digits, c);

    ck_assert_msg(c != '\0' && found != NULL, "'%c' is no hex digit of a vector", c);
    return (int)(found - digits);
}

/* Pairs of lower-case hex digits, with spaces between them anywhere. */
static inline struct block vector_hex(const char *text)
{
    struct block block = block_filled(strlen(text) / 2);
    size_t len = 0;

    while (*text != '\0') {
        if (*text == ' ') {
            text++;
            continue;
        }
        block.at[len++] = (char)(vector_digit(text[0]) << 4 | vector_digit(text[1]));
        text += 2;
    }
    block.at = realloc(block.at, len); /* shrinks to the very size */
    ck_assert(block.at != NULL || len == 0);
    block.len = len;
    return block;
}

/* Overwrites `width` bytes with a number, low byte first. */
static inline void vector_patch(struct block block, size_t at, size_t width, uint64_t value)
{
    ck_assert(at <= block.len && width <= block.len - at);
    for (size_t i = 0; i < width; i++)
        block.at[at + i] = (char)(value >> (8 * i));
}

#endif
