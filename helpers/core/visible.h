/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * visible: any bytes as text that a terminal only prints.
 *
 * What is printed as it is: printable ASCII, and valid UTF-8 characters that stand still. All else
 * becomes \xHH (a byte: control bytes, bytes that are no UTF-8) or \u{H...} (a character: C1
 * controls, direction marks and letters of scripts that run from right to left, combining marks,
 * white space and signs that cannot be seen, private use, noncharacters).
 */
#ifndef PROXYAUTH_CORE_VISIBLE_H
#define PROXYAUTH_CORE_VISIBLE_H

#include "common/proxyauth.h"
#include "helpers/core/bytes.h"

enum visible_mode {
    /* Bytes from outside. A backslash that would read as one of our escapes is \x5c, so that two
     * different values never look the same. */
    VISIBLE_VALUE,
    /* A sentence of ours with excerpts that are visible already: backslashes stay. */
    VISIBLE_SENTENCE,
};

/* Appends IN to OUT, made visible. */
void visible_put(struct bytes *out, struct pxa_span in, enum visible_mode mode);

/* A short beginning of a value, visible, for a sentence; "..." where that is not all. A C string.
 */
struct visible_excerpt {
    char text[256];
};

struct visible_excerpt visible_excerpt(struct pxa_span in);

#endif
