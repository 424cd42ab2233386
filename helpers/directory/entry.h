/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * entry: a directory entry, copied out of an answer: its DN and the values that were asked for.
 *
 * Its owner may keep it as long as it likes. Values may be secrets (an HA1): all is wiped when it
 * is freed.
 */
#ifndef PROXYAUTH_DIRECTORY_ENTRY_H
#define PROXYAUTH_DIRECTORY_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include <ldap.h>

#include "common/proxyauth.h"

struct entry;

/* The entry at AT in an answer. NULL when it is garbled, has no usable DN (an empty one, or with a
 * NUL byte), or memory is out. */
struct entry *entry_copy(LDAP *ld, LDAPMessage *at);

/* One that has a DN and nothing else. NULL when memory is out. */
struct entry *entry_of_dn(const char *dn);

/* Owned by the entry; never empty. */
const char *entry_dn(const struct entry *entry);

/* The first value of ATTRIBUTE (ASCII case and options such as ;binary do not count), or an empty
 * span without pointer. */
struct pxa_span entry_value(const struct entry *entry, const char *attribute);

/* All values in turn: *AT is 0 at first. ATTRIBUTE NULL: of all attributes. False at the end. */
bool entry_next(const struct entry *entry, const char *attribute, size_t *at,
                struct pxa_span *value);

/* The attribute, without its options, of the value that entry_next() gave last; AT is as it left
 * it. */
struct pxa_span entry_attribute_at(const struct entry *entry, size_t at);

/* Whether the server sent some of the values of an attribute only, because there are too many
 * ([MS-ADTS] 3.1.1.3.1.3.3). */
bool entry_is_partial(const struct entry *entry);

/* NULL is allowed. */
void entry_free(struct entry *entry);

#endif
