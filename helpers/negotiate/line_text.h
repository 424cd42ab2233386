/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * line_text: one line of bounded length, put together from pieces.
 *
 * What does not fit any more is left out, and the line ends with "...". Names from outside are put
 * in quotes and made visible (helpers/core/visible.h), so none can look like a piece of ours.
 */
#ifndef PROXYAUTH_NEGOTIATE_LINE_TEXT_H
#define PROXYAUTH_NEGOTIATE_LINE_TEXT_H

#include <stdbool.h>

#include "common/proxyauth.h"

enum {
    LINE_TEXT_MAX = 980,      /* with its NUL; a line of the log has room for it */
    LINE_TEXT_NAME_MAX = 128, /* bytes of one name that are shown */
};

/* Zeroed, it is the empty line. */
struct line_text {
    char at[LINE_TEXT_MAX]; /* a C string */
    size_t len;
    bool full; /* something was left out */
};

/* Appends by printf's rules; the result has no byte from outside. */
void line_text_put(struct line_text *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends `"NAME"`; a quote within it becomes \x22. */
void line_text_put_quoted(struct line_text *line, struct pxa_span name);

/* Appends `, LABEL "NAME"`, NAME being text in CHARSET (PXA_OTHER_CHARSET: guessed); nothing if it
 * is empty. */
void line_text_put_name(struct line_text *line, const char *label, struct pxa_span name,
                        enum pxa_charset charset);

#endif
