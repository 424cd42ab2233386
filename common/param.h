/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * param: the steps of pxa_param_next(), for those who read a list of parameters as part of
 * something longer. Not installed.
 *
 * A fault is never at a comma, and never at the end of the text. So a place that is neither,
 * nor the beginning, is that of a fault; the cursors rest on this.
 */
#ifndef COMMON_PARAM_H
#define COMMON_PARAM_H

#include "common/span.h"

/* Where the next element begins: from `from` on, without blanks and commas. */
size_t param_skip_empty(struct pxa_span text, size_t from);

/* Whether something stands at `at` that can only be a parameter: a token and '='. */
bool param_begins(struct pxa_span text, size_t at);

/*
 * Reads the parameter at `*at`, and the blanks behind it: PXA_OK, and `*at` is at the comma
 * or end that has to follow. Otherwise an error of pxa_param_next(), `*at` is at the fault and
 * `out` is not worth anything. `*end`, which may be null, becomes the end of the value.
 * A value of length 0 has a pointer, too: it tells where the value stands.
 */
enum pxa_status param_read(struct pxa_span text, size_t *at, struct pxa_param *out, size_t *end);

/* Whether a cursor at `at` stands at a fault that was found before. */
static inline bool param_stands_at_fault(struct pxa_span text, size_t at)
{
    return at > 0 && at < text.len && text.at[at] != ',';
}

#endif
