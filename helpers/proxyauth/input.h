/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * input: the text that is to be explained, from words of the command line or from a descriptor.
 */
#ifndef PROXYAUTH_TOOL_INPUT_H
#define PROXYAUTH_TOOL_INPUT_H

#include "common/proxyauth.h"
#include "helpers/core/option.h"
#include "helpers/core/why.h"

enum { INPUT_MAX = 16 * 1024 * 1024 }; /* bytes */

/* Zeroed, it is empty. */
struct input {
    char *at;
    size_t len;
    size_t cap;
};

/* Reads FD to its end, and cleans what it gave. False with a sentence if that fails or gives more
 * than INPUT_MAX bytes. */
bool input_read(struct input *input, int fd, struct why *why);

/* Takes each word as a line, cleaned, too. */
bool input_words(struct input *input, const struct option_list *words, struct why *why);

/* input_clean.c: makes the text one of UTF-8 with line ends, and takes off what a terminal or an
 * editor put into it: a byte order mark, and sequences that colour. False with a sentence if it is
 * UTF-16 with a fault or memory is out. */
bool input_clean(struct input *input, struct why *why);

/* Wipes and frees. */
void input_free(struct input *input);

#endif
