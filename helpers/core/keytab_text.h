/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keytab_text: what libkrb5 does not look at before it takes keys from a keytab file. Pure.
 */
#ifndef PROXYAUTH_CORE_KEYTAB_TEXT_H
#define PROXYAUTH_CORE_KEYTAB_TEXT_H

#include <stdbool.h>

#include "common/proxyauth.h"

/* Whether TEXT, the bytes of a file, begins as a keytab does. */
bool keytab_text_is_keytab(struct pxa_span text);

/* Whether the last entry of such a file is whole. libkrb5 takes a key that is cut for a whole one.
 * Version 1, which nobody writes any more, is not looked into. */
bool keytab_text_is_whole(struct pxa_span text);

#endif
