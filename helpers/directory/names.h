/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * names: compares names as Squid's access lists do, that is by bytes but for ASCII case.
 *
 * Directories fold more than that (full-width letters, no-break spaces, accents), so a name that
 * found an entry is compared again here: "one person, one name" (law 10).
 */
#ifndef PROXYAUTH_DIRECTORY_NAMES_H
#define PROXYAUTH_DIRECTORY_NAMES_H

#include <stdbool.h>

#include "common/proxyauth.h"

/* Equal but for ASCII case. */
bool names_equal(struct pxa_span a, struct pxa_span b);

/* The same for the names of attributes, of which some have two: cn is commonName (RFC 4519). */
bool attribute_names_equal(struct pxa_span a, struct pxa_span b);

/* A text with places for the user's name and wildcards. Constant once made. */
struct name_pattern;

/* From the value of an assertion in a template: as filter_read() passed it, with `%s` for the user,
 * `%%` for a percent sign, and `*` for any bytes. Blanks at its ends are left out. NULL when memory
 * is out. */
struct name_pattern *name_pattern_new(struct pxa_span value);

/* NULL is allowed. */
void name_pattern_free(struct name_pattern *pattern);

/* Whether VALUE is the pattern with USER put in, but for ASCII case. False when one of them is
 * empty or memory is out. Linear in the lengths. */
bool name_pattern_matches(const struct name_pattern *pattern, struct pxa_span value,
                          struct pxa_span user);

#endif
