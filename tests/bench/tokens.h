/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines that a Negotiate helper is asked in a measurement, with and without good tokens. */
#ifndef BENCH_TOKENS_H
#define BENCH_TOKENS_H

#include <stddef.h>

struct token_line {
    char *text; /* with its end of line */
    size_t len;
};

struct token_lines {
    struct token_line *item;
    size_t count;
};

/* Reads the lines that gss_mint wrote; dies when there are none. They live as long as the program.
 */
struct token_lines tokens_read(const char *path);

/* Lines that let nobody in, made from a good one: cut, damaged, no Base64, another mechanism, far
 * too long, with words behind it, out of turn, a login that begins and never goes on. */
struct token_lines tokens_spoilt(const struct token_line *good);

#endif
