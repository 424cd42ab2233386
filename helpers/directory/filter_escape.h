/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter_escape: values in search filters, RFC 4515 section 3.
 */
#ifndef PROXYAUTH_DIRECTORY_FILTER_ESCAPE_H
#define PROXYAUTH_DIRECTORY_FILTER_ESCAPE_H

#include <stddef.h>

#include "common/proxyauth.h"

/* How many bytes filter_escape() writes: no more than three for each. VALUE is no longer than
 * SIZE_MAX / 3. */
size_t filter_escaped_len(struct pxa_span value);

/* Writes VALUE so that it means itself; returns the end, without a NUL. Everything that is not
 * printable ASCII is escaped, too, so that it looks the same all the way. */
char *filter_escape(char *to, struct pxa_span value);

#endif
