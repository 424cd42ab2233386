/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * utf16: text of valid UTF-8, character by character, as the UTF-16LE that NTLM computes with. A
 * password passes through it without a copy in memory.
 */
#ifndef PROXYAUTH_NTLM_UTF16_H
#define PROXYAUTH_NTLM_UTF16_H

#include <stdint.h>

#include "common/proxyauth.h"

enum { UTF16_MAX = 4 }; /* bytes of a character */

/* Takes the character at the front of TEXT, which must be valid UTF-8 and not empty. */
uint32_t utf16_take(struct pxa_span *text);

/* Writes a character that utf16_take() gave. Returns its bytes, 2 or 4. */
size_t utf16_write(uint32_t character, unsigned char out[UTF16_MAX]);

#endif
