/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * upper: Unicode's simple upper case, as [MS-NLMP] section 3.3.2 needs it for the user's name.
 *
 * One character becomes one: Windows has no "SS" for the sharp s. Where the C library has no
 * C.UTF-8 locale, only ASCII is folded; a name with other small letters then fails as a wrong
 * password would.
 */
#ifndef PROXYAUTH_NTLM_UPPER_H
#define PROXYAUTH_NTLM_UPPER_H

#include <stdbool.h>
#include <stdint.h>

struct upper;

/* NULL when memory is out. */
struct upper *upper_new(void);
void upper_free(struct upper *upper);

/* Whether letters beyond ASCII are folded. */
bool upper_knows_unicode(const struct upper *upper);

uint32_t upper_of(const struct upper *upper, uint32_t character);

#endif
