/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * utf8: single characters of UTF-8 and CP1252, for charset.c and utf8.c. Not installed.
 */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include "common/proxyauth.h"

/* The length of the UTF-8 sequence that begins at byte `at` of `text`, which must be
 * inside; 0 if none does. ASCII counts as a sequence of one byte. */
size_t utf8_sequence_len(struct pxa_span text, size_t at);

/* The code point of a byte in Windows code page 1252; 0x81, 0x8d, 0x8f, 0x90 and 0x9d,
 * which have none there, give 0. (So does NUL, which is assigned.) */
uint32_t cp1252_code(unsigned char byte);

#endif
