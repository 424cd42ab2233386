/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reply: the bytes of one reply, as Squid's parser reads them (src/helper/Reply.cc).
 *
 * Pure. The only callers are request.c and its tests.
 */
#ifndef PROXYAUTH_CORE_REPLY_H
#define PROXYAUTH_CORE_REPLY_H

#include <stdbool.h>

#include "helpers/core/bytes.h"
#include "helpers/core/request.h"

/* Whether an OK carries what SCHEME needs, and a TT a token in a scheme that knows it; ERR and BH
 * are complete by themselves. */
bool reply_is_complete(enum scheme scheme, const struct reply *reply);

/* Squid takes a reply of 1 MiB, its newline included (src/helper/Reply.cc). Over one byte more
 * Squid 5.7 closes the helper, and ends itself when that was its only one. */
enum { REPLY_MAX = 1024 * 1024 };

/* Whether Squid takes REPLY, whatever its values hold: in quotes a byte may become two. */
bool reply_fits(const struct reply *reply);

/* Appends `[id ]WORD[ key="value"]...[ text]\n`: of a value, NUL becomes '?'; of the text, every
 * control byte a blank, and text that Squid would take for key=value is put behind "reason: ".
 * For REPLY_TT, `[id ]TT token\n`; the reply is complete. */
void reply_write(struct bytes *to, struct pxa_span id, const struct reply *reply);

#endif
